"""How SNAP writes values: JSON, amounts, moments."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite

WIB = timezone(timedelta(hours=7), "WIB")
CURRENCY = "IDR"
_VALUE = re.compile(r"[0-9]{1,16}\.[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}(-?)[0-9]{2}\1[0-9]{2}T[0-9]{2}(:?)[0-9]{2}\2[0-9]{2}([.,][0-9]{1,9})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
)


@dataclass(frozen=True)
class Amount:
    """A sum as a bank writes it: whole rupiah, and cents, which no bill of ours has."""

    rupiah: int
    cents: int = 0


def load_json(raw: bytes):
    """One meaning only: UTF-8, no key twice, no NaN, no half characters. Raises ValueError."""
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_finite, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _unique_keys(pairs: list[tuple]) -> dict:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key stands twice")
    return result


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def parse_amount(text: str) -> Amount:
    """`"150000.00"`; raises ValueError for anything but 1-16 digits, a point and two digits."""
    if not _VALUE.fullmatch(text):
        raise ValueError("not an amount")
    whole, cents = text.split(".")
    return Amount(int(whole), int(cents))


def format_amount(rupiah: int) -> dict[str, str]:
    return {"value": f"{rupiah}.00", "currency": CURRENCY}


def parse_moment(text) -> datetime:
    """Any ISO 8601 date and time with an offset, in UTC. Raises ValueError."""
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("not a moment with an offset")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def format_moment(moment: datetime) -> str:
    """`2026-01-15T10:30:00+07:00`: seconds, Jakarta time."""
    return moment.astimezone(WIB).isoformat(timespec="seconds")
