"""Offering plans, joining one, paying it off, leaving it; and telling how it goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from jkn import clock, law
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import add_months, first_of_month
from jkn.contributions import holds, rehab
from jkn.contributions import rules as dues
from jkn.contributions import service as contributions
from jkn.contributions.course import Course, End, Next
from jkn.contributions.models import Hold, How
from jkn.contributions.rules import OpenMonths
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.instalments import rules
from jkn.instalments.models import Plan, Variant
from jkn.members import service as members
from jkn.members.models import SELF_PAYING, Payer, Spell, Stay
from jkn.money import Rupiah
from jkn.notices import service as notices


@dataclass(frozen=True)
class Offer:
    """What a family may choose among on a day; or why it may not. `whole` pays everything at once."""

    variant: Variant
    months: tuple[date, ...]  # in arrears
    plans: tuple[rehab.Plan, ...] = ()
    whole: Rupiah = Rupiah(0)
    refused: Refused | None = None


@dataclass(frozen=True)
class Progress:
    """How a plan goes on a day. `next` is empty once it has ended, or where nobody asked.

    `changed`: by how much its months cost more than on the day of joining (or less); the last instalment takes it up.
    """

    plan: Plan
    course: Course
    on: date
    ended: tuple[date, End] | None
    paid: Rupiah
    next: Next | None = None
    changed: Rupiah = Rupiah(0)

    @property
    def is_running(self) -> bool:
        return self.ended is None


@dataclass(frozen=True)
class Looked:
    """Who is on a family's bill and which months are open on a day: read once for all that a page asks."""

    shares: Sequence[dues.Share]
    open: OpenMonths


def look(payer: Payer, on: date) -> Looked:
    shares = contributions.shares_of(payer)
    if payer.liable_from is None:
        return Looked(shares, OpenMonths((), (), first_of_month(on)))
    return Looked(shares, contributions.open_months(payer, on, shares))


def offer(payer: Payer, on: date, looked: Looked | None = None) -> Offer:
    """Every plan that the law of the day allows the family, the shortest first."""
    looked = looked or look(payer, on)
    shares, unpaid = looked.shares, looked.open.unpaid
    variant, month = _variant(payer, shares, on), first_of_month(on)
    past, moved = tuple(each for each in unpaid if each < month), variant == Variant.ALIH
    try:
        rehab.check_eligible(on, len(past), moved)
    except Refused as refused:
        return Offer(variant, past, refused=refused)
    paying = _months_from(month, law.at(on).rehab.most_instalments)
    prices = _prices(payer, [*past, *paying], shares, on)
    owed = [prices[each] for each in past]
    most = rehab.most_instalments(on, len(past), moved, sum(owed))
    plans = [rehab.plan(on, owed, prices.__getitem__, count, moved) for count in range(2, most + 1)]
    whole = sum(prices[each] for each in unpaid) - contributions.credit_of(payer, looked.open)
    return Offer(variant, past, tuple(plans), Rupiah(whole))


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
    if not so_far(plan, today).is_running:
        return False
    Hold.update(cancelled_on=today).where(Hold.id == plan.hold_id, Hold.cancelled_on.is_null()).execute()
    audit.record(Act.PLAN_CANCELLED, plan, by)
    return True


def running(payer: Payer, on: date) -> Progress | None:
    """The plan that runs on a day, if one does."""
    in_time = Hold.since <= on, Plan.last_month >= first_of_month(on)
    plan = Plan.of_payer(payer.id).where(*in_time).first()
    if plan is None or (plan.hold.cancelled_on and plan.hold.cancelled_on <= on):
        return None
    plan.payer = payer
    found = progress(plan, on)
    return found if found.is_running else None


def progress(plan: Plan, on: date, looked: Looked | None = None) -> Progress:
    """How a plan goes, and what is asked next."""
    courses = looked.open.courses if looked else None
    found = _so_far(plan, courses[plan.hold.turn], looked.shares, on) if courses else so_far(plan, on)
    if found.ended:
        return found
    whole, changed = _whole_and_changed(plan, found.course, looked or look(plan.payer, on), on)
    return replace(found, next=found.course.next_due(on, Rupiah(whole)), changed=Rupiah(changed))


