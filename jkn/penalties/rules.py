"""Which admissions fall into the days after cover came back, and what a penalty may come to. Pure."""

from dataclasses import dataclass
from datetime import date

from jkn import law
from jkn.calendar import add_months, first_of_month
from jkn.contributions import penalty
from jkn.contributions.rules import Fact, due_on
from jkn.contributions.tariffs import share_of
from jkn.errors import N_
from jkn.money import Rupiah


@dataclass(frozen=True)
class Window:
    """Until when an admission costs a penalty, by the law of the day it was asked on: rate in basis points.

    `is_open`: cover has come back on `reactivated_on`; else it would, if everything were paid that day.
    """

    reactivated_on: date
    until: date
    months: int
    counted: int
    rate: int
    cap: Rupiah
    basis: str
    once_per: str  # who pays one penalty in it at most: each "person", the "family"; empty: every admission costs one
    is_open: bool = True

    @property
    def trace(self) -> tuple[Fact, ...]:
        return (
            Fact(
                N_("Cover came back on") if self.is_open else N_("If everything is paid on"), self.reactivated_on, "day"
            ),
            Fact(N_("Last day of the window"), self.until, "day"),
            Fact(N_("Rate for each month in arrears"), self.rate, "percent"),
            Fact(N_("Months in arrears"), self.months),
            Fact(N_("Months that count"), self.counted),
            Fact(N_("At most"), self.cap, "rupiah"),
        )


def window(reactivated_on: date, months: int, on: date, *, is_open: bool = True) -> Window | None:
    """The window after a reactivation as it stands on a day; None when it is over, or there is no penalty."""
    until, row = penalty.last_liable_day(reactivated_on), law.at(on).penalty
    if on > until or not row.rate:
        return None
    counted = min(months, row.max_months)
    once_per = law.at(on).penalty_terms.once_per if row.once else ""
    return Window(reactivated_on, until, months, counted, row.rate, Rupiah(row.cap), row.basis, once_per, is_open)


def steps(bill) -> tuple[Fact, ...]:
    """How the amount of a penalty bill came about, from the numbers it was made of."""
    rounding = law.at(bill.billed_on).penalty_terms.rounding
    exact = share_of(Rupiah(bill.cost * bill.counted), bill.rate, rounding)
    return (
        Fact(N_("Cover came back on"), bill.reactivated_on, "day"),
        Fact(N_("Last day of the window"), penalty.last_liable_day(bill.reactivated_on), "day"),
        Fact(N_("Day of the penalty bill"), bill.billed_on, "day"),
        Fact(N_("The hospital's estimate"), bill.cost, "rupiah"),
        Fact(N_("Rate for each month in arrears"), bill.rate, "percent"),
        Fact(N_("Months in arrears"), bill.months),
        Fact(N_("Months that count"), bill.counted),
        Fact(N_("Estimate x rate x months"), exact, "rupiah"),
        Fact(N_("At most"), bill.cap, "rupiah"),
    )


def falls_under(reactivated_on: date, admitted_on: date, discharged_on: date | None) -> bool:
    """Was the person admitted within the window, or in the ward already when the arrears were paid?"""
    is_in_ward = admitted_on >= reactivated_on or discharged_on is None or discharged_on >= reactivated_on
    return is_in_ward and penalty.is_liable(reactivated_on, admitted_on)


def billed_on(reactivated_on: date, admitted_on: date) -> date:
    """The day of the penalty bill, whose law counts: of the admission, or of the payment made in the ward."""
    return max(reactivated_on, admitted_on)


def due_of_employer(billed_on: date) -> date:
    """The last day for an employer to pay a penalty: the due day of a later month."""
    later = law.at(billed_on).penalty_terms.employer_due_months
    return due_on(add_months(first_of_month(billed_on), later))
