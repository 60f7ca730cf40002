"""What brings cover back on a day (Perpres 82/2018 ps 42(3) jo 64/2020): months in arrears and the running one. Pure.

For a class and a number of people over all months, as the calculators ask; a family's own bills are service.owed().
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jkn import law
from jkn.calendar import add_months, first_of_month, months_between, next_month
from jkn.contributions import rules
from jkn.contributions.rules import Fact, Price
from jkn.errors import N_, Refused
from jkn.money import Rupiah


@dataclass(frozen=True)
class Run:
    """Months in a row at one price; `price` is for one person, `amount` for all people and months."""

    first: date
    last: date
    count: int
    price: Rupiah
    amount: Rupiah
    basis: str


@dataclass(frozen=True)
class ToBeActive:
    """`arrears` and `running` are what has to be paid; `postponed` months are owed until `rest_until` (only in 2020);
    `lapsed` ones nevermore."""

    arrears: tuple[Run, ...]
    running: Run
    postponed: tuple[Run, ...]
    rest_until: date | None
    lapsed: tuple[date, ...]
    trace: tuple[Fact, ...]
    basis: str

    @property
    def months(self) -> int:
        """How many months in arrears have to be paid."""
        return sum(run.count for run in self.arrears)

    @property
    def total(self) -> Rupiah:
        return Rupiah(sum(run.amount for run in (*self.arrears, self.running)))


def price_on(month: date, care_class: int, on: date) -> Price:
    """One person's month as it is billed on a day: each month at its own tariff.

    A month of class III in arrears costs the whole contribution where the law of the day says GROSS.
    """
    price = rules.price(month, care_class)
    row = law.at(on).class3_arrears_basis
    if care_class != 3 or month >= first_of_month(on) or row.price != "GROSS":
        return price
    return Price(Rupiah(price.amount + price.aid), Rupiah(0), f"{price.basis}; {row.basis}")


def runs(months: Iterable[date], care_class: int, people: int, on: date) -> tuple[Run, ...]:
    """The months, oldest first, grouped where one follows the other at the same price by the same decree."""
    found: list[Run] = []
    for month in months:
        price, _aid, basis = price_on(month, care_class, on)
        run = Run(month, month, 1, price, Rupiah(price * people), basis)
        if found and _continues(found[-1], run):
            before = found.pop()
            run = Run(before.first, month, before.count + 1, price, Rupiah(before.amount + run.amount), basis)
        found.append(run)
    return tuple(found)


def months_before(on: date, count: int) -> tuple[date, ...]:
    """The `count` months before the month of the day, oldest first."""
    month = first_of_month(on)
    return tuple(add_months(month, -back) for back in range(count, 0, -1))


def to_be_active(since: date, on: date, care_class: int, people: int) -> ToBeActive:
    """What has to be paid on the day when no month was paid since that of `since`.

    Months that fell outside the cap on any 1st before have lapsed. In 2020 the oldest six that count were enough.
    Refused when the first unpaid month lies ahead of the day.
    """
    month, cap, relaxed = first_of_month(on), law.at(on).arrears_cap, law.at(on).arrears_relaxation
    if first_of_month(since) > month:
        raise Refused(N_("The first unpaid month lies after that day."), field="sejak")
    owed = list(months_between(since, next_month(month)))
    lapsed = rules.lapsed_months(owed, {}, on)
    counting = [each for each in owed[:-1] if each not in lapsed]
    paid, postponed = counting, []
    trace = [
        Fact(N_("Months in arrears"), len(owed) - 1),
        Fact(N_("Most months in arrears that may be billed"), cap.months),
    ]
    books = [cap.basis]
    if lapsed:
        trace.append(Fact(N_("Older months that no longer count"), len(lapsed)))
    if relaxed.in_force and len(counting) > relaxed.arrears_months:
        paid, postponed = counting[: relaxed.arrears_months], counting[relaxed.arrears_months :]
        if relaxed.which == "newest":
            paid, postponed = counting[-relaxed.arrears_months :], counting[: -relaxed.arrears_months]
        trace += [
            Fact(N_("Months in arrears that were enough in that year"), relaxed.arrears_months),
            Fact(N_("Months owed until later"), len(postponed)),
            Fact(N_("Owed until"), relaxed.rest_until, "day"),
        ]
        books.append(relaxed.basis)
    trace += [
        Fact(N_("Months in arrears to pay now"), len(paid)),
        Fact(N_("And the running month"), month, "month"),
        Fact(N_("People"), people),
    ]
    (running,) = runs([month], care_class, people, on)
    return ToBeActive(
        runs(paid, care_class, people, on),
        running,
        runs(postponed, care_class, people, on),
        relaxed.rest_until if postponed else None,
        tuple(lapsed),
        tuple(trace),
        "; ".join(dict.fromkeys(books)),
    )


def _continues(before: Run, run: Run) -> bool:
    return (before.price, before.basis) == (run.price, run.basis) and next_month(before.last) == run.first
