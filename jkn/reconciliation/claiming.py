"""“I paid but it does not show”: looked at once, again with each bank's list, and answered without a call."""

import secrets
from datetime import date, timedelta

from jkn import clock, sealed
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members.models import Payer, Person
from jkn.money import Rupiah
from jkn.notices import service as notices
from jkn.payments import owing
from jkn.payments.models import BankNotice, Partner, Payment
from jkn.payments.owing import NotPayable
from jkn.reconciliation import rules, service
from jkn.reconciliation.models import (
    UNANSWERED,
    Answer,
    Claim,
    Difference,
    SettlementFile,
    SettlementLine,
    Stage,
)
from jkn.reconciliation.rules import Outcome

NEAR = timedelta(days=1)  # people and banks do not always mean the same day
OLDEST = timedelta(days=3 * 366)
MOVED_ON = N_("This report has moved on. Read it again.")


@writing
def make(
    *,
    key: str,
    va: str,
    amount: Rupiah,
    paid_on: date,
    partner: Partner | None,
    reference: str | None,
    by: Actor,
) -> Claim:
    """A new claim, looked at at once. Sent twice, the first one is given back.

    Refused for a day that is not yet, or older than three years.
    """
    today = clock.today()
    if paid_on > today:
        raise Refused(N_("This day is still to come."), field="paid_on")
    if paid_on < today - OLDEST:
        raise Refused(N_("This is more than three years ago. Bring the slip to a branch."), field="paid_on")
    code = f"{secrets.randbelow(10**12):012}"
    row = {
        "key": key,
        "code": code,
        "code_hash": sealed.index("claim", code),
        "family_id": by.family_id if by.person_id else None,
        "person": by.person_id,
        "payer": _payer_of(va),
        "va": va,
        "amount": amount,
        "paid_on": paid_on,
        "partner": partner,
        "reference": reference,
        "answer": Answer.WAITING,
        "answer_by": rules.answer_by(paid_on, today),
        "asked_at": clock.now(),
    }
    is_new = Claim.insert(row).on_conflict_ignore().as_rowcount().execute()
    claim = Claim.get(Claim.key == key)
    if claim.person_id != by.person_id:
        raise Refused(N_("This form was sent before. Send again."))
    if is_new:
        audit.record(Act.CLAIM_MADE, claim, by)
        look(claim)
    return Claim.get_by_id(claim.id)


def find(code: str) -> Claim | None:
    """The claim behind a visitor's code."""
    return Claim.get_or_none(Claim.code_hash.in_(sealed.indexes("claim", code)), Claim.person.is_null())


@writing
def look(claim: Claim) -> bool:
    """Search our books, then the banks' lists; is there an answer now?"""
    claim = Claim.get_by_id(claim.id)
    if claim.answer not in UNANSWERED:
        return False
    payment = _own_payment(claim)
    if payment:
        return _answer(claim, Answer.FOUND, payment=payment)
    line = _line(claim)
    if line is None:
        elsewhere = _elsewhere(claim)
        if elsewhere:
            return _answer(claim, Answer.OFFICER, payment=elsewhere)
        return _not_there(claim)
    if claim.payer and line.tail in ("", claim.va[5:]) and line.amount == claim.amount:
        difference = Difference.get_or_none(Difference.line == line, Difference.kind == Outcome.MISSING_HERE)
        booked = service.book_at_once(difference, claim.payer) if difference else None
        if booked:
            return _answer(claim, Answer.BOOKED, payment=booked, line=line)
    return _answer(claim, Answer.OFFICER, payment=line.payment_id, line=line)


def answer_waiting() -> int:
    """Look again at every claim without an answer, by now perhaps in a bank's list; how many have one."""
    last, answered = 0, 0
    while True:
        rows = Claim.select().where(Claim.answer.in_(UNANSWERED), Claim.id > last).order_by(Claim.id).limit(500)
        claims = list(rows)
        if not claims:
            return answered
        answered += sum(look(claim) for claim in claims)
        last = claims[-1].id


@writing
def write_back(claim: Claim, text: str, *, seen: int, by: Actor) -> None:
    """An officer answers in words; the member is told."""
    _answer(claim, Answer.ANSWERED, seen=seen, by=by, note=text, payment=claim.payment_id, line=claim.line_id)


