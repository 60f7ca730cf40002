"""Employers, and who works for them, from CSV files of any length; by key, so that a second run updates."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from jkn import numbers, sealed, search
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.employers.models import Employer, Worker
from jkn.employers.service import KIND_OF_WORDS, words_of
from jkn.imports import Report, chunks, execute_many, read, settle
from jkn.members.models import EMPLOYED, NikIndex, Payer, PayerKind, Segment, Spell
from jkn.numbers import BadNumber
from jkn.regions.models import Level, Region

EMPLOYER_COLUMNS = ("KODE", "NAMA", "SEGMEN", "KABUPATEN_KOTA")
WORKER_COLUMNS = ("NIK", "KODE", "UPAH", "MULAI", "SELESAI", "KELUARGA_TAMBAHAN")
CHUNK = 4_000
MOST_RELATIVES = 20
_CODE = re.compile(r"[0-9A-Z.]{1,32}")
_BU = re.compile(r"(?:BU)?([0-9]{8})")


def import_employers(path: str, report: Report) -> None:
    """Enter or update every employer of the file; KODE_BU, the eight digits of its account, may be left out."""
    known = {code for (code,) in Region.select(Region.code).where(Region.level == Level.REGENCY).tuples()}
    rows = _employers(read(path, EMPLOYER_COLUMNS, report, optional=("KODE_BU",)), known, report)
    for chunk in chunks(rows, CHUNK):
        report.good += _store_employers(chunk, report)
    settle(Payer, Employer)


def _employers(lines, regencies: set[str], report: Report) -> Iterator[tuple[int, dict]]:
    seen = set()
    for line, row in lines:
        bu_code = row["KODE_BU"] or _bu_code(row["KODE"])
        if not _CODE.fullmatch(row["KODE"]):
            report.bad(line, "the employer's code is not valid")
        elif row["KODE"] in seen:
            report.bad(line, "the employer's code is twice in this file")
        elif not 0 < len(row["NAMA"]) <= Payer.name.max_length:
            report.bad(line, "the name must have 1 to 100 signs")
        elif row["SEGMEN"] not in EMPLOYED:
            report.bad(line, "the segment must be PPU_BU or PPU_PN")
        elif row["KABUPATEN_KOTA"] and len(row["KABUPATEN_KOTA"]) > 5:
            report.bad(line, "the regency must be a code such as 35.78")
        elif bu_code and not re.fullmatch("[0-9]{8}", bu_code):
            report.bad(line, "KODE_BU must have eight digits")
        else:
            seen.add(row["KODE"])
            if row["KABUPATEN_KOTA"] not in regencies:
                report.warn(line, "nobody knows its regency: no minimum wage will count")
            yield line, row | {"KODE_BU": bu_code}


def _bu_code(code: str) -> str | None:
    found = _BU.fullmatch(code)
    return found[1] if found else None


@writing
def _store_employers(rows: list[tuple[int, dict]], report: Report) -> int:
    rows_of_codes = Employer.select(Employer.bu_code, Payer.code).join(Payer)
    asked = [row["KODE_BU"] for _line, row in rows if row["KODE_BU"]]
    taken = dict(rows_of_codes.where(Employer.bu_code.in_(asked)).tuples())
    good = []
    for line, row in rows:
        if row["KODE_BU"] and taken.setdefault(row["KODE_BU"], row["KODE"]) != row["KODE"]:
            report.bad(line, "another employer has this KODE_BU")
        else:
            good.append(row)
    kind = PayerKind.EMPLOYER.value
    execute_many(
        "INSERT INTO payer (kind, code, name) VALUES (?, ?, ?)"
        " ON CONFLICT (kind, code) DO UPDATE SET name = excluded.name",
        [(kind, row["KODE"], row["NAMA"]) for row in good],
    )
    where = (Payer.kind == PayerKind.EMPLOYER, Payer.code.in_([row["KODE"] for row in good]))
    ids = dict(Payer.select(Payer.code, Payer.id).where(*where).tuples())
    execute_many(
        "INSERT INTO employer (payer_id, segment, regency_code, bu_code) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (payer_id) DO UPDATE SET segment = excluded.segment, regency_code = excluded.regency_code,"
        " bu_code = excluded.bu_code",
        [(ids[row["KODE"]], row["SEGMEN"], row["KABUPATEN_KOTA"], row["KODE_BU"]) for row in good],
    )
    search.enter(
        KIND_OF_WORDS, {str(ids[row["KODE"]]): words_of(row["NAMA"], row["KODE"], row["KODE_BU"]) for row in good}
    )
    audit.record(Act.DATA_IMPORTED, "employers", SYSTEM, count=len(good))
    return len(good)


@dataclass(slots=True)
class WorkerLine:
    line: int
    nik: str = field(repr=False)
    code: str
    wage: int | None
    since: date
    until: date | None
    extra_family: int


def import_workers(path: str, report: Report) -> None:
    """Enter or update who works where at which wage. A wage empty: a veteran, whose payer is a government."""
    for chunk in chunks(_workers(read(path, WORKER_COLUMNS, report), report), CHUNK):
        report.good += _store_workers(chunk, report)
    settle(Worker)


def _workers(rows: Iterable[tuple[int, dict]], report: Report) -> Iterator[WorkerLine]:
    for line, row in rows:
        try:
            yield _worker(line, row)
        except BadNumber as bad:
            report.bad(line, bad.message)


def _worker(line: int, row: dict) -> WorkerLine:
    if len(row["NIK"]) != 16 or not numbers.is_nik(row["NIK"]):
        raise BadNumber("the NIK is not valid")
    since, until = _day(row, "MULAI"), _day(row, "SELESAI") if row["SELESAI"] else None
    if until and until < since:
        raise BadNumber("SELESAI lies before MULAI")
    wage = _number(row, "UPAH", 12) if row["UPAH"] else None
    if wage == 0:
        raise BadNumber("UPAH is no wage")
    extra = _number(row, "KELUARGA_TAMBAHAN", 2) if row["KELUARGA_TAMBAHAN"] else 0
    if extra > MOST_RELATIVES:
        raise BadNumber("KELUARGA_TAMBAHAN is more than twenty")
    return WorkerLine(line, row["NIK"], row["KODE"], wage, since, until, extra)


def _day(row: dict, column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise BadNumber(f"{column} is not a date") from None


def _number(row: dict, column: str, digits: int) -> int:
    text = row[column]
    if not (text.isascii() and text.isdecimal() and len(text) <= digits):
        raise BadNumber(f"{column} is not a whole number")
    return int(text)


@writing
def _store_workers(chunk: list[WorkerLine], report: Report) -> int:
    payers, people = _payers(chunk), _people(chunk)
    rows: dict[tuple, tuple] = {}
    for item in chunk:
        payer, person = payers.get(item.code), people.get(item.nik)
        if reason := _unfit(item, payer, person):
            report.bad(item.line, reason)
        elif (payer[0], person, item.since) in rows:
            report.bad(item.line, "this worker has a line with the same first day already")
        else:
            rows[payer[0], person, item.since] = (item.wage, item.extra_family, item.until, item.line)
    execute_many(
        "INSERT INTO worker (payer_id, person_id, since, wage, extra_family, until) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (payer_id, person_id, since) DO UPDATE SET wage = excluded.wage,"
        " extra_family = excluded.extra_family, until = excluded.until",
        [(*key, *values[:3]) for key, values in rows.items()],
    )
    _close_earlier({key[:2] for key in rows})
    _warn_of_no_cover(rows, report)
    audit.record(Act.DATA_IMPORTED, "workers", SYSTEM, count=len(rows))
    return len(rows)


def _payers(chunk: list[WorkerLine]) -> dict[str, tuple[int, PayerKind, Segment | None]]:
    """By code: number, kind, and the segment of an employer's workers."""
    rows = (
        Payer.select(Payer.code, Payer.id, Payer.kind, Employer.segment)
        .left_outer_join(Employer)
        .where(
            Payer.kind.in_((PayerKind.EMPLOYER, PayerKind.GOVERNMENT)), Payer.code.in_({item.code for item in chunk})
        )
    )
    return {code: (number, kind, segment) for code, number, kind, segment in rows.tuples()}


