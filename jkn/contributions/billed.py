"""What employers and governments owe: the bills that were issued to them and are not settled, oldest first."""

from datetime import date

from peewee import JOIN, Value, fn

from jkn.calendar import add_months, first_of_month
from jkn.contributions import rules
from jkn.contributions.models import Bill, BillLine, Kind, Settlement
from jkn.contributions.rules import OpenMonths, Owed
from jkn.members.models import Payer, PayerKind


def open_months(payer: Payer, on: date) -> OpenMonths:
    """Which billed months are not settled on a day, past or future.

    An employer owes no more months than the cap lets through; a government all of them.
    """
    month = first_of_month(on)
    held = (Settlement.payer == Bill.payer) & (Settlement.month == Bill.month) & Settlement.held_on(on)
    rows = (
        Bill.select(Bill.month, Settlement.settled_on)
        .join(Settlement, JOIN.LEFT_OUTER, on=held)
        .where(Bill.payer == payer, Bill.month <= month)
        .order_by(Bill.month)
    )
    days = dict(rows.tuples())
    settled = {month: day for month, day in days.items() if day}
    lapsed = rules.lapsed_months(list(days), settled, on) if payer.kind == PayerKind.EMPLOYER else []
    unpaid = [month for month in days if month not in settled and month not in lapsed]
    paid_through = add_months(unpaid[0], -1) if unpaid else max(days, default=add_months(month, -1))
    return OpenMonths(tuple(unpaid), tuple(lapsed), paid_through)


def affordable(owed: Owed) -> list[date]:
    """As many of the months, the oldest first, as the credit pays in full."""
    months, left = [], owed.credit
    for item in owed.months:
        if item.amount > left:
            break
        left -= item.amount
        months.append(item.month)
    return months


def oldest_unpaid(payer, on: date):
    """The first month that a payer (a column or a number) had not paid by a day, running months left out; as SQL."""
    bill = Bill.alias()
    held = Settlement.select(Value(1)).where(
        Settlement.payer == bill.payer, Settlement.month == bill.month, Settlement.held_on(on)
    )
    return bill.select(fn.MIN(bill.month)).where(bill.payer == payer, bill.month < first_of_month(on), ~fn.EXISTS(held))


def newest_line_of(person_id: int, on: date) -> BillLine | None:
    """What an employer or a government pays for this person, by the last bill, with the payer's name and kind, and
    whether it `was_paid`.

    None when that bill is older than the month before.
    """
    paid = Settlement.select(Value(1)).where(
        Settlement.payer == BillLine.payer_id, Settlement.month == BillLine.month, Settlement.held_on(on)
    )
    was_paid = fn.EXISTS(paid).alias("was_paid")
    return (
        BillLine.select(BillLine, Payer.name.alias("payer"), Payer.kind.alias("payer_kind"), was_paid)
        .join(Payer, on=(Payer.id == BillLine.payer_id))
        .where(
            BillLine.person == person_id,
            BillLine.kind == Kind.CONTRIBUTION,
            BillLine.month >= add_months(first_of_month(on), -1),
            Payer.family.is_null(),
        )
        .order_by(BillLine.month.desc(), BillLine.id.desc())
        .objects()
        .first()
    )
