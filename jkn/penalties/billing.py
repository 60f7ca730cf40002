"""Penalties: billed once, paid once, cancelled only by two officers.

A penalty is owed apart from contributions: a payment for the one never pays the other.
"""

from collections.abc import Callable
from datetime import date, timedelta

from peewee import JOIN

from jkn import clock, law
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import reactivation
from jkn.contributions import service as contributions
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Payer, Spell
from jkn.money import Rupiah
from jkn.notices import service as notices
from jkn.penalties import judging
from jkn.penalties.judging import Judgement
from jkn.penalties.models import Admission, Care, Penalty

# (payer, penalty) -> the last eleven digits of its virtual account: given by payments, asked by features below it
number_of: Callable[[int, int], str]

BOUNCED = N_("The payment that brought cover back was taken back.")
BEFORE = N_("This was decided before. Look at it again.")


@writing
def bill(admission: Admission, on: date, by: Actor) -> Penalty | None:
    """The penalty of an admission, made by this call; None when none is due by what is known on the day, or it is made.

    Looks again once it holds the payer's book: of two admissions at once, one may make the other free.
    """
    judged = judging.judge(admission, on)
    if not (judged.is_due and judged.amount):
        return None
    contributions.take_the_book(judged.payer)
    admission = hold(admission)
    judged = judging.judge(admission, on)
    return _enter(admission, judged, by) if judged.is_due and judged.amount else None


def hold(admission: Admission) -> Admission:
    """The admission as it is now; from here to the transaction's end nobody else changes it."""
    Admission.update(key=Admission.key).where(Admission.id == admission.id).execute()
    return Admission.get_by_id(admission.id)


def bill_due(payer: Payer, on: date, by: Actor) -> list[Penalty]:
    """The penalties that have become due for people of this payer: after a payment made while they are in the ward.

    In the caller's write.
    """
    people = Spell.select(Spell.person).where(Spell.payer == payer)
    waiting = list(_unbilled(on).where(Admission.person.in_(people)).order_by(Admission.id))
    made = [bill(admission, on, by) for admission in waiting]
    return [penalty for penalty in made if penalty and penalty.payer_id == payer.id]


def bill_all(on: date, by: Actor = SYSTEM) -> int:
    """Bill what is due of every admission not yet billed; how many penalties are new. Safe to run twice."""
    return sum(bill(admission, on, by) is not None for admission in list(_unbilled(on).order_by(Admission.id)))


@writing
def settle(penalty_id: int, payment_id: int, money: Rupiah, on: date, by: Actor) -> bool:
    """A payment for the penalty, in the caller's write; its money is the payer's credit already.

    True for exactly one of many; then the penalty is paid. Otherwise the money stays credit.
    """
    penalty = Penalty.get_by_id(penalty_id)
    free = Penalty.id == penalty_id, Penalty.paid_by.is_null(), Penalty.cancelled_on.is_null()
    if money < penalty.amount or not Penalty.update(paid_by=payment_id).where(*free).execute():
        return False
    source = f"penalty-paid:{penalty_id}:{payment_id}"
    movement = ledger.book(penalty.payer_id, Account.CREDIT, Account.PENALTY_DUE, penalty.amount, source, on)
    Penalty.update(movement=movement).where(Penalty.id == penalty_id).execute()
    audit.record(Act.PENALTY_PAID, penalty, by, amount=penalty.amount)
    return True


def reopen(penalty_id: int, payment_id: int, on: date, by: Actor) -> None:
    """The payment that paid the penalty is taken back, in the caller's write: it is owed again."""
    penalty = Penalty.get_by_id(penalty_id)
    is_its = Penalty.id == penalty_id, Penalty.paid_by == payment_id, Penalty.cancelled_on.is_null()
    if Penalty.update(paid_by=None, movement=None).where(*is_its).execute():
        _give_back(penalty, f"penalty-reopened:{penalty_id}:{payment_id}", on)
        audit.record(Act.PENALTY_REOPENED, penalty, by, amount=penalty.amount)


@writing
def dispute(penalty: Penalty, reason: str, by: Actor) -> None:
    """An officer says that it was recorded wrongly; another one decides."""
    free = Penalty.id == penalty.id, Penalty.cancel_asked_by.is_null(), Penalty.cancelled_on.is_null()
    if not Penalty.update(cancel_asked_by=by.officer_id, cancel_reason=reason).where(*free).execute():
        raise Refused(BEFORE)
    audit.record(Act.PENALTY_DISPUTED, penalty, by)


@writing
def confirm(penalty: Penalty, by: Actor) -> None:
    """The second officer finds it right: it stands."""
    _other_than_asked(penalty, by)
    if not Penalty.update(cancel_asked_by=None, cancel_reason=None).where(*_disputed(penalty, by)).execute():
        raise Refused(BEFORE)
    audit.record(Act.PENALTY_CONFIRMED, penalty, by)


@writing
def cancel(penalty: Penalty, by: Actor) -> None:
    """The second officer agrees: nothing is owed, what was paid is the payer's credit.

    Another admission in the same window may cost a penalty now. Refused to the officer who asked.
    """
    _other_than_asked(penalty, by)
    payer, today = penalty.payer, clock.today()
    contributions.take_the_book(payer)
    cancelled = Penalty.update(cancelled_by=by.officer_id, cancelled_on=today)
    if not cancelled.where(*_disputed(penalty, by)).execute():
        raise Refused(BEFORE)
    _clear(penalty, by)
    bill_due(payer, today, by)


