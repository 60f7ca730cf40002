"""What a bank's list says of what it does not name: payments it lacks, lines answered since, money taken back."""

from datetime import date, datetime, timedelta

from peewee import JOIN, fn

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.imports import chunks
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer, PayerKind
from jkn.payments.models import BankNotice, Partner, Payment
from jkn.reconciliation import charges
from jkn.reconciliation.models import Difference, DifferenceStep, SettlementFile, SettlementLine, Stage
from jkn.reconciliation.rules import Outcome, Step

CHUNK = 2000
SHADE = timedelta(days=1)  # a notice may arrive a little before the bank's own moment
OPEN = (Stage.OPEN, Stage.PROPOSED)


@writing
def finish(file: SettlementFile, days: list[date] | None) -> int:
    """What we booked and the list of those days lacks; what came to us since; the file is done. How many lacked.

    `days` is None for a list that is not whole: it may be read again.
    """
    partner = file.partner
    _pair_taken_back(file)
    _open_booked_late(file)
    for difference in list(charges.booked_since(partner) if partner.provider else _booked_since(partner.id)):
        if _close_line(difference, Step.FOUND):
            SettlementLine.update(payment=difference.held).where(SettlementLine.id == difference.line_id).execute()
    lacking, now = 0, clock.now()
    for day in days or ():
        missed = charges.not_listed(partner, day) if partner.provider else _not_listed(partner.id, day)
        rows = [
            {"partner": file.partner_id, "day": day, "kind": Outcome.MISSING_THERE, "payment": payment, "found_at": now}
            for (payment,) in missed.tuples()
        ]
        for chunk in chunks(rows, CHUNK):
            lacking += Difference.insert_many(chunk).on_conflict_ignore().as_rowcount().execute()
    lines = SettlementLine.select().where(SettlementLine.partner == file.partner_id, SettlementLine.file == file.id)
    file.lines, file.days = lines.count(), [day.isoformat() for day in days or ()]
    file.done_at = None if days is None else now
    file.save(only=[SettlementFile.lines, SettlementFile.days, SettlementFile.done_at])
    audit.record(Act.SETTLEMENT_READ, file, SYSTEM, count=lacking, days=file.days)
    return lacking


def _not_listed(partner: int, day: date):
    """Payments of which the bank told us, that day by its own clock, and which stand in none of its lists."""
    begins, ends = clock.start_of(day), clock.start_of(day + timedelta(days=1))
    moment = fn.COALESCE(BankNotice.trx_at, BankNotice.received_at)
    listed = (
        (SettlementLine.partner == BankNotice.partner)
        & (SettlementLine.reference == BankNotice.reference)
        & ~SettlementLine.is_taken_back
    )
    return (
        BankNotice.select(Payment.id)
        .join(Payment)
        .switch(BankNotice)
        .join(SettlementLine, JOIN.LEFT_OUTER, on=listed)
        .where(
            BankNotice.partner == partner,
            BankNotice.received_at >= begins - SHADE,
            moment >= BankNotice.trx_at.db_value(begins),
            moment < BankNotice.trx_at.db_value(ends),
            Payment.reversed_on.is_null(),
            SettlementLine.id.is_null(),
        )
    )


def _booked_since(partner: int):
    """Differences of lines whose notice has come in the meantime, each with the payment as `held`."""
    same = (BankNotice.partner == SettlementLine.partner) & (BankNotice.reference == SettlementLine.reference)
    return (
        Difference.select(Difference, Payment.id.alias("held"))
        .join(SettlementLine)
        .join(BankNotice, on=same)
        .join(Payment)
        .where(
            Difference.partner == partner,
            Difference.stage != Stage.CLOSED,
            Difference.kind.in_([Outcome.MISSING_HERE, Outcome.UNKNOWN_NUMBER]),
            Payment.reversed_on.is_null(),
            Payment.amount == SettlementLine.amount,
        )
        .objects()
    )


