"""Reading a bank's or a provider's list and laying it beside our books: both ways, each line once for ever, again
without harm."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import file_digest
from pathlib import Path

from jkn import clock, law
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.imports import Report, chunks, execute_many, read, settle
from jkn.numbers import BadNumber
from jkn.payments.models import Partner
from jkn.reconciliation import comparing, ours, rules
from jkn.reconciliation.models import Difference, SettlementFile, SettlementLine
from jkn.reconciliation.ours import Known, Row
from jkn.reconciliation.rules import AGREED, Outcome

COLUMNS = ("referensi", "va", "jumlah", "waktu")
PROVIDERS_COLUMNS = ("referensi", "jumlah", "waktu")
CHUNK = 2000
COLUMNS_OF_LINE = (
    "partner_id, reference, is_taken_back, file_id, line, va, tail, amount, paid_at, paid_on, outcome, payment_id"
)


def read_file(path: Path, partner: Partner, report: Report, day: date | None = None) -> Counter | None:
    """Lay the list beside our books; how many lines had which outcome, or None when this file was read before.

    What the list lacks is judged for `day`, else for the days that occur in it; and only when the list is whole.
    """
    file = _enter_file(path, partner)
    if file.done_at:
        return None
    found, days = Counter(), {day} if day else set()
    columns, reader = (PROVIDERS_COLUMNS, _row) if partner.provider else (COLUMNS, _row_of_bank)
    rows = _rows(read(path, columns, report, optional=("status",)), reader, report)
    for number, chunk in enumerate(chunks(rows, CHUNK), 1):
        if day is None:
            days |= {row.paid_on for row in chunk}
        outcomes, repeated = _store(file, chunk, report)
        found += outcomes
        report.good += outcomes.total()
        found["repeated"] += repeated
        if number.bit_count() == 1:  # after 1, 2, 4, … : a planner that believes the table empty reads all of it
            settle(SettlementLine)
    settle(SettlementLine, Difference)
    is_whole = not report.bad_lines and _ends_with_a_line(path)
    if not is_whole:
        report.warn(0, "the file has bad lines or is cut off: what it lacks was not judged, and it may be read again")
    found[Outcome.MISSING_THERE] += comparing.finish(file, sorted(days) if is_whole else None)
    return found


@writing
def _enter_file(path: Path, partner: Partner) -> SettlementFile:
    """The row of these very bytes. Refused when another bank's list had them."""
    with open(path, "rb") as opened:
        sha256 = file_digest(opened, "sha256").hexdigest()
    row = {"partner": partner, "sha256": sha256, "name": path.name[:120], "begun_at": clock.now()}
    SettlementFile.insert(row).on_conflict_ignore().execute()
    file = SettlementFile.get(SettlementFile.sha256 == sha256)
    if file.partner_id != partner.id:
        raise Refused(N_("This file was read as another bank's."))
    return file


def _ends_with_a_line(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _rows(lines: Iterable[tuple[int, dict[str, str]]], reader: Callable, report: Report) -> Iterator[Row]:
    latest = clock.now() + comparing.SHADE
    for line, values in lines:
        try:
            row = reader(line, values)
        except BadNumber as bad:
            report.bad(line, bad.message)
            continue
        if row.paid_at > latest:
            report.bad(line, "waktu lies ahead of today")
        elif row.paid_on < law.history("pbpu_tariff")[0].since:
            report.bad(line, "waktu lies before there were contributions")
        else:
            yield row


def _row_of_bank(line: int, values: dict[str, str]) -> Row:
    return _row(line, values, rules.read_va(values["va"]))


def _row(line: int, values: dict[str, str], va: str = "") -> Row:
    """A provider's line names no number: our reference says whose it is."""
    reference = values["referensi"]
    if not 0 < len(reference) <= SettlementLine.reference.max_length:
        raise BadNumber("referensi must have 1 to 128 signs")
    if rules.is_mangled(reference):
        raise BadNumber("a spreadsheet has rounded the number; export the column as text")
    amount = rules.read_amount(values["jumlah"])
    paid_at = rules.read_moment(values["waktu"], clock.JAKARTA)
    return Row(line, reference, va, amount, paid_at, clock.day_of(paid_at), rules.read_status(values["status"]))


@writing
def _store(file: SettlementFile, rows: list[Row], report: Report) -> tuple[Counter, int]:
    """One chunk, one transaction: the outcomes of its lines that stand in this file, and how many were read before."""
    partner, references = file.partner_id, [row.reference for row in rows]
    known = ours.lines_of(partner, references)
    booked = ours.booked_for(file.partner, references)
    is_known = ours.who_is_known(file.partner, [row for row in rows if row.reference not in booked])
    found, fresh, repeated = Counter(), [], 0
    for row in rows:
        key = row.reference, row.is_taken_back
        before = known.get(key)
        if before is not None:
            if (before.tail, before.amount) != (row.tail, row.amount):
                report.bad(row.line, "the reference was read before with another amount or number")
            elif (before.file_id, before.line) == (file.id, row.line):
                found[before.outcome] += 1  # by a run that was interrupted
            else:
                repeated += 1
            continue
        payment, held = booked.get(row.reference, (None, None))
        outcome = rules.judge(row.amount, row.tail, row.is_taken_back, held, is_known(row))
        if held is None and (row.reference, True) in known:
            outcome = Outcome.REVERSED
        known[key] = Known(file.id, row.line, row.tail, row.amount, outcome)
        fresh.append((row, outcome, payment))
        found[outcome] += 1
    _insert(file, fresh)
    _open(partner, [item for item in fresh if item[1] not in AGREED])
    comparing.close_found([payment for row, _outcome, payment in fresh if payment and not row.is_taken_back])
    if fresh:
        audit.record(Act.SETTLEMENT_READ, file, SYSTEM, count=len(fresh))
    return found, repeated


def _insert(file: SettlementFile, fresh: list[tuple[Row, Outcome, int | None]]) -> None:
    """All in one prepared statement; the unique index is the judge should another run read the same list."""
    moment = SettlementLine.paid_at.db_value
    rows = [
        (
            file.partner_id,
            row.reference,
            row.is_taken_back,
            file.id,
            row.line,
            row.va,
            row.tail,
            row.amount,
            moment(row.paid_at),
            row.paid_on,
            outcome.value,
            payment,
        )
        for row, outcome, payment in fresh
    ]
    execute_many(f"INSERT INTO settlement_line ({COLUMNS_OF_LINE}) VALUES ({', '.join('?' * 12)})", rows)


def _open(partner: int, items: list[tuple[Row, Outcome, int | None]]) -> None:
    """A difference for each of these lines, which have just been stored."""
    if not items:
        return
    named = SettlementLine.reference.in_([row.reference for row, _outcome, _payment in items])
    lines = SettlementLine.select(SettlementLine.reference, SettlementLine.is_taken_back, SettlementLine.id)
    stored = {
        (reference, is_back): id
        for reference, is_back, id in lines.where(SettlementLine.partner == partner, named).tuples()
    }
    now = clock.now()
    rows = [
        {
            "partner": partner,
            "day": row.paid_on,
            "kind": outcome,
            "line": stored[row.reference, row.is_taken_back],
            "payment": payment,
            "found_at": now,
        }
        for row, outcome, payment in items
    ]
    Difference.insert_many(rows).on_conflict_ignore().execute()
