"""Paying arrears off in instalments: REHAB 1.0 (2022) and New REHAB 2.0 (2025), by their dated rows. Pure.

Whole rupiah. `moved`: who belongs to another segment today and left arrears behind in the old one (alih segmen).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from jkn import law
from jkn.calendar import add_months, first_of_month
from jkn.contributions import arrears, rules
from jkn.contributions.rules import Fact
from jkn.errors import N_, Refused
from jkn.money import Rupiah, format_rupiah


@dataclass(frozen=True)
class Plan:
    """`per_month` is each instalment but the `last`, which is smaller by what rounding up has added.

    `running` is the part of the total that pays the months in which instalments are paid. `active_from` is the month in
    which cover comes back; with `pays_running_apart`, only if that month's contribution is paid as well.
    """

    instalments: int
    per_month: Rupiah
    last: Rupiah
    arrears: Rupiah
    running: Rupiah
    active_from: date
    pays_running_apart: bool
    trace: tuple[Fact, ...]
    basis: str

    @property
    def total(self) -> Rupiah:
        return Rupiah(self.arrears + self.running)


def months_that_count(on: date, months: int) -> int:
    """Months in arrears that are billed on the day, and so can be paid in instalments."""
    most = law.at(on).rehab.max_months
    cap = rules.cap_on(on)
    return min(months, cap, most) if most else min(months, cap)


def is_eligible(on: date, months: int, moved: bool = False) -> bool:
    """May so many months in arrears be paid in instalments?"""
    try:
        check_eligible(on, months, moved)
    except Refused:
        return False
    return True


def check_eligible(on: date, months: int, moved: bool = False) -> None:
    """Refused unless somebody with so many months in arrears may begin to pay in instalments on the day."""
    row, other = law.at(on).rehab, law.at(on).rehab_alih
    terms = other if moved else row
    if not terms.offered:
        since = next(each.since for each in law.history(terms.table) if each.offered)
        raise Refused(N_("Paying in instalments (REHAB) is possible from %(day)s."), basis=terms.basis, day=since)
    last_day = row.last_day_february if on.month == 2 else row.last_day
    if on.day > last_day:
        raise Refused(N_("Joining REHAB is possible until day %(last)s of this month."), basis=row.basis, last=last_day)
    if months < terms.min_months:
        raise Refused(N_("REHAB begins at %(least)s months in arrears."), basis=terms.basis, least=terms.min_months)


def most_instalments(on: date, months: int, moved: bool = False, total: int = 0) -> int:
    """Into how many instalments so many months in arrears may be divided.

    At most half the months for those still in the segment. Who has moved has a least amount instead: `total` is what is
    to be divided.
    """
    row = law.at(on).rehab_alih if moved else law.at(on).rehab
    if moved:
        return min(row.most_instalments, total // row.min_instalment)
    half = (months + (row.half_rounding == "up")) // 2
    return min(row.most_instalments, half) if row.half_rule else row.most_instalments


def plan(
    on: date,
    owed: Sequence[Rupiah],
    monthly: Callable[[date], Rupiah],
    instalments: int,
    moved: bool = False,
) -> Plan:
    """The plan that begins on the day.

    `owed` are the amounts of the months in arrears that count, oldest first; `monthly` says what a running month costs.
    Refused when the law of the day allows no such plan.
    """
    check_eligible(on, len(owed), moved)
    row, other = law.at(on).rehab, law.at(on).rehab_alih
    terms, months = other if moved else row, len(owed)
    debt = Rupiah(sum(owed))
    most = most_instalments(on, months, moved, debt)
    if moved and most < instalments <= terms.most_instalments:
        raise Refused(
            N_("Each instalment must be at least %(least)s."),
            basis=terms.basis,
            least=format_rupiah(Rupiah(terms.min_instalment)),
        )
    if instalments > most:
        raise Refused(
            N_("At most %(most)s instalments are possible for %(count)s months."),
            basis=terms.basis,
            most=terms.most_instalments if moved else most,
            count=months,
        )
    first = first_of_month(on)
    includes_running = row.include_running and not moved
    paying = [add_months(first, index) for index in range(instalments)]
    running = Rupiah(sum(monthly(month) for month in paying)) if includes_running else Rupiah(0)
    total = debt + running
    per_month = Rupiah(-(-total // instalments))
    trace = [
        Fact(N_("Months in arrears that count"), months),
        Fact(N_("Fewest months in arrears"), terms.min_months),
        Fact(N_("Most instalments for these months"), most),
        Fact(N_("Instalments"), instalments),
        Fact(N_("Arrears"), debt, "rupiah"),
    ]
    if includes_running:
        trace.append(Fact(N_("Contributions of the months of paying"), running, "rupiah"))
    trace += [
        Fact(N_("Total"), total, "rupiah"),
        Fact(N_("Divided by the instalments, rounded up"), per_month, "rupiah"),
    ]
    return Plan(
        instalments=instalments,
        per_month=per_month,
        last=Rupiah(total - per_month * (instalments - 1)),
        arrears=debt,
        running=running,
        active_from=first if row.active_on == "first" else paying[-1],
        pays_running_apart=not includes_running and not moved,
        trace=tuple(trace),
        basis=terms.basis,
    )


def family_plan(on: date, care_class: int, people: int, months: int, instalments: int, moved: bool = False) -> Plan:
    """plan() for a family of one class with so many months in arrears before the month of the day."""
    owed = [
        Rupiah(arrears.price_on(month, care_class, on).amount * people)
        for month in arrears.months_before(on, months_that_count(on, months))
    ]
    return plan(on, owed, lambda month: Rupiah(rules.price(month, care_class).amount * people), instalments, moved)


def family_plans(on: date, care_class: int, people: int, months: int, moved: bool = False) -> list[Plan]:
    """Every plan that is possible, the shortest first. Refused when there is none."""
    count = months_that_count(on, months)
    check_eligible(on, count, moved)
    debt = sum(arrears.price_on(month, care_class, on).amount for month in arrears.months_before(on, count)) * people
    most = most_instalments(on, count, moved, debt)
    return [family_plan(on, care_class, people, months, each, moved) for each in range(1, most + 1)]
