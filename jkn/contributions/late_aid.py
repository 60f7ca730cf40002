"""State aid to class III for months that were paid after the governments' bills of them had been made.

Aid belongs to the paid month of a member of class III (Perpres 64/2020 ps 34). Who was in arrears when a month was
billed, or had not joined yet, had none of it; when they pay it later, the aid stands on the governments' next bill. Not
for a month paid at the whole contribution. As SQL, in chunks of payers, safe to stop and to run again.
"""

from datetime import date

from peewee import Case, Value, fn

from jkn import clock, law
from jkn.calendar import add_months
from jkn.contributions.models import BillLine, Correction, How, Kind, LateAid, Settlement
from jkn.contributions.others_sql import (
    CENTRAL,
    Step,
    bill_of,
    bill_of_province,
    enter_provinces,
    government,
    insert_lines,
    is_province,
)
from jkn.members.models import CareClass, Family, Payer

LOOKS_BACK = 12  # months: what was settled since then is looked at


def write_shares(month: date, first: int, last: int) -> int:
    """What governments owe for the months that these families paid late, unless it was billed before; how many rows."""
    if not _paid(month, first, last).exists():
        return 0
    central, payer = government(CENTRAL), Payer.alias()
    if bill_of(central, month).exists():
        return 0
    enter_provinces(first, last)
    of_state, of_region = _by_law("class3_aid", "central"), _by_law("class3_aid", "regional")
    whole = Case(None, [(Family.village_code.is_null(), of_state + of_region)], of_state)
    line, before = BillLine.alias(), LateAid.alias()
    in_time = line.select(Value(1)).where(
        line.person == BillLine.person, line.month == BillLine.month, line.kind == Kind.AID
    )
    late = before.select(Value(1)).where(before.person == BillLine.person, before.month == BillLine.month)
    open_still = ~fn.EXISTS(in_time) & ~fn.EXISTS(late) & ~fn.EXISTS(bill_of_province(month))
    own = (BillLine.month, BillLine.person)
    state = _paid(month, first, last).select(Value(central), *own, whole, Value(month)).where(whole > 0, open_still)
    region = _paid(month, first, last).select(payer.id, *own, of_region, Value(month))
    region = region.join_from(Family, payer, on=is_province(payer)).where(of_region > 0, open_still)
    fields = (LateAid.payer, LateAid.month, LateAid.person, LateAid.amount, LateAid.billed_in)
    return LateAid.insert_from(state + region, fields).on_conflict_ignore().as_rowcount().execute()


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
        .join(Family, on=(Family.id == Payer.family))
        .join_from(BillLine, Settlement, on=is_held)
        .where(
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
