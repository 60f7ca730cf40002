"""Ticket numbers that survive a telephone, and the day by which an answer is due."""

from collections.abc import Sequence
from datetime import date

from jkn import calendar, law
from jkn.errors import N_
from jkn.numbers import BadNumber, plain

# Without I, L, O, U and V, which are taken for other signs. 31 is prime, so one check sign finds every single wrong
# sign and every two that changed places.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTWXYZ"
RANDOM = 9  # signs, 44 bits
LOOK_ALIKES = str.maketrans("OILUV", "011WW")


def ticket_of(values: Sequence[int]) -> str:
    """The ticket made of nine random values below 31: those, and a check sign."""
    body = "".join(SIGNS[value] for value in values)
    return body + SIGNS[-_weigh(body) * pow(RANDOM + 1, -1, len(SIGNS)) % len(SIGNS)]


def read_ticket(text: str) -> str:
    """The ticket as stored, from what somebody typed: any case, any grouping, O for 0, I for 1. Raises BadNumber."""
    ticket = plain(text).translate(LOOK_ALIKES)
    if len(ticket) != RANDOM + 1 or not set(ticket) <= set(SIGNS):
        raise BadNumber(N_("A complaint number has ten letters and digits, such as K7RD-2M9X-41."))
    if _weigh(ticket) % len(SIGNS):
        raise BadNumber(N_("One letter or digit of this number is wrong. Compare them one by one."))
    return ticket


def show_ticket(ticket: str) -> str:
    """K7RD-2M9X-41"""
    return f"{ticket[:4]}-{ticket[4:8]}-{ticket[8:]}"


def _weigh(signs: str) -> int:
    return sum(place * SIGNS.index(sign) for place, sign in enumerate(signs, 1))


def due_on(received: date) -> date:
    """Five working days, by the law of the day it was received (UU 24/2011 ps 48)."""
    return calendar.add_working_days(received, law.at(received).complaint_days.working_days)