def _people(chunk: list[WorkerLine]) -> dict[str, int]:
    nik_of = {hash: item.nik for item in chunk for hash in sealed.indexes("nik", item.nik)}
    rows = NikIndex.select(NikIndex.hash, NikIndex.person).where(NikIndex.hash.in_(list(nik_of))).tuples()
    return {nik_of[hash]: person for hash, person in rows}


def _unfit(item: WorkerLine, payer: tuple | None, person: int | None) -> str | None:
    if payer is None or (payer[1] == PayerKind.EMPLOYER and payer[2] is None):
        return "nobody knows this employer (flask import-employers)"
    if person is None:
        return "no member has this NIK (flask import-members)"
    if item.wage is None and payer[1] == PayerKind.EMPLOYER:
        return "UPAH is missing"
    return None


def _close_earlier(pairs: set[tuple[int, int]]) -> None:
    """A row ends where the next one of the same worker begins, in whatever order they came."""
    next_since = (
        "SELECT MIN(later.since) FROM worker AS later WHERE later.payer_id = worker.payer_id"
        " AND later.person_id = worker.person_id AND later.since > worker.since"
    )
    execute_many(
        f"UPDATE worker SET until = ({next_since}) WHERE payer_id = ? AND person_id = ?"
        f" AND EXISTS ({next_since.replace('MIN(later.since)', '1')} AND (worker.until IS NULL"
        " OR later.since < worker.until))",
        sorted(pairs),
    )


def _warn_of_no_cover(rows: dict[tuple, tuple], report: Report) -> None:
    pairs = {key[:2] for key in rows}
    found = Spell.select(Spell.payer, Spell.person).where(
        Spell.person.in_({person for _payer, person in pairs}), Spell.payer.in_({payer for payer, _person in pairs})
    )
    covered = set(found.tuples())
    for (payer, person, _since), values in rows.items():
        if (payer, person) not in covered:
            report.warn(values[3], "this worker is billed, but not covered by this employer (flask import-members)")
