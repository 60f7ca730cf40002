from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.calendar import add_months, months_between
from jkn.contributions import rules
from jkn.contributions.rules import Share
from jkn.contributions.standing import State, standing_before_first_payment, standing_on


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def months(first: str, count: int) -> list[date]:
    return [add_months(month(first), index) for index in range(count)]


@pytest.mark.parametrize(
    ("when", "prices"),
    [
        ("2016-03", (59_500, 42_500, 25_500)),  # T02
        ("2016-04", (80_000, 51_000, 25_500)),  # T02
        ("2020-02", (160_000, 110_000, 42_000)),  # T01
        ("2020-05", (80_000, 51_000, 25_500)),  # T01
        ("2020-08", (150_000, 100_000, 25_500)),  # T01
        ("2021-01", (150_000, 100_000, 35_000)),  # T01
    ],
)
def test_t01_t02_each_month_has_its_own_price(when, prices):
    assert tuple(rules.price(month(when), care_class).amount for care_class in (1, 2, 3)) == prices


@pytest.mark.parametrize(("care_class", "total"), [(1, 1_620_000), (2, 1_083_000), (3, 355_500)])
def test_t03_one_person_in_the_year_2020(care_class, total):
    assert sum(rules.price(each, care_class).amount for each in months("2020-01", 12)) == total


def test_only_class_three_is_aided():
    assert [rules.price(month("2026-01"), care_class).aid for care_class in (1, 2, 3)] == [0, 0, 7_000]


def test_a_price_names_its_decree():
    assert rules.price(month("2020-02"), 1).basis == "Perpres 75/2019"


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("2026-02", date(2026, 2, 10)),
        ("2026-01", date(2026, 1, 12)),  # the 10th is a Saturday
        ("2024-04", date(2024, 4, 16)),  # Eid and joint leave, 8 to 15 April
    ],
)
def test_a04_what_falls_due_on_a_holiday_is_due_on_the_next_working_day(when, due):
    assert rules.due_on(month(when)) == due


def test_g01_the_first_payment_is_possible_from_day_14_to_day_30():
    assert rules.first_payment_window(date(2025, 6, 1)) == (date(2025, 6, 15), date(2025, 7, 1))


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2025, 6, 1), State.WAITING),
        (date(2025, 6, 15), State.WAITING),
        (date(2025, 7, 1), State.WAITING),
        (date(2025, 7, 2), State.LAPSED),
    ],
)
def test_a_family_that_never_paid_waits_and_then_lapses(day, state):
    standing = standing_before_first_payment(date(2025, 6, 1), day)
    assert standing.state == state and not standing.is_covered
    assert (standing.since, standing.until) == (date(2025, 6, 15), date(2025, 7, 1))


def stand(day: date, unpaid: list[date], paid_through: str, lapsed=()):
    return standing_on(day, unpaid, lapsed, month(paid_through))


def test_a01_a_month_unpaid_at_its_end_stops_cover_on_the_first():
    march = [month("2025-03")]
    last_day = stand(date(2025, 3, 31), march, "2025-02")
    assert last_day.state == State.LATE and last_day.is_covered and last_day.until == date(2025, 3, 31)
    stopped = stand(date(2025, 4, 1), [*march, month("2025-04")], "2025-02")
    assert stopped.state == State.SUSPENDED and stopped.since == date(2025, 4, 1)


def test_a_family_is_late_only_after_the_due_day():
    january = [month("2026-01")]
    assert stand(date(2026, 1, 12), january, "2025-12").state == State.ACTIVE
    assert stand(date(2026, 1, 13), january, "2025-12").state == State.LATE


def test_who_paid_the_running_month_is_covered_to_the_end_of_the_next():
    standing = stand(date(2026, 1, 15), [], "2026-01")
    assert (standing.state, standing.until, standing.due_on) == (State.ACTIVE, date(2026, 2, 28), None)


def test_before_july_2016_cover_stopped_six_months_later():
    unpaid = months("2015-01", 7)
    assert stand(date(2015, 6, 30), unpaid[:6], "2014-12").state == State.LATE
    assert stand(date(2015, 7, 1), unpaid, "2014-12").state == State.SUSPENDED


def test_every_standing_names_its_law_and_its_values():
    for standing in (
        standing_before_first_payment(date(2025, 6, 1), date(2025, 6, 2)),
        stand(date(2026, 1, 5), [month("2026-01")], "2025-12"),
        stand(date(2026, 2, 5), months("2026-01", 2), "2025-12"),
    ):
        assert standing.trace and standing.basis.startswith("Perpres")


