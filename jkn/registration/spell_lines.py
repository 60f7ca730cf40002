"""One line of the file of people already in the scheme: who, covered by whom, since when, paid until when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jkn import numbers
from jkn.members.models import EMPLOYED, SELF_PAYING, CareClass, PayerKind, Segment
from jkn.numbers import BadNumber
from jkn.population.rules import is_card

COLUMNS = (
    "NIK",
    "NO_KK",
    "NOKA",
    "SEGMEN",
    "KELAS",
    "PEMBAYAR",
    "MULAI",
    "SELESAI",
    "ALASAN",
    "KELAS_SEJAK",
    "KODE_FASKES",
    "FASKES_SEJAK",
    "LUNAS_SAMPAI",
    "SALDO_KREDIT",
    "NO_HP",
)
_CARD = re.compile(r"0[0-9]{12}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_PHONE = re.compile(r"(?:\+?62|0)(8[0-9]{7,11})")
_PAYER = re.compile(r"[0-9A-Z.]{1,32}")


@dataclass(slots=True)
class SpellLine:
    """A good line; `odd` are sentences about what was left out of it."""

    line: int
    nik: str = field(repr=False)
    kk: str = field(repr=False)
    card: str = field(repr=False)
    segment: Segment
    care_class: CareClass
    payer: tuple[PayerKind, str | None]  # a family's payer has no code
    since: date
    until: date | None
    reason: str | None
    class_since: date
    clinic: str | None
    clinic_since: date
    owed_from: date | None  # first month not yet paid, of a running self-paying spell
    credit: int
    phone: str | None = field(repr=False)
    odd: list[str] = field(default_factory=list)


def read_line(line: int, row: Mapping[str, str]) -> SpellLine:
    """Raises BadNumber, in English, when the line cannot be used at all."""
    odd: list[str] = []
    if len(row["NIK"]) != 16 or not numbers.is_nik(row["NIK"]):
        raise BadNumber("the NIK is not valid")
    if not is_card(row["NO_KK"]):
        raise BadNumber("the family card number is not valid")
    if not _CARD.fullmatch(row["NOKA"]):
        raise BadNumber("the card number is not valid")
    segment = _segment(row["SEGMEN"])
    if row["KELAS"] not in ("1", "2", "3"):
        raise BadNumber("the class must be 1, 2 or 3")
    since, until = _day(row, "MULAI"), _day(row, "SELESAI", optional=True)
    if until and until < since:
        odd.append("SELESAI lies before MULAI: the spell covers no day")
        until = since
    self_paying = segment in SELF_PAYING
    owed_from = _owed_from(row["LUNAS_SAMPAI"], since)
    return SpellLine(
        line=line,
        nik=row["NIK"],
        kk=row["NO_KK"],
        card=row["NOKA"],
        segment=segment,
        care_class=CareClass(int(row["KELAS"])),
        payer=_payer(segment, row),
        since=since,
        until=until,
        reason=row["ALASAN"][:60] or None,
        class_since=_day(row, "KELAS_SEJAK", optional=True) or since,
        clinic=_clinic(row["KODE_FASKES"], odd),
        clinic_since=_day(row, "FASKES_SEJAK", optional=True) or since,
        owed_from=owed_from if self_paying and until is None else None,
        credit=_credit(row["SALDO_KREDIT"], self_paying, odd),
        phone=_phone(row["NO_HP"], odd),
        odd=odd,
    )


def _segment(text: str) -> Segment:
    try:
        return Segment(text)
    except ValueError:
        raise BadNumber("the segment is not known") from None


def _payer(segment: Segment, row: Mapping[str, str]) -> tuple[PayerKind, str | None]:
    code = row["PEMBAYAR"]
    if segment in SELF_PAYING:
        if code != row["NO_KK"]:
            raise BadNumber("the payer of this segment must be the family card")
        return PayerKind.FAMILY, None
    if not _PAYER.fullmatch(code):
        raise BadNumber("the payer's code is not valid")
    return (PayerKind.EMPLOYER if segment in EMPLOYED else PayerKind.GOVERNMENT), code


def _day(row: Mapping[str, str], column: str, *, optional: bool = False) -> date | None:
    if optional and not row[column]:
        return None
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise BadNumber(f"{column} is not a date") from None


def _owed_from(paid_to: str, since: date) -> date:
    """The month after the last one paid; of a spell never paid, its first."""
    first = since.replace(day=1)
    if not paid_to:
        return first
    if not _MONTH.fullmatch(paid_to):
        raise BadNumber("LUNAS_SAMPAI is not a month")
    year, month = int(paid_to[:4]), int(paid_to[5:])
    if not 2000 <= year <= 2100:
        raise BadNumber("LUNAS_SAMPAI is not a month")
    return max(first, date(year + month // 12, month % 12 + 1, 1))


def _clinic(code: str, odd: list[str]) -> str | None:
    if code and not numbers.is_facility(code):
        odd.append("the clinic's code is not valid and was left out")
        return None
    return numbers.plain(code) or None


def _credit(text: str, self_paying: bool, odd: list[str]) -> int:
    if text in ("", "0"):
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise BadNumber("SALDO_KREDIT is not an amount in whole rupiah")
    if not self_paying:
        odd.append("only a family can have credit; it was left out")
        return 0
    return int(text)


def _phone(text: str, odd: list[str]) -> str | None:
    """As it was on file: the shape is enough, and a million of them are read in seconds."""
    found = _PHONE.fullmatch(text)
    if text and not found:
        odd.append("the phone number is not valid and was left out")
    return f"+62{found[1]}" if found else None
