"""Reading a bank's or a provider's list and laying it beside our books: both ways, each line once for ever, again
without harm."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

from jkn import clock, law
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import db, writing
from jkn.employers.models import Employer
from jkn.errors import N_, Refused
from jkn.imports import Report, chunks, execute_many, read, settle
from jkn.members.models import Card, Payer, Stay
from jkn.money import Rupiah
from jkn.numbers import EMPLOYER_TAIL, VA_PREFIXES, BadNumber
from jkn.payments.models import AccountNumber, Partner
from jkn.reconciliation import comparing, rules
from jkn.reconciliation.models import Difference, SettlementFile, SettlementLine
from jkn.reconciliation.rules import AGREED, Booked, Outcome

COLUMNS = ("referensi", "va", "jumlah", "waktu")
PROVIDERS_COLUMNS = ("referensi", "jumlah", "waktu")
CHUNK = 2000
COLUMNS_OF_LINE = (
    "partner_id, reference, is_taken_back, file_id, line, va, tail, amount, paid_at, paid_on, outcome, payment_id"
)


class Row(NamedTuple):
    """One good line of a list; `paid_on` is the day in Jakarta."""

    line: int
    reference: str
    va: str
    amount: Rupiah
    paid_at: datetime
    paid_on: date
    is_taken_back: bool

    @property
    def tail(self) -> str:
        return self.va[5:]


class Known(NamedTuple):
    """A line that was read before, in this run or another."""

    file_id: int
    line: int
    tail: str
    amount: Rupiah
    outcome: str


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
    known = _lines_of(partner, references)
    booked = _charged(file.partner, references) if file.partner.provider else _booked(partner, references)
    is_known = _knows(file.partner, [row for row in rows if row.reference not in booked])
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
        payment, ours = booked.get(row.reference, (None, None))
        outcome = rules.judge(row.amount, row.tail, row.is_taken_back, ours, is_known(row))
        if ours is None and (row.reference, True) in known:
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


def _lines_of(partner: int, references: list[str]) -> dict[tuple[str, bool], Known]:
    """The lines of these references that were read before."""
    rows = _look_up(
        "SELECT reference, is_taken_back, file_id, line, tail, amount, outcome FROM settlement_line"
        " WHERE partner_id = ? AND reference IN",
        partner,
        references,
    )
    return {(reference, bool(is_back)): Known(*line) for reference, is_back, *line in rows}


def _booked(partner: int, references: list[str]) -> dict[str, tuple[int, Booked]]:
    """The payments that we hold under these references, and have not taken back."""
    rows = _look_up(
        "SELECT notice.reference, notice.va, payment.id, payment.amount FROM bank_notice AS notice"
        " JOIN payment ON payment.id = notice.payment_id"
        " WHERE payment.reversed_on IS NULL AND notice.partner_id = ? AND notice.reference IN",
        partner,
        references,
    )
    return {reference: (payment, Booked(amount, va[5:])) for reference, va, payment, amount in rows}


def _charged(partner: Partner, references: list[str]) -> dict[str, tuple[int, Booked]]:
    """The payments that stand of a provider's charges, and of lines that officers gave to somebody."""
    given = _look_up(
        "SELECT line.reference, payment.id, payment.amount FROM settlement_line AS line"
        " JOIN payment ON payment.id = line.payment_id"
        " WHERE payment.reversed_on IS NULL AND NOT line.is_taken_back AND line.partner_id = ? AND line.reference IN",
        partner.id,
        references,
    )
    asked = _look_up(
        "SELECT named.reference, payment.id, payment.amount FROM charge_reference AS named"
        " JOIN charge ON charge.id = named.charge_id JOIN payment ON payment.id = charge.payment_id"
        " WHERE payment.reversed_on IS NULL AND charge.provider = ? AND named.reference IN",
        partner.provider,
        references,
    )
    return {reference: (payment, Booked(amount, "")) for reference, payment, amount in [*given, *asked]}


def _knows(partner: Partner, rows: list[Row]) -> Callable[[Row], bool]:
    """Of these lines: does one lead to somebody who pays, by its number or, at a provider, by our own reference?"""
    if not rows:
        return bool
    if not partner.provider:
        numbers = _numbers({row.tail for row in rows})
        return lambda row: row.tail in numbers and row.va[:5] in VA_PREFIXES
    asked = _look_up(
        "SELECT named.reference FROM charge_reference AS named JOIN charge ON charge.id = named.charge_id"
        " WHERE charge.provider = ? AND named.reference IN",
        partner.provider,
        [row.reference for row in rows],
    )
    ours = {reference for (reference,) in asked}
    return lambda row: row.reference in ours


def _look_up(sql: str, partner: int | str, references: list[str]) -> list[tuple]:
    """Written out: to build a statement of two thousand values costs peewee more than the engine needs for it."""
    marks = ", ".join([db.param] * len(references))
    return db.execute_sql(f"{sql.replace('?', db.param)} ({marks})", (partner, *references)).fetchall()


def _numbers(tails: set[str]) -> set[str]:
    """Which of these last eleven digits lead to somebody who pays: ours by number, an employer's, a person's card.

    Also the card of who has died: the money belongs to the family.
    """
    if not tails:
        return set()
    given_out = AccountNumber.select(AccountNumber.tail).where(AccountNumber.tail.in_(tails))
    cards = (
        Card.select(Card.tail)
        .join(Stay, on=(Stay.person == Card.person))
        .join(Payer, on=(Payer.family == Stay.family))
        .where(Card.tail.in_(tails), Stay.until.is_null())
    )
    codes = {tail[len(EMPLOYER_TAIL) :] for tail in tails if tail.startswith(EMPLOYER_TAIL)}
    employers = Employer.select(Employer.bu_code).where(Employer.bu_code.in_(codes))
    ours = {tail for (tail,) in given_out.tuples()} | {tail for (tail,) in cards.tuples()}
    return ours | {EMPLOYER_TAIL + code for (code,) in employers.tuples()}


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
