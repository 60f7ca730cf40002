"""How an agreement to pay months off goes: what was paid by each month's end decides whether it still runs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from jkn.calendar import first_of_month, last_of_month, next_month
from jkn.money import Rupiah


class Step(NamedTuple):
    """What has to be paid by the end of a month, with all the months before it."""

    month: date
    total: Rupiah


class Paid(NamedTuple):
    """A month was settled for so much on a day, and reversed later, if ever."""

    month: date
    amount: Rupiah
    settled_on: date
    reversed_on: date | None

    def holds(self, day: date) -> bool:
        return self.settled_on <= day and (self.reversed_on is None or self.reversed_on > day)


class Moved(NamedTuple):
    """So much came to the payer's credit on a day (less than nothing: was taken from it)."""

    on: date
    amount: Rupiah


class Next(NamedTuple):
    """The instalment to be paid next: which one, from 1; what is left of it; and the last day to pay it."""

    number: int
    amount: Rupiah
    by: date


class End(StrEnum):
    COMPLETE = "complete"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Course:
    """The agreement over `months`, and what happened to them and to the payer's credit."""

    months: tuple[date, ...]
    steps: tuple[Step, ...]
    since: date
    cancelled_on: date | None
    settled: Sequence[Paid]
    credit: Sequence[Moved]

    def paid(self, day: date) -> Rupiah:
        """Everything paid by the day's end: months of the agreement that are settled, and credit."""
        settled = sum(row.amount for row in self.settled if row.holds(day))
        return Rupiah(settled + sum(move.amount for move in self.credit if move.on <= day))

    def settled_on(self, day: date) -> set[date]:
        return {row.month for row in self.settled if row.holds(day)}

    def ended(self, on: date) -> tuple[date, End] | None:
        """The first day, up to this one, on which it no longer ran, and why; None while it runs."""
        for step in self.steps:
            last = last_of_month(step.month)
            if done := self._completed_by(min(last, on)):
                return done, End.COMPLETE
            if self.cancelled_on and self.cancelled_on <= min(last, on):
                return self.cancelled_on, End.CANCELLED
            if on <= last:
                return None
            if step == self.steps[-1] or self.paid(last) < step.total:
                return next_month(step.month), End.MISSED
        return None

    def next_due(self, on: date, whole: Rupiah) -> Next:
        """`whole` is what would end it on the day: no instalment is more than that, and the last one is that."""
        place = self.next_step(on)
        step = self.steps[place]
        left = whole if step == self.steps[-1] else min(step.total - self.paid(on), whole)
        return Next(place + 1, Rupiah(left), last_of_month(step.month))

    def next_step(self, on: date) -> int:
        """The place, from 0, of the step that is to be paid next."""
        paid = self.paid(on)
        return next((place for place, step in enumerate(self.steps) if paid < step.total), len(self.steps) - 1)

    def _completed_by(self, day: date) -> date | None:
        """When every month of it, up to the running one, was settled."""
        for then in sorted({row.settled_on for row in self.settled if row.settled_on <= day}):
            begun = {month for month in self.months if month <= first_of_month(then)}
            if begun <= self.settled_on(then):
                return then
        return None
