"""The pot (celengan): any amount at any time. It buys whole months, the oldest first.

A suspended family's pot buys nothing until it makes the family active again: otherwise the money is spent and cover
does not return. Inside a plan it pays the instalments: their months are held, so that nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from peewee import JOIN

from jkn import law
from jkn.access import Actor
from jkn.calendar import first_of_month
from jkn.contributions import service as contributions
from jkn.contributions.course import Next
from jkn.contributions.rules import Share, counts_in, whole_months
from jkn.contributions.standing import State
from jkn.instalments import service as instalments
from jkn.members.models import Payer
from jkn.money import Rupiah
from jkn.payments import account_numbers
from jkn.payments.models import AccountNumber, Purpose


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
    shares = contributions.shares_of(payer)
    standing, owed = contributions.standing_and_owed(payer, on, shares)
    if standing.state == State.LAPSED:
        return Pot(owed.credit, Rupiah(0), is_too_late=True)
    if due := owed.instalment(on):
        return Pot(owed.credit, due.amount, instalment=due)
    if standing.state == State.SUSPENDED and _is_on_the_bill(shares, on):
        return Pot(owed.credit, owed.total, reactivates=True)
    months = owed.months or contributions.owed(payer, on, 1, shares).months
    if not months:
        return Pot(owed.credit, Rupiah(0))
    missing = Rupiah(max(0, months[0].amount - owed.credit))
    waits = standing.state == State.WAITING and on < standing.since
    return Pot(owed.credit, missing, months[0].month, opens_on=standing.since if waits else None)


def buy(payer: Payer, on: date, at: datetime, by: Actor) -> list[date]:
    """Settle as many whole months as the credit buys, the oldest first, also ahead; in the caller's write.

    Nothing for a family whose first payment is not yet possible, or no longer; for a suspended one all or nothing,
    unless it pays in instalments, or has moved to another segment and waits for no cover of its own.
    """
    contributions.take_the_book(payer)
    shares = contributions.shares_of(payer)
    done = instalments.spend(payer, on, at, by) if instalments.running(payer, on) else []
    standing = contributions.standing(payer, on, shares)
    if standing.state == State.LAPSED or (standing.state == State.WAITING and on < standing.since):
        return done
    if standing.state == State.SUSPENDED and _is_on_the_bill(shares, on) and contributions.owed(payer, on).total:
        return done
    owed = contributions.owed(payer, on, _ahead(on), shares)
    count = whole_months([item.amount for item in owed.months], owed.credit)
    return done + contributions.settle(payer, [item.month for item in owed.months[:count]], on, at, by)


def has_number(payer: Payer) -> bool:
    """Has the family asked for its pot's number?"""
    return AccountNumber.get_or_none(payer=payer, purpose=Purpose.POT, subject=0) is not None


def with_number(payers):
    """These payers, each with its pot's number in `tail`: the last eleven digits of the account, if it was made."""
    its = (AccountNumber.payer == Payer.id) & (AccountNumber.purpose == Purpose.POT) & (AccountNumber.subject == 0)
    return payers.select_extend(AccountNumber.tail).join(AccountNumber, JOIN.LEFT_OUTER, on=its).objects()


def number_of(payer: Payer) -> str:
    """The last eleven digits of the pot's virtual account; made when first asked for."""
    return account_numbers.number_of(payer.id, Purpose.POT)


def _is_on_the_bill(shares: Sequence[Share], on: date) -> bool:
    """Is somebody still covered by this payer, so that paying its arrears brings cover back?"""
    return any(counts_in(share, first_of_month(on)) for share in shares)


def _ahead(on: date) -> int:
    return law.at(on).advance_payment.max_months - 1
