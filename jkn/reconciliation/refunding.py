"""Money given back on seven grounds: asked, papers complete, proposed, decided by another officer, paid out."""

from datetime import date

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import first_of_month, next_month
from jkn.contributions import corrections
from jkn.contributions import service as contributions
from jkn.contributions.models import BillLine, Correction, Reason, Settlement
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members import service as members
from jkn.members.models import Payer, PayerKind, Person, Spell
from jkn.money import Rupiah, format_rupiah
from jkn.notices import service as notices
from jkn.payments import booking
from jkn.payments.models import BankNotice, Partner, Payment, Purpose
from jkn.penalties import billing as penalties
from jkn.reconciliation import rules
from jkn.reconciliation.models import Difference, Refund, RefundStage, SettlementLine, Stage
from jkn.reconciliation.rules import BY_EVENT, BY_PAYMENT, FROM_CREDIT, Ground

booking.asked_back = Refund.asked_of

BASIS = "Peraturan BPJS Kesehatan 5/2018"
MOVED_ON = N_("This request has moved on. Read it again.")
TOO_MUCH = N_("At most %(most)s can be given back.")
OWN_PROPOSAL = N_("Somebody else must decide about what you proposed.")
NO_PAYMENT = N_("We know no payment with this reference and amount.")
EMPTY = N_("Write why.")


def most(payer: Payer, ground: Ground, *, payment: Payment | None = None, person=None, event_on=None) -> Rupiah:
    """The most that can be given back on this ground today, in rupiah."""
    credit = ledger.credit_of(payer.id)
    if ground in FROM_CREDIT:
        return Rupiah(max(0, credit))
    if ground in BY_EVENT:
        return Rupiah(max(0, credit) + _paid_after(payer, person, _first_free(ground, event_on)))
    if payment is None or payment.reversed_on:
        return Rupiah(0)
    return Rupiah(payment.amount - Refund.asked_of(payment.id))


@writing
def ask(
    payer: Payer,
    *,
    key: str,
    ground: Ground,
    amount: Rupiah,
    by: Actor,
    payment: Payment | None = None,
    person: Person | None = None,
    event_on: date | None = None,
    reference: str | None = None,
    bank: str = "",
    account: str | None = None,
    holder: str | None = None,
) -> Refund:
    """A new request; sent twice, the first one is given back. Refused for more than can be given back."""
    known = Refund.get_or_none(Refund.payer == payer, Refund.key == key)
    if known:
        return known
    if ground == Ground.OVERPAID_PEMDA and payer.kind != PayerKind.GOVERNMENT:
        raise Refused(N_("Only a local government can ask on this ground."), field="ground")
    if ground in BY_EVENT and not (person and event_on):
        raise Refused(N_("Say for whom, and since when."))
    if event_on and event_on > clock.today():
        raise Refused(N_("This day is still to come."), field="event_on")
    if ground == Ground.WRONG_VA:
        payment = _misdirected(payer, reference, amount)
    ceiling = most(payer, ground, payment=payment, person=person, event_on=event_on)
    if amount > ceiling:
        raise Refused(TOO_MUCH, field="amount", basis=BASIS, most=format_rupiah(ceiling))
    row = {
        "payer": payer,
        "family_id": payer.family_id,
        "key": key,
        "ground": ground,
        "amount": amount,
        "payment": payment,
        "person": person,
        "event_on": event_on,
        "reference": reference,
        "bank": bank,
        "account": account,
        "holder": holder,
        "asked_at": clock.now(),
        "papers": [],
    }
    is_new = Refund.insert(row).on_conflict_ignore().as_rowcount().execute()
    refund = Refund.get(Refund.payer == payer, Refund.key == key)
    if is_new:
        audit.record(Act.REFUND_ASKED, refund, by, ground=ground, amount=amount)
    return refund


def people_of(payer: Payer) -> list[Person]:
    """Everybody who was ever covered on this payer's account, also who died."""
    return list(Person.select().join(Spell).where(Spell.payer == payer).distinct().order_by(Person.born, Person.id))


def payments_of(payer: Payer) -> list[Payment]:
    """The payer's newest payments that stand."""
    stands = (Payment.payer == payer, Payment.reversed_on.is_null())
    return list(Payment.select().where(*stands).order_by(Payment.id.desc()).limit(10))


