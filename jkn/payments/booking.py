"""Every way money comes in ends here: booked once for ever, used for what it was meant for, told."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import billed, corrections
from jkn.contributions import service as contributions
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.instalments import service as instalments
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members import service as members
from jkn.members.models import Payer, PayerKind
from jkn.money import Rupiah
from jkn.notices import service as notices
from jkn.payments import pot
from jkn.payments.models import Payment, Purpose
from jkn.penalties import billing as penalties
from jkn.penalties.models import Penalty


@writing
def take(
    payer: Payer,
    amount: Rupiah,
    via: str,
    reference: str,
    paid_at: datetime,
    by: Actor,
    months: Sequence[date] | None = None,
    *,
    source: str | None = None,
    purpose: Purpose = Purpose.BILL,
    subject: int = 0,
) -> Payment:
    """Money that has arrived; it is never refused, and what buys nothing yet is the payer's credit.

    `months` are those it was meant for; without them it pays what is owed, when it is enough for all of that (of an
    employer or a government the oldest bills, as far as it goes). The same `source` again gives the first payment. The
    payment's `covers` says which months it settled.
    """
    source = source or f"{via}:{reference}"
    known = Payment.get_or_none(Payment.payer == payer, Payment.source == source)
    if known:
        return known
    contributions.take_the_book(payer)
    paid_on = clock.day_of(paid_at)
    row = {
        "payer": payer,
        "family_id": payer.family_id,
        "number": f"{secrets.randbelow(10**12):012}",
        "amount": amount,
        "paid_on": paid_on,
        "paid_at": paid_at,
        "received_at": clock.now(),
        "via": via,
        "reference": reference,
        "source": source,
        "purpose": purpose,
        "subject": subject,
        "months": [],
    }
    if not Payment.insert(**row).on_conflict_ignore().as_rowcount().execute():
        return Payment.get(Payment.payer == payer, Payment.source == source)
    payment = Payment.get(Payment.payer == payer, Payment.source == source)
    ledger.book(payer.id, Account.BANK, Account.CREDIT, payment.amount, f"payment:{payment.id}", paid_on)
    settled = _use(payment, months, by)
    payment.months = [f"{month:%Y-%m}" for month in settled]
    payment.save(only=[Payment.months])
    audit.record(Act.PAYMENT_RECEIVED, payment, by, via=via, amount=payment.amount)
    if settled:
        penalties.bill_due(payer, clock.today(), by)
    _tell(payment)
    return payment


@writing
def reverse(payment: Payment, why: str, by: Actor) -> list[date]:
    """The bank takes the money back (wrong account, its own mistake): the months it may have paid are open again.

    Refused when it was reversed before, or when the money was given back in another way.
    """
    payer, today = payment.payer, clock.today()
    contributions.take_the_book(payer)
    if not Payment.update(reversed_on=today).where(Payment.id == payment.id, Payment.reversed_on.is_null()).execute():
        raise Refused(N_("This payment was reversed before."))
    if payment.purpose == Purpose.PENALTY:
        penalties.reopen(payment.subject, payment.id, today, by)
    reopened = corrections.unsettle(payer, payment.amount, today, by)
    if ledger.credit_of(payer.id) < payment.amount:
        raise Refused(N_("This money is no longer in the account."))
    ledger.book(payer.id, Account.CREDIT, Account.BANK, payment.amount, f"reverse:{payment.id}", today)
    audit.record(Act.PAYMENT_REVERSED, payment, by, amount=payment.amount, why=why)
    contributions.use_credit(payer, today, by)
    return reopened


@writing
def use_waiting(payer: Payer, by: Actor) -> list[date]:
    """Credit that lay waiting and is enough by now is used, as the family's next payment would be."""
    contributions.take_the_book(payer)
    today, now = clock.today(), clock.now()
    if payer.liable_from is None or pot.has_number(payer) or instalments.running(payer, today):
        settled = pot.buy(payer, today, now, by)
    else:
        settled = contributions.use_credit(payer, today, by)
    people = members.people_of(payer.family_id)
    if settled and people:
        reference = f"{today}.{settled[-1]:%Y-%m}"
        notices.tell(people[0], "credit_used", reference, count=len(settled), day=today.isoformat())
    return settled


def families_with_credit(numbers: range) -> list[Payer]:
    """The families, of these payers' numbers, whose money has not all been used."""
    rich = ledger.payers_with_credit(numbers[0], numbers[-1])
    return list(Payer.select().where(Payer.id.in_(rich), Payer.kind == PayerKind.FAMILY)) if rich else []


def _use(payment: Payment, months: Sequence[date] | None, by: Actor) -> list[date]:
    payer = payment.payer
    if payment.purpose == Purpose.POT:
        return pot.buy(payer, payment.paid_on, payment.paid_at, by)
    if payment.purpose == Purpose.PENALTY:
        penalties.settle(payment.subject, payment.id, payment.amount, payment.paid_on, by)
        return []
    if instalments.running(payer, payment.paid_on):
        return instalments.spend(payer, payment.paid_on, payment.paid_at, by)
    if months is None and payer.family_id is None:
        due = billed.affordable(contributions.owed(payer, payment.paid_on))
        settled = contributions.settle(payer, due, payment.paid_on, payment.paid_at, by)
        return settled + contributions.use_credit(payer, clock.today(), by)
    if months is None:
        return contributions.use_credit(payer, payment.paid_on, by)
    open_still = contributions.still_open(payer, months)
    cost = sum(item.amount for item in contributions.priced(payer, open_still, on=payment.paid_on))
    if cost > ledger.credit_of(payer.id):
        return contributions.use_credit(payer, payment.paid_on, by)
    return contributions.settle(payer, open_still, payment.paid_on, payment.paid_at, by)


def _tell(payment: Payment) -> None:
    """The head of the family reads it; employers and governments have their statements."""
    if not payment.family_id or not (people := members.people_of(payment.family_id)):
        return
    is_penalty = payment.purpose == Purpose.PENALTY and Penalty.is_paid_by(payment.subject, payment.id)
    notices.tell(
        people[0],
        "penalty_paid" if is_penalty else "payment_received",
        str(payment.id),
        amount=payment.amount,
        day=payment.paid_on.isoformat(),
        months=payment.months,
        payment=payment.id,
    )
