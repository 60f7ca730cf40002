"""What is asked next of a plan, and when it is said. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from jkn.contributions.course import Step
from jkn.contributions.rehab import Plan
from jkn.money import Rupiah

REMIND = timedelta(days=7)  # before the last day to pay an instalment
BELIEVE = timedelta(days=1)  # a bank may tell us so late that it was paid in time


def steps_of(plan: Plan, months: Sequence[date], apart: Sequence[Rupiah]) -> list[Step]:
    """What has to be paid by the end of each month of paying; `apart` is paid in that month beside the instalment."""
    steps, total = [], 0
    for month, beside in zip(months, apart, strict=True):
        total += beside + (plan.last if month == months[-1] else plan.per_month)
        steps.append(Step(month, Rupiah(total)))
    return steps


def is_time_to_remind(by: date, on: date) -> bool:
    return by - REMIND <= on <= by