@writing
def note_papers(refund: Refund, papers: list[str], *, seen: int, by: Actor) -> None:
    """Which papers are here; when the last one comes, the clock starts, once."""
    kept = [paper for paper in rules.PAPERS[refund.ground] if paper in papers]
    changes = {"papers": kept}
    if rules.is_complete(refund.ground, kept):
        due_on = rules.decide_by(clock.today())
        changes |= {"stage": RefundStage.COMPLETE, "complete_at": clock.now(), "due_on": due_on}
    _advance(refund, RefundStage.ASKED, seen, by, **changes)
    if "due_on" in changes:
        _tell(refund, "refund_complete", day=changes["due_on"].isoformat())


@writing
def propose(refund: Refund, *, seen: int, by: Actor) -> None:
    """The first officer has read the file and proposes to give the money back."""
    _advance(refund, RefundStage.COMPLETE, seen, by, stage=RefundStage.PROPOSED, maker=by.officer_id)


@writing
def grant(refund: Refund, *, seen: int, by: Actor) -> None:
    """Another officer agrees: the money leaves the payer's credit, never more than is there.

    What the ground calls for comes first: a death or double cover corrects the bills, a wrong account or the bank's
    mistake opens the months again that the payment settled, a wrong number moves it to the book it was meant for.
    """
    _other_eyes(refund, by)
    is_move = refund.ground == Ground.WRONG_VA
    changes = {"stage": RefundStage.MOVED if is_move else RefundStage.GRANTED, "checker": by.officer_id}
    _advance(refund, RefundStage.PROPOSED, seen, by, decided_at=clock.now(), **changes)
    if is_move:
        _move(refund, by)
    else:
        _set_aside(refund, by)
    _tell(refund, "refund_granted", amount=refund.amount)


@writing
def refuse(refund: Refund, reason: str, *, seen: int, by: Actor) -> None:
    """Another officer says no, with the reason that the member reads."""
    if not reason:
        raise Refused(EMPTY, field="note")
    _other_eyes(refund, by)
    changes = {"stage": RefundStage.REFUSED, "checker": by.officer_id, "reason": reason, "decided_at": clock.now()}
    _advance(refund, RefundStage.PROPOSED, seen, by, **changes)
    _tell(refund, "refund_refused", amount=refund.amount)


@writing
def pay_out(refund: Refund, reference: str, *, seen: int, by: Actor) -> None:
    """The bank has transferred it under this reference."""
    if not reference:
        raise Refused(N_("Write the bank's reference."), field="reference")
    today = clock.today()
    changes = {"stage": RefundStage.PAID_OUT, "paid_out_on": today, "paid_out_reference": reference}
    _advance(refund, RefundStage.GRANTED, seen, by, **changes)
    ledger.book(refund.payer_id, Account.REFUND, Account.BANK, refund.amount, f"payout:{refund.id}", today)
    _tell(refund, "refund_paid", amount=refund.amount, day=today.isoformat())


@writing
def bring_back(refund: Refund, reason: str, *, seen: int, by: Actor) -> None:
    """It cannot be paid out, as when the bank knows no such account: the money is the payer's credit again.

    What the ground called for stays done; the payer may ask again, with another account.
    """
    if not reason:
        raise Refused(EMPTY, field="note")
    _advance(refund, RefundStage.GRANTED, seen, by, stage=RefundStage.REFUSED, reason=reason)
    ledger.book(
        refund.payer_id, Account.REFUND, Account.CREDIT, refund.amount, f"unpaid-refund:{refund.id}", clock.today()
    )
    _tell(refund, "refund_refused", amount=refund.amount)


def _set_aside(refund: Refund, by: Actor) -> None:
    payer, today = refund.payer, clock.today()
    contributions.take_the_book(payer)
    if refund.ground in BY_EVENT:
        _apply_event(refund, by)
    elif refund.ground in BY_PAYMENT:
        payment = Payment.get_by_id(refund.payment_id)
        if payment.reversed_on or Refund.asked_of(payment.id) > payment.amount:
            raise Refused(N_("This payment was given back before."))
        if payment.purpose == Purpose.PENALTY:
            penalties.reopen(payment.subject, payment.id, today, by)
        corrections.unsettle(payer, refund.amount, today, by)
    ledger.book(payer.id, Account.CREDIT, Account.REFUND, refund.amount, f"refund:{refund.id}", today)
    left = ledger.credit_of(payer.id)
    if left < 0:
        raise Refused(TOO_MUCH, basis=BASIS, most=format_rupiah(Rupiah(max(0, left + refund.amount))))