@pytest.mark.parametrize(
    ("share", "counts"),
    [
        (Share(1, 3, date(2025, 1, 1)), True),
        (Share(1, 3, date(2026, 1, 31)), True),
        (Share(1, 3, date(2026, 2, 1)), False),
        (Share(1, 3, date(2025, 1, 1), until=date(2026, 1, 1)), False),
        (Share(1, 3, date(2025, 1, 1), until=date(2026, 1, 2)), True),
        (Share(1, 3, date(2026, 1, 9), until=date(2026, 1, 9)), False),
        (Share(1, 3, date(2025, 1, 1), died_on=date(2026, 1, 1)), True),  # arrears run to the month of death
        (Share(1, 3, date(2025, 1, 1), died_on=date(2025, 12, 31)), False),
        (Share(1, None, date(2025, 1, 1)), False),
    ],
)
def test_who_counts_in_january(share, counts):
    assert rules.counts_in(share, month("2026-01")) == counts


def test_of_two_classes_in_a_month_the_later_counts():
    shares = [Share(1, 3, date(2025, 1, 1)), Share(1, 2, date(2026, 1, 1))]
    assert [line.amount for line in rules.lines_of(month("2026-01"), shares)] == [100_000]


def test_months_in_which_nobody_is_on_the_bill_are_not_owed():
    shares = [Share(1, 3, date(2025, 1, 1), until=date(2025, 3, 1)), Share(1, 3, date(2025, 6, 1))]
    owed = rules.months_owed(month("2025-01"), month("2025-07"), shares)
    assert [each.month for each in owed] == [1, 2, 6, 7]


# --- The cap


def billed(owed: list[date], settled: dict[date, date], on: date) -> list[date]:
    """The months in arrears that a bill of the day asks for."""
    gone = rules.lapsed_months(owed, settled, on)
    return [each for each in owed if each < on.replace(day=1) and each not in settled and each not in gone]


def naively_billed(owed: list[date], settled: dict[date, date], on: date) -> list[date]:
    """The broken twin: the newest months up to the cap, whatever was outside it before."""
    return [each for each in owed if each < on.replace(day=1) and each not in settled][-rules.cap_on(on) :]


def test_no_more_than_24_months_are_billed():
    assert billed(months("2022-01", 49), {}, date(2026, 1, 15)) == months("2024-01", 24)


@pytest.mark.parametrize(("day", "count"), [(date(2018, 12, 31), 12), (date(2019, 1, 1), 13), (date(2019, 12, 1), 24)])
def test_a02_the_cap_grew_by_one_month_each_month_of_2019(day, count):
    owed = list(months_between(date(2017, 12, 1), date(2020, 1, 1)))
    assert len(billed(owed, {}, day)) == count


def test_a03_twenty_months_behind_in_2020_are_all_owed():
    assert len(billed(months("2018-10", 21), {}, date(2020, 6, 15))) == 20


def test_a_month_outside_an_older_smaller_cap_does_not_return_with_a_larger_one():
    owed = months("2014-10", 24)
    assert len(billed(owed, {}, date(2016, 6, 30))) == 6
    assert len(billed(owed, {}, date(2016, 7, 1))) == 7


def test_buying_the_oldest_month_brings_no_older_one_back():
    owed, day = months("2022-01", 49), date(2026, 1, 15)
    settled = {month("2024-01"): day}
    assert billed(owed, settled, day) == months("2024-02", 23)
    assert month("2023-12") in naively_billed(owed, settled, day)


histories = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 30)), max_size=12)


def walk(history, bill) -> bool:
    """Live through 80 months, paying some of what is billed now and then: does a month ever return to the bill?"""
    first = month("2014-01")
    owed = [add_months(first, index) for index in range(80)]
    pays = dict(history)
    settled, before, returned = {}, set(), False
    for index, start in enumerate(owed[1:]):
        now = bill([each for each in owed if each <= start], settled, start)
        past = {each for each in owed if each < owed[index]}
        returned = returned or any(each in past and each not in before for each in now)
        before = set(now)
        day = start + timedelta(days=14)
        for oldest in bill([each for each in owed if each <= start], settled, day)[: pays.get(index, 0)]:
            settled[oldest] = day
    return returned


@given(histories)
def test_a_month_that_left_the_bill_never_returns(history):
    assert not walk(history, billed)


def test_the_naive_cap_fails_that_test():
    assert walk([(40, 3)], naively_billed)
