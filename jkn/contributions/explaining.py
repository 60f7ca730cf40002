"""The steps behind one person's month on a bill, for pages that explain it. Pure."""

from datetime import date

from jkn.contributions import rules, tariffs
from jkn.contributions.rules import Fact
from jkn.errors import N_


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
    cited = [price.basis, tariffs.class3_aid(month).basis] if price.aid else [price.basis]
    return "; ".join(dict.fromkeys(part for basis in cited for part in basis.split("; ")))
