"""Regions from four CSV files, as github.com/cahyadsn/wilayah lists them by Kemendagri code."""

import re
from collections.abc import Iterator
from pathlib import Path

from jkn import db, search
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.imports import Report, chunks, read, settle, upsert
from jkn.regions.models import Level, Region
from jkn.regions.service import kind_of

# level: file, columns after `kode` and `nama`, shape of the code
FILES = {
    Level.PROVINCE: ("provinsi.csv", (), r"\d{2}"),
    Level.REGENCY: ("kabupaten_kota.csv", ("kode_provinsi",), r"\d{2}\.\d{2}"),
    Level.DISTRICT: ("kecamatan.csv", ("kode_kabupaten",), r"\d{2}\.\d{2}\.\d{2}"),
    Level.VILLAGE: ("desa_kelurahan.csv", ("kode_kecamatan", "jenis", "kodepos"), r"\d{2}\.\d{2}\.\d{2}\.\d{4}"),
}


def import_folder(folder: Path, report: Report) -> None:
    """Enter or update every region of the folder's four files, the large regions first."""
    for level, (name, columns, shape) in FILES.items():
        path = folder / name
        report.file = name
        if not path.is_file():
            report.bad(0, "the file is missing")
            continue
        lines = read(path, ("kode", "nama", *columns), report)
        for chunk in chunks(_rows(level, lines, re.compile(shape), report)):
            _store(level, chunk)
            report.good += len(chunk)
    _finish()


def _rows(level: Level, lines, shape: re.Pattern, report: Report) -> Iterator[dict]:
    """The good lines of one file as rows."""
    around = _labels_of(Level(level - 1)) if level > Level.PROVINCE else {}
    seen = set()
    for line, values in lines:
        code, name = values["kode"], values["nama"]
        parent = code.rpartition(".")[0] or None
        said = next((values[column] for column in FILES[level][1] if column.startswith("kode_")), parent)
        if not shape.fullmatch(code):
            report.bad(line, "a code of this level looks otherwise")
        elif code in seen:
            report.bad(line, "the code %(code)s is twice in this file", code=code)
        elif not 0 < len(name) <= Region.name.max_length:
            report.bad(line, "the name is missing or too long")
        elif parent != said:
            report.bad(line, "%(code)s does not lie in %(said)s", code=code, said=said)
        elif parent and parent not in around:
            report.bad(line, "nobody knows the region %(parent)s around it", parent=parent)
        else:
            seen.add(code)
            yield {
                "code": code,
                "name": name,
                "label": _label(level, name, around.get(parent)),
                "parent_code": parent,
                "level": level,
                "kind": values.get("jenis", "")[: Region.kind.max_length],
                "postcode": values.get("kodepos", "")[: Region.postcode.max_length],
            }


def _labels_of(level: Level) -> dict[str, str]:
    return dict(Region.select(Region.code, Region.label).where(Region.level == level).tuples())


def _label(level: Level, name: str, around: str | None) -> str:
    """Gubeng, Kec. Gubeng, Kota Surabaya: a village with its district and regency."""
    if level == Level.PROVINCE:
        return name
    if level == Level.REGENCY:
        return re.sub("^Kabupaten ", "Kab. ", name)
    return f"{'Kec. ' if level == Level.DISTRICT else ''}{name}, {around}"


@db.writing
def _finish() -> None:
    settle(Region, search.SearchWord)


@db.writing
def _store(level: Level, rows: list[dict]) -> None:
    upsert(Region, "code", rows)
    search.enter(kind_of(level), {row["code"]: search.telling(row["label"]) for row in rows})
    audit.record(Act.DATA_IMPORTED, "regions", SYSTEM, count=len(rows))