def reactivations_billed(payer: Payer, on: date) -> set[date]:
    """The days on which cover came back, of those for which penalties stand; asked before a payment is reversed."""
    stand = Penalty.select(Penalty.reactivated_on).where(Penalty.payer == payer, Penalty.cancelled_on.is_null())
    days = {day for (day,) in stand.distinct().tuples()}
    return days & {each.day for each in reactivation.reactivations(payer, on)} if days else set()


def withdraw(payer: Payer, billed: set[date], on: date, by: Actor) -> None:
    """After a payment was reversed, in the caller's write: where cover did not come back after all, nothing is owed.

    `billed`: reactivations_billed() before. An open penalty is cancelled; a paid one waits for two officers.
    """
    gone = billed - {each.day for each in reactivation.reactivations(payer, on)} if billed else set()
    stand = Penalty.payer == payer, Penalty.cancelled_on.is_null()
    for penalty in list(Penalty.select().where(*stand, Penalty.reactivated_on.in_(gone))) if gone else ():
        if penalty.paid_by:
            Penalty.update(cancel_reason=BOUNCED).where(Penalty.id == penalty.id).execute()
            audit.record(Act.PENALTY_DISPUTED, penalty, by)
            continue
        Penalty.update(cancelled_on=on, cancel_reason=BOUNCED).where(Penalty.id == penalty.id).execute()
        _clear(penalty, by)


def _clear(penalty: Penalty, by: Actor) -> None:
    """What a penalty that was cancelled a moment ago leaves in the book, and the notice."""
    payer, today, penalty = penalty.payer, clock.today(), Penalty.get_by_id(penalty.id)
    if penalty.movement_id:
        _give_back(penalty, f"penalty-returned:{penalty.id}", today)
    billed = Movement.get(Movement.payer == payer, Movement.source == f"penalty:{penalty.id}")
    source = f"penalty-cancelled:{penalty.id}"
    ledger.book(payer.id, Account.PENALTY, Account.PENALTY_DUE, penalty.amount, source, today, reverses=billed.id)
    audit.record(Act.PENALTY_CANCELLED, penalty, by, amount=penalty.amount, was_paid=penalty.movement_id is not None)
    _tell(penalty, "penalty_cancelled")


def _unbilled(on: date):
    """Hospital admissions without a penalty whose people left the ward so lately that one may still become due."""
    since = on - timedelta(days=law.at(on).penalty.window_days)
    is_its = (Penalty.person == Admission.person) & (Penalty.admission == Admission.id)
    return (
        Admission.select()
        .join(Penalty, JOIN.LEFT_OUTER, on=is_its)
        .where(
            Penalty.id.is_null(),
            Admission.care == Care.HOSPITAL,
            Admission.discharged_on.is_null() | (Admission.discharged_on >= since),
        )
    )


def _enter(admission: Admission, judged: Judgement, by: Actor) -> Penalty | None:
    """The row, its movement and its number; None when somebody made it before."""
    payer, row = judged.payer, law.at(judged.on).penalty
    values = {
        "payer": payer,
        "family_id": payer.family_id,
        "person": admission.person_id,
        "admission": admission,
        "reactivated_on": judged.reactivation.day,
        "billed_on": judged.on,
        "cost": admission.estimate,
        "months": judged.reactivation.months,
        "counted": min(judged.reactivation.months, row.max_months),
        "rate": row.rate,
        "cap": row.cap,
        "amount": judged.amount,
        "basis": judged.basis[:200],
        "billed_at": clock.now(),
    }
    if not Penalty.insert(**values).on_conflict_ignore().as_rowcount().execute():
        return None
    penalty = admission.penalty
    source = f"penalty:{penalty.id}"
    ledger.book(payer.id, Account.PENALTY_DUE, Account.PENALTY, penalty.amount, source, penalty.billed_on)
    number_of(payer.id, penalty.id)  # noqa: F821  set by payments
    audit.record(Act.PENALTY_BILLED, penalty, by, amount=penalty.amount, admission=admission.id)
    _tell(penalty, "penalty_billed")
    return penalty


def _give_back(penalty: Penalty, source: str, on: date) -> None:
    """What paid the penalty is credit again."""
    paid = penalty.movement_id
    ledger.book(penalty.payer_id, Account.PENALTY_DUE, Account.CREDIT, penalty.amount, source, on, reverses=paid)


def _disputed(penalty: Penalty, by: Actor) -> tuple:
    return Penalty.id == penalty.id, Penalty.cancelled_on.is_null(), Penalty.cancel_asked_by != by.officer_id


def _other_than_asked(penalty: Penalty, by: Actor) -> None:
    if Penalty.get_by_id(penalty.id).cancel_asked_by == by.officer_id:
        raise Refused(N_("Whoever asks for it may not decide it. Another officer must."))


def _tell(penalty: Penalty, name: str) -> None:
    """The head of the family reads it; employers have their statements."""
    if not penalty.family_id or not (head := members.head_of(penalty.family_id)):
        return
    notices.tell(head, name, str(penalty.id), amount=penalty.amount)
