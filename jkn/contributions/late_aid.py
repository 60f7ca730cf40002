"""State aid to class III for months that were paid after the governments' bills of them had been made.

Aid belongs to the paid month of a member of class III (Perpres 64/2020 ps 34). Who was in arrears when a month was
billed, or had not joined yet, had none of it; when they pay it later, the aid stands on the governments' next bill. Not
for a month paid at the whole contribution. As SQL, in chunks of payers, safe to stop and to run again.
"""

from datetime import date

from peewee import JOIN, Case, Value, fn

from jkn import clock, law
from jkn.calendar import add_months
from jkn.contributions import provinces
from jkn.contributions.models import Bill, BillLine, Correction, How, Kind, LateAid, Settlement
from jkn.contributions.others_sql import Step, bill_of, insert_lines
from jkn.contributions.provinces import CENTRAL, government, home
from jkn.db import db
from jkn.members.models import CareClass, Payer, PayerKind

LOOKS_BACK = 12  # months: what was settled since then is looked at before there are bills
BILLS_BACK = 2  # one run may have missed what was paid while it ran; the one before it has not


def write_shares(month: date, first: int, last: int) -> int:
    """What governments owe for the months that these families paid late, unless it was billed before; how many rows."""
    news = (Settlement.payer.between(first, last), Settlement.month < month, *_is_news(month))
    months = [paid for (paid,) in Settlement.select(Settlement.month).where(*news).distinct().tuples()]
    paid = _paid(first, last, months).where(*news)
    if not months or not paid.exists():
        return 0
    central = government(CENTRAL)
    if bill_of(central, month).exists():
        return 0
    line, before = BillLine.alias(), LateAid.alias()
    # The central government has a share of each; by its number a look reads one row, not a person's years.
    in_time = line.select(Value(1)).where(
        line.payer_id == central,
        line.month == BillLine.month,
        line.person == BillLine.person,
        line.kind == Kind.AID,
    )
    late = before.select(Value(1)).where(
        before.payer == central, before.month == BillLine.month, before.person == BillLine.person
    )
    billed = (
        paid.select(
            BillLine.month.alias("month"),
            BillLine.person.alias("person"),
            Value(month).alias("billed_in"),
            home(Payer).alias("province"),
            _by_law("class3_aid", "central").alias("of_state"),
            _by_law("class3_aid", "regional").alias("of_region"),
        )
        .where(~fn.EXISTS(in_time), ~fn.EXISTS(late))
        .cte("billed", materialized=True)
    )
    shares = provinces.shares(billed, central, provinces.enter(month, first, last), "month", "person", "billed_in")
    fields = (LateAid.payer, LateAid.month, LateAid.person, LateAid.billed_in, LateAid.amount)
    return LateAid.insert_from(shares.with_cte(billed).bind(db), fields).on_conflict_ignore().as_rowcount().execute()


def write_lines(month: date, first: int, last: int) -> int:
    """A line on the month's bill for each person of these shares, over all the shares they have on it."""
    every = LateAid.alias()
    total = every.select(fn.SUM(every.amount)).where(
        every.payer == LateAid.payer, every.billed_in == month, every.person == LateAid.person
    )
    late = (
        LateAid.select(LateAid.payer.alias("payer"), LateAid.person.alias("person"), total.alias("total"))
        .where(LateAid.id.between(first, last), LateAid.billed_in == month, ~fn.EXISTS(bill_of(LateAid.payer, month)))
        .distinct()
        .alias("late")
    )
    return insert_lines(late, month, Kind.LATE_AID, Value(CareClass.III.value), late.c.total)


def _paid(first: int, last: int, months: list[date]):
    """The lines of class III on these months' bills of families numbered first to last that are settled.

    At the price that has the aid taken off: not a line corrected away, nor one paid at the whole contribution.
    """
    corrected = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
        Correction.payer == BillLine.payer_id, Correction.month == BillLine.month, Correction.person == BillLine.person
    )
    return (
        Settlement.select()
        .join(BillLine, JOIN.CROSS)  # SQLite then reads the few settlements first, not the lines of years
        .join_from(BillLine, Payer, on=(Payer.id == BillLine.payer_id))
        .where(
            Payer.id.between(first, last),
            Payer.kind == PayerKind.FAMILY,
            BillLine.payer_id.between(first, last),
            BillLine.payer_id == Settlement.payer,
            BillLine.month == Settlement.month,
            BillLine.month.in_(months),
            BillLine.kind == Kind.CONTRIBUTION,
            BillLine.care_class == CareClass.III,
            BillLine.aid > 0,
            (corrected == 0) | (BillLine.amount + corrected == _by_law("pbpu_tariff", "class_3")),
        )
    )


def _is_news(month: date) -> tuple:
    """What is paid, and the bills of the months before may not have looked at: conditions on Settlement."""
    bills = Bill.select(Bill.issued_at).join(Payer).where(Payer.kind == PayerKind.GOVERNMENT, Payer.code == CENTRAL)
    issued = [at for (at,) in bills.where(Bill.month < month).order_by(Bill.month.desc()).limit(BILLS_BACK).tuples()]
    since = min(issued) if len(issued) == BILLS_BACK else clock.start_of(add_months(month, -LOOKS_BACK))
    recent = (Settlement.at >= since) | (Settlement.month >= add_months(month, -BILLS_BACK))
    return Settlement.reversed_on.is_null(), Settlement.how != How.WAIVED, recent


def _by_law(table: str, value: str):
    """What a table of the law says for the line's month, as SQL."""
    rows = list(reversed(law.history(table)))
    return Case(None, [(BillLine.month >= row.since, getattr(row, value)) for row in rows], 0)


STEPS = (Step(Payer, write_shares), Step(LateAid, write_lines))
