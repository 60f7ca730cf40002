"""What an e-mail address looks like, and when the ward class may be changed."""

import re
from datetime import date

from jkn import law
from jkn.calendar import add_months, first_of_month
from jkn.errors import N_

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
LONGEST = 100


class BadAddress(ValueError):
    """What was typed cannot be an e-mail address; `message` is a sentence for the person, not yet translated."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def read_email(text: str) -> str:
    """The address, its domain in small letters. Raises BadAddress. Only a letter that arrives proves it exists."""
    typed = text.strip()
    if len(typed) > LONGEST or not _EMAIL.fullmatch(typed):
        raise BadAddress(N_("An e-mail address looks like siti@example.com."))
    name, _at, domain = typed.rpartition("@")
    return f"{name}@{domain.lower()}"


def class_holds_from(on: date) -> date:
    """From when a class chosen on a day holds: the first of a later month."""
    return add_months(first_of_month(on), law.at(on).class_change.effective_months)


def class_free_from(held_since: date, joined: date, on: date, *, steps_down: bool) -> date:
    """From when a family that is in its class since a day may change it, by the law of the day it asks.

    For a time who had joined before 2020 could step down without waiting (6.3).
    """
    early = law.at(on).class_step_down
    if steps_down and early.in_force and joined < early.registered_before:
        return held_since
    return add_months(held_since, law.at(on).class_change.min_months)
