"""From which moment money counts, and how far a credit goes. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from jkn.money import Rupiah

LATE = timedelta(hours=24)
CLOCK_SKEW = timedelta(minutes=5)  # a bank's clock may run so much ahead of ours
QUOTE_GRACE = timedelta(minutes=15)  # after midnight, for what was begun before
TOKEN_LIFE = timedelta(seconds=900)
OLD_SECRET_LIFE = timedelta(days=7)


def counts_at(trx_at: datetime | None, arrived_at: datetime) -> tuple[datetime, bool]:
    """The moment a payment counts from, and whether the bank's own moment was too far from ours to be believed."""
    if trx_at is None:
        return arrived_at, False
    if not arrived_at - LATE <= trx_at <= arrived_at + CLOCK_SKEW:
        return arrived_at, True
    return min(trx_at, arrived_at), False


def less_credit(lines: Sequence[tuple[date, Rupiah]], credit: Rupiah) -> list[tuple[date, Rupiah]]:
    """The months with what is still to pay for each: credit goes to the first ones first."""
    left = []
    for month, amount in lines:
        used = min(amount, max(credit, 0))
        credit -= used
        left.append((month, amount - used))
    return left
