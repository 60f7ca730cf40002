"""Every value and step of a standing, on each side of every boundary."""

from datetime import date

import pytest

from jkn.contributions import rules
from jkn.contributions.rules import Share
from jkn.contributions.standing import Standing, State, standing_before_first_payment, standing_on

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
DECEMBER = date(2025, 12, 1)


def steps(standing):
    return [tuple(fact) for fact in standing.trace]


def test_a_family_without_a_registration_has_lapsed():
    standing = standing_before_first_payment(None, date(2026, 1, 5))
    assert standing == Standing(State.LAPSED, None, None, (), (), None, (), "Perpres 82/2018 ps 15")


def test_a_waiting_family_reads_its_window():
    standing = standing_before_first_payment(date(2025, 6, 1), date(2025, 7, 1))
    assert (standing.state, standing.since, standing.until) == (State.WAITING, date(2025, 6, 15), date(2025, 7, 1))
    assert (standing.unpaid, standing.lapsed, standing.due_on) == ((), (), None)
    assert standing.basis == "Perpres 82/2018 ps 15"
    assert steps(standing) == [
        ("Registered on", date(2025, 6, 1), "day"),
        ("Days to wait before the first payment", 14, ""),
        ("First day to pay", date(2025, 6, 15), "day"),
        ("Last day to pay", date(2025, 7, 1), "day"),
    ]


def test_the_window_is_that_of_the_day_of_registration():
    standing = standing_before_first_payment(date(2015, 5, 31), date(2015, 6, 8))
    assert standing.since == date(2015, 6, 7) and standing.basis == "Peraturan BPJS Kesehatan 4/2014"


def test_a_family_that_has_paid_everything():
    standing = standing_on(date(2026, 1, 15), [], [], JANUARY)
    assert standing == Standing(
        State.ACTIVE,
        None,
        date(2026, 2, 28),
        (),
        (),
        None,
        standing.trace,
        "Perpres 82/2018 ps 42(1)",
    )
    assert steps(standing) == [
        ("Paid up to and including", JANUARY, "month"),
        ("Covered until, if nothing more is paid", date(2026, 2, 28), "day"),
    ]


def test_months_paid_ahead_move_the_end_of_cover():
    assert standing_on(date(2026, 1, 15), [], [], date(2026, 6, 1)).until == date(2026, 7, 31)


def test_a_family_that_stopped_owing_is_covered_to_the_end_of_next_month():
    assert standing_on(date(2026, 1, 15), [], [], date(2025, 6, 1)).until == date(2026, 2, 28)


@pytest.mark.parametrize(("day", "state"), [(12, State.ACTIVE), (13, State.LATE), (31, State.LATE)])
def test_the_running_month_unpaid(day, state):
    standing = standing_on(date(2026, 1, day), [JANUARY], [], DECEMBER)
    assert (standing.state, standing.since, standing.until) == (state, None, date(2026, 1, 31))
    assert (standing.unpaid, standing.due_on) == ((JANUARY,), date(2026, 1, 12))
    assert standing.basis == "Perpres 82/2018 ps 39; Perpres 82/2018 ps 42(1)"
    assert steps(standing) == [
        ("Paid up to and including", DECEMBER, "month"),
        ("Pay by", date(2026, 1, 12), "day"),
        ("Covered until, if nothing more is paid", date(2026, 1, 31), "day"),
    ]


def test_a_suspended_family_reads_since_when_and_how_much_counts():
    standing = standing_on(date(2026, 3, 1), [JANUARY, FEBRUARY, MARCH], [], DECEMBER)
    assert (standing.state, standing.since, standing.until) == (State.SUSPENDED, FEBRUARY, None)
    assert (standing.unpaid, standing.due_on) == ((JANUARY, FEBRUARY, MARCH), date(2026, 1, 12))
    assert not standing.is_covered
    assert standing.basis == "Perpres 82/2018 ps 42(1); Perpres 82/2018 ps 42(3) jo 64/2020"
    assert steps(standing) == [
        ("Oldest month not paid", JANUARY, "month"),
        ("Cover stopped on", FEBRUARY, "day"),
        ("Months in arrears that are billed", 2, ""),
        ("Most months in arrears that may be billed", 24, ""),
    ]


def test_cover_stopped_with_the_oldest_month_even_if_it_no_longer_counts():
    standing = standing_on(MARCH, [FEBRUARY, MARCH], [DECEMBER, JANUARY], date(2025, 11, 1))
    assert (standing.since, standing.lapsed) == (JANUARY, (DECEMBER, JANUARY))
    assert steps(standing)[0] == ("Oldest month not paid", DECEMBER, "month")
    assert steps(standing)[2] == ("Months in arrears that are billed", 1, "")
    assert steps(standing)[-1] == ("Older months that no longer count", 2, "")


def test_a_month_in_arrears_within_the_time_of_grace_leaves_cover_on():
    months = [date(2015, month, 1) for month in (1, 2)]
    standing = standing_on(date(2015, 2, 5), months, [], date(2014, 12, 1))
    assert (standing.state, standing.until, standing.due_on) == (State.LATE, date(2015, 6, 30), date(2015, 1, 12))


def test_lines_name_the_person_the_class_the_price_and_the_aid():
    shares = [Share(2, 3, date(2025, 1, 1)), Share(1, 1, date(2025, 1, 1)), Share(3, 2, date(2026, 2, 1))]
    assert rules.lines_of(JANUARY, shares) == [rules.Line(1, 1, 150_000, 0), rules.Line(2, 3, 35_000, 7_000)]


def test_nothing_owed_lapses_never():
    assert rules.lapsed_months([], {}, JANUARY) == []


def test_a_month_settled_in_time_is_no_arrear_and_one_settled_later_was_one():
    months = [date(2023, 1, 1)] + [date(2023 + index // 12, index % 12 + 1, 1) for index in range(1, 30)]
    on = date(2025, 6, 15)
    gone = rules.lapsed_months(months, {}, on)
    assert gone == months[:5]
    paid_on_the_first = {months[5]: date(2025, 2, 1)}
    assert rules.lapsed_months(months, paid_on_the_first, on)[:1] == months[:1]
    assert months[0] not in rules.lapsed_months(months, {months[0]: date(2025, 1, 31)}, on)
