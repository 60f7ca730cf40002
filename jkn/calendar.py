"""Months, and the working days by which deadlines move: national holidays, joint leave, and days decreed later."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from jkn import law


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    return next_month(day) - timedelta(days=1)


def next_month(month: date) -> date:
    """The first of the month after."""
    return add_months(first_of_month(month), 1)


def add_months(day: date, count: int) -> date:
    """The same day so many months on (or back); a month too short for it gives its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    for last in (day.day, 30, 29):
        try:
            return date(year, month + 1, last)
        except ValueError:
            if not date.min.year <= year <= date.max.year:
                raise
    return date(year, month + 1, 28)


def months_between(first: date, until: date) -> Iterator[date]:
    """The first of each month from the month of `first` up to, not including, the month of `until`."""
    month, end = first_of_month(first), first_of_month(until)
    while month < end:
        yield month
        month = next_month(month)


def is_working_day(day: date) -> bool:
    """Monday to Friday, no holiday and no joint leave; a day decreed in law.toml overrides the list of holidays."""
    for row in law.history("decreed_leave"):
        if row.since == day:
            return getattr(row, "working", False)
    return day.weekday() < 5 and day not in _leave(day.year)


def next_working_day(day: date) -> date:
    """The day itself, if it is one."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The last day of a term of so many working days; the day it starts from does not count."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def due_date(month: date, due_day: int) -> date:
    """The day of the month on which a contribution is due, or the next working day."""
    return next_working_day(month.replace(day=due_day))


@lru_cache(maxsize=64)
def _leave(year: int) -> frozenset[date]:
    """National holidays and joint leave (SKB 3 Menteri). Future moon-dependent days are the library's estimate."""
    import holidays  # here, because most processes never ask

    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))
