"""People already in the scheme: entered in bulk with their spells, clinics, opening balances; then their bills.

Each chunk is one transaction. All writing is by key, so a second run updates and never doubles; what must hold over a
whole file without growing in memory (a spell twice, the month a family is paid up to) lives in temporary tables.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from jkn import clock, sealed
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import add_months, first_of_month
from jkn.contributions import service as contributions
from jkn.db import db, write, writing
from jkn.facilities.models import Facility
from jkn.imports import Report, execute_many, read
from jkn.numbers import BadNumber
from jkn.population.models import Resident
from jkn.registration import entering
from jkn.registration.entering import Known, known_numbers
from jkn.registration.spell_lines import COLUMNS, SpellLine, read_line

CHUNK = 4_000
OPENING_MONTHS = 25  # the arrears cap and the running month: older ones have lapsed


def import_members(path: str, report: Report) -> None:
    """Enter or update everybody in the file, then issue the bills of the months they have not paid."""
    knows_clinics = Facility.select().exists()
    if not knows_clinics:
        report.warn(1, "no facilities are loaded, so no clinic was checked (flask import-facilities)")
    with _scratch():
        for chunk in _families(_lines(read(path, COLUMNS, report), report)):
            if knows_clinics:
                _warn_of_clinics(chunk, report)
            report.good += _store(chunk, report)
        _open_accounts()
    _issue_openings()


def _lines(rows: Iterable[tuple[int, dict]], report: Report) -> Iterator[SpellLine]:
    for line, row in rows:
        try:
            spell = read_line(line, row)
        except BadNumber as bad:
            report.bad(line, bad.message)
            continue
        for sentence in spell.odd:
            report.warn(line, sentence)
        yield spell


def _families(lines: Iterable[SpellLine]) -> Iterator[list[SpellLine]]:
    """Chunks that do not cut through neighbouring lines of one family card."""
    chunk: list[SpellLine] = []
    for spell in lines:
        if len(chunk) >= CHUNK and spell.kk != chunk[-1].kk:
            yield chunk
            chunk = []
        chunk.append(spell)
    if chunk:
        yield chunk


@contextmanager
def _scratch() -> Iterator[None]:
    """Temporary tables of this run: the spells seen, and the first month each payer owes."""
    with write():
        _drop_scratch()
        db.execute_sql(
            "CREATE TEMPORARY TABLE seen_spell (nik_hash VARCHAR(64), segment VARCHAR(12), since DATE, line BIGINT, "
            "PRIMARY KEY (nik_hash, segment, since))"
        )
        db.execute_sql("CREATE TEMPORARY TABLE seen_payer (payer_id BIGINT PRIMARY KEY, owed_from DATE)")
    try:
        yield
    finally:
        with write():
            _drop_scratch()


def _drop_scratch() -> None:
    for table in ("seen_spell", "seen_payer"):
        db.execute_sql(f"DROP TABLE IF EXISTS {table}")


def _warn_of_clinics(chunk: list[SpellLine], report: Report) -> None:
    codes = {spell.clinic for spell in chunk if spell.clinic}
    known = {code for (code,) in Facility.select(Facility.code).where(Facility.code.in_(codes)).tuples()}
    for spell in chunk:
        if spell.clinic and spell.clinic not in known:
            report.warn(spell.line, "we do not know its clinic")


@writing
def _store(chunk: list[SpellLine], report: Report) -> int:
    """Write what is good in the chunk with its audit entry; how many lines that were."""
    known = known_numbers(chunk)
    chunk = _without_twins(chunk, known, report)
    residents = _residents(known)
    chunk = [spell for spell in chunk if _fits(spell, known, residents, report)]
    entering.enter(chunk, known, residents, report)
    audit.record(Act.DATA_IMPORTED, "members", SYSTEM, count=len(chunk))
    return len(chunk)


def _without_twins(chunk: list[SpellLine], known: Known, report: Report) -> list[SpellLine]:
    """The lines whose person, segment and first day did not stand in the file before."""
    rows = [(known.hashes[spell.nik][0], spell.segment.value, spell.since, spell.line) for spell in chunk]
    if execute_many("INSERT INTO seen_spell VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows) == len(rows):
        return chunk
    marks = ", ".join([db.param] * len(chunk))
    found = db.execute_sql(f"SELECT line FROM seen_spell WHERE line IN ({marks})", [spell.line for spell in chunk])
    firsts = {line for (line,) in found.fetchall()}
    for spell in chunk:
        if spell.line not in firsts:
            report.bad(spell.line, "this NIK has a spell of the same segment and first day already")
    return [spell for spell in chunk if spell.line in firsts]


def _residents(known: Known) -> dict[str, Resident]:
    """The people of the chunk as the civil registry has them, by NIK; nothing sealed is opened."""
    nik_of = {hash: nik for nik, hashes in known.hashes.items() for hash in hashes}
    fields = (
        Resident.nik_hash,
        Resident.kk_hash,
        Resident.name,
        Resident.born,
        Resident.sex,
        Resident.relation,
        Resident.address,
        Resident.rt,
        Resident.rw,
        Resident.village_code,
        Resident.alive,
    )
    rows = Resident.select(*fields).where(Resident.nik_hash.in_(list(nik_of)))
    return {nik_of[row.nik_hash]: row for row in rows}


def _fits(spell: SpellLine, known: Known, residents: dict[str, Resident], report: Report) -> bool:
    """Does the registry know the person alive, and is the card theirs? Claims the card for the rest of the chunk."""
    resident = residents.get(spell.nik)
    reason = None
    if resident is None:
        reason = "the civil registry does not know this NIK"
    elif not resident.alive:
        reason = "the civil registry has this person as dead"
    elif known.nik_of_tail.setdefault(spell.card[-11:], spell.nik) != spell.nik:
        reason = "this card number is somebody else's"
    elif known.card_of.setdefault(spell.nik, spell.card) != spell.card:
        reason = "this person has another card number"
    if reason:
        report.bad(spell.line, reason)
        return False
    if resident.kk_hash not in sealed.indexes("kk", spell.kk):
        report.warn(spell.line, "the civil registry has this person on another family card")
    return True


@writing
def _open_accounts() -> None:
    """Say from which month each family owes. Where bills exist already, what happened here is the truth."""
    billed = "EXISTS (SELECT 1 FROM bill WHERE bill.payer_id = payer.id)"
    owed = "(SELECT owed_from FROM seen_payer WHERE seen_payer.payer_id = payer.id)"
    among = "id IN (SELECT payer_id FROM seen_payer)"
    opened = db.execute_sql(f"UPDATE payer SET liable_from = {owed} WHERE {among} AND NOT {billed}").rowcount
    audit.record(Act.DATA_IMPORTED, "opening months", SYSTEM, count=opened)
    kept = db.execute_sql(f"SELECT COUNT(*) FROM payer WHERE {among} AND {billed} AND liable_from <> {owed}")
    if count := kept.fetchone()[0]:
        click.echo(f"{count} families have bills here already: their paid-through month stays.")


def _issue_openings() -> None:
    """The unpaid months as bills, oldest first; the running month is earned here, those before were brought along."""
    this_month = first_of_month(clock.today())
    months = [add_months(this_month, -back) for back in range(OPENING_MONTHS - 1, -1, -1)]
    with click.progressbar(months, label="bills", file=sys.stderr) as bar:
        for month in bar:
            contributions.issue_bills(month, opening=month < this_month)
