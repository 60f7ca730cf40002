"""Counting before looking, so that parallel tries cannot slip through: guesses at a secret, and looks within a span."""

from datetime import timedelta

from peewee import Case, Value

from jkn import clock, sealed
from jkn.accounts.models import Attempt
from jkn.db import writing

FAILURES, PAUSE, IN_A_ROW = 5, timedelta(minutes=15), 10


@writing
def reserve(key: str, *, failures: int = FAILURES, pause: timedelta = PAUSE, in_a_row: int | None = IN_A_ROW) -> bool:
    """Take one of the guesses left for this way in; False when none is. A right guess gives them back by clear()."""
    now = clock.now()
    Attempt.insert(key=key, until=now).on_conflict_ignore().execute()
    starts_over = (Attempt.failed >= failures) & (Attempt.until <= now)
    counted = Case(None, ((starts_over, 1),), Attempt.failed + 1)
    later = Value(now + pause, converter=Attempt.until.db_value)  # inside CASE peewee does not know the field
    ends = Case(None, (((Attempt.failed == failures - 1), later),), Attempt.until)
    may = (Attempt.key == key) & ((Attempt.failed < failures) | (Attempt.until <= now))
    if in_a_row is not None:
        may &= Attempt.in_row < in_a_row
    changes = {"failed": counted, "in_row": Attempt.in_row + 1, "until": ends, "touched_at": now}
    return bool(Attempt.update(**changes).where(may).execute())


@writing
def take(key: str, most: int, span: timedelta) -> bool:
    """One of `most` looks within a span, which begins with its first; False when none is left."""
    now = clock.now()
    Attempt.insert(key=key, until=now).on_conflict_ignore().execute()
    is_new = Attempt.until <= now
    end = Value(now + span, converter=Attempt.until.db_value)
    changes = {
        "failed": Case(None, ((is_new, 1),), Attempt.failed + 1),
        "until": Case(None, ((is_new, end),), Attempt.until),
        "touched_at": now,
    }
    return bool(Attempt.update(**changes).where(Attempt.key == key, is_new | (Attempt.failed < most)).execute())


@writing
def give_back(key: str) -> None:
    """The look was no miss: this one does not count, those before still do."""
    Attempt.update(failed=Attempt.failed - 1).where(Attempt.key == key, Attempt.failed > 0).execute()


@writing
def clear(*keys: str) -> None:
    """The right secret was given: the count starts again."""
    Attempt.update(failed=0, in_row=0).where(Attempt.key.in_(keys)).execute()


def taken(key: str) -> int:
    """How many looks were taken of the span that runs."""
    row = Attempt.get_or_none(Attempt.key == key, Attempt.until > clock.now())
    return row.failed if row else 0


def is_off(key: str) -> bool:
    """Ten wrong in a row: this way in stays shut until a second way is used."""
    return Attempt.select().where(Attempt.key == key, Attempt.in_row >= IN_A_ROW).exists()


def key_of(way: str, person_id: int | None, typed: str, device: str = "") -> str:
    """The counter's key. Unknown numbers have counters like everybody's, so answers tell nothing."""
    return sealed.index("attempt", f"{way}:{person_id or typed}:{device}")
