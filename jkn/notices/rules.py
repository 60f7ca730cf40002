"""When a notice may go, until when it is worth sending, and what fits into one SMS."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone

from jkn import clock

CODE = "code"
CODE_LIFE = timedelta(minutes=5)
LIFE = timedelta(days=7)
PAPER_LIFE = timedelta(days=30)
# Somebody else may be at work in the person's name: these wait for no morning.
URGENT = frozenset(
    {CODE, "pin_changed", "pin_reset", "phone_changed", "signed_in_on_new_device", "slip_printed", "sms_yes_shut"}
)
# Worth nothing after the day that stands in this value.
UNTIL = {"plan_reminder": "day", "autodebit_failed": "until", "autodebit_stopped": "until"}

# The longest pause is half an hour: what waited for a gateway that was down is sent within the hour after.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 30))
LEASE = timedelta(minutes=2)  # after which a try whose worker fell silent is made again

# Zones by province of the village (Keppres 41/1987); all others are WIB.
WIB, WITA, WIT = (timezone(timedelta(hours=hours)) for hours in (7, 8, 9))
_WITA = frozenset("51 52 53 63 64 65 71 72 73 74 75 76".split())
_WIT = frozenset("81 82 91 92 93 94 95 96".split())

ONE_SMS = 160  # septets (3GPP TS 23.038)
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS = frozenset("^{}\\[~]|€")
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)
LONGEST_NAME = 12


def rank_of(name: str) -> int:
    """0 for what goes first and at any hour, else 1."""
    return 0 if name in URGENT else 1


def pointless_after(name: str, created_at: datetime, values: Mapping, life: timedelta = LIFE) -> datetime:
    """From this moment nobody is helped by the notice any more."""
    if name == CODE:
        return created_at + CODE_LIFE
    if last_day := values.get(UNTIL.get(name, "")):
        return clock.start_of(date.fromisoformat(last_day) + timedelta(days=1))
    return created_at + life


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after so many tries."""
    return now + PAUSES[min(tries, len(PAUSES)) - 1]


def zone_of(village_code: str | None) -> timezone:
    """The time zone of a village by its province; WIB where nobody knows it."""
    province = (village_code or "")[:2]
    return WITA if province in _WITA else WIT if province in _WIT else WIB


def morning(now: datetime, zone: timezone, begins: time, ends: time) -> datetime | None:
    """When the quiet hours that hold now in this zone are over; None outside of them, or where both ends are one."""
    local = now.astimezone(zone)
    at = local.time()
    is_quiet = begins <= at < ends if begins <= ends else at >= begins or at < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=begins > ends and at >= begins)
    return datetime.combine(day, ends, zone).astimezone(UTC)


def short_name(name: str) -> str:
    """Siti A: enough to know who of the family is meant, too little for a stranger."""
    first, *rest = plain_sms(name).title().split() or [""]
    return first[:LONGEST_NAME] + (f" {rest[0][0]}" if rest else "")


def plain_sms(text: str) -> str:
    """The text in the GSM alphabet: letters lose their marks, what has no likeness becomes a question mark."""
    signs = []
    for sign in text.translate(_ALIKE):
        if sign in _GSM7 or sign in _TWO_SEPTETS:
            signs.append(sign)
            continue
        bare = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
        signs.append(bare or ("" if unicodedata.combining(sign) else "?"))
    return "".join(signs)


def septets(text: str) -> int:
    """The length of a text in the GSM alphabet, as the network counts it."""
    return sum(2 if sign in _TWO_SEPTETS else 1 for sign in text)


def clip(text: str, length: int) -> str:
    """Cut to so many characters, at a word where there is one."""
    if len(text) <= length:
        return text
    cut = text[: length + 1].rsplit(" ", 1)[0]
    return cut if 0 < len(cut) <= length else text[:length]
