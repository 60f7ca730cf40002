"""Months that a family paid ahead for people whom an employer covers by now: their part is credit again (domain: 3.1).

From the first month that the employer has paid: until then what the family paid stays where it is, so that nobody loses
cover by the change.
"""

from datetime import date

from peewee import Value, fn

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.calendar import add_months, first_of_month
from jkn.contributions import corrections
from jkn.contributions.models import BillLine, Correction, How, Reason, Settlement
from jkn.db import writing
from jkn.members.models import EMPLOYED, SELF_PAYING, Payer, PayerKind, Spell

LOOKS_BACK = 13  # months in which somebody began to be covered by an employer: no month is paid further ahead


def release(employers: range, by: Actor = SYSTEM) -> int:
    """Take off families' bills whom the employers of these numbers have paid for; how many families were corrected."""
    return sum(_release(payer, month, by) for payer, month in _paid_twice(employers[0], employers[-1]).items())


@writing
def _release(payer_id: int, since: date, by: Actor) -> bool:
    payer = Payer.get_by_id(payer_id)
    corrections.lapse_for_good(payer, clock.today())
    return bool(corrections.correct(payer, since, Reason.CHANGE, by))


def _paid_twice(first: int, last: int) -> dict[int, date]:
    """Families on whose bills somebody stands whom such an employer has paid for, each with the first such month."""
    began = add_months(first_of_month(clock.today()), -LOOKS_BACK)
    own, family = Spell.alias(), Payer.alias()
    by_employer = Settlement.select(Value(1)).where(
        Settlement.payer == Spell.payer,
        Settlement.month >= Spell.since,
        Settlement.month <= BillLine.month,
        Settlement.reversed_on.is_null(),
        Settlement.how != How.WAIVED,
    )
    still_own = own.select(Value(1)).where(
        own.person == BillLine.person,
        own.payer == BillLine.payer_id,
        own.segment.in_(SELF_PAYING),
        own.since <= BillLine.month,
        own.until.is_null() | (own.until > BillLine.month),
    )
    corrected = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
        Correction.payer == BillLine.payer_id, Correction.month == BillLine.month, Correction.person == BillLine.person
    )
    rows = (
        Spell.select(BillLine.payer_id, fn.MIN(BillLine.month))
        .join(BillLine, on=(BillLine.person == Spell.person))
        .join(family, on=(family.id == BillLine.payer_id))
        .where(
            Spell.payer.between(first, last),
            Spell.segment.in_(EMPLOYED),
            Spell.since >= began,
            BillLine.month >= Spell.since,
            Spell.until.is_null() | (Spell.until > BillLine.month),
            family.kind == PayerKind.FAMILY,
            BillLine.amount + corrected > 0,
            fn.EXISTS(by_employer),
            ~fn.EXISTS(still_own),
        )
        .group_by(BillLine.payer_id)
        .order_by(BillLine.payer_id)
    )
    return {payer: BillLine.month.python_value(month) for payer, month in rows.tuples()}
