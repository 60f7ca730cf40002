"""When cover came back after arrears were paid, and how many months that took: where a penalty's window begins.

Derived from settlements, for any day (domain: 4.3, 4.4).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from jkn.calendar import first_of_month
from jkn.contributions import holds, rules, service
from jkn.contributions.models import Bill, Hold, How, Settlement
from jkn.contributions.rules import ONE_DAY, Share
from jkn.contributions.standing import State, standing_on
from jkn.ledger.models import Account, Movement
from jkn.members.models import Payer, PayerKind


class Reactivation(NamedTuple):
    """On `day` a suspended payer's cover came back; `months` in arrears were settled for it, not the running one."""

    day: date
    months: int


class Held(NamedTuple):
    """A month was settled from `since` until `until` (exclusive; None: still); `was_waived`: by law, not by money.

    `was_running`: as a contribution that the instalments of a plan contain, not as one of the arrears it pays off.
    """

    month: date
    since: date
    until: date | None = None
    was_waived: bool = False
    was_running: bool = False


def find(months: Sequence[date], held: Iterable[Held], on: date) -> list[Reactivation]:
    """Every day up to `on` on which a settlement ended a suspension, oldest first. Pure.

    `months` are all that were owed up to that day, oldest first. Months settled one by one, as in an instalment plan,
    count towards the reactivation they lead to; waived ones never do, nor does a month settled before it had ended, nor
    one that a plan contains as the running contribution: its instalments pay that in time (domain 4.6).
    """
    facts = [fact for fact in held if fact.since <= on]
    found: list[Reactivation] = []
    paid: set[date] = set()  # months in arrears that were settled since the payer was suspended
    for day in sorted({fact.since for fact in facts}):
        if not _is_suspended(months, _settled(facts, day - ONE_DAY), day):
            paid = set()
            continue
        after = _settled(facts, day)
        paid |= {fact.month for fact in facts if fact.since == day and not (fact.was_waived or fact.was_running)}
        paid = {month for month in paid if month in after and month < first_of_month(after[month])}
        if not _is_suspended(months, after, day):
            rest = rules.relaxed_months([month for month in months if month not in after], after, day)
            found += [Reactivation(day, len(paid | rest))] if paid else []
            paid = set()
    return found


def reactivations(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> list[Reactivation]:
    """Every reactivation of the payer up to a day, oldest first; `shares` as contributions.service.shares_of()."""
    if not _may_owe(payer):
        return []
    held, _plans = _held(payer, on)
    return find(_months_owed(payer, on, shares), held, on) if held else []


def last_reactivation(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> Reactivation | None:
    """The newest one up to a day."""
    return next(reversed(reactivations(payer, on, shares)), None)


def if_paid(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> Reactivation | None:
    """The reactivation that paying everything on this day would be; None for who is not suspended."""
    if not _may_owe(payer):
        return None
    (held, plans), months = _held(payer, on), _months_owed(payer, on, shares)
    settled = _settled(held, on)
    if not _is_suspended(months, settled, on):
        return None
    lapsed = rules.lapsed_months(months, settled, on)
    plan = plans[-1].since if plans and holds.runs(plans[-1], on) else None
    unpaid = [month for month in months if month not in settled and month not in lapsed]
    held += [Held(month, on, was_running=_is_running(month, plan)) for month in unpaid]
    found = find(months, [*held, *(Held(month, on, was_waived=True) for month in lapsed)], on)
    return found[-1] if found and found[-1].day == on else None


def _may_owe(payer: Payer) -> bool:
    """A family is liable from its first payment on, an employer from its first bill; governments pay no penalty."""
    return payer.kind == PayerKind.EMPLOYER or payer.liable_from is not None


def _held(payer: Payer, on: date) -> tuple[list[Held], list[Hold]]:
    """What was settled up to a day, and the plans that settled any of it.

    A plan that has settled nothing is in its first month: its running month has not ended, and never counts.
    """
    columns = Settlement.month, Settlement.settled_on, Settlement.reversed_on, Settlement.how
    rows = Settlement.select(*columns).where(Settlement.payer == payer, Settlement.settled_on <= on)
    rows = list((rows.where(Settlement.month >= payer.liable_from) if payer.liable_from else rows).tuples())
    plans = holds.agreements_of(payer) if any(how == How.INSTALMENT for *_days, how in rows) else []
    undone = _bounced_days(payer, on) if any(until for _month, _since, until, _how in rows) else set()
    held = []
    for month, since, until, how in rows:
        if until in undone:
            continue
        began = [plan.since for plan in plans if plan.since <= since] if how == How.INSTALMENT else []
        held.append(Held(month, since, until, how == How.WAIVED, _is_running(month, began[-1] if began else None)))
    return held, plans


def _bounced_days(payer: Payer, on: date) -> set[date]:
    """Days up to this one on which a payment was reversed: what months it had settled were never paid for."""
    bounced = Movement.debit == Account.CREDIT, Movement.credit == Account.BANK, Movement.booked_on <= on
    return {day for (day,) in Movement.select(Movement.booked_on).where(Movement.payer == payer, *bounced).tuples()}


def _is_running(month: date, plan: date | None) -> bool:
    """Is it a month in which the plan that began on a day is paid, and not one of those it pays off?"""
    return plan is not None and month >= first_of_month(plan)


def _months_owed(payer: Payer, on: date, shares: Sequence[Share] | None) -> list[date]:
    """A family owes a month in which somebody is on its bill; an employer or a government, one that was billed."""
    if payer.family_id:
        shares = service.shares_of(payer) if shares is None else shares
        return rules.months_owed(payer.liable_from, first_of_month(on), shares)
    billed = Bill.select(Bill.month).where(Bill.payer == payer, Bill.month <= on)
    return [month for (month,) in billed.order_by(Bill.month).tuples()]


def _settled(facts: Iterable[Held], day: date) -> dict[date, date]:
    """Which months are settled when the day ends, and since when."""
    return {fact.month: fact.since for fact in facts if fact.since <= day and (fact.until is None or fact.until > day)}


def _is_suspended(months: Sequence[date], settled: dict[date, date], day: date) -> bool:
    """Is the payer suspended on the day, with so much settled?"""
    known = [month for month in months if month <= day]
    lapsed = rules.lapsed_months(known, settled, day)
    unpaid = [month for month in known if month not in settled and month not in lapsed]
    relaxed = rules.relaxed_months(unpaid, settled, day)
    stops = [month for month in unpaid if month not in relaxed]
    return standing_on(day, stops, lapsed, day).state == State.SUSPENDED
