"""The pot (celengan): any amount at any time. It buys whole months, the oldest first.

A suspended family's pot buys nothing until it makes the family active again: otherwise the money is spent and cover
does not return.
"""

from dataclasses import dataclass
from datetime import date, datetime

from jkn import law
from jkn.access import Actor
from jkn.contributions import service as contributions
from jkn.contributions.rules import State
from jkn.members.models import Payer
from jkn.money import Rupiah
from jkn.payments import account_numbers
from jkn.payments.models import Purpose
from jkn.payments.rules import whole_months


@dataclass(frozen=True)
class Pot:
    """What is in the pot, and what is missing: to be active again, or to the next whole month."""

    credit: Rupiah
    missing: Rupiah
    month: date | None  # the next month it can buy; None: only all arrears together
    reactivates: bool


def look(payer: Payer, on: date) -> Pot:
    """How the family's pot stands on a day."""
    standing, owed = contributions.standing_and_owed(payer, on)
    if standing.state == State.SUSPENDED:
        return Pot(owed.credit, owed.total, None, True)
    if standing.state in (State.WAITING, State.LAPSED):
        months = owed.months
    else:
        months = contributions.owed(payer, on, ahead=_ahead(on)).months
    if not months:
        return Pot(owed.credit, Rupiah(0), None, False)
    return Pot(owed.credit, Rupiah(max(0, months[0].amount - owed.credit)), months[0].month, False)


def buy(payer: Payer, on: date, at: datetime, by: Actor) -> list[date]:
    """Settle as many whole months as the credit buys, the oldest first, also ahead; in the caller's write.

    Nothing for a family whose first payment is not yet possible, or no longer; for a suspended one all or nothing.
    """
    standing = contributions.standing(payer, on)
    if standing.state == State.SUSPENDED:
        return contributions.use_credit(payer, on, by)
    if standing.state == State.LAPSED or (standing.state == State.WAITING and on < standing.since):
        return []
    owed = contributions.owed(payer, on, ahead=_ahead(on))
    count = whole_months([item.amount for item in owed.months], owed.credit)
    return contributions.settle(payer, [item.month for item in owed.months[:count]], on, at, by)


def number_of(payer: Payer) -> str:
    """The last eleven digits of the pot's virtual account; made when first asked for."""
    return account_numbers.number_of(payer.id, Purpose.POT)


def _ahead(on: date) -> int:
    return law.at(on).advance_payment.max_months - 1
