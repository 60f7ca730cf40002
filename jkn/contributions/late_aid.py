"""State aid to class III for months that were paid after the governments' bills of them had been made.

Aid belongs to the paid month of a member of class III (Perpres 64/2020 ps 34). Who was in arrears when a month was
billed, or had not joined yet, had none of it; when they pay it later, the aid stands on the governments' next bill. Not
for a month paid at the whole contribution. As SQL, in chunks of payers, safe to stop and to run again.
"""

from datetime import date

from peewee import Case, Value, fn

from jkn import clock, law
from jkn.calendar import add_months
from jkn.contributions import provinces
from jkn.contributions.models import BillLine, Correction, How, Kind, LateAid, Settlement
from jkn.contributions.others_sql import Step, bill_of, insert_lines
from jkn.contributions.provinces import CENTRAL, government, home
from jkn.db import db
from jkn.members.models import CareClass, Payer, PayerKind

LOOKS_BACK = 12  # months: what was settled since then is looked at


def write_shares(month: date, first: int, last: int) -> int:
    """What governments owe for the months that these families paid late, unless it was billed before; how many rows."""
    if not _paid(month, first, last).exists():
        return 0
    central = government(CENTRAL)
    if bill_of(central, month).exists():
        return 0
    line, before = BillLine.alias(), LateAid.alias()
    in_time = line.select(Value(1)).where(
        line.person == BillLine.person, line.month == BillLine.month, line.kind == Kind.AID
    )
    late = before.select(Value(1)).where(before.person == BillLine.person, before.month == BillLine.month)
    paid = (
        _paid(month, first, last)
        .select(
            BillLine.month.alias("month"),
            BillLine.person.alias("person"),
            Value(month).alias("billed_in"),
            home(Payer).alias("province"),
            _by_law("class3_aid", "central").alias("of_state"),
            _by_law("class3_aid", "regional").alias("of_region"),
        )
        .where(~fn.EXISTS(in_time), ~fn.EXISTS(late))
        .alias("paid")
    )
    shares = provinces.shares(paid, central, provinces.enter(month, first, last), "month", "person", "billed_in")
    fields = (LateAid.payer, LateAid.month, LateAid.person, LateAid.billed_in, LateAid.amount)
    return LateAid.insert_from(shares.bind(db), fields).on_conflict_ignore().as_rowcount().execute()


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


def _paid(month: date, first: int, last: int):
    """The lines of class III on bills before this month that families numbered first to last paid in the last year.

    At the price that has the aid taken off: not a line corrected away, nor one paid at the whole contribution.
    """
    since = clock.start_of(add_months(month, -LOOKS_BACK))
    corrected = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
        Correction.payer == BillLine.payer_id, Correction.month == BillLine.month, Correction.person == BillLine.person
    )
    is_held = (
        (Settlement.payer == BillLine.payer_id)
        & (Settlement.month == BillLine.month)
        & Settlement.reversed_on.is_null()
        & (Settlement.how != How.WAIVED)
        & (Settlement.at >= since)
    )
    return (
        BillLine.select()
        .join(Payer, on=(Payer.id == BillLine.payer_id))
        .join_from(BillLine, Settlement, on=is_held)
        .where(
            Payer.id.between(first, last),
            Payer.kind == PayerKind.FAMILY,
            BillLine.payer_id.between(first, last),
            BillLine.month < month,
            BillLine.kind == Kind.CONTRIBUTION,
            BillLine.care_class == CareClass.III,
            BillLine.aid > 0,
            (corrected == 0) | (BillLine.amount + corrected == _by_law("pbpu_tariff", "class_3")),
        )
    )


def _by_law(table: str, value: str):
    """What a table of the law says for the line's month, as SQL."""
    rows = list(reversed(law.history(table)))
    return Case(None, [(BillLine.month >= row.since, getattr(row, value)) for row in rows], 0)


STEPS = (Step(Payer, write_shares), Step(LateAid, write_lines))
