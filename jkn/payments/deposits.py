"""An agent's deposit: filled under a number of its own at any bank, and paid on for families, never below zero.

It is the credit of a payer of its own. Paying on moves money at the bank from the agent's book to the family's.
"""

from collections.abc import Callable, Sequence
from datetime import date

from jkn import clock
from jkn.access import Actor
from jkn.contributions import service as contributions
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer, PayerKind
from jkn.money import Rupiah
from jkn.payments import account_numbers, booking
from jkn.payments.models import Payment, Purpose

HANDED_ON = "handed-on:"  # how the sources of such movements begin
# an agent's payer, whose deposit has just been filled -> what waited is paid: told by cash
filled: Callable[[Payer], object]


@writing
def open_book(code: str, name: str) -> Payer:
    """The agent's payer, with its number; made when first asked for."""
    Payer.insert(kind=PayerKind.AGENT, code=code, name=name).on_conflict_ignore().execute()
    payer = Payer.get(Payer.kind == PayerKind.AGENT, Payer.code == code)
    account_numbers.number_of(payer.id, Purpose.DEPOSIT)
    return payer


def number_of(agent: Payer) -> str:
    """The last eleven digits of the deposit's virtual account."""
    return account_numbers.known(agent.id, Purpose.DEPOSIT)


def is_number(va: str) -> bool:
    """Is the virtual account a deposit's?"""
    return va[5:].startswith(account_numbers.FIRST_DIGITS[Purpose.DEPOSIT])


def left(agent: Payer) -> Rupiah:
    """What the deposit holds."""
    return ledger.credit_of(agent.id)


@writing
def pay_on(
    agent: Payer,
    payer: Payer,
    amount: Rupiah,
    via: str,
    reference: str,
    by: Actor,
    months: Sequence[date] | None,
    *,
    source: str,
    purpose: Purpose = Purpose.BILL,
    asked_on: date | None = None,
) -> Payment:
    """From the deposit to the family, as if a bank had sent it today; in the caller's write, once for its source.

    Refused when the deposit is too small; with `asked_on` NotPayable when the bill has changed since.
    """
    contributions.take_the_book(agent)
    if left(agent) < amount:
        raise Refused(N_("The deposit is too small for this."))
    what_for = {"purpose": purpose, "asked_on": asked_on, "source": source, "told": False}
    payment = booking.take(payer, amount, via, reference, clock.now(), by, months, **what_for)
    handed = f"{HANDED_ON}{payment.id}"
    ledger.book(agent.id, Account.CREDIT, Account.BANK, amount, handed, clock.today())
    return payment
