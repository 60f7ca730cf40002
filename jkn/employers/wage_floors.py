"""The minimum wage of a place, and the import of what governors decreed."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from jkn import db
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.employers.models import WageFloor
from jkn.imports import Report, chunks, read, upsert
from jkn.money import Rupiah, parse_truncated
from jkn.numbers import BadNumber
from jkn.regions.models import Level, Region

COLUMNS = ("kode_wilayah", "tahun", "upah")
MOST = 1_000_000_000  # a month; more is a slip of the keyboard


def wage_floor(regency_code: str, on: date) -> Rupiah | None:
    """The UMK of the regency in the year of the day, else the UMP of its province, else None."""
    codes = (regency_code, regency_code[:2])
    rows = WageFloor.select(WageFloor.region_code, WageFloor.amount)
    found = dict(rows.where(WageFloor.region_code.in_(codes), WageFloor.year == on.year).tuples())
    return next((found[code] for code in codes if code in found), None)


def import_file(path: Path, report: Report) -> None:
    """Enter or update every minimum wage of the file."""
    known = {
        code for (code,) in Region.select(Region.code).where(Region.level.in_([Level.PROVINCE, Level.REGENCY])).tuples()
    }
    for chunk in chunks(_rows(read(path, COLUMNS, report), known, report)):
        _store(chunk)
        report.good += len(chunk)


def _rows(lines, known: set[str], report: Report) -> Iterator[dict]:
    seen = set()
    for line, values in lines:
        code, year, amount = values["kode_wilayah"], values["tahun"], _amount(values["upah"])
        if not re.fullmatch(r"[0-9]{2}(\.[0-9]{2})?", code):
            report.bad(line, "kode_wilayah must be a regency such as 35.78, or a province such as 35")
        elif not re.fullmatch("20[0-9]{2}", year):
            report.bad(line, "tahun must be a year such as 2026")
        elif not amount or not 0 < amount <= MOST:
            report.bad(line, "upah must be an amount in rupiah a month, such as 4200479.19")
        elif (code, year) in seen:
            report.bad(line, "%(code)s is twice in this file for %(year)s", code=code, year=year)
        else:
            seen.add((code, year))
            if code not in known:
                report.warn(line, "nobody knows the region %(code)s", code=code)
            yield {"region_code": code, "year": int(year), "amount": amount}


def _amount(text: str) -> Rupiah | None:
    """What is less than a rupiah is dropped (P05)."""
    try:
        return parse_truncated(text)
    except BadNumber:
        return None


@db.writing
def _store(rows: list[dict]) -> None:
    upsert(WageFloor, "region_code, year", rows)
    audit.record(Act.DATA_IMPORTED, "wage floors", SYSTEM, count=len(rows))
