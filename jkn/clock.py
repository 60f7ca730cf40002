"""The only place that knows what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask

JAKARTA = ZoneInfo("Asia/Jakarta")
_frozen: datetime | None = None
_offset = timedelta()


def init_app(app: Flask) -> None:
    """Start from `CLOCK_STARTS` where it is set: the clock then runs on from there."""
    global _offset
    starts = app.config["CLOCK_STARTS"]
    _offset = starts - datetime.now(UTC) if starts else timedelta()


def now() -> datetime:
    """The moment, in UTC."""
    return _frozen or datetime.now(UTC) + _offset


def today() -> date:
    """The date in Jakarta, by which every deadline is counted."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The date in Jakarta of a moment."""
    return moment.astimezone(JAKARTA).date()


def start_of(day: date) -> datetime:
    """Midnight in Jakarta."""
    return datetime(day.year, day.month, day.day, tzinfo=JAKARTA)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let the clock stand still, for tests."""
    global _frozen
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before
