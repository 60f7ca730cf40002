"""Will a person be served on a day, and why. Pure: no database, no request, no clock."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn import law
from jkn.contributions.rules import Fact, Standing, State
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
    WAITING = "waiting"  # before the first day to pay
    PAYABLE = "payable"  # the first contribution can be paid
    LAPSED = "lapsed"  # the first contribution was not paid in time
    NOT_COVERED = "not-covered"


SERVED = (Reason.ELSEWHERE, Reason.PAID, Reason.DUE, Reason.LATE)


@dataclass(frozen=True)
class Verdict:
    """The answer for a day. `cost` and `months` are what changes it (or keeps it so); the rest is why.

    `since`, `until`: the window of the first payment; or the first day without cover; or the last day with it.
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
    trace: tuple[Fact, ...] = ()
    basis: str = ""

    @property
    def is_served(self) -> bool:
        return self.reason in SERVED


def by_others(segment: str, payer: str, since: date, on: date) -> Verdict:
    """A government or an employer pays: served, whatever the family owes from before."""
    row = law.at(on).ppu if segment in WORKERS else law.at(on).pbi_tariff
    trace = (Fact(N_("Segment"), segment), Fact(N_("Paid by"), payer or "-"), Fact(N_("Covered since"), since, "day"))
    return Verdict(Reason.ELSEWHERE, on, segment=segment, payer=payer, since=since, trace=trace, basis=row.basis)


def by_standing(
    standing: Standing, cost: Rupiah, months: int, segment: str, on: date, window: Window | None = None
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
