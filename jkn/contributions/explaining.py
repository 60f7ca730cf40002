"""The steps behind a month on a bill, and what it was by another month's tariff, for pages that explain it. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from jkn import law
from jkn.contributions import rules, tariffs
from jkn.contributions.rules import Fact
from jkn.errors import N_
from jkn.money import Rupiah


def price_steps(month: date, care_class: int) -> list[Fact]:
    """What a self-paying person's month costs and why: month, whole contribution, aid of the governments, tariff."""
    price, aid = rules.price(month, care_class), tariffs.class3_aid(month)
    steps = [Fact(N_("Month"), month, "month")]
    if price.aid:
        steps.append(Fact(N_("Whole contribution"), price.amount + price.aid, "rupiah"))
        steps.append(Fact(N_("The central government adds"), aid.central, "rupiah"))
        if aid.regional:
            steps.append(Fact(N_("The regional government adds"), aid.regional, "rupiah"))
    steps.append(Fact(N_("One person, one month"), price.amount, "rupiah"))
    return steps


def basis_of(month: date, care_class: int) -> str:
    """Which decrees these steps follow."""
    price = rules.price(month, care_class)
    return tariffs.cited(price.basis, tariffs.class3_aid(month).basis) if price.aid else price.basis


class Recomputed(NamedTuple):
    """A bill under the tariff of another month."""

    month: date
    amount: Rupiah
    basis: str


def under_law_of(month: date, classes: Sequence[int]) -> Recomputed | None:
    """What the same people in these classes cost by the tariff of another month; None before there was one."""
    try:
        prices = [rules.price(month, care_class) for care_class in classes]
    except law.Missing:
        return None
    return Recomputed(month, Rupiah(sum(each.amount for each in prices)), prices[0].basis if prices else "")
