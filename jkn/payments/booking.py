"""Every way money comes in ends here: booked once for ever, used for what it was meant for, told."""

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import billed, corrections, turns
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
from jkn.payments.owing import NotPayable, Why
from jkn.penalties import billing as penalties
from jkn.penalties.models import Penalty

# a payment -> how much of it was asked back by the payer, or given back to them: told by reconciliation
asked_back: Callable[[int], Rupiah]

GONE = N_("This money is no longer in the account.")


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
    asked_on: date | None = None,
    told: bool = True,
) -> Payment:
    """Money that has arrived; it is never refused, and what buys nothing yet is the payer's credit.

    `months` are those it was meant for, if none before them is open; without them it pays what is owed, when it is
    enough for all of that (of an employer or a government the oldest bills, as far as it goes). The same `source` again
    gives the first payment. The payment's `covers` says which months it settled.

    `asked_on`: a bank asked on this day for just these months. NotPayable, and the caller takes everything back, when
    other months are settled; not while the payer was in a plan, where any amount is of use. `told`: the head of the
    family is told here, and not by the caller.
    """
    source = source or f"{via}:{reference}"
    contributions.take_the_book(payer)
    paid_on = clock.day_of(paid_at)
    payment = Payment.enter(
        payer=payer,
        family_id=payer.family_id,
        number=f"{secrets.randbelow(10**12):012}",
        amount=amount,
        paid_on=paid_on,
        paid_at=paid_at,
        via=via,
        reference=reference,
        source=source,
        purpose=purpose,
        subject=subject,
    )
    if payment is None:
        return Payment.get(Payment.payer == payer, Payment.source == source)
    ledger.book(payer.id, Account.BANK, Account.CREDIT, payment.amount, f"payment:{payment.id}", paid_on)
    settled = _use(payment, months, by, asked_on)
    payment.months = [f"{month:%Y-%m}" for month in settled]
    payment.save(only=[Payment.months])
    audit.record(Act.PAYMENT_RECEIVED, payment, by, via=via, amount=payment.amount)
    if settled:
        penalties.bill_due(payer, clock.today(), by)
    if told:
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
    billed = penalties.reactivations_billed(payer, today)
    reopened = corrections.unsettle(payer, payment.amount, today, by)
    if ledger.credit_of(payer.id) < payment.amount:
        raise Refused(GONE)
    ledger.book(payer.id, Account.CREDIT, Account.BANK, payment.amount, f"reverse:{payment.id}", today)
    audit.record(Act.PAYMENT_REVERSED, payment, by, amount=payment.amount, why=why)
    contributions.use_credit(payer, today, by)
    penalties.withdraw(payer, billed, today, by)
    return reopened


@writing
def recover(payment: Payment, why: str, by: Actor) -> None:
    """The bank takes back money that the payer had from us before: they owe it, and it leaves their credit alone.

    The months that other money paid stay settled. Refused, and still owed, while the credit does not hold it.
    """
    payer, today = payment.payer, clock.today()
    contributions.take_the_book(payer)
    if ledger.credit_of(payer.id) < payment.amount:
        raise Refused(GONE)
    if not Payment.update(reversed_on=today).where(Payment.id == payment.id, Payment.reversed_on.is_null()).execute():
        raise Refused(N_("This payment was reversed before."))
    ledger.book(payer.id, Account.CREDIT, Account.BANK, payment.amount, f"reverse:{payment.id}", today)
    audit.record(Act.PAYMENT_REVERSED, payment, by, amount=payment.amount, why=why)


@writing
def use_waiting(payer: Payer, by: Actor) -> list[date]:
    """Credit that lay waiting and is enough by now is used, as the family's next payment would be."""
    contributions.take_the_book(payer)
    today, now = clock.today(), clock.now()
    if payer.liable_from is None or pot.has_number(payer) or instalments.running(payer, today):
        settled = pot.buy(payer, today, now, by)
    else:
        settled = contributions.use_credit(payer, today, by)
    if settled and (head := members.head_of(payer.family_id)):
        reference = f"{today}.{settled[-1]:%Y-%m}"
        notices.tell(head, "credit_used", reference, count=len(settled), day=today.isoformat())
    return settled


def families_with_credit(numbers: range) -> list[Payer]:
    """The families, of these payers' numbers, whose money has not all been used."""
    rich = ledger.payers_with_credit(numbers[0], numbers[-1])
    return list(Payer.select().where(Payer.id.in_(rich), Payer.kind == PayerKind.FAMILY)) if rich else []


def _use(payment: Payment, months: Sequence[date] | None, by: Actor, asked_on: date | None) -> list[date]:
    payer = payment.payer
    if payment.purpose == Purpose.POT:
        return pot.buy(payer, payment.paid_on, payment.paid_at, by)
    if payment.purpose == Purpose.DEPOSIT:
        return []
    if payment.purpose == Purpose.PENALTY:
        penalties.settle(payment.subject, payment.id, payment.amount, payment.paid_on, by)
        return []
    plan = instalments.running(payer, payment.paid_on)
    if plan:
        settled = instalments.spend(payer, payment.paid_on, payment.paid_at, by)
    else:
        settled = _settle(payment, months, by, whole=asked_on is not None)
    if asked_on and settled != months:
        was_in_plan = plan if asked_on == payment.paid_on else instalments.running(payer, asked_on)
        if not was_in_plan:  # the bill has grown since; or another bank was faster
            raise NotPayable(Why.AMOUNT if contributions.still_open(payer, months) else Why.PAID)
    return settled


def _settle(payment: Payment, months: Sequence[date] | None, by: Actor, whole: bool) -> list[date]:
    """`whole`: all of the months or none, so that nobody has to look which are settled already."""
    payer = payment.payer
    if months is None and payer.family_id is None:
        due = billed.affordable(contributions.owed(payer, payment.paid_on))
        settled = contributions.settle(payer, due, payment.paid_on, payment.paid_at, by)
        return settled + contributions.use_credit(payer, clock.today(), by)
    if months is None:
        return contributions.use_credit(payer, payment.paid_on, by)
    meant = months if whole else contributions.still_open(payer, months)
    if not turns.in_turn(payer, meant, payment.paid_on):
        return contributions.use_credit(payer, payment.paid_on, by)
    bills = contributions.amounts_of(payer, meant)
    cost = contributions.cost_of(payer, meant, bills, payment.paid_on)
    if cost > payment.amount and cost > ledger.credit_of(payer.id):
        return contributions.use_credit(payer, payment.paid_on, by)
    return contributions.settle(payer, meant, payment.paid_on, payment.paid_at, by, bills=bills)


def _tell(payment: Payment) -> None:
    """The head of the family reads it; employers and governments have their statements."""
    if not payment.family_id or not (head := members.head_of(payment.family_id)):
        return
    is_penalty = payment.purpose == Purpose.PENALTY and Penalty.is_paid_by(payment.subject, payment.id)
    notices.tell(
        head,
        "penalty_paid" if is_penalty else "payment_received",
        str(payment.id),
        amount=payment.amount,
        day=payment.paid_on.isoformat(),
        months=payment.months,
        payment=payment.id,
    )
