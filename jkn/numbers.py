"""Numbers that stand for people and places: check them, bring them into one form, mask them.

Every function takes what a person typed, with spaces, dots or dashes in it.
Numbers stay text: their leading zeros count.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from jkn.errors import N_

# Kemendagri 300.2.2-2138/2025 and codes still found on old cards: 54 East Timor, 97 a province of Papua as BPS counts.
PROVINCES = frozenset(
    (
        "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 "
        "64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96 54 97"
    ).split()
)
VA_PREFIXES = ("88888", "89888")  # BRI, BNI, BTN, BCA; Mandiri
EMPLOYER_TAIL = "900"  # before the eight digits of an employer (8.6); cards give tails that begin with 0
OLDEST = 110  # years

# Invisible characters come along when a number is copied from a chat or a table.
_BETWEEN = re.compile(r"[\s.\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]+")
_NUMBER = re.compile(r"[0-9]*")
_CARD = re.compile(r"0[0-9]{12}")
_FACILITY = re.compile(r"[0-9]{4}[0-9A-Z][0-9]{3}")
_REFERRAL = re.compile(r"[0-9]{4}[0-9A-Z][0-9]{3}(0[1-9]|1[0-2])[0-9]{2}[A-Z][0-9]{6}")
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Day and month as a NIK writes them: women have 40 added to the day.
_BIRTHDAYS = frozenset(
    f"{day + added:02d}{month:02d}"
    for month, last in enumerate(_DAYS_IN, 1)
    for day in range(1, last + 1)
    for added in (0, 40)
)
_LEAP_DAYS = ("2902", "6902")


class BadNumber(ValueError):
    """What was typed cannot be such a number; `message` is a sentence for the person, not yet translated."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def plain(text: str) -> str:
    """Without spaces, dots and dashes, in capitals; nothing is checked."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def digits(text: str) -> str:
    """Only the digits; anything but digits and separators is a BadNumber."""
    number = plain(text)
    if not _NUMBER.fullmatch(number):
        raise BadNumber(N_("Use digits only."))
    return number


@dataclass(frozen=True, slots=True)
class Nik:
    """A national identity number and what it says; its place is that of first registration, not of living."""

    digits: str = field(repr=False)
    born: date = field(repr=False)
    sex: str  # L or P
    warnings: tuple[str, ...] = ()

    @property
    def province(self) -> str:
        return self.digits[:2]

    @property
    def regency(self) -> str:
        return self.digits[:4]

    @property
    def district(self) -> str:
        return self.digits[:6]

    @property
    def serial(self) -> str:
        return self.digits[12:]


def is_nik(text: str) -> bool:
    """Whether `read_nik` would accept it: the quick way for files of millions."""
    number = text if len(text) == 16 and text.isascii() else plain(text)
    return (
        len(number) == 16
        and _NUMBER.fullmatch(number) is not None
        and number[:2] in PROVINCES
        and number[12:] != "0000"
        and _is_birth_part(number[6:12])
    )


def read_nik(
    text: str, today: date, declared_birth: date | None = None, regencies: Collection[str] | None = None
) -> Nik:
    """PPKKCC DDMMYY SSSS. There is no check digit; a regency nobody knows is only a warning, for regencies split.

    The century is the one that makes an age of 0 to 110; a declared birth date that agrees decides between two.
    """
    number = digits(text)
    if len(number) != 16:
        raise BadNumber(N_("A NIK has 16 digits."))
    if number[:2] not in PROVINCES:
        raise BadNumber(N_("No province has the first two digits of this NIK."))
    if not _is_birth_part(number[6:12]):
        raise BadNumber(N_("The birth date inside this NIK does not exist."))
    if number[12:] == "0000":
        raise BadNumber(N_("The last four digits of a NIK are never 0000."))
    possible = _births(number[6:12], today)
    if not possible:
        raise BadNumber(N_("The birth date inside this NIK does not exist."))
    warnings = []
    if declared_birth in possible:
        born = declared_birth
    else:
        born = possible[0]
        if declared_birth is not None:
            warnings.append(N_("The birth date differs from the one inside the NIK."))
        elif len(possible) > 1:
            warnings.append(N_("The birth year inside this NIK can be read in two ways."))
    if regencies is not None and number[:4] not in regencies:
        warnings.append(N_("We do not know the regency in this NIK."))
    return Nik(number, born, "P" if number[6] >= "4" else "L", tuple(warnings))


def _is_birth_part(part: str) -> bool:
    """DDMMYY, a woman's day with 40 added. From 1901 to 2099 the leap years are those that four divides."""
    return part[:4] in _BIRTHDAYS and (part[:4] not in _LEAP_DAYS or int(part[4:]) % 4 == 0)


