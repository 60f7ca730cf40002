"""Reading a bank's list and laying it beside our books: both ways, each line once for ever, again without harm."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.imports import Report, chunks, execute_many, read, settle
from jkn.members.models import Card, Payer, Person, Stay
from jkn.money import Rupiah
from jkn.numbers import VA_PREFIXES, BadNumber
from jkn.payments.models import AccountNumber, BankNotice, Partner, Payment
from jkn.reconciliation import comparing, rules
from jkn.reconciliation.models import Difference, SettlementFile, SettlementLine
from jkn.reconciliation.rules import AGREED, Booked, Outcome

COLUMNS = ("referensi", "va", "jumlah", "waktu")
CHUNK = 2000
FIELDS = ("partner", "reference", "is_taken_back", "file", "line", "va", "tail", "amount", "paid_at", "paid_on")


@dataclass(frozen=True, slots=True)
class Row:
    """One good line of a list."""

    line: int
    reference: str
    va: str
    amount: Rupiah
    paid_at: datetime
    is_taken_back: bool

    @property
    def tail(self) -> str:
        return self.va[5:]

    @property
    def key(self) -> tuple[str, bool]:
        return self.reference, self.is_taken_back


def read_file(path: Path, partner: Partner, report: Report, day: date | None = None) -> Counter | None:
    """Lay the list beside our books; how many lines had which outcome, or None when this file was read before.

    What the list lacks is judged for `day`, else for the days that occur in it; and only when the list is whole.
    """
    file = _enter_file(path, partner)
    if file.done_at:
        return None
    found, days = Counter(), {day} if day else set()
    for chunk in chunks(_rows(read(path, COLUMNS, report, optional=("status",)), report), CHUNK):
        if day is None:
            days |= {clock.day_of(row.paid_at) for row in chunk}
        outcomes, repeated = _store(file, chunk, report)
        found += outcomes
        report.good += outcomes.total()
        found["repeated"] += repeated
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


def _rows(lines: Iterable[tuple[int, dict[str, str]]], report: Report) -> Iterator[Row]:
    latest = clock.now() + comparing.SHADE
    for line, values in lines:
        try:
            row = _row(line, values)
        except BadNumber as bad:
            report.bad(line, bad.message)
            continue
        if row.paid_at > latest:
            report.bad(line, "waktu lies ahead of today")
        else:
            yield row


def _row(line: int, values: dict[str, str]) -> Row:
    reference = values["referensi"]
    if not 0 < len(reference) <= SettlementLine.reference.max_length:
        raise BadNumber(N_("referensi must have 1 to 128 signs"))
    if rules.is_mangled(reference):
        raise BadNumber(N_("a spreadsheet has rounded the number; export the column as text"))
    return Row(
        line,
        reference,
        rules.read_va(values["va"]),
        rules.read_amount(values["jumlah"]),
        rules.read_moment(values["waktu"], clock.JAKARTA),
        rules.read_status(values["status"]),
    )


@writing
def _store(file: SettlementFile, rows: list[Row], report: Report) -> tuple[Counter, int]:
    """One chunk, one transaction: the outcomes of its lines that stand in this file, and how many were read before."""
    partner, references = file.partner_id, [row.reference for row in rows]
    known = _lines_of(partner, references)
    booked = _booked(partner, references)
    numbers = _numbers({row.tail for row in rows if row.reference not in booked})
    found, fresh, repeated = Counter(), [], 0
    for row in rows:
        before = known.get(row.key)
        if before is not None:
            if (before.tail, before.amount) != (row.tail, row.amount):
                report.bad(row.line, "the reference was read before with another amount or number")
            elif (before.file_id, before.line) == (file.id, row.line):
                found[before.outcome] += 1  # by a run that was interrupted
            else:
                repeated += 1
            continue
        payment, ours = booked.get(row.reference, (None, None))
        is_known = row.va[:5] in VA_PREFIXES and row.tail in numbers
        outcome = rules.judge(row.amount, row.tail, row.is_taken_back, ours, is_known)
        if ours is None and (row.reference, True) in known:
            outcome = Outcome.REVERSED
        known[row.key] = _line(file, row, outcome, payment)
        fresh.append(known[row.key])
        found[outcome] += 1
    _insert(fresh)
    _open(partner, [line for line in fresh if line.outcome not in AGREED])
    comparing.close_found([line.payment_id for line in fresh if line.payment_id and not line.is_taken_back])
    if fresh:
        audit.record(Act.SETTLEMENT_READ, file, SYSTEM, count=len(fresh))
    return found, repeated


def _line(file: SettlementFile, row: Row, outcome: Outcome, payment: int | None) -> SettlementLine:
    return SettlementLine(
        partner=file.partner_id,
        reference=row.reference,
        is_taken_back=row.is_taken_back,
        file=file.id,
        line=row.line,
        va=row.va,
        tail=row.tail,
        amount=row.amount,
        paid_at=row.paid_at,
        paid_on=clock.day_of(row.paid_at),
        outcome=outcome,
        payment=payment,
    )


def _lines_of(partner: int, references: list[str]) -> dict[tuple[str, bool], SettlementLine]:
    """The lines of these references that were read before."""
    rows = SettlementLine.select().where(SettlementLine.partner == partner, SettlementLine.reference.in_(references))
    return {(row.reference, row.is_taken_back): row for row in rows}


def _booked(partner: int, references: list[str]) -> dict[str, tuple[int, Booked]]:
    """The payments that we hold under these references, and have not taken back."""
    rows = (
        BankNotice.select(BankNotice.reference, BankNotice.va, Payment.id, Payment.amount)
        .join(Payment)
        .where(BankNotice.partner == partner, BankNotice.reference.in_(references), Payment.reversed_on.is_null())
    )
    return {reference: (payment, Booked(amount, va[5:])) for reference, va, payment, amount in rows.tuples()}


def _numbers(tails: set[str]) -> set[str]:
    """Which of these last eleven digits lead to somebody who pays: ours by number, or a living person's card."""
    if not tails:
        return set()
    given_out = AccountNumber.select(AccountNumber.tail).where(AccountNumber.tail.in_(tails))
    cards = (
        Card.select(Card.tail)
        .join(Person)
        .join(Stay, on=(Stay.person == Person.id))
        .join(Payer, on=(Payer.family == Stay.family))
        .where(Card.tail.in_(tails), Person.died_on.is_null(), Stay.until.is_null())
    )
    return {tail for (tail,) in given_out.tuples()} | {tail for (tail,) in cards.tuples()}


def _insert(lines: list[SettlementLine]) -> None:
    """All in one prepared statement; the unique index is the judge should another run read the same list."""
    fields = [SettlementLine._meta.fields[name] for name in (*FIELDS, "outcome", "payment")]
    columns = ", ".join(field.column_name for field in fields)
    marks = ", ".join("?" * len(fields))
    rows = [tuple(field.db_value(line.__data__[field.name]) for field in fields) for line in lines]
    execute_many(f"INSERT INTO settlement_line ({columns}) VALUES ({marks})", rows)


def _open(partner: int, lines: list[SettlementLine]) -> None:
    """A difference for each of these lines, which have just been stored."""
    if not lines:
        return
    stored = _lines_of(partner, [line.reference for line in lines])
    now = clock.now()
    rows = [
        {
            "partner": partner,
            "day": line.paid_on,
            "kind": line.outcome,
            "line": stored[line.reference, line.is_taken_back].id,
            "payment": line.payment_id,
            "found_at": now,
        }
        for line in lines
    ]
    Difference.insert_many(rows).on_conflict_ignore().execute()
