"""The money side of correcting a bill: what is owed changes, and what was paid for it is credit again."""

from datetime import date

from jkn import clock
from jkn.contributions import service
from jkn.contributions.models import Correction, How, Settlement
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer
from jkn.money import Rupiah


def book(payer: Payer, month: date, amount: Rupiah, on: date) -> None:
    """The money side of a month's corrections."""
    settlement = Settlement.get_or_none(
        Settlement.payer == payer, Settlement.month == month, Settlement.reversed_on.is_null()
    )
    count = Correction.select().where(Correction.payer == payer, Correction.month == month).count()
    source = f"correct:{month:%Y-%m}.{count}"  # more with each correction, so never the same twice
    if amount < 0:
        other = Account.CREDIT if settlement else Account.DUE
        ledger.book(payer.id, Account.INCOME, other, Rupiah(-amount), source, on)
        if not settlement and not service.amounts_of(payer, [month])[month]:
            service.claim(payer, [month], on, clock.now(), How.WAIVED)
    elif amount > 0:
        if settlement:
            reopen(payer, settlement, Rupiah(service.amounts_of(payer, [month])[month] - amount), on)
        ledger.book(payer.id, Account.DUE, Account.INCOME, amount, source, on)


def reopen(payer: Payer, settlement: Settlement, amount: Rupiah, on: date) -> None:
    """The month is open again; what it was settled with is credit."""
    if amount:
        source = f"reopen:{settlement.month:%Y-%m}.{settlement.turn}"
        ledger.book(payer.id, Account.DUE, Account.CREDIT, amount, source, on, reverses=settlement.movement_id)
    settlement.reversed_on = on
    settlement.save(only=[Settlement.reversed_on])
