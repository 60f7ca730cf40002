from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contributions.rules import price
from jkn.payments import rules
from tests.conftest import NOW


def test_a_payment_without_a_moment_counts_from_its_arrival():
    assert rules.counts_at(None, NOW) == (NOW, False)


@pytest.mark.parametrize(
    ("before", "counts_before", "is_odd"),
    [
        (timedelta(hours=1), timedelta(hours=1), False),
        (timedelta(hours=24), timedelta(hours=24), False),
        (timedelta(hours=24, seconds=1), timedelta(0), True),
        (timedelta(0), timedelta(0), False),
        (-timedelta(minutes=5), timedelta(0), False),  # a clock a little ahead of ours
        (-timedelta(minutes=5, seconds=1), timedelta(0), True),
    ],
)
def test_a_payment_counts_from_the_banks_moment_unless_that_is_odd(before, counts_before, is_odd):
    assert rules.counts_at(NOW - before, NOW) == (NOW - counts_before, is_odd)


JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC).date() for month in (1, 2, 3))


@pytest.mark.parametrize(
    ("credit", "left"),
    [
        (0, [100, 50, 70]),
        (-30, [100, 50, 70]),
        (30, [70, 50, 70]),
        (100, [0, 50, 70]),
        (120, [0, 30, 70]),
        (220, [0, 0, 0]),
        (500, [0, 0, 0]),
    ],
)
def test_credit_goes_to_the_first_months_first(credit, left):
    lines = [(JANUARY, 100), (FEBRUARY, 50), (MARCH, 70)]
    assert rules.less_credit(lines, credit) == list(zip((JANUARY, FEBRUARY, MARCH), left, strict=True))


def test_t08_what_class_three_overpaid_in_april_2020_is_credit_for_may():
    april, may = datetime(2020, 4, 1).date(), datetime(2020, 5, 1).date()
    overpaid = 42_000 - price(april, 3).amount
    assert overpaid == 16_500
    assert rules.less_credit([(may, price(may, 3).amount)], overpaid) == [(may, 9_000)]


@given(st.lists(st.integers(1, 10**9), max_size=24), st.integers(-(10**9), 10**10))
def test_credit_pays_what_it_can_and_no_more(amounts, credit):
    left = rules.less_credit([(JANUARY, amount) for amount in amounts], credit)
    assert sum(amount for _month, amount in left) == max(0, sum(amounts) - max(credit, 0))
    assert all(0 <= amount <= before for (_month, amount), before in zip(left, amounts, strict=True))
