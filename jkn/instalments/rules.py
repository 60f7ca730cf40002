"""What is asked next of a plan, and when it is said. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from jkn.calendar import last_of_month
from jkn.contributions.course import Course, Step
from jkn.contributions.rehab import Plan
from jkn.money import Rupiah

REMIND = timedelta(days=7)  # before the last day to pay an instalment
BELIEVE = timedelta(days=1)  # a bank may tell us so late that it was paid in time


class Next(NamedTuple):
    """The instalment to be paid next: which one, from 1; what is left of it; and the last day to pay it."""

    number: int
    amount: Rupiah
    by: date


def steps_of(plan: Plan, months: Sequence[date], apart: Sequence[Rupiah]) -> list[Step]:
    """What has to be paid by the end of each month of paying; `apart` is paid in that month beside the instalment."""
    steps, total = [], 0
    for month, beside in zip(months, apart, strict=True):
        total += beside + (plan.last if month == months[-1] else plan.per_month)
        steps.append(Step(month, Rupiah(total)))
    return steps


def next_of(course: Course, on: date, whole: Rupiah) -> Next:
    """`whole` is what would end the plan on the day: no instalment is more than that, and the last one is that."""
    place = course.next_step(on)
    step = course.steps[place]
    left = whole if step == course.steps[-1] else min(step.total - course.paid(on), whole)
    return Next(place + 1, Rupiah(left), last_of_month(step.month))


def is_time_to_remind(by: date, on: date) -> bool:
    return by - REMIND <= on <= by
