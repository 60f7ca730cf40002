"""Facilities from a directory in CSV."""

from collections.abc import Iterator
from pathlib import Path

from jkn import db, numbers, search
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.facilities.finding import entered_under
from jkn.facilities.models import Facility, Section, Tier
from jkn.imports import Report, chunks, read, settle, upsert
from jkn.regions.models import Level, Region

COLUMNS = ("kode_faskes", "nama", "tipe", "jenjang", "kode_kabupaten", "alamat")
OPTIONAL = ("telepon", "lat", "lon", "tanda_koordinat", "kabupaten_sumber")
WRONG_PIN = "jauh"  # the mark of a pin that lies far from its regency
LONGEST = {"nama": Facility.name, "tipe": Facility.kind, "alamat": Facility.address, "telepon": Facility.phone}


def import_file(path: Path, report: Report) -> None:
    """Enter or update every facility of the file. Regions should be loaded before: they name the regencies."""
    regencies = dict(Region.select(Region.code, Region.name).where(Region.level == Level.REGENCY).tuples())
    if not regencies:
        report.warn(1, "no regions are loaded, so no regency was checked (flask import-regions)")
    lines = read(path, COLUMNS, report, optional=OPTIONAL)
    for chunk in chunks(_rows(lines, regencies, report)):
        _store(chunk)
        report.good += len(chunk)
    _finish()


def _rows(lines, regencies: dict[str, str], report: Report) -> Iterator[dict]:
    """The good lines as rows."""
    seen = set()
    for line, values in lines:
        code, regency = numbers.plain(values["kode_faskes"]), values["kode_kabupaten"]
        if reason := _wrong(values):
            report.bad(line, reason)
            continue
        if code in seen:
            report.bad(line, "the code %(code)s is twice in this file", code=code)
            continue
        try:
            lat, lon = _pin(values)
        except ValueError:
            report.bad(line, "lat and lon are not numbers")
            continue
        seen.add(code)
        if regencies and regency not in regencies:
            report.warn(line, "nobody knows the regency %(code)s", code=regency[:13])
        if lat is not None and not _in_indonesia(lat, lon):
            report.warn(line, "the pin lies outside Indonesia; it is left out")
            lat = lon = None
        tier = Tier(values["jenjang"])
        yield {
            "code": code,
            "name": values["nama"],
            "kind": values["tipe"],
            "tier": tier,
            "section": section_of(tier, values["tipe"]),
            "regency_code": regency[:5],
            "regency": regencies.get(regency, values["kabupaten_sumber"])[: Facility.regency.max_length],
            "address": values["alamat"],
            "phone": values["telepon"],
            "lat": lat,
            "lon": lon,
            "words": " ".join(search.words(f"{values['nama']} {values['alamat']}")),
        }


def section_of(tier: Tier, kind: str) -> Section:
    """The list a facility belongs on: dentists are first contact too, but stand apart (domain 5.1)."""
    if tier == Tier.FKTP:
        return Section.DENTIST if kind.casefold() == "dokter gigi" else Section.CLINIC
    return Section.HOSPITAL if tier == Tier.FKRTL else Section.SUPPORT


def _wrong(values: dict[str, str]) -> str | None:
    if not numbers.is_facility(values["kode_faskes"]):
        return "a facility's code has 8 characters, such as 0301R001"
    if not values["nama"] or not values["tipe"]:
        return "the name or the type is missing"
    if values["jenjang"] not in list(Tier):
        return "jenjang must be FKTP, FKRTL or PENUNJANG"
    if long := [column for column, field in LONGEST.items() if len(values[column]) > field.max_length]:
        return f"too long: {', '.join(long)}"
    return None


def _pin(values: dict[str, str]) -> tuple[float, float] | tuple[None, None]:
    if not values["lat"] or not values["lon"] or values["tanda_koordinat"] == WRONG_PIN:
        return None, None
    return float(values["lat"]), float(values["lon"])


def _in_indonesia(lat: float, lon: float) -> bool:
    return -11.5 <= lat <= 6.5 and 94 <= lon <= 142


@db.writing
def _finish() -> None:
    settle(Facility, search.SearchWord)


@db.writing
def _store(rows: list[dict]) -> None:
    codes = [row["code"] for row in rows]
    before = Facility.select(Facility.code, Facility.section).where(Facility.code.in_(codes)).tuples()
    now = {row["code"]: row["section"] for row in rows}
    moved = {code: section for code, section in before if now[code] != section}
    upsert(Facility, "code", rows)
    for section in Section:
        search.forget(section, [code for code, old in moved.items() if old == section])
        listed = [Facility(**row) for row in rows if row["section"] == section]
        search.enter(section, {row.code: entered_under(row) for row in listed})
    audit.record(Act.DATA_IMPORTED, "facilities", SYSTEM, count=len(rows))