def candidates(claim: Claim) -> list[Difference]:
    """Differences not resolved that this claim may be about: for officers."""
    if claim.line_id is None:
        return []
    rows = Difference.select().where(Difference.line == claim.line_id, Difference.stage != Stage.CLOSED)
    return list(rows)


def _payer_of(va: str) -> Payer | None:
    try:
        return owing.target_of_va(va).payer
    except NotPayable:
        return None


def _own_payment(claim: Claim) -> Payment | None:
    """A payment that stands in the book of the number. A visitor must know its reference: amounts can be guessed."""
    if claim.payer_id is None or (claim.person_id is None and not claim.reference):
        return None
    mine = (Payment.payer == claim.payer_id, Payment.amount == claim.amount, Payment.reversed_on.is_null())
    rows = Payment.select().where(*mine).order_by(Payment.paid_on, Payment.id)
    if claim.reference:
        exact = rows.where(Payment.reference == claim.reference).first()
        if exact or claim.person_id is None:
            return exact
    near = Payment.paid_on.between(claim.paid_on - NEAR, claim.paid_on + NEAR)
    answered = Claim.select(Claim.payment).where(Claim.payer == claim.payer_id, Claim.payment.is_null(False))
    return rows.where(near, Payment.id.not_in(answered)).first()


def _line(claim: Claim) -> SettlementLine | None:
    """What a bank's list has of it and we have not booked to its number: by reference, else by number and amount."""
    lines = SettlementLine.select().where(~SettlementLine.is_taken_back, SettlementLine.outcome != Outcome.REVERSED)
    if claim.reference:
        banks = [claim.partner_id] if claim.partner_id else [bank.id for bank in Partner.select(Partner.id)]
        found = lines.where(SettlementLine.partner.in_(banks), SettlementLine.reference == claim.reference).first()
        if found or claim.person_id is None:
            return found
    if claim.person_id is None:
        return None
    mine = (SettlementLine.tail == claim.va[5:], SettlementLine.amount == claim.amount)
    near = SettlementLine.paid_on.between(claim.paid_on - NEAR, claim.paid_on + NEAR)
    unbooked = SettlementLine.payment.is_null()
    return lines.where(*mine, near, unbooked).order_by(SettlementLine.paid_on, SettlementLine.id).first()


def _elsewhere(claim: Claim) -> Payment | None:
    """A payment under this reference whose bank told us, in somebody else's book."""
    if not claim.reference:
        return None
    banks = [claim.partner_id] if claim.partner_id else [bank.id for bank in Partner.select(Partner.id)]
    same = (BankNotice.partner.in_(banks), BankNotice.reference == claim.reference)
    return Payment.select().join(BankNotice).where(*same, Payment.reversed_on.is_null()).first()


def _not_there(claim: Claim) -> bool:
    """Nothing yet. Once the bank's list of that day is here without it, that is an answer too; we go on looking."""
    if claim.answer == Answer.NOT_THERE or claim.partner_id is None:
        return False
    recent = SettlementFile.select(SettlementFile.days).where(
        SettlementFile.partner == claim.partner_id,
        SettlementFile.done_at >= clock.start_of(claim.paid_on),
    )
    if not any(claim.paid_on.isoformat() in days for (days,) in recent.tuples()):
        return False
    return _answer(claim, Answer.NOT_THERE)


def _answer(claim: Claim, answer: Answer, *, seen: int | None = None, by: Actor = SYSTEM, **found) -> bool:
    """Write the answer, for exactly one of many who do, and tell the member."""
    seen = claim.steps if seen is None else seen
    changes = {"answer": answer, "steps": seen + 1, "answered_at": clock.now(), **found}
    if not Claim.update(changes).where(Claim.id == claim.id, Claim.steps == seen).execute():
        if by is SYSTEM:
            return False  # somebody was faster
        raise Refused(MOVED_ON)
    audit.record(Act.CLAIM_ANSWERED, claim, by, answer=answer)
    if claim.person_id:
        person = Person.get_by_id(claim.person_id)
        notices.tell(person, "claim_answered", f"{claim.id}:{seen + 1}", amount=claim.amount, answer=answer)
    return True


def followed(claim_id: int) -> Claim | None:
    """A visitor's claim that this browser made or looked up by its code a moment ago."""
    return Claim.get_or_none(Claim.id == claim_id, Claim.person.is_null())