def _births(part: str, today: date) -> list[date]:
    """The birth dates a DDMMYY can mean on this day, youngest first."""
    day, month, year = int(part[:2]) % 40, int(part[2:4]), int(part[4:])
    found = []
    for century in range(today.year // 100 * 100, today.year - OLDEST - 100, -100):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue  # 29 February of a year that has none
        if born <= today and age_on(today, born) <= OLDEST:
            found.append(born)
    return found


def age_on(day: date, born: date) -> int:
    """Full years. Who was born on 29 February turns a year older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def read_kk(text: str) -> str:
    """Family card: 16 digits, the first two a province. What the others mean is not certain, so they are not judged."""
    number = digits(text)
    if len(number) != 16:
        raise BadNumber(N_("A family card number has 16 digits."))
    if number[:2] not in PROVINCES:
        raise BadNumber(N_("No province has the first two digits of this family card number."))
    return number


def read_card(text: str) -> str:
    """JKN card: 13 digits, the first a zero."""
    number = digits(text)
    if not _CARD.fullmatch(number):
        raise BadNumber(N_("A JKN card number has 13 digits and begins with 0."))
    return number


def read_card_or_nik(text: str) -> str:
    """13 digits are a card, 16 a NIK: the length of the answer tells which."""
    number = digits(text)
    if _CARD.fullmatch(number) or is_nik(number):
        return number
    raise BadNumber(N_("Type the 16 digits of a NIK or the 13 digits of a JKN card."))


def va_of(card: str, prefix: str = VA_PREFIXES[0]) -> str:
    """The virtual account of a card: the bank's prefix and the card's last 11 digits."""
    return prefix + read_card(card)[-11:]


def card_tail_of_va(va: str, prefixes: Collection[str] = VA_PREFIXES) -> str:
    """The last 11 digits of the card that a 16-digit virtual account stands for, whichever bank's it is."""
    number = digits(va)
    if len(number) != 16 or number[:5] not in prefixes:
        raise BadNumber(N_("A virtual account has 16 digits and begins with 88888 or 89888."))
    return number[5:]


def read_phone(text: str) -> str:
    """An Indonesian mobile number as +628…; 0812…, 62812…, +62 0812…, 0062812… and 812… all mean the same."""
    number = plain(text).translate(str.maketrans("", "", "+()/"))
    local = re.sub(r"^(00)?(62)?0?(?=8)", "", number)
    if re.fullmatch(r"8[0-9]{7,11}", local):
        import phonenumbers  # here, because it costs 11 MB that most processes never need

        # With the + in front: "62812345678" without it is read as +62 62812345678.
        found = phonenumbers.parse(f"+62{local}", None)
        mobile = phonenumbers.number_type(found) == phonenumbers.PhoneNumberType.MOBILE
        if mobile and phonenumbers.is_valid_number(found):
            return f"+62{local}"
    raise BadNumber(N_("Type a mobile number that begins with 08, such as 0812 3456 7890."))


def is_facility(text: str) -> bool:
    """Eight characters; the fifth is a letter except for health centres (puskesmas)."""
    return _FACILITY.fullmatch(plain(text)) is not None


def read_facility(text: str) -> str:
    """A facility's code (kode faskes) in capitals."""
    if not is_facility(text):
        raise BadNumber(N_("A facility code has 8 characters, such as 0301R001."))
    return plain(text)


def is_referral(text: str) -> bool:
    """A referral, SEP or visit number: facility, MMYY, a letter, six digits; 19 characters."""
    return _REFERRAL.fullmatch(plain(text)) is not None


def group(text: str, size: int = 4) -> str:
    """8888 8019 4435 8911: in groups that can be read aloud."""
    number = plain(text)
    return " ".join(number[start : start + size] for start in range(0, len(number), size))


def _masked(number: str, length: int, head: int, tail: int, hide: str = "*") -> str:
    """Only a number of the expected length shows its ends; of anything else nothing may be seen."""
    if len(number) != length:
        return hide * len(number)
    return number[:head] + hide * (length - head - tail) + number[length - tail :]


def mask_nik(text: str) -> str:
    """3578********0001, also for a family card."""
    return _masked(plain(text), 16, 4, 4)


def mask_card(text: str) -> str:
    """0001 ••••• 8911"""
    number = plain(text)
    hidden = _masked(number, 13, 4, 4, "•")
    return f"{hidden[:4]} {hidden[4:9]} {hidden[9:]}" if len(number) == 13 else hidden


def mask_phone(text: str) -> str:
    """0812*****890: the operator and the last three digits."""
    number = re.sub(r"^\+?62", "0", plain(text))
    return _masked(number, len(number) if 10 <= len(number) <= 13 else -1, 4, 3)


def mask_name(text: str) -> str:
    """S*** A*****"""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in text.split())
