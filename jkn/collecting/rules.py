"""What a provider's answer means, and when to ask for money again. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from jkn.calendar import last_of_month, next_month

STATUS_WORDS = 7  # characters of a response code
UNSURE_CASES = {("404", "00"), ("404", "10"), ("404", "18")}  # about the state of something we may have begun
CUSTOMER_TOKEN_CASES = {("401", "02"), ("401", "04")}
INSUFFICIENT = "14"
BLOCKED = ("05", "18")  # do not honour; inactive card, account or customer: the debit will never work again


class Verdict(StrEnum):
    """What an answer of the outside says about what we asked. UNKNOWN is never a failure: it may have been done."""

    DONE = "done"
    IN_PROGRESS = "in progress"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Latest(StrEnum):
    """latestTransactionStatus of services 51, 52, 55 and 56."""

    SUCCESS = "00"
    INITIATED = "01"
    PAYING = "02"
    PENDING = "03"
    REFUNDED = "04"
    CANCELED = "05"
    FAILED = "06"
    NOT_FOUND = "07"


def verdict_of(http_status: int, code: str, service: str) -> Verdict:
    """By response code: HTTP status, service and case must fit, or else the answer says nothing."""
    status, of, case = code[:3], code[3:5], code[5:]
    if len(code) != STATUS_WORDS or not code.isdigit() or status != str(http_status) or of != service:
        return Verdict.UNKNOWN
    if (status, case) in UNSURE_CASES:
        return Verdict.UNKNOWN
    if status == "200":
        return Verdict.DONE
    if status == "202":
        return Verdict.IN_PROGRESS
    if status in ("400", "403", "404", "405") or (status, case) in CUSTOMER_TOKEN_CASES:
        return Verdict.REFUSED
    return Verdict.UNKNOWN


def case_of(code: str) -> str:
    """`"14"` of 4035414: why a debit was refused; empty for what is no refusal of the account (403)."""
    return code[5:] if len(code) == STATUS_WORDS and code.startswith("403") else ""


def is_customer_token(code: str) -> bool:
    """Is the member's token at the provider invalid or gone?"""
    return (code[:3], code[5:]) in CUSTOMER_TOKEN_CASES


def attempt_on(day: date, days: Sequence[int]) -> int:
    """Which attempt of the month falls on a day: 1, 2, … ; 0 when none does.

    A debit day that the month does not have is its last day.
    """
    last = last_of_month(day).day
    return next((place for place, at in enumerate(sorted(days), 1) if min(at, last) == day.day), 0)


def next_attempt(day: date, days: Sequence[int]) -> date | None:
    """The next debit day of the same month, or None: then the member pays by virtual account before it ends."""
    last = last_of_month(day)
    later = [min(at, last.day) for at in sorted(days) if min(at, last.day) > day.day]
    return day.replace(day=later[0]) if later else None


def coming_days(day: date, days: Sequence[int]) -> list[date]:
    """The debit days still to come: the rest of this month's, today included, else the next month's."""
    this = [min(at, last_of_month(day).day) for at in sorted(days)]
    rest = [day.replace(day=at) for at in this if at >= day.day]
    if rest:
        return rest
    month = next_month(day.replace(day=1))
    return [month.replace(day=min(at, last_of_month(month).day)) for at in sorted(days)]


def pay_before(day: date) -> date:
    """Until when a member pays by other ways after a failed debit."""
    return last_of_month(day)


def grows_stale(seconds: int) -> timedelta:
    """How long one caller may be at work on a charge: three calls of so many seconds, and a little more."""
    return timedelta(seconds=3 * seconds + 1)
