"""Resolving differences step by step. Nothing is dropped: what a bank has ends in a payer's book or in suspense."""

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import service as contributions
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer
from jkn.money import Rupiah
from jkn.payments import booking, owing
from jkn.payments.models import BankNotice, Payment, Purpose
from jkn.payments.owing import NotPayable, Target
from jkn.payments.snap import answers
from jkn.payments.snap.messages import PaymentRequest, VirtualAccount
from jkn.payments.snap.values import Amount, format_amount
from jkn.reconciliation import charges
from jkn.reconciliation.comparing import suspense_of
from jkn.reconciliation.models import Difference, DifferenceStep, Refund, SettlementLine, Stage
from jkn.reconciliation.rules import FOUR_EYES, Outcome, Step, steps_for

MOVED_ON = N_("This difference has moved on. Read the newest step first.")
OWN_PROPOSAL = N_("Somebody else must decide about what you proposed.")
EMPTY = N_("Write why.")


def steps_of(difference: Difference) -> tuple[Step, ...]:
    """What may be done about it now; nothing once it is closed or waits for a second officer."""
    if difference.stage in (Stage.CLOSED, Stage.PROPOSED):
        return ()
    theirs = difference.line.amount if difference.line_id else Rupiah(0)
    ours = difference.payment.amount if difference.payment_id else Rupiah(0)
    return steps_for(difference.kind, theirs, ours, difference.stage == Stage.PARKED)


def take_step(difference: Difference, step: Step, *, seen: int, by: Actor, note: str | None = None, va: str = ""):
    """One step by an officer. What undoes a booking or gives suspense money away is only proposed: another approves.

    `va` is the number of the family to which suspense money is assigned. Refused for a step that does not fit.
    """
    if step in FOUR_EYES:
        return _propose(difference, step, seen, by, note, va)
    if step in (Step.ASK, Step.CLOSE) and not note:
        raise Refused(EMPTY, field="note")
    return _act(difference, step, seen, by, note)


@writing
def _propose(difference: Difference, step: Step, seen: int, by: Actor, note: str | None, va: str) -> None:
    if not note:
        raise Refused(EMPTY, field="note")
    _allow(difference, step)
    changes = {"stage": Stage.PROPOSED, "proposed": step, "maker": by.officer_id, "checker": None}
    if step == Step.ASSIGN:
        target_of(va)
        changes["proposed_va"] = va
    _advance(difference, Step.PROPOSE, seen, by, note, **changes)


@writing
def decide(difference: Difference, is_approved: bool, *, seen: int, by: Actor, note: str | None = None) -> None:
    """The second officer approves what the first proposed, or sends it back with a reason."""
    difference = Difference.get_by_id(difference.id)
    if difference.stage != Stage.PROPOSED:
        raise Refused(MOVED_ON)
    if by.officer_id is None or by.officer_id == difference.maker:
        raise Refused(OWN_PROPOSAL)
    if not is_approved:
        if not note:
            raise Refused(EMPTY, field="note")
        before = Stage.PARKED if difference.is_parked else Stage.OPEN
        _advance(difference, Step.REFUSE, seen, by, note, stage=before, proposed=None, proposed_va=None, maker=None)
        return
    step = difference.proposed
    _advance(difference, step, seen, by, note, checker=by.officer_id, **_closed())
    if step == Step.ASSIGN:
        _assign(difference.line, target_of(difference.proposed_va), by)
        return
    if difference.payment.reversed_on is None and not _take_back(difference, by):
        if step != Step.TAKE_BACK:
            raise Refused(booking.GONE)
        owed = Difference.update(stage=Stage.OWED, closed_at=None)
        owed.where(Difference.id == difference.id).execute()
    if step == Step.REBOOK:
        target = _target_for(difference.line) if difference.line.va else Target(difference.payment.payer)
        _book_line(difference.line, target, difference.line.amount, by)


def _take_back(difference: Difference, by: Actor) -> bool:
    """Undo our booking; False while the payer's account does not hold the money, because they had it back from us.

    Refused while they only ask for it: a refund can still be refused.
    """
    payment, is_paid_out = difference.payment, Refund.paid_out_of(difference.payment_id)
    if Refund.asked_of(payment.id) and not is_paid_out:
        raise Refused(N_("This money is asked back. Decide about that first."))
    try:
        (booking.recover if is_paid_out else booking.reverse)(payment, difference.kind, by)
    except Refused as refused:
        if refused.message != booking.GONE:
            raise
        return False
    return True


def _assign(line: SettlementLine, target: Target, by: Actor) -> None:
    """Out of suspense, into the book of whom it is for."""
    payer = suspense_of(line.partner_id)
    ledger.book(payer.id, Account.SUSPENSE, Account.BANK, line.amount, f"assign:{line.id}", clock.today())
    book_line(line, target, by)


