"""What is owed, and which months are too old to be. Pure: no database, no request, no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from jkn import law
from jkn.calendar import due_date, first_of_month, months_between, next_month
from jkn.contributions.course import Course, Next
from jkn.money import Rupiah

ONE_DAY = timedelta(days=1)


class Fact(NamedTuple):
    """One line behind "Why?": a label (msgid), its value, and how to write the value (a template filter's name)."""

    label: str
    value: Any
    shown_as: str = ""


class Price(NamedTuple):
    """One person's month: what the member pays, what governments add, and which decree says so."""

    amount: Rupiah
    aid: Rupiah
    basis: str


class Share(NamedTuple):
    """From when until when (exclusive) a person is on a payer's bill, in which class."""

    person_id: int
    care_class: int | None
    since: date
    until: date | None = None
    died_on: date | None = None


class Line(NamedTuple):
    """One person on one month's bill."""

    person_id: int
    care_class: int
    amount: Rupiah
    aid: Rupiah


@dataclass(frozen=True)
class MonthOwed:
    """One month that is not settled: its bill's lines, or what they will be.

    `billed`: what the bill of an employer or a government comes to; its lines are too many to be read.
    """

    month: date
    people: tuple[Line, ...]
    billed: Rupiah | None = None

    @property
    def amount(self) -> Rupiah:
        return Rupiah(sum(line.amount for line in self.people)) if self.billed is None else self.billed


@dataclass(frozen=True)
class Owed:
    """What makes a payer active on a day: the months, oldest first, and the credit that pays part of them.

    `courses`: how the payer's agreements about older months go; None when they were not asked for.
    """

    months: tuple[MonthOwed, ...]
    credit: Rupiah
    is_first: bool
    courses: tuple[Course, ...] | None = None

    @property
    def total(self) -> Rupiah:
        return Rupiah(max(0, sum(month.amount for month in self.months) - self.credit))

    def instalment(self, on: date) -> Next | None:
        """What the agreement that runs on the day asks for next, if one is known to run."""
        running = next((course for course in reversed(self.courses or ()) if course.ended(on) is None), None)
        return running.next_due(on, self.total) if running and self.total else None

    def names(self, person_id: int) -> bool:
        """Is the person on one of these months' bills?"""
        return any(line.person_id == person_id for month in self.months for line in month.people)


@dataclass(frozen=True)
class OpenMonths:
    """The months up to a day that are owed and not settled; those too old to be billed apart."""

    unpaid: tuple[date, ...]
    lapsed: tuple[date, ...]
    paid_through: date
    covered: frozenset[date] = frozenset()  # months being paid off by an agreement that covers meanwhile
    courses: tuple[Course, ...] | None = None  # of agreements, the oldest first; None: not asked for
    paid_ahead: frozenset[date] = frozenset()  # later months that are settled behind an open one


class Held(NamedTuple):
    """Months that an agreement kept from lapsing, from `since` until `until` (exclusive; None: still)."""

    months: frozenset[date]
    since: date
    until: date | None

    def keeps(self, month: date, day: date) -> bool:
        return month in self.months and self.since <= day and (self.until is None or day < self.until)


def price(month: date, care_class: int) -> Price:
    """What one person of a class costs for a month, by the tariff of that month (class III less state aid)."""
    row = law.at(month).pbpu_tariff
    aid = row.aid if care_class == 3 else 0
    return Price(Rupiah(getattr(row, f"class_{int(care_class)}")), Rupiah(aid), row.basis)


def due_on(month: date) -> date:
    """The last day to pay a month: the 10th, or the next working day."""
    return due_date(month, law.at(month).due_day.day)


def first_payment_window(registered_on: date) -> tuple[date, date]:
    """The first and the last day on which a new family can pay its first contribution."""
    row = law.at(registered_on).first_payment
    return registered_on + timedelta(days=row.min_days), registered_on + timedelta(days=row.max_days)


def counts_in(share: Share, month: date) -> bool:
    """Is the person on the bill of the month: covered for a day of it, in a class, and alive when it began."""
    return (
        share.care_class is not None
        and share.since < next_month(month)
        and (share.until is None or share.until > max(month, share.since))
        and (share.died_on is None or share.died_on >= month)
    )


def lines_of(month: date, shares: Iterable[Share]) -> list[Line]:
    """Who is on the month's bill for how much; of two shares of one person the later one counts."""
    last = {
        share.person_id: share for share in sorted(shares, key=lambda share: share.since) if counts_in(share, month)
    }
    lines = []
    for person_id, share in sorted(last.items()):
        amount, aid, _basis = price(month, share.care_class)
        lines.append(Line(person_id, int(share.care_class), amount, aid))
    return lines


def months_owed(first: date, last: date, shares: Sequence[Share]) -> list[date]:
    """The months from `first` to `last`, both included, in which somebody is on the bill."""
    until = next_month(last)
    return [month for month in months_between(first, until) if any(counts_in(share, month) for share in shares)]


def cap_on(day: date) -> int:
    """How many months in arrears are billed, besides the running one."""
    return law.at(day).arrears_cap.months


def lapsed_months(
    months: Sequence[date], settled: Mapping[date, date], on: date, held: Sequence[Held] = ()
) -> list[date]:
    """The months that have once fallen outside the cap, and so never return to a bill.

    `months` are all that were owed, oldest first, `settled` says on which day a month was settled. Each 1st is looked
    at in turn with the cap of its day: what is then too many falls off the old end, for good; not what is `held`.
    """
    gone, unpaid = [], []
    waiting = list(months)
    for first in months_between(next_month(months[0]), next_month(on)) if months else ():
        while waiting and waiting[0] < first:
            unpaid.append(waiting.pop(0))
        unpaid = [month for month in unpaid if month not in settled or settled[month] >= first]
        free = [month for month in unpaid if not any(hold.keeps(month, first) for hold in held)]
        fallen = free[: max(0, len(unpaid) - cap_on(first))]
        gone += fallen
        unpaid = [month for month in unpaid if month not in fallen]
    return [month for month in gone if month not in settled]


def relaxed_months(unpaid: Sequence[date], settled: Mapping[date, date], on: date) -> frozenset[date]:
    """Arrears that do not stop cover for now: in 2020 so many months and the running one were enough for cover.

    Who paid the running month then, with older ones still open, has used that; the rest is owed until `rest_until`
    (Perpres 64/2020 ps 42(3a)(3b)).
    """
    free: frozenset[date] = frozenset()
    for month, settled_on in settled.items():
        rule = law.at(settled_on).arrears_relaxation
        if rule.in_force and month == first_of_month(settled_on) and settled_on <= on <= rule.rest_until:
            free |= {older for older in unpaid if older < month}
    return free


def asked_to_be_active(unpaid: Sequence[date], covered: frozenset[date], on: date) -> list[date]:
    """Of the months that are open, those to be paid so that cover is there on the day: by default all of them."""
    rule, month = law.at(on).arrears_relaxation, first_of_month(on)
    if not rule.in_force:
        return list(unpaid)
    overdue = [past for past in unpaid if past < month and past not in covered]
    return overdue[: rule.arrears_months] + [due for due in unpaid if due >= month]


def paid_until(month: date, settled: Collection[date]) -> date:
    """The last month before one that is not settled, from this month on."""
    while next_month(month) in settled:
        month = next_month(month)
    return month


def whole_months(amounts: Sequence[Rupiah], money: Rupiah) -> int:
    """How many of these months, the oldest first, so much money pays in full."""
    for count, amount in enumerate(amounts):
        if amount > money:
            return count
        money = Rupiah(money - amount)
    return len(amounts)
