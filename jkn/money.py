"""Rupiah are whole numbers: we add them up as int and only format them here."""

import re
from typing import NewType

from jkn.errors import N_
from jkn.numbers import BadNumber

Rupiah = NewType("Rupiah", int)

# At most fifteen digits, in groups of three or in none. Nothing but ",00" or ",-" may follow: Rp150.000,-
_TYPED = re.compile(
    r"(-?)\s*(?:rp\.?|idr)?\s*([0-9]{1,3}([., ])[0-9]{3}(?:\3[0-9]{3}){0,3}|[0-9]{1,15})(?:,(?:00|-))?", re.IGNORECASE
)


def format_rupiah(amount: Rupiah) -> str:
    """Rp150.000 as Indonesian spelling (EYD) writes it; what is less than nothing as -Rp150.000."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


# The same with a fraction behind it: 4200479.19, 4.200.479,19.
_WITH_FRACTION = re.compile(r"(.*[0-9]{4}|.*[., ][0-9]{3}|[^0-9]*[0-9]{1,3})[.,]([0-9]{1,2}|(?<=[0-9]{4}.)[0-9]+)")


def parse_truncated(text: str) -> Rupiah:
    """A typed amount whose fraction of a rupiah, if any, is dropped: 4200479.19 is 4.200.479 (P05)."""
    fraction = _WITH_FRACTION.fullmatch(text.strip())
    return parse_rupiah(fraction[1] if fraction else text)


def parse_rupiah(text: str) -> Rupiah:
    """A typed amount: "Rp 150.000", "150000", "150.000,-", "150.000,00". Fractions of a rupiah are a BadNumber."""
    found = _TYPED.fullmatch(text.strip())
    if not found:
        raise BadNumber(N_("Type an amount in whole rupiah, such as 150.000."))
    sign, amount = found[1], found[2]
    return Rupiah(int(sign + re.sub(r"[., ]", "", amount)))
