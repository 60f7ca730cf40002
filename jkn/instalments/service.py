"""Offering plans, joining one, paying it off, leaving it; and telling how it goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jkn import clock, law
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import add_months, first_of_month
from jkn.contributions import holds, rehab
from jkn.contributions import rules as dues
from jkn.contributions import service as contributions
from jkn.contributions.course import Course, End
from jkn.contributions.models import Hold, How
from jkn.contributions.service import MonthOwed, Owed
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.instalments import rules
from jkn.instalments.models import Plan, Variant
from jkn.instalments.rules import Next
from jkn.members import service as members
from jkn.members.models import SELF_PAYING, Payer
from jkn.money import Rupiah
from jkn.notices import service as notices


@dataclass(frozen=True)
class Offer:
    """What a family may choose among on a day; or why it may not."""

    variant: Variant
    months: tuple[MonthOwed, ...]  # in arrears
    plans: tuple[rehab.Plan, ...]
    refused: Refused | None


@dataclass(frozen=True)
class Progress:
    """How a plan goes on a day. `next` is empty once it has ended."""

    plan: Plan
    course: Course
    on: date
    ended: tuple[date, End] | None
    next: Next | None
    paid: Rupiah

    @property
    def is_running(self) -> bool:
        return self.ended is None


def offer(payer: Payer, on: date) -> Offer:
    """Every plan that the law of the day allows the family, the shortest first."""
    shares = contributions.shares_of(payer)
    month = first_of_month(on)
    variant = _variant(payer, shares, on)
    found = contributions.open_months(payer, on, shares).unpaid if payer.liable_from else ()
    months = tuple(contributions.priced(payer, [past for past in found if past < month], shares))
    amounts, moved = [item.amount for item in months], variant == Variant.ALIH
    try:
        rehab.check_eligible(on, len(months), moved)
        most = rehab.most_instalments(on, len(months), moved, sum(amounts))
        running = _running(payer, on, most, shares)
        plans = [rehab.plan(on, amounts, running.__getitem__, count, moved) for count in range(2, most + 1)]
    except Refused as refused:
        return Offer(variant, months, (), refused)
    return Offer(variant, months, tuple(plans), None)


@writing
def join(payer: Payer, instalments: int, by: Actor, key: str) -> Plan:
    """The family agrees to pay its arrears in so many instalments. The same key again is the same plan.

    Its months are billed and held from now on; credit pays whole months at once. Refused when another plan runs, or
    when the law allows no such plan.
    """
    contributions.take_the_book(payer)
    if known := Plan.get_or_none(Plan.payer == payer, Plan.key == key):
        return known
    today = clock.today()
    if running(payer, today):
        raise Refused(N_("Your family already pays in instalments."))
    offered = offer(payer, today)
    chosen = next((plan for plan in offered.plans if plan.instalments == instalments), None)
    if chosen is None:
        basis = law.at(today).rehab.basis
        raise offered.refused or Refused(N_("Choose a number of months from the list."), basis=basis)
    hold = _hold(payer, offered, chosen, today, by)
    plan = Plan.create(
        payer=payer,
        family_id=payer.family_id,
        hold=hold,
        variant=offered.variant,
        per_month=chosen.per_month,
        arrears=chosen.arrears,
        running=chosen.running,
        last_month=add_months(first_of_month(today), instalments - 1),
        basis=chosen.basis[:80],
        key=key,
    )
    audit.record(Act.PLAN_JOINED, plan, by, instalments=instalments, amount=plan.total)
    _tell(plan, "plan_joined", f"{plan.id}", amount=plan.per_month, count=instalments)
    spend(payer, today, clock.now(), by)
    return plan


@writing
def cancel(plan: Plan, by: Actor) -> bool:
    """The family ends its plan; what was paid stays paid, the rest is owed like any arrears. False: it had ended."""
    contributions.take_the_book(plan.payer)
    today = clock.today()
    if not progress(plan, today).is_running:
        return False
    Hold.update(cancelled_on=today).where(Hold.id == plan.hold_id, Hold.cancelled_on.is_null()).execute()
    audit.record(Act.PLAN_CANCELLED, plan, by)
    return True


def running(payer: Payer, on: date, owed: Owed | None = None) -> Progress | None:
    """The plan that runs on a day, if one does. `owed` is what is owed on that day, if the caller knows it."""
    plan = Plan.of_payer(payer.id).where(Hold.since <= on).first()
    if plan is None or (plan.hold.cancelled_on and plan.hold.cancelled_on <= on):
        return None
    found = progress(plan, on, owed)
    return found if found.is_running else None


def progress(plan: Plan, on: date, owed: Owed | None = None) -> Progress:
    """How a plan goes on a day, by what was paid up to it."""
    course = holds.course_of(plan.hold)
    ended = course.ended(on)
    if ended:
        return Progress(plan, course, on, ended, None, course.paid(ended[0]))
    owed = owed or contributions.owed(plan.payer, on)
    return Progress(plan, course, on, None, rules.next_of(course, on, owed.total), course.paid(on))


def changed_by(found: Progress) -> Rupiah:
    """By how much the months of a plan cost more than on the day of joining (or less): it goes into the last one."""
    now = sum(item.amount for item in contributions.priced(found.plan.payer, found.course.months))
    return Rupiah(now - found.course.steps[-1].total)


def spend(payer: Payer, on: date, at: datetime, by: Actor) -> list[date]:
    """Settle whole months of the running plan from credit, the oldest first; the rest waits. In the caller's write."""
    contributions.take_the_book(payer)
    owed = contributions.owed(payer, on)
    count = dues.whole_months([item.amount for item in owed.months], owed.credit)
    settled = contributions.settle(payer, [item.month for item in owed.months[:count]], on, at, by, How.INSTALMENT)
    plan = Plan.of_payer(payer.id).first()
    _tell_end(progress(plan, on))
    return settled


