"""What people type into a message, and what fits into one."""

import re
from dataclasses import dataclass
from datetime import date

from jkn import numbers
from jkn.errors import N_
from jkn.i18n import LANGUAGES
from jkn.notices.rules import ONE_SMS, clip, plain_sms, septets, short_name
from jkn.numbers import BadNumber

ONE_SCREEN = 182  # characters of a USSD answer, with its CON or END
MOST_SCREENS = 5
LONGEST_TEXT = 300


@dataclass(frozen=True)
class Who:
    """Somebody among those who share a phone: a first name or initials, and the last four digits of the card."""

    name: str
    tail: str

    def is_it(self, name: str, card: str) -> bool:
        words = name.upper().split()
        return card.endswith(self.tail) and self.name in (words[0], "".join(word[0] for word in words))


def read_who(text: str) -> Who:
    """SITI 8911. Raises BadNumber."""
    found = re.fullmatch(r"\s*([^\W\d]+)\W*([0-9]{4})\s*", text)
    if not found:
        raise BadNumber(N_("Write a first name and the card's last 4 digits, such as SITI 8911."))
    return Who(found[1].upper(), found[2])


def read_born(text: str) -> date:
    """17081980, also with dashes, dots or strokes. Raises BadNumber."""
    typed = numbers.plain(text.replace("/", ""))
    try:
        if not re.fullmatch("[0-9]{8}", typed):
            raise ValueError
        return date(int(typed[4:]), int(typed[2:4]), int(typed[:2]))
    except ValueError:
        raise BadNumber(N_("Write the birth date in 8 digits, such as 17081980.")) from None


def read_code(text: str) -> str:
    """The eight digits of a sheet code. Raises BadNumber."""
    code = numbers.digits(text)
    if len(code) != 8:
        raise BadNumber(N_("A sheet code has 8 digits."))
    return code


def read_word(text: str) -> str:
    """The four digits that a volunteer reads aloud. Raises BadNumber."""
    word = numbers.digits(text)
    if len(word) != 4:
        raise BadNumber(N_("The volunteer's number has 4 digits."))
    return word


def read_yes(text: str) -> str:
    """A choice on a screen, or the code of a message. Raises BadNumber for nothing."""
    typed = numbers.digits(text)
    if not typed:
        raise BadNumber(N_("Choose a number of the list."))
    return typed


def read_text(text: str) -> str:
    """What a complaint says. Raises BadNumber for nothing."""
    words = " ".join(text.split())
    if not words:
        raise BadNumber(N_("Say in a few words what went wrong."))
    return words[:LONGEST_TEXT]


def read_language(text: str) -> str:
    """The place in the list, or the code. Raises BadNumber."""
    typed, codes = numbers.plain(text).lower(), list(LANGUAGES)
    found = codes[int(typed) - 1] if typed in [str(place) for place in range(1, len(codes) + 1)] else typed
    if found not in codes:
        raise BadNumber(N_("Choose a number of the list."))
    return found


def split_sms(text: str) -> tuple[str, str]:
    """The command, in capitals and without signs around it, and the rest. `ADU ?` is `ADU?`."""
    found = re.match(r"\W*(\w+)[ \t]*(\?)?[\s.,:;#*!-]*(.*)", text, re.DOTALL)
    return (found[1].upper() + (found[2] or ""), found[3].strip()) if found else ("", "")


def deal_out(words: list[str], places: int, wide: int) -> list[str] | None:
    """The words on so many places, the one at `wide` taking what is too many; None for too few."""
    extra = len(words) - places
    if extra < 0:
        return None
    return [*words[:wide], " ".join(words[wide : wide + extra + 1]), *words[wide + extra + 1 :]] if places else []


def split_ussd(text: str) -> list[str]:
    """What was typed on each screen so far."""
    return text.split("*") if text else []


def veiled(name: str) -> str:
    """S*** A: for a stranger who may hold the phone; never longer than fourteen signs."""
    return numbers.mask_name(short_name(name))


def fit(text: str, most: int = ONE_SMS) -> str:
    """In the GSM alphabet, cut at a word if it were too long for one message."""
    text = plain_sms(text)
    while septets(text) > most:
        text = clip(text, min(len(text) - 1, most))
    return text