@writing
def _act(difference: Difference, step: Step, seen: int, by: Actor, note: str | None) -> None:
    _allow(difference, step)
    line = difference.line if difference.line_id else None
    match step:
        case Step.ASK:
            _advance(difference, step, seen, by, note)
        case Step.CLOSE:
            _advance(difference, step, seen, by, note, **_closed())
        case Step.BOOK:
            _advance(difference, step, seen, by, note, **_closed())
            book_line(line, _target_for(line), by)
        case Step.BOOK_REST:
            _advance(difference, step, seen, by, note, **_closed())
            rest = Rupiah(line.amount - difference.payment.amount)
            _take(line, Target(difference.payment.payer), rest, by)
        case Step.SUSPEND:
            _advance(difference, step, seen, by, note, stage=Stage.PARKED)
            payer = suspense_of(line.partner_id)
            ledger.book(payer.id, Account.BANK, Account.SUSPENSE, line.amount, f"line:{line.id}", line.paid_on)


@writing
def book_at_once(difference: Difference, payer: Payer) -> Payment | None:
    """A member missed exactly this money, and its number is theirs: book it without an officer, once."""
    difference = Difference.get_by_id(difference.id)
    if difference.kind != Outcome.MISSING_HERE or difference.stage != Stage.OPEN:
        return None
    try:
        target = _target_for(difference.line)
    except Refused:
        return None
    if target.payer.id != payer.id:
        return None
    _advance(difference, Step.BOOK, difference.steps, SYSTEM, None, **_closed())
    return book_line(difference.line, target, SYSTEM)


def book_line(line: SettlementLine, target: Target, by: Actor) -> Payment:
    """Book a line that we do not have; the bank's own notice, should it still come, finds it booked.

    In the caller's write.
    """
    contributions.take_the_book(target.payer)
    if line.partner.provider:
        return charges.book(line, by) or _book_line(line, target, line.amount, by)
    notice = _notice(line, target)
    if notice.payment_id and notice.payment.reversed_on is None:  # it came while we looked
        SettlementLine.update(payment=notice.payment_id).where(SettlementLine.id == line.id).execute()
        return notice.payment
    return _book_line(line, target, line.amount, by)


def _book_line(line: SettlementLine, target: Target, amount: Rupiah, by: Actor) -> Payment:
    payment = _take(line, target, amount, by)
    SettlementLine.update(payment=payment).where(SettlementLine.id == line.id).execute()
    BankNotice.update(payment=payment).where(
        BankNotice.partner == line.partner_id, BankNotice.reference == line.reference
    ).execute()
    return payment


def _take(line: SettlementLine, target: Target, amount: Rupiah, by: Actor) -> Payment:
    return booking.take(
        target.payer,
        amount,
        line.partner.name,
        line.reference,
        line.paid_at,
        by,
        _months_for(line, target, amount),
        source=f"line:{line.id}",
        purpose=target.purpose,
        subject=target.subject,
    )


def _months_for(line: SettlementLine, target: Target, amount: Rupiah):
    """The months that were due when the bank took the money, if that is what they cost and none is settled since."""
    if target.purpose != Purpose.BILL:
        return None
    try:
        asked = owing.due_under(target, line.paid_on)
    except NotPayable:
        return None
    fits = asked.amount == amount and contributions.still_open(target.payer, asked.months) == asked.months
    return asked.months if fits else None


def _notice(line: SettlementLine, target: Target) -> BankNotice:
    """The bank's notice under this reference: the one that came, or one in its place."""
    va = VirtualAccount(line.va[:5], line.va[5:], line.va, _echo(line))
    money = {"paidAmount": format_amount(line.amount)}
    request = PaymentRequest(va, line.reference, Amount(line.amount), 1, money, line.paid_at)
    BankNotice.insert(
        partner=line.partner_id,
        reference=line.reference,
        va=line.va,
        amount=line.amount,
        trx_at=line.paid_at,
        received_at=clock.now(),
        answer=answers.payment_answer(request, owing.name_of(target.payer), line.amount),
    ).on_conflict_ignore().execute()
    return BankNotice.get(BankNotice.partner == line.partner_id, BankNotice.reference == line.reference)


def _echo(line: SettlementLine) -> dict:
    """The account as the bank's own notice would have named it."""
    service_id = line.va[:5].rjust(8)
    return {"partnerServiceId": service_id, "customerNo": line.va[5:], "virtualAccountNo": service_id + line.va[5:]}


def target_of(va: str) -> Target:
    """Whose money it is; also of who has died since."""
    try:
        return owing.target_of_va(va, alive=False)
    except NotPayable:
        raise Refused(N_("Nobody has this number."), field="number") from None


def _target_for(line: SettlementLine) -> Target:
    """Whose money a line is: by its number, or of a provider by our reference."""
    return target_of(line.va) if line.va else Target(charges.payer_of(line))


def _allow(difference: Difference, step: Step) -> None:
    if step not in steps_of(difference):
        raise Refused(MOVED_ON)


def _closed() -> dict:
    return {"stage": Stage.CLOSED, "proposed": None, "closed_at": clock.now()}


def _advance(difference: Difference, step: Step, seen: int, by: Actor, note: str | None, **changes) -> None:
    """One step on, for exactly one of many who send it; who acts on an older page is refused."""
    moved = Difference.update(steps=seen + 1, **changes).where(
        Difference.id == difference.id, Difference.steps == seen, Difference.stage == difference.stage
    )
    if not moved.execute():
        raise Refused(MOVED_ON)
    DifferenceStep.create(difference=difference, number=seen + 1, step=step, note=note, by_officer=by.officer_id)
    audit.record(Act.DIFFERENCE_ADVANCED, difference, by, step=step)
