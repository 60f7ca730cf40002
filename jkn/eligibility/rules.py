"""Will a person be served on a day, and why. Pure: no database, no request, no clock."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn import law
from jkn.calendar import add_months
from jkn.contributions import rehab
from jkn.contributions.course import Next
from jkn.contributions.rules import Fact
from jkn.contributions.standing import Standing, State
from jkn.errors import N_
from jkn.money import Rupiah
from jkn.penalties.rules import Window

SELF_PAYING = ("PBPU", "BP")
WORKERS = ("PPU_BU", "PPU_PN")


class Reason(StrEnum):
    ELSEWHERE = "elsewhere"  # a government or an employer pays
    PAID = "paid"
    DUE = "due"  # the running month can still be paid in time
    LATE = "late"  # past the due day, covered to the end of the month
    SUSPENDED = "suspended"
    PAYER_LATE = "payer-late"  # the employer, or the government where that was agreed, has not paid
    WAITING = "waiting"  # before the first day to pay
    PAYABLE = "payable"  # the first contribution can be paid
    LAPSED = "lapsed"  # the first contribution was not paid in time
    NOT_COVERED = "not-covered"


SERVED = (Reason.ELSEWHERE, Reason.PAID, Reason.DUE, Reason.LATE)


@dataclass(frozen=True)
class Verdict:
    """The answer for a day. `cost` and `months` are what changes it (or keeps it so); the rest is why.

    `since`, `until`: the window of the first payment; or the first day without cover; or the last day with it.
    `instalment`: what the running plan asks for next. `may_split`: so many months may be paid in instalments.
    """

    reason: Reason
    on: date
    cost: Rupiah = Rupiah(0)
    months: int = 0
    since: date | None = None
    until: date | None = None
    due_on: date | None = None
    segment: str | None = None
    payer: str = ""
    penalty_days: int = 0
    window: Window | None = None
    instalment: Next | None = None
    may_split: bool = False
    trace: tuple[Fact, ...] = ()
    basis: str = ""

    @property
    def is_served(self) -> bool:
        return self.reason in SERVED


def by_others(segment: str, payer: str, since: date, on: date) -> Verdict:
    """A government or an employer pays: served, whatever the family owes from before."""
    row = law.at(on).ppu if segment in WORKERS else law.at(on).pbi_tariff
    trace = (*_paid_by(segment, payer), Fact(N_("Covered since"), since, "day"))
    return Verdict(Reason.ELSEWHERE, on, segment=segment, payer=payer, since=since, trace=trace, basis=row.basis)


def may_stop(segment: str, on: date) -> bool | None:
    """Does a late payer stop the cover of its members? None: as was agreed with it."""
    row = law.at(on).late_payer
    rule = {"PPU_BU": row.ppu, "PPU_PN": row.ppu, "PBI_JK": row.pbi, "PBPU_PEMDA": row.pemda, "BP_PN": row.bp_pn}
    return {"suspended": True, "employer_liable": True, "never": False, "agreement": None}[rule[segment]]


def is_late(oldest_unpaid: date, on: date) -> bool:
    """Has the month after the oldest unpaid one begun, from which cover stops?"""
    return add_months(oldest_unpaid, law.at(on).suspension.after_months) <= on


def by_late_payer(segment: str, payer: str, oldest_unpaid: date, on: date) -> Verdict:
    """The payer has not paid in time: not served, and an employer bears the care itself (ps 42(2))."""
    rule, suspension = law.at(on).late_payer, law.at(on).suspension
    stopped = add_months(oldest_unpaid, suspension.after_months)
    return Verdict(
        Reason.PAYER_LATE,
        on,
        since=stopped,
        segment=segment,
        payer=payer,
        trace=(
            *_paid_by(segment, payer),
            Fact(N_("Oldest month not paid"), oldest_unpaid, "month"),
            Fact(N_("Cover stopped on"), stopped, "day"),
        ),
        basis=f"{rule.basis}; {suspension.basis}",
    )


def _paid_by(segment: str, payer: str) -> tuple[Fact, Fact]:
    return Fact(N_("Segment"), segment), Fact(N_("Paid by"), payer or "-")


def by_standing(
    standing: Standing,
    cost: Rupiah,
    months: int,
    segment: str,
    on: date,
    window: Window | None = None,
    instalment: Next | None = None,
) -> Verdict:
    """The family pays: what its standing means for service on the day. `window`: hospital care may cost a penalty."""
    rule = law.at(on).penalty
    warns = standing.state == State.SUSPENDED and segment not in rule.exempt
    return Verdict(
        _reason(standing, on),
        on,
        cost=cost,
        months=months,
        since=standing.since,
        until=standing.until,
        due_on=standing.due_on,
        segment=segment,
        penalty_days=rule.window_days if warns else 0,
        window=window if standing.is_covered else None,
        instalment=instalment,
        may_split=standing.state == State.SUSPENDED and rehab.is_eligible(on, months - 1),
        trace=standing.trace,
        basis=f"{standing.basis}; {rule.basis}" if warns else standing.basis,
    )


def without_cover(last_segment: str | None, ended_on: date | None, on: date) -> Verdict:
    """No spell covers the day; when the last one ended, if there was one."""
    trace = [Fact(N_("Coverage found for this day"), "-")]
    if ended_on:
        trace += [Fact(N_("Last segment"), last_segment), Fact(N_("It ended on"), ended_on, "day")]
    basis = law.at(on).whole_family.basis
    return Verdict(Reason.NOT_COVERED, on, until=ended_on, segment=last_segment, trace=tuple(trace), basis=basis)


def _reason(standing: Standing, on: date) -> Reason:
    if standing.state == State.WAITING:
        return Reason.PAYABLE if standing.since <= on else Reason.WAITING
    if standing.state == State.ACTIVE:
        return Reason.DUE if standing.unpaid else Reason.PAID
    return {State.LATE: Reason.LATE, State.SUSPENDED: Reason.SUSPENDED, State.LAPSED: Reason.LAPSED}[standing.state]
