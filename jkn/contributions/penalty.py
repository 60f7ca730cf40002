"""The service penalty of hospital inpatient care soon after arrears were paid (Perpres 82/2018 ps 42 jo 59/2024). Pure.

Whole rupiah. The cost is the hospital's estimate of the INA-CBG package at the first diagnosis, not the final claim.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from jkn import law
from jkn.contributions.rules import Fact
from jkn.contributions.tariffs import share_of
from jkn.errors import N_
from jkn.money import Rupiah


@dataclass(frozen=True)
class Penalty:
    """What one admission costs, who pays it (member or employer; None: nobody), and why if it costs nothing (msgid).

    `window_days`: for so many days after reactivation there is a penalty.
    """

    amount: Rupiah
    payer: str | None
    nothing_because: str | None
    window_days: int
    trace: tuple[Fact, ...]
    basis: str


def last_liable_day(reactivated_on: date) -> date:
    """The last day of the window: an admission on it still costs the penalty (D01)."""
    return reactivated_on + timedelta(days=law.at(reactivated_on).penalty.window_days)


def is_liable(reactivated_on: date, admitted_on: date) -> bool:
    """Does an admission fall into the window after cover came back? Who paid while in the ward was admitted before."""
    window = law.at(admitted_on).penalty.window_days
    return window > 0 and admitted_on <= reactivated_on + timedelta(days=window)


def service_penalty(
    cost: Rupiah,
    months_in_arrears: int,
    on: date,
    segment: str = "PBPU",
    *,
    is_inpatient: bool = True,
    is_poor: bool = False,
    charged_before: bool = False,
) -> Penalty:
    """The penalty of one admission within the window, by the law on the day of the penalty bill.

    `months_in_arrears` are those settled when cover came back, without the running one. `is_inpatient`: in a hospital;
    outpatients and inpatients of a clinic pay none. `is_poor`: certified by the authorities. `charged_before`: this
    window has had a penalty bill already.
    """
    row, terms = law.at(on).penalty, law.at(on).penalty_terms
    basis = "; ".join(dict.fromkeys((row.basis, terms.basis)))
    if reason := _exemption(row, terms, months_in_arrears, segment, is_inpatient, is_poor, charged_before):
        return Penalty(
            Rupiah(0), None, reason, row.window_days, (Fact(N_("Day of the penalty bill"), on, "day"),), basis
        )
    months = min(months_in_arrears, row.max_months)
    exact = share_of(cost * months, row.rate, terms.rounding)
    amount = Rupiah(min(exact, row.cap))
    trace = (
        Fact(N_("Day of the penalty bill"), on, "day"),
        Fact(N_("The hospital's estimate"), cost, "rupiah"),
        Fact(N_("Rate for each month in arrears"), row.rate, "percent"),
        Fact(N_("Months in arrears"), months_in_arrears),
        Fact(N_("Most months that count"), row.max_months),
        Fact(N_("Months that count"), months),
        Fact(N_("Estimate x rate x months"), exact, "rupiah"),
        Fact(N_("At most"), row.cap, "rupiah"),
    )
    payer = terms.payer_ppu if segment.startswith("PPU") else terms.payer_pbpu
    return Penalty(amount, payer, None, row.window_days, trace, basis)


def _exemption(row, terms, months, segment, is_inpatient, is_poor, charged_before) -> str | None:
    """Why an admission costs nothing, or None."""
    if not row.rate:
        return N_("There was no penalty yet on that day.")
    if segment in row.exempt:
        return N_("The government pays for these members: they are exempt.")
    if is_poor and terms.poor_exempt:
        return N_("Who is certified as poor is exempt.")
    if not is_inpatient:
        return N_("Only inpatient care in a hospital costs a penalty.")
    if charged_before and row.once:
        return N_("Only the first penalty bill after reactivation is charged.")
    if not months:
        return N_("Without arrears there is no penalty.")
    return None
