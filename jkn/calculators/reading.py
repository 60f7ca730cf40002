"""Reading what stands behind a question mark: months, days, small numbers, amounts. Each raises Refused."""

import re
from collections.abc import Callable
from datetime import date

from jkn.calculators.rules import FIRST_DAY, LAST_DAY
from jkn.errors import N_, Refused
from jkn.money import Rupiah, format_rupiah, parse_rupiah, parse_truncated
from jkn.numbers import BadNumber

MOST = Rupiah(100_000_000_000)
LONGEST = 40  # signs of anything typed


def read_month(text: str) -> date:
    """2026-01 or 1/2026, as the first of the month; a whole date is read as its month."""
    parts = _parts(text)
    if parts is None:
        raise Refused(N_("Type a month as year and month, such as 2026-01."))
    year, month, day = (*parts, "1")[:3]
    return _within(_date(year, month, day, N_("There is no such month."))).replace(day=1)


def read_day(text: str) -> date:
    """2026-01-15 or 15/1/2026."""
    parts = _parts(text)
    if parts is None or len(parts) != 3:
        raise Refused(N_("Type a date as year, month and day, such as 2026-01-15."))
    return _within(_date(*parts, N_("There is no such day.")))


def _parts(text: str) -> list[str] | None:
    """Year, month and perhaps day, however they are parted and whichever end the year stands at."""
    parts = re.split(r"[-/. ]", text)
    if len(parts[0]) != 4:
        parts.reverse()
    fits = len(parts) in (2, 3) and re.fullmatch("[0-9]{4}(-[0-9]{1,2}){1,2}", "-".join(parts))
    return parts if fits else None


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of small whole numbers."""

    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,4}", text) or not least <= int(text) <= most:
            raise Refused(N_("Type a whole number from %(least)s to %(most)s."), least=least, most=most)
        return int(text)

    return read


def read_amount(text: str) -> Rupiah:
    """An amount in whole rupiah, more than nothing."""
    return _amount(text, parse_rupiah)


def read_wage(text: str) -> Rupiah:
    """An amount whose fraction of a rupiah is dropped (P05)."""
    return _amount(text, parse_truncated)


def _amount(text: str, parse: Callable[[str], Rupiah]) -> Rupiah:
    try:
        amount = parse(text)
    except BadNumber as bad:
        raise Refused(bad.message) from None
    if not 0 < amount <= MOST:
        raise Refused(N_("Type an amount up to %(most)s."), most=format_rupiah(MOST))
    return amount


def _date(year: str, month: str, day: str, otherwise: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Refused(otherwise) from None


def _within(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(N_("The law we know begins in %(first)s and goes to %(last)s."), first=2014, last=LAST_DAY.year)
    return day
