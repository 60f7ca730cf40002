"""What an e-mail address looks like."""

import re

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