def _pair_taken_back(file: SettlementFile) -> None:
    """What the bank took back before we had booked it is settled: nothing came, nothing went."""
    back, paid = SettlementLine.alias(), SettlementLine.alias()
    same = (paid.partner == back.partner) & (paid.reference == back.reference) & ~paid.is_taken_back
    rows = (
        Difference.select(Difference)
        .join(paid)
        .join(back, on=same)
        .where(
            Difference.partner == file.partner_id,
            Difference.stage != Stage.CLOSED,
            Difference.kind.in_([Outcome.MISSING_HERE, Outcome.UNKNOWN_NUMBER]),
            back.is_taken_back,
        )
    )
    for difference in list(rows):
        if _close_line(difference, Step.TAKE_BACK):
            SettlementLine.update(outcome=Outcome.REVERSED).where(SettlementLine.id == difference.line_id).execute()


def _open_booked_late(file: SettlementFile) -> None:
    """What the bank had taken back before its notice came stands in our books now: an officer looks at it."""
    since = _last_list_before(file)
    partner = file.partner
    rows = charges.booked_late(partner, since) if partner.provider else _booked_late(partner.id, since)
    for line, day, payment in list(rows.tuples()):
        SettlementLine.update(outcome=Outcome.TAKEN_BACK, payment=payment).where(SettlementLine.id == line).execute()
        row = {"partner": file.partner_id, "day": day, "kind": Outcome.TAKEN_BACK, "line": line, "payment": payment}
        Difference.insert(**row, found_at=clock.now()).on_conflict_ignore().execute()


def _booked_late(partner: int, since: datetime | None):
    """(line, day, payment) of what the bank had taken back before its notice came."""
    same = (SettlementLine.partner == BankNotice.partner) & (SettlementLine.reference == BankNotice.reference)
    rows = (
        SettlementLine.select(SettlementLine.id, SettlementLine.paid_on, Payment.id)
        .join(BankNotice, on=same)
        .join(Payment)
        .where(
            BankNotice.partner == partner,
            SettlementLine.is_taken_back,
            SettlementLine.outcome == Outcome.REVERSED,
            Payment.reversed_on.is_null(),
        )
    )
    return rows.where(BankNotice.received_at >= since) if since else rows


def _last_list_before(file: SettlementFile) -> datetime | None:
    """When the bank's list before this one was begun to be read: notices since then may not have been looked at."""
    begun = SettlementFile.select(fn.MAX(SettlementFile.begun_at)).where(
        SettlementFile.partner == file.partner_id, SettlementFile.done_at.is_null(False), SettlementFile.id < file.id
    )
    return begun.scalar()


def _close_line(difference: Difference, step: Step) -> bool:
    """Close it, and let nothing of its line wait in suspense any longer."""
    if not close_by_itself(difference, step):
        return False
    if difference.is_parked:
        line = difference.line
        payer = suspense_of(line.partner_id)
        ledger.book(payer.id, Account.SUSPENSE, Account.BANK, line.amount, f"back:{line.id}", clock.today())
    return True


def suspense_of(partner_id: int) -> Payer:
    """The account of a bank's money that matches nothing yet; made when first needed, in a write."""
    who = {"kind": PayerKind.SUSPENSE, "code": f"partner:{partner_id}"}
    Payer.insert(**who, name=Partner.get_by_id(partner_id).name).on_conflict_ignore().execute()
    return Payer.get(Payer.kind == PayerKind.SUSPENSE, Payer.code == who["code"])


def close_found(payments: list[int]) -> None:
    """These payments stand in a list after all: nothing is missing there."""
    for chunk in chunks(payments, 500):
        missed = Difference.payment.in_(chunk), Difference.kind == Outcome.MISSING_THERE
        for difference in list(Difference.select().where(*missed, Difference.stage.in_(OPEN))):
            close_by_itself(difference, Step.FOUND)


def close_by_itself(difference: Difference, step: Step) -> bool:
    """Close what a later list, notice or look has answered, if nobody was faster; in the caller's write."""
    number = difference.steps + 1
    changed = Difference.update(stage=Stage.CLOSED, steps=number, proposed=None, closed_at=clock.now()).where(
        Difference.id == difference.id, Difference.steps == difference.steps, Difference.stage != Stage.CLOSED
    )
    if not changed.execute():
        return False
    DifferenceStep.create(difference=difference, number=number, step=step)
    audit.record(Act.DIFFERENCE_ADVANCED, difference, SYSTEM, step=step)
    return True
