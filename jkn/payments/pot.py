"""The pot (celengan): any amount at any time. It buys whole months, the oldest first.

A suspended family's pot buys nothing until it makes the family active again: otherwise the money is spent and cover
does not return. Inside a plan it pays the instalments: their months are held, so that nothing is lost.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from jkn import law
from jkn.access import Actor
from jkn.contributions import service as contributions
from jkn.contributions.rules import State, whole_months
from jkn.db import writing
from jkn.instalments import service as instalments
from jkn.instalments.rules import Next
from jkn.members.models import Payer
from jkn.money import Rupiah
from jkn.payments.models import AccountNumber, Purpose

POT_DIGIT = "7"  # cards give tails that begin with 0


@dataclass(frozen=True)
class Pot:
    """What is in the pot, and what is missing: to be active again, to the next instalment, or to the next month.

    `month` is the next month it can buy; None: only all arrears together, or nothing. `opens_on`: a new family's money
    waits until this day.
    """

    credit: Rupiah
    missing: Rupiah
    month: date | None = None
    reactivates: bool = False
    instalment: Next | None = None
    opens_on: date | None = None
    is_too_late: bool = False


def look(payer: Payer, on: date) -> Pot:
    """How the family's pot stands on a day."""
    standing, owed = contributions.standing_and_owed(payer, on)
    if standing.state == State.LAPSED:
        return Pot(owed.credit, Rupiah(0), is_too_late=True)
    if owed.total and (plan := instalments.running(payer, on, owed)):
        return Pot(owed.credit, plan.next.amount, instalment=plan.next)
    if standing.state == State.SUSPENDED:
        return Pot(owed.credit, owed.total, reactivates=True)
    months = owed.months or contributions.owed(payer, on, ahead=1).months
    if not months:
        return Pot(owed.credit, Rupiah(0))
    missing = Rupiah(max(0, months[0].amount - owed.credit))
    waits = standing.state == State.WAITING and on < standing.since
    return Pot(owed.credit, missing, months[0].month, opens_on=standing.since if waits else None)


def buy(payer: Payer, on: date, at: datetime, by: Actor) -> list[date]:
    """Settle as many whole months as the credit buys, the oldest first, also ahead; in the caller's write.

    Nothing for a family whose first payment is not yet possible, or no longer; for a suspended one all or nothing,
    unless it pays in instalments.
    """
    contributions.take_the_book(payer)
    done = instalments.spend(payer, on, at, by) if instalments.running(payer, on) else []
    standing = contributions.standing(payer, on)
    if standing.state == State.LAPSED or (standing.state == State.WAITING and on < standing.since):
        return done
    if standing.state == State.SUSPENDED and contributions.owed(payer, on).total:
        return done
    owed = contributions.owed(payer, on, ahead=_ahead(on))
    count = whole_months([item.amount for item in owed.months], owed.credit)
    return done + contributions.settle(payer, [item.month for item in owed.months[:count]], on, at, by)


def has_number(payer: Payer) -> bool:
    """Has the family asked for its pot's number?"""
    return known_number(payer) is not None


def known_number(payer: Payer) -> str | None:
    """The last eleven digits of the pot's virtual account, if it was made."""
    row = AccountNumber.get_or_none(payer=payer, purpose=Purpose.POT, subject=0)
    return row.tail if row else None


@writing
def number_of(payer: Payer) -> str:
    """The last eleven digits of the pot's virtual account; made when first asked for."""
    subject = {"payer": payer, "purpose": Purpose.POT, "subject": 0}
    while (row := AccountNumber.get_or_none(**subject)) is None:
        tail = f"{POT_DIGIT}{secrets.randbelow(10**10):010}"
        AccountNumber.insert(**subject, tail=tail).on_conflict_ignore().execute()
    return row.tail


def _ahead(on: date) -> int:
    return law.at(on).advance_payment.max_months - 1
