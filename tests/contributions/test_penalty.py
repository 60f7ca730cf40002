from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import law
from jkn.contributions import penalty
from jkn.contributions.penalty import service_penalty

IN_2025 = date(2025, 6, 1)
days = st.dates(date(2014, 1, 1), date(2040, 1, 1))
costs = st.integers(1, 10**10)


@pytest.mark.parametrize(
    ("admitted", "is_liable"),
    [
        (date(2021, 1, 5), True),
        (date(2021, 2, 16), True),
        (date(2021, 2, 17), False),
        (date(2021, 1, 1), True),  # paid while in the ward
    ],
)
def test_d01_an_admission_within_45_days_costs_the_penalty(admitted, is_liable):
    assert penalty.is_liable(date(2021, 1, 2), admitted) == is_liable


def test_d01_the_last_day_of_the_window():
    assert penalty.last_liable_day(date(2021, 1, 2)) == date(2021, 2, 16)


def test_before_there_was_a_penalty_nobody_was_liable():
    assert not penalty.is_liable(date(2016, 6, 30), date(2016, 6, 30))
    assert penalty.is_liable(date(2016, 6, 30), date(2016, 7, 1))
    assert service_penalty(10_000_000, 12, date(2016, 6, 30)).nothing_because == "There was no penalty yet on that day."


def test_d02_ten_months_of_five_million():
    assert service_penalty(5_000_000, 10, IN_2025).amount == 2_500_000


def test_d03_no_more_than_twelve_months_count():
    answer = service_penalty(10_000_000, 15, date(2023, 10, 15))
    assert answer.amount == 6_000_000  # a branch's published 7,500,000 forgets the limit
    assert [tuple(fact) for fact in answer.trace] == [
        ("Day of the penalty bill", date(2023, 10, 15), "day"),
        ("The hospital's estimate", 10_000_000, "rupiah"),
        ("Rate for each month in arrears", 500, "percent"),
        ("Months in arrears", 15, ""),
        ("Most months that count", 12, ""),
        ("Months that count", 12, ""),
        ("Estimate x rate x months", 6_000_000, "rupiah"),
        ("At most", 30_000_000, "rupiah"),
    ]
    assert answer.basis == "Perpres 64/2020 ps 42(6); Perpres 82/2018 ps 42"
    assert (answer.payer, answer.window_days, answer.nothing_because) == ("member", 45, None)


def test_d05_three_months_of_six_million_and_nothing_for_who_was_not_in_a_ward():
    assert service_penalty(6_000_000, 3, IN_2025).amount == 900_000
    outpatient = service_penalty(6_000_000, 3, IN_2025, is_inpatient=False)
    assert (outpatient.amount, outpatient.payer) == (0, None)
    assert outpatient.nothing_because == "Only inpatient care in a hospital costs a penalty."


def test_d08_the_second_admission_is_free_since_may_2024():
    free = service_penalty(6_000_000, 3, IN_2025, charged_before=True)
    assert (free.amount, free.nothing_because) == (0, "Only the first penalty bill after reactivation is charged.")
    assert service_penalty(6_000_000, 3, date(2023, 6, 1), charged_before=True).amount == 900_000


@pytest.mark.parametrize("segment", ["PBI_JK", "PBPU_PEMDA"])
def test_d09_whom_a_government_pays_for_is_exempt(segment):
    answer = service_penalty(6_000_000, 3, IN_2025, segment)
    assert (answer.amount, answer.payer, answer.window_days) == (0, None, 45)
    assert answer.nothing_because == "The government pays for these members: they are exempt."
    assert [tuple(fact) for fact in answer.trace] == [("Day of the penalty bill", IN_2025, "day")]
    assert answer.basis == "Perpres 59/2024"


@pytest.mark.parametrize("segment", ["PPU_BU", "PPU_PN"])
def test_d09_the_employer_pays_for_workers(segment):
    answer = service_penalty(6_000_000, 3, IN_2025, segment)
    assert (answer.amount, answer.payer) == (900_000, "employer")


def test_the_certified_poor_are_exempt_while_the_law_says_so(own_law):
    assert service_penalty(6_000_000, 3, IN_2025, is_poor=True).nothing_because == "Who is certified as poor is exempt."
    own_law("poor_exempt = true", "poor_exempt = false")
    assert service_penalty(6_000_000, 3, IN_2025, is_poor=True).amount == 900_000


def test_without_arrears_there_is_none():
    assert service_penalty(6_000_000, 0, IN_2025).nothing_because == "Without arrears there is no penalty."
    assert service_penalty(6_000_000, 1, IN_2025).amount == 300_000


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2016, 7, 1), 3_000_000),
        (date(2020, 12, 31), 3_000_000),
        (date(2021, 1, 1), 6_000_000),
        (date(2024, 5, 7), 6_000_000),
        (date(2024, 5, 8), 6_000_000),
    ],
)
def test_the_rate_is_that_of_the_day_of_the_penalty_bill(day, amount):
    assert service_penalty(10_000_000, 12, day).amount == amount


@pytest.mark.parametrize(("day", "cap"), [(date(2024, 5, 7), 30_000_000), (date(2024, 5, 8), 20_000_000)])
def test_the_cap_is_that_of_the_day_too(day, cap):
    assert service_penalty(cap * 2, 12, day).amount == cap


def test_what_is_less_than_a_rupiah_is_dropped():
    assert service_penalty(39, 1, date(2019, 1, 1)).amount == 0
    assert service_penalty(40, 1, date(2019, 1, 1)).amount == 1
    assert service_penalty(79, 1, date(2019, 1, 1)).amount == 1


def test_the_law_says_how_to_round(own_law):
    own_law('rounding = "down"', 'rounding = "up"')
    assert service_penalty(39, 1, date(2019, 1, 1)).amount == 1


def test_whoever_is_not_named_otherwise_pays_for_himself(own_law):
    own_law('exempt = ["PBI_JK", "PBPU_PEMDA"]', 'exempt = ["PBPU"]')
    assert service_penalty(6_000_000, 3, IN_2025).nothing_because
    assert service_penalty(6_000_000, 3, IN_2025, "BP").payer == "member"


@given(costs, costs, st.integers(0, 40), days)
def test_a_dearer_stay_or_an_older_debt_never_costs_less_and_never_more_than_the_cap(cost, more, months, day):
    answer = service_penalty(cost, months, day)
    assert service_penalty(cost + more, months + 1, day).amount >= answer.amount
    assert type(answer.amount) is int and 0 <= answer.amount <= law.at(day).penalty.cap


@given(days, st.integers(0, 90))
def test_the_window_ends_once(reactivated, after):
    day = reactivated + timedelta(days=after)
    if law.at(reactivated).penalty.window_days:
        assert penalty.is_liable(reactivated, day) == (day <= penalty.last_liable_day(reactivated))
