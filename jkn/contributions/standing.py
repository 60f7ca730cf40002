"""How a family stands on a day: waiting, covered, late or suspended, and why. Pure, like the rules below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn import law
from jkn.calendar import add_months, first_of_month, next_month
from jkn.contributions import rules
from jkn.contributions.rules import ONE_DAY, Fact
from jkn.errors import N_


class State(StrEnum):
    WAITING = "waiting"  # registered, the first contribution not yet paid
    LAPSED = "lapsed"  # the first contribution was not paid in time
    ACTIVE = "active"  # paid, or the running month is not yet due
    LATE = "late"  # past the due day, still covered
    SUSPENDED = "suspended"  # a month ended unpaid


@dataclass(frozen=True)
class Standing:
    """How a payer stands on a day.

    `since`, `until`: the window of the first payment (waiting, lapsed); the last covered day if nothing more is paid
    (active, late: `until`); the first day without cover (suspended: `since`). `unpaid` includes the running month.
    """

    state: State
    since: date | None
    until: date | None
    unpaid: tuple[date, ...]
    lapsed: tuple[date, ...]
    due_on: date | None
    trace: tuple[Fact, ...]
    basis: str

    @property
    def is_covered(self) -> bool:
        return self.state in (State.ACTIVE, State.LATE)


def standing_before_first_payment(registered_on: date | None, on: date) -> Standing:
    """A family that has not paid yet: waiting for its window or inside it, or too late."""
    if registered_on is None:
        basis = law.at(on).first_payment.basis
        return Standing(State.LAPSED, None, None, (), (), None, (), basis)
    first, last = rules.first_payment_window(registered_on)
    row = law.at(registered_on).first_payment
    trace = (
        Fact(N_("Registered on"), registered_on, "day"),
        Fact(N_("Days to wait before the first payment"), row.min_days),
        Fact(N_("First day to pay"), first, "day"),
        Fact(N_("Last day to pay"), last, "day"),
    )
    state = State.WAITING if on <= last else State.LAPSED
    return Standing(state, first, last, (), (), None, trace, row.basis)


def standing_on(on: date, unpaid: Sequence[date], lapsed: Sequence[date], paid_through: date) -> Standing:
    """A family that has paid before. `unpaid` are the months owed up to that of `on`, without the lapsed ones."""
    month = first_of_month(on)
    rule = law.at(on).suspension
    overdue = [past for past in unpaid if past < month]
    if overdue:
        stopped = add_months(min([*lapsed, *overdue]), rule.after_months)
        if stopped <= on:
            return _suspended(on, unpaid, lapsed, overdue, stopped)
    first_unpaid = unpaid[0] if unpaid else max(next_month(paid_through), next_month(month))
    until = add_months(first_unpaid, rule.after_months) - ONE_DAY
    due = rules.due_on(unpaid[0]) if unpaid else None
    state = State.LATE if due and on > due else State.ACTIVE
    trace = [Fact(N_("Paid up to and including"), paid_through, "month")]
    if due:
        trace.append(Fact(N_("Pay by"), due, "day"))
    trace.append(Fact(N_("Covered until, if nothing more is paid"), until, "day"))
    basis = f"{law.at(on).due_day.basis}; {rule.basis}" if due else rule.basis
    return Standing(state, None, until, tuple(unpaid), tuple(lapsed), due, tuple(trace), basis)


def _suspended(on, unpaid, lapsed, overdue, stopped) -> Standing:
    trace = [
        Fact(N_("Oldest month not paid"), min([*lapsed, *overdue]), "month"),
        Fact(N_("Cover stopped on"), stopped, "day"),
        Fact(N_("Months in arrears that are billed"), len(overdue)),
        Fact(N_("Most months in arrears that may be billed"), rules.cap_on(on)),
    ]
    if lapsed:
        trace.append(Fact(N_("Older months that no longer count"), len(lapsed)))
    rule, cap = law.at(on).suspension, law.at(on).arrears_cap
    basis = f"{rule.basis}; {cap.basis}"
    return Standing(
        State.SUSPENDED, stopped, None, tuple(unpaid), tuple(lapsed), rules.due_on(overdue[0]), tuple(trace), basis
    )
