from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import law
from jkn.calendar import (
    add_months,
    add_working_days,
    due_date,
    first_of_month,
    is_working_day,
    last_of_month,
    months_between,
    next_month,
    next_working_day,
)

DAYS = st.dates(date(2014, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2026, 2, 1), date(2026, 2, 10)),  # a Tuesday
        (date(2026, 1, 1), date(2026, 1, 12)),  # a Saturday
        (date(2024, 4, 1), date(2024, 4, 16)),  # Eid al-Fitr and the joint leave around it
        (date(2024, 2, 1), date(2024, 2, 12)),  # Lunar New Year on a Saturday
    ],
)
def test_a04_a_tenth_on_a_holiday_is_due_the_next_working_day(month, due):
    assert due_date(month, law.at(month).due_day.day) == due


def test_joint_leave_is_no_working_day():
    assert not is_working_day(date(2026, 3, 24))
    assert is_working_day(date(2026, 3, 25))


def test_five_working_days_do_not_count_the_first_day_nor_the_weekend():
    assert add_working_days(date(2026, 1, 5), 5) == date(2026, 1, 12)
    assert add_working_days(date(2026, 1, 10), 1) == date(2026, 1, 12)
    assert add_working_days(date(2026, 1, 10), 0) == date(2026, 1, 10)


@given(DAYS)
def test_the_next_working_day_is_the_first_one_not_before(day):
    found = next_working_day(day)
    assert found >= day
    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))


def test_months_roll_over_the_year_and_end_on_short_months():
    assert next_month(date(2025, 12, 31)) == date(2026, 1, 1)
    assert add_months(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2023, 11, 30), 3) == date(2024, 2, 29)
    assert last_of_month(date(2024, 2, 3)) == date(2024, 2, 29)
    assert last_of_month(date(2024, 12, 31)) == date(2024, 12, 31)


def test_months_between_leaves_out_the_last():
    assert list(months_between(date(2025, 11, 20), date(2026, 2, 1))) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    assert list(months_between(date(2026, 2, 1), date(2026, 2, 28))) == []
    assert list(months_between(date(2026, 3, 1), date(2026, 2, 1))) == []


@given(DAYS, st.integers(0, 400))
def test_months_between_counts_what_add_months_added(day, count):
    month = first_of_month(day)
    assert len(list(months_between(month, add_months(month, count)))) == count
    assert add_months(add_months(month, count), -count) == month


def test_g01_first_payment_is_day_14_to_day_30():
    registered = date(2025, 6, 1)
    window = law.at(registered).first_payment
    assert registered + timedelta(days=window.min_days) == date(2025, 6, 15)
    assert registered + timedelta(days=window.max_days) == date(2025, 7, 1)