def check(plans: Sequence[Plan], on: date) -> int:
    """Tell families before an instalment is late, and when their plan has ended; how many plans were looked at."""
    for plan in plans:
        _look_after(plan, on)
    return len(plans)


def to_check(on: date, size: int = 500) -> Iterator[list[Plan]]:
    """The plans that may run, or ended of late, in chunks."""
    since, last = add_months(first_of_month(on), -2), 0
    while True:
        rows = Plan.select(Plan, Hold, Payer).join(Hold).switch(Plan).join(Payer)
        chunk = list(rows.where(Plan.last_month >= since, Plan.id > last).order_by(Plan.id).limit(size))
        if not chunk:
            return
        yield chunk
        last = chunk[-1].id


@writing
def _look_after(plan: Plan, on: date) -> None:
    found = progress(plan, on)
    if found.ended:
        _tell_end(found)
    elif rules.is_time_to_remind(found.next.by, on):
        number = found.next.number
        _tell(plan, "plan_reminder", f"{plan.id}.{number}", amount=found.next.amount, day=found.next.by.isoformat())


def _tell_end(found: Progress) -> None:
    if not found.ended:
        return
    day, why = found.ended
    if why == End.COMPLETE:
        _tell(found.plan, "plan_completed", f"{found.plan.id}", day=day.isoformat())
    elif why == End.MISSED and found.on >= day + rules.BELIEVE:
        _tell(found.plan, "plan_missed", f"{found.plan.id}", day=day.isoformat())


def _tell(plan: Plan, name: str, reference: str, **values) -> None:
    people = members.people_of(plan.family_id)
    if people:
        notices.tell(people[0], name, reference, **values)


def _hold(payer: Payer, offered: Offer, chosen: rehab.Plan, on: date, by: Actor) -> Hold:
    """The months of the plan, fixed: those in arrears, and those in which it is paid."""
    paying = [add_months(first_of_month(on), place) for place in range(chosen.instalments)]
    shares = contributions.shares_of(payer)
    prices = _running(payer, on, chosen.instalments, shares)
    own = [] if offered.variant == Variant.ALIH else [month for month in paying if prices[month]]
    months = [item.month for item in offered.months] + own
    contributions.issue_missing(payer, [month for month in months if month <= on], by)
    apart = [prices[month] if chosen.pays_running_apart else Rupiah(0) for month in paying]
    covers = offered.variant == Variant.PBPU and law.at(on).rehab.active_on == "first"
    hold = holds.open_hold(payer, on, months, rules.steps_of(chosen, paying, apart), covers)
    if hold is None:
        raise Refused(N_("Your family already pays in instalments."))
    return hold


def _running(payer: Payer, on: date, count: int, shares: Sequence[dues.Share]) -> dict[date, Rupiah]:
    """What each of so many months, from that of the day, costs the family."""
    paying = [add_months(first_of_month(on), place) for place in range(count)]
    return {item.month: item.amount for item in contributions.priced(payer, paying, shares)}


def _variant(payer: Payer, shares: Sequence[dues.Share], on: date) -> Variant:
    """Alih segmen: nobody is on the family's own bill any more, and somebody is covered in another segment."""
    month = first_of_month(on)
    if any(dues.counts_in(share, month) for share in shares) or not payer.family_id:
        return Variant.PBPU
    spells = members.spells_of([person.id for person in members.people_of(payer.family_id, on)], on)
    moved = any(spell.segment not in SELF_PAYING for spell in spells.values())
    return Variant.ALIH if moved else Variant.PBPU