def so_far(plan: Plan, on: date) -> Progress:
    """What was paid up to a day, and whether the plan has ended: fewer questions than progress()."""
    return _so_far(plan, holds.course_of(plan.hold), contributions.shares_of(plan.payer), on)


def _so_far(plan: Plan, course: Course, shares: Sequence[dues.Share], on: date) -> Progress:
    course = _of_months_owed(course, shares)
    ended = course.ended(on)
    return Progress(plan, course, on, ended, course.paid(ended[0] if ended else on))


def _of_months_owed(course: Course, shares: Sequence[dues.Share]) -> Course:
    """Without the months for which nobody is on the family's bill any more: they need no paying to complete it."""
    settled = {row.month for row in course.settled}
    owed = (month for month in course.months if month in settled or any(dues.counts_in(each, month) for each in shares))
    return replace(course, months=tuple(owed))


def _whole_and_changed(plan: Plan, course: Course, looked: Looked, on: date) -> tuple[int, int]:
    """What would pay everything on the day, and by how much the plan's months changed."""
    unpaid = looked.open.unpaid
    prices = _prices(plan.payer, sorted({*unpaid, *course.months}), looked.shares, on)
    credit = sum(move.amount for move in course.credit)
    whole = max(0, sum(prices[month] for month in unpaid) - credit)
    return whole, sum(prices[month] for month in course.months) - course.steps[-1].total


def spend(payer: Payer, on: date, at: datetime, by: Actor) -> list[date]:
    """Settle whole months of the running plan from credit, the oldest first; the rest waits. In the caller's write."""
    contributions.take_the_book(payer)
    owed = contributions.owed(payer, on)
    count = dues.whole_months([item.amount for item in owed.months], owed.credit)
    settled = contributions.settle(payer, [item.month for item in owed.months[:count]], on, at, by, How.INSTALMENT)
    plan = Plan.of_payer(payer.id).first()
    _tell_end(so_far(plan, on))
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
    paying = _months_from(first_of_month(on), chosen.instalments)
    prices = _prices(payer, paying, contributions.shares_of(payer), on)
    own = [] if offered.variant == Variant.ALIH else [month for month in paying if prices[month]]
    months = [*offered.months, *own]
    contributions.issue_missing(payer, [month for month in months if month <= on], by)
    apart = [prices[month] if chosen.pays_running_apart else Rupiah(0) for month in paying]
    covers = offered.variant == Variant.PBPU and law.at(on).rehab.active_on == "first"
    hold = holds.open_hold(payer, on, months, rules.steps_of(chosen, paying, apart), covers)
    if hold is None:
        raise Refused(N_("Your family already pays in instalments."))
    return hold


def _months_from(month: date, count: int) -> list[date]:
    return [add_months(month, place) for place in range(count)]


def _prices(payer: Payer, months: Sequence[date], shares: Sequence[dues.Share], on: date) -> dict[date, Rupiah]:
    """What each month costs the family on a day: as billed, or by the rule."""
    return {item.month: item.amount for item in contributions.priced(payer, months, shares, on)}


def _variant(payer: Payer, shares: Sequence[dues.Share], on: date) -> Variant:
    """Alih segmen: nobody is on the family's own bill any more, and somebody is covered in another segment."""
    month = first_of_month(on)
    if any(dues.counts_in(share, month) for share in shares) or not payer.family_id:
        return Variant.PBPU
    moved = (
        Spell.select()
        .join(Stay, on=(Stay.person == Spell.person))
        .where(Stay.family == payer.family_id, Stay.until.is_null(), Spell.open_on(on))
        .where(Spell.segment.not_in(SELF_PAYING))
        .exists()
    )
    return Variant.ALIH if moved else Variant.PBPU
