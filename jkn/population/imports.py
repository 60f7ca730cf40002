"""Loading the civil registry: sealed rows, upserted in chunks on both engines, memory the same for any file."""

import secrets
from collections.abc import Iterable, Iterator
from functools import lru_cache

from jkn import sealed
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.imports import Report, chunks, execute_many, read
from jkn.numbers import BadNumber
from jkn.population import rules
from jkn.population.models import Resident
from jkn.regions import service as regions
from jkn.regions.models import Level, Region

COLUMNS = (
    "NIK",
    "NO_KK",
    "NAMA_LGKP",
    "TMPT_LHR",
    "TGL_LHR",
    "JENIS_KLMIN",
    "STAT_HBKEL",
    "STATUS_KAWIN",
    "JENIS_PKRJN",
    "ALAMAT",
    "NO_RT",
    "NO_RW",
    "KODE_DESA",
    "STATUS_HIDUP",
)
CHUNK = 10_000
_FIELDS = [field.column_name for field in Resident._meta.sorted_fields if field.name != "id"]
_HASH = _FIELDS.index("nik_hash")
_VILLAGE = _FIELDS.index("village_code")
_LINE = _FIELDS.index("line")
# A second line for the same NIK in the same run touches nothing, and so is noticed.
_UPSERT = (
    f"INSERT INTO resident ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))}) "
    f"ON CONFLICT (nik_hash) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _FIELDS)} "
    "WHERE resident.batch <> excluded.batch"
)
_REKEY = "UPDATE resident SET nik_hash = ? WHERE nik_hash = ?"


def import_population(path: str, report: Report) -> None:
    """Add or update everybody in the file; lines that cannot be a person go to the report. Safe to run again."""
    batch = secrets.randbits(62)
    knows_villages = Region.select().where(Region.level == Level.VILLAGE).exists()
    if not knows_villages:
        report.warn(1, "no villages are loaded, so none was checked (flask import-regions)")
    for chunk in chunks(_rows(read(path, COLUMNS, report), batch, report), CHUNK):
        if knows_villages:
            _warn_of_villages(chunk, report)
        report.good += _store(chunk, batch, report)


def _rows(lines: Iterable[tuple[int, dict]], batch: int, report: Report) -> Iterator[tuple]:
    """Each good line as a row in the order of the table's columns."""
    for line, row in lines:
        try:
            warning = rules.check(row)
        except BadNumber as bad:
            report.bad(line, bad.message)
            continue
        if warning:
            report.warn(line, warning)
        nik, (kk, kk_hash) = row["NIK"], _sealed_card(row["NO_KK"])
        yield (
            sealed.seal("nik", nik),
            sealed.index("nik", nik),
            kk,
            kk_hash,
            row["NAMA_LGKP"],
            row["TMPT_LHR"],
            rules.read_birth(row["TGL_LHR"]).isoformat(),
            rules.read_sex(row["JENIS_KLMIN"]),
            rules.relation_of(row["STAT_HBKEL"]),
            row["STATUS_KAWIN"],
            row["JENIS_PKRJN"],
            row["ALAMAT"],
            row["NO_RT"],
            row["NO_RW"],
            row["KODE_DESA"],
            rules.is_alive(row["STATUS_HIDUP"]),
            batch,
            line,
        )


@lru_cache(maxsize=64)
def _sealed_card(kk: str) -> tuple[bytes, str]:
    """A family stands in one place of the file: its card is sealed once."""
    return sealed.seal("kk", kk), sealed.index("kk", kk)


@writing
def _store(chunk: list[tuple], batch: int, report: Report) -> int:
    """Write the rows with their audit entry; how many people they were."""
    _follow_new_key(chunk)
    stored = execute_many(_UPSERT, chunk)
    if stored < len(chunk):
        _report_twice(chunk, batch, report)
    audit.record(Act.DATA_IMPORTED, "resident", SYSTEM, count=stored)
    return stored


def _follow_new_key(chunk: list[tuple]) -> None:
    """During a rotation of index keys the rows under the older key take the new one first."""
    if sealed.is_rotating():
        older = []
        for row in chunk:
            newest, *rest = sealed.indexes("nik", sealed.unseal("nik", row[0]))
            older += [(newest, hash) for hash in rest]
        execute_many(_REKEY, older)


def _report_twice(chunk: list[tuple], batch: int, report: Report) -> None:
    hashes = list({row[_HASH] for row in chunk})
    first = dict(
        Resident.select(Resident.nik_hash, Resident.line)
        .where(Resident.nik_hash.in_(hashes), Resident.batch == batch)
        .tuples()
    )
    for row in chunk:
        if first[row[_HASH]] != row[_LINE]:
            report.bad(row[_LINE], "this NIK stands in line %(first)s already", first=first[row[_HASH]])


def _warn_of_villages(chunk: list[tuple], report: Report) -> None:
    known = regions.known_villages({row[_VILLAGE] for row in chunk})
    for row in chunk:
        if row[_VILLAGE] not in known:
            report.warn(row[_LINE], "we do not know its village")