def _apply_event(refund: Refund, by: Actor) -> None:
    """From the month after a death, or from when somebody was covered elsewhere, they are on no bill of this payer."""
    if refund.ground == Ground.DEATH:
        corrections.report_death(refund.person, refund.event_on, by)
        return
    corrections.lapse_for_good(refund.payer, clock.today())
    covers = (Spell.person == refund.person_id, Spell.payer == refund.payer_id)
    later = Spell.until.is_null() | (Spell.until > refund.event_on)
    Spell.update(until=refund.event_on).where(*covers, later, Spell.since <= refund.event_on).execute()
    since = _first_free(refund.ground, refund.event_on)
    corrections.correct(refund.payer, since, Reason.CHANGE, by)


def _move(refund: Refund, by: Actor) -> None:
    """Out of the book of the wrong number, whose months open again, into the one it was meant for."""
    payment = refund.payment
    reopened = booking.reverse(payment, f"refund:{refund.id}", by)
    moved = booking.take(
        refund.payer,
        payment.amount,
        payment.via,
        payment.reference,
        payment.paid_at,
        by,
        source=f"refund:{refund.id}",
    )
    BankNotice.update(payment=moved).where(BankNotice.payment == payment).execute()
    SettlementLine.update(payment=moved).where(SettlementLine.payment == payment).execute()
    Difference.update(payment=moved).where(Difference.payment == payment, Difference.stage != Stage.CLOSED).execute()
    months = [f"{month:%Y-%m}" for month in reopened]
    if payment.family_id and (people := members.people_of(payment.family_id)):
        notices.tell(people[0], "payment_moved", str(payment.id), amount=payment.amount, months=months)


def _misdirected(payer: Payer, reference: str | None, amount: Rupiah) -> Payment:
    """The payment under this reference and amount in somebody else's book; refused alike for every reason."""
    same = (BankNotice.reference == reference, Payment.amount == amount, Payment.payer != payer)
    banks = [bank.id for bank in Partner.select(Partner.id)]
    query = Payment.select().join(BankNotice).where(BankNotice.partner.in_(banks), *same)
    payment = query.where(Payment.reversed_on.is_null()).first()
    if payment is None:
        raise Refused(NO_PAYMENT, field="reference")
    return payment


def _first_free(ground: Ground, event_on: date) -> date:
    """The first month that this payer does not owe for the person."""
    if ground == Ground.DEATH:
        return next_month(event_on)
    return event_on if event_on == first_of_month(event_on) else next_month(event_on)


def _paid_after(payer: Payer, person: Person, since: date) -> Rupiah:
    """What settled months from this one on hold for the person."""
    held = Settlement.select(Settlement.month).where(
        Settlement.payer == payer,
        Settlement.month >= since,
        Settlement.reversed_on.is_null(),
        Settlement.movement.is_null(False),
    )
    months = [month for (month,) in held.tuples()]
    lines = BillLine.select(BillLine.amount).where(
        BillLine.payer_id == payer.id, BillLine.month.in_(months), BillLine.person == person
    )
    made = Correction.select(Correction.amount).where(
        Correction.payer == payer, Correction.month.in_(months), Correction.person == person
    )
    return Rupiah(sum(amount for query in (lines, made) for (amount,) in query.tuples()))


def _other_eyes(refund: Refund, by: Actor) -> None:
    if by.officer_id is None or Refund.get_by_id(refund.id).maker == by.officer_id:
        raise Refused(OWN_PROPOSAL)


def _advance(refund: Refund, before: RefundStage, seen: int, by: Actor, **changes) -> None:
    """One step on, for exactly one of many who send it; who acts on an older page is refused."""
    moved = Refund.update(steps=seen + 1, **changes).where(
        Refund.id == refund.id, Refund.steps == seen, Refund.stage == before
    )
    if not moved.execute():
        raise Refused(MOVED_ON)
    audit.record(Act.REFUND_ADVANCED, refund, by, stage=changes.get("stage", before))


def _tell(refund: Refund, name: str, **values) -> None:
    if refund.family_id and (people := members.people_of(refund.family_id)):
        notices.tell(people[0], name, f"{refund.id}", refund=refund.id, **values)
