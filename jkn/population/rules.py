"""Reading the civil registry's words (Dukcapil's field names and values) into ours."""

from collections.abc import Mapping
from datetime import date, datetime

from jkn import numbers
from jkn.numbers import BadNumber

# What Dukcapil calls a person's place on the family card, and what members call it.
RELATIONS = {
    "KEPALA KELUARGA": "head",
    "SUAMI": "spouse",
    "ISTRI": "spouse",
    "ISTERI": "spouse",
    "ANAK": "child",
    "ORANG TUA": "parent",
    "MERTUA": "parent-in-law",
}
SEXES = {"L": "L", "P": "P", "LAKI-LAKI": "L", "LAKI - LAKI": "L", "PEREMPUAN": "P"}
LONGEST = {
    "NAMA_LGKP": 100,
    "TMPT_LHR": 60,
    "STAT_HBKEL": 40,
    "STATUS_KAWIN": 40,
    "JENIS_PKRJN": 60,
    "ALAMAT": 200,
    "NO_RT": 3,
    "NO_RW": 3,
    "KODE_DESA": 13,
}


def relation_of(text: str) -> str:
    """A value of members' Relation; grandchildren, servants and words nobody knows are `other`."""
    return RELATIONS.get(text.strip().upper(), "other")


def read_sex(text: str) -> str:
    """L or P. Raises BadNumber."""
    sex = SEXES.get(text) or SEXES.get(text.strip().upper())
    if sex is None:
        raise BadNumber("the sex must be L or P")
    return sex


def read_birth(text: str) -> date:
    """1990-08-17, as the registry gives it, or 17-08-1990, as it asks for it. Raises BadNumber."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        try:
            return datetime.strptime(text.strip(), "%d-%m-%Y").date()
        except ValueError:
            raise BadNumber("the birth date does not exist") from None


def is_card(text: str) -> bool:
    """A family card number as files write it: sixteen digits that begin with a province."""
    return len(text) == 16 and text.isascii() and text.isdecimal() and text[:2] in numbers.PROVINCES


def is_alive(text: str) -> bool:
    return text.strip().upper() not in ("MENINGGAL", "MATI", "0")


def check(row: Mapping[str, str]) -> str | None:
    """Raise BadNumber when the line cannot be a person; the sentence of a warning when something is only odd."""
    if len(row["NIK"]) != 16 or not numbers.is_nik(row["NIK"]):
        raise BadNumber("the NIK is not valid")
    if not is_card(row["NO_KK"]):
        raise BadNumber("the family card number is not valid")
    if not row["NAMA_LGKP"]:
        raise BadNumber("the name is missing")
    for column, limit in LONGEST.items():
        if len(row[column]) > limit:
            raise BadNumber(f"{column} is longer than {limit} letters")
    born, sex = read_birth(row["TGL_LHR"]), read_sex(row["JENIS_KLMIN"])
    if born.year < 1880:
        raise BadNumber("the birth date does not exist")
    day = f"{born.day + (40 if sex == 'P' else 0):02d}{born.month:02d}{born.year % 100:02d}"
    return None if row["NIK"][6:12] == day else "birth date or sex differ from those inside the NIK"
