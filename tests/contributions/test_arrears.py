from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.calendar import add_months, first_of_month
from jkn.contributions import arrears, rules
from jkn.errors import Refused

days = st.dates(date(2014, 1, 1), date(2030, 12, 31))
classes = st.sampled_from([1, 2, 3])


def owed(since, on, care_class=3, people=1):
    return arrears.to_be_active(date.fromisoformat(f"{since}-01"), date.fromisoformat(on), care_class, people)


def test_t05_two_years_and_the_running_month_in_class_three():
    answer = owed("2023-01", "2026-01-15")
    assert (answer.total, answer.months, len(answer.lapsed)) == (875_000, 24, 12)
    assert [tuple(fact) for fact in answer.trace] == [
        ("Months in arrears", 36, ""),
        ("Most months in arrears that may be billed", 24, ""),
        ("Older months that no longer count", 12, ""),
        ("Months in arrears to pay now", 24, ""),
        ("And the running month", date(2026, 1, 1), "month"),
        ("People", 1, ""),
    ]
    assert answer.basis == "Perpres 82/2018 ps 42(3) jo 64/2020"


def test_a01_march_and_april_and_the_running_may():
    answer = owed("2025-03", "2025-05-20", 1, 2)
    (run,) = answer.arrears
    assert (run.first, run.last, run.count) == (date(2025, 3, 1), date(2025, 4, 1), 2)
    assert (run.price, run.amount, answer.running.amount, answer.total) == (150_000, 600_000, 300_000, 900_000)
    assert (answer.postponed, answer.rest_until, answer.lapsed) == ((), None, ())


@pytest.mark.parametrize(("on", "months"), [("2018-12-31", 12), ("2019-01-01", 13), ("2019-12-31", 24)])
def test_a02_the_cap_grew_by_one_month_each_month_of_2019(on, months):
    assert owed("2017-12", on).months == months


def test_a03_in_2020_the_oldest_six_were_enough():
    answer = owed("2018-10", "2020-06-15")
    assert answer.months == 6 and answer.arrears[0].first == date(2018, 10, 1)
    assert answer.arrears[-1].last == date(2019, 3, 1)
    assert sum(run.count for run in answer.postponed) == 14
    assert (answer.postponed[0].first, answer.postponed[-1].last) == (date(2019, 4, 1), date(2020, 5, 1))
    assert answer.rest_until == date(2021, 12, 31)
    labels = {fact.label: (fact.value, fact.shown_as) for fact in answer.trace}
    assert labels["Months in arrears that were enough in that year"] == (6, "")
    assert labels["Months owed until later"] == (14, "")
    assert answer.trace[0].label == "Months in arrears" and answer.trace[0].value == 20
    assert labels["Owed until"] == (date(2021, 12, 31), "day")
    assert answer.basis.endswith("; Perpres 64/2020 ps 42(3a)(3b)")


def test_a03_six_months_or_another_year_have_no_relief():
    exactly_six = owed("2019-12", "2020-06-15")
    assert exactly_six.postponed == () and "Owed until" not in [fact.label for fact in exactly_six.trace]
    assert owed("2019-11", "2020-06-15").months == 6
    assert owed("2019-01", "2019-12-31").postponed == owed("2019-12", "2021-01-01").postponed == ()


def test_a03_which_six_is_a_parameter(own_law):
    own_law('which = "oldest"', 'which = "newest"')
    answer = owed("2018-10", "2020-06-15")
    assert (answer.arrears[0].first, answer.arrears[-1].last) == (date(2019, 12, 1), date(2020, 5, 1))
    assert (answer.postponed[0].first, answer.postponed[-1].last) == (date(2018, 10, 1), date(2019, 11, 1))


def test_months_outside_the_cap_are_told_and_not_priced():
    answer = owed("2017-01", "2020-06-15")
    assert answer.lapsed[-1] < answer.arrears[0].first
    assert answer.months + sum(run.count for run in answer.postponed) == 24


def test_equal_prices_in_a_row_are_one_run_and_each_month_has_its_own_tariff():
    answer = owed("2020-01", "2021-03-01", 2)
    assert [(run.first.month, run.count, run.price) for run in answer.arrears] == [
        (1, 3, 110_000),
        (4, 3, 51_000),
        (7, 6, 100_000),
        (1, 2, 100_000),
    ]


def test_months_with_a_gap_between_are_two_runs():
    gap = [date(2025, 1, 1), date(2025, 3, 1)]
    assert [run.count for run in arrears.runs(gap, 1, 1, date(2025, 6, 1))] == [1, 1]
    assert arrears.runs([], 1, 1, date(2025, 6, 1)) == ()


def test_only_the_running_month_when_it_is_the_first_unpaid_one():
    answer = owed("2026-01", "2026-01-31", 2, 3)
    assert (answer.total, answer.months, answer.arrears) == (300_000, 0, ())


def test_a_first_unpaid_month_ahead_of_the_day_is_refused():
    with pytest.raises(Refused, match="^The first unpaid month lies after that day.$") as refused:
        owed("2026-02", "2026-01-31")
    assert refused.value.field == "sejak"


def test_t07_class_three_in_arrears_costs_the_whole_contribution_where_the_law_says_so(own_law):
    own_law('price = "NET"', 'price = "GROSS"')
    answer = owed("2025-01", "2026-01-15")
    assert answer.arrears[0].amount == 504_000 and answer.running.amount == 35_000
    assert answer.arrears[0].basis == "Perpres 64/2020 ps 34; PMK 78/2020"
    assert owed("2024-01", "2026-01-15").arrears[0].amount == 1_008_000
    assert arrears.price_on(date(2025, 1, 1), 3, date(2026, 1, 15)) == (
        42_000,
        0,
        "Perpres 64/2020 ps 34; PMK 78/2020",
    )
    assert arrears.price_on(date(2025, 1, 1), 2, date(2026, 1, 15)) == rules.price(date(2025, 1, 1), 2)


def test_t07_net_is_the_rule():
    assert owed("2025-01", "2026-01-15").arrears[0].amount == 420_000
    assert owed("2024-01", "2026-01-15").arrears[0].amount == 840_000


def test_the_months_before_a_day_are_the_oldest_first():
    assert arrears.months_before(date(2026, 2, 28), 3) == (date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1))
    assert arrears.months_before(date(2026, 2, 28), 0) == ()


@given(days, st.integers(0, 90), classes, st.integers(1, 50))
def test_more_people_or_a_longer_debt_never_cost_less(on, months, care_class, people):
    since = max(add_months(first_of_month(on), -months), date(2014, 1, 1))
    answer = arrears.to_be_active(since, on, care_class, people)
    assert arrears.to_be_active(since, on, care_class, people + 1).total > answer.total
    if since > date(2014, 1, 1) and not (on.year == 2020 and answer.months == 6):
        assert arrears.to_be_active(add_months(since, -1), on, care_class, people).total >= answer.total
    counted = answer.months + len(answer.lapsed) + sum(run.count for run in answer.postponed)
    assert counted == (on.year - since.year) * 12 + on.month - since.month
    assert type(answer.total) is int and answer.months <= rules.cap_on(on)
