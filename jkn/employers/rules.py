"""From which month an employer's reports count, and which class a wage gives. Pure."""

from datetime import date, timedelta

from jkn import law
from jkn.calendar import add_months, first_of_month, last_of_month, next_month
from jkn.money import Rupiah


def takes_effect(reported_on: date) -> date:
    """The first month that a worker, a wage or a leaving reported on this day can count in (7.1)."""
    last = last_of_month(reported_on) - timedelta(days=law.at(reported_on).ppu_changes.before_end)
    return next_month(reported_on) if reported_on <= last else add_months(first_of_month(reported_on), 2)


def relatives_take_effect(reported_on: date) -> date:
    """The first month that another number of further relatives can count in: reported in time, the next one."""
    in_time = reported_on.day <= law.at(reported_on).ppu_changes.additions_day
    return next_month(reported_on) if in_time else add_months(first_of_month(reported_on), 2)


def care_class_of(month: date, wage: Rupiah) -> int:
    """The class of a worker's family by the wage."""
    return 2 if wage <= law.at(month).ppu.class_split_wage else 1
