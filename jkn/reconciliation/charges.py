"""The side of wallets, debiting banks and QRIS houses: their lists name our charges, where banks' name notices."""

from datetime import date, datetime, timedelta

from peewee import JOIN

from jkn import clock
from jkn.access import Actor
from jkn.collecting import booking, charging
from jkn.collecting.booking import Finding
from jkn.collecting.models import Charge, ChargeReference, Outcome
from jkn.collecting.rules import Latest
from jkn.errors import N_, Refused
from jkn.members.models import Payer
from jkn.payments.models import Partner, Payment
from jkn.reconciliation.models import Difference, SettlementLine, Stage
from jkn.reconciliation.rules import Outcome as Found


def charge_of(line: SettlementLine) -> Charge | None:
    """The charge under the reference of a provider's line, if it is that provider's."""
    charge = charging.find(line.reference)
    return charge if charge and charge.provider == line.partner.provider else None


def payer_of(line: SettlementLine) -> Payer:
    """Who was asked for this money. Refused for a reference that is none of ours."""
    charge = charge_of(line)
    if charge is None:
        raise Refused(N_("We asked nobody for money under this reference."))
    return Payer.get_by_id(charge.payer_id)


def book(line: SettlementLine, by: Actor) -> Payment | None:
    """The payment of the line's charge, booked as by the provider's notice: should that still come, it finds it booked.

    None when the charge cannot say it: another amount, or its payment was reversed. In the caller's write.
    """
    charge = charge_of(line)
    if charge is None or charge.amount != line.amount:
        return None
    charge = booking.note(charge.id, Finding(Outcome.PAID, Latest.SUCCESS, paid_at=line.paid_at), release=False)
    payment = Payment.get_by_id(charge.payment_id)
    if payment.reversed_on:
        return None
    SettlementLine.update(payment=payment).where(SettlementLine.id == line.id).execute()
    return payment


def not_listed(partner: Partner, day: date):
    """Payments of charges that the provider took on a day, as it told us, and which stand in none of its lists."""
    begins, ends = clock.start_of(day), clock.start_of(day + timedelta(days=1))
    listed = (
        (SettlementLine.partner == partner)
        & (SettlementLine.reference == Charge.reference)
        & ~SettlementLine.is_taken_back
    )
    return (
        Charge.select(Payment.id)
        .join(Payment)
        .switch(Charge)
        .join(SettlementLine, JOIN.LEFT_OUTER, on=listed)
        .where(
            Charge.provider == partner.provider,
            Charge.closed_at >= begins,
            Payment.paid_at >= begins,
            Payment.paid_at < ends,
            Payment.reversed_on.is_null(),
            SettlementLine.id.is_null(),
        )
    )


def booked_since(partner: Partner):
    """Differences of lines whose charge was paid in the meantime, each with the payment as `held`."""
    return (
        _with_charges(Difference.select(Difference, Payment.id.alias("held")).join(SettlementLine))
        .where(
            Difference.partner == partner,
            Charge.provider == partner.provider,
            Difference.stage != Stage.CLOSED,
            Difference.kind.in_([Found.MISSING_HERE, Found.UNKNOWN_NUMBER]),
            Payment.reversed_on.is_null(),
            Payment.amount == SettlementLine.amount,
        )
        .objects()
    )


def booked_late(partner: Partner, since: datetime | None):
    """(line, day, payment) of what the provider had given back before we heard that it was paid."""
    rows = SettlementLine.select(SettlementLine.id, SettlementLine.paid_on, Payment.id)
    rows = _with_charges(rows).where(
        SettlementLine.partner == partner,
        Charge.provider == partner.provider,
        SettlementLine.is_taken_back,
        SettlementLine.outcome == Found.REVERSED,
        Payment.reversed_on.is_null(),
    )
    return rows.where(Charge.closed_at >= since) if since else rows


def _with_charges(lines):
    """Lines joined with what was asked under their references, and paid."""
    named = ChargeReference.reference == SettlementLine.reference
    return lines.join(ChargeReference, on=named).join(Charge).join(Payment)
