"""Which PINs are too easy to guess, and how long ways in stay open. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations

from jkn.errors import N_

PIN_LENGTH = 6
CODE_LENGTH = 8  # sheet codes and slips
SHEET_CODES = 10
SLIP_VALID = timedelta(days=7)
FRESH = timedelta(minutes=10)
RAISE_AFTER_RESET = timedelta(hours=24)
SHEET_SHOWN = timedelta(minutes=30)
KNOWN_DEVICE = timedelta(days=90)
LONGEST_GRANT = timedelta(days=731)
PAPERS_WAIT = timedelta(hours=24)  # in which somebody whose papers an officer has seen can still say no

# idle, whole length
LIMITS = {
    "web": (timedelta(minutes=15), timedelta(hours=12)),
    "kiosk": (timedelta(seconds=60), timedelta(minutes=10)),
    "volunteer": (timedelta(minutes=10), timedelta(hours=8)),
    "desk": (timedelta(minutes=15), timedelta(hours=8)),
}
WARNING = timedelta(seconds=30)  # before the idle end of a volunteer's sign-in, counted from the page

COMMON = frozenset(
    "123321 789456 456789 159753 147258 258369 369258 142536 246810 135790 102030 010203 101010 112358 314159 271828 "
    "520520 521521 007007 456123 147852 987456 741852 963852 123654 321654 789123 170845".split()
)


def noted_every(idle_seconds: int) -> int:
    """Seconds between two notes of when a sign-in was last used. Where a page warns before the end, it counts from its
    own opening: there a note a minute old would end the sign-in before the warning."""
    return 5 if idle_seconds <= LIMITS["volunteer"][0].total_seconds() else 60


def weak_pin_reason(pin: str, births: Iterable[date] = (), numbers: Iterable[str] = ()) -> str | None:
    """Why this PIN is easy to guess, as a msgid, or None. `births` and `numbers` are the person's and the family's."""
    if len(set(pin)) < 3 or pin in COMMON or _is_run(pin) or _repeats(pin):
        return N_("That PIN is easy to guess. Choose other digits.")
    if any(pin in _birth_pins(born) for born in births):
        return N_("A PIN must not be a birth date.")
    for number in numbers:
        if pin in number or pin[::-1] in number:
            return N_("A PIN must not be part of a NIK, phone or card number.")
    return None


def _is_run(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}
    return len(steps) == 1


def _repeats(pin: str) -> bool:
    """121212, 123123, and pairs in a row such as 112233."""
    pairs = [pin[0:2], pin[2:4], pin[4:6]]
    return pin[:3] == pin[3:] or len(set(pairs)) == 1 or pin == pin[::-1] or all(a == b for a, b in pairs)


def _birth_pins(born: date) -> set[str]:
    day, month, year, short = f"{born.day:02d}", f"{born.month:02d}", f"{born.year:04d}", f"{born.year % 100:02d}"
    pins = {"".join(order) for order in permutations((day, month, short))}
    for two in (day, month):
        pins |= {year + two, two + year}
    return pins | {f"{born.day}{born.month}{year}"[:6], f"{born.day}{born.month}{year}"[-6:]}
