"""Settling months: each is claimed by exactly one of many calls, and all are booked in the same few statements."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from peewee import Case, fn

from jkn.contributions.models import Bill, Correction, How, Settlement
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer
from jkn.money import Rupiah


def amounts_of(payer: Payer, months: Sequence[date]) -> dict[date, Rupiah]:
    """What each month that was billed comes to, with its corrections, in rupiah."""
    corrected = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
        Correction.payer == Bill.payer, Correction.month == Bill.month
    )
    bills = Bill.select(Bill.month, Bill.amount, corrected).where(Bill.payer == payer, Bill.month.in_(list(months)))
    return {month: Rupiah(amount + int(more)) for month, amount, more in bills.tuples()}


def settle(
    payer: Payer, amounts: Mapping[date, Rupiah], paid_on: date, at: datetime, how: How = How.PAID
) -> list[date]:
    """Settle months from the payer's credit, in the caller's write; those that this call settled, oldest first."""
    made = claim(payer, list(amounts), paid_on, at, how)
    _book(payer, made, Account.CREDIT, "settle", amounts, paid_on)
    return [settlement.month for settlement in made]


def waive(payer: Payer, months: Sequence[date], on: date, at: datetime) -> list[date]:
    """Months that have fallen outside the cap are settled without money, and can never come back."""
    made = claim(payer, months, on, at, How.WAIVED)
    waived = [settlement.month for settlement in made]
    if waived:
        _book(payer, made, Account.WAIVER, "waive", amounts_of(payer, waived), on)
    return waived


def claim(payer: Payer, months: Sequence[date], on: date, at: datetime, how: How) -> list[Settlement]:
    """The settlements made by this call, oldest first: of those of the months that were not settled already."""
    if not months:
        return []
    row = {"payer": payer, "family_id": payer.family_id, "settled_on": on, "at": at, "how": how}
    rows = [{**row, "month": month, "turn": _reversed_before(payer, month)} for month in months]
    made = Settlement.insert_many(rows).on_conflict_ignore().returning(Settlement.id, Settlement.month, Settlement.turn)
    return sorted(made.execute(), key=lambda settlement: settlement.month)


def _reversed_before(payer: Payer, month: date):
    """How many settlements of the month were reversed; as SQL."""
    before = Settlement.alias()
    return before.select(fn.COUNT(before.id)).where(
        before.payer == payer, before.month == month, before.reversed_on.is_null(False)
    )


def _book(
    payer: Payer,
    settlements: Sequence[Settlement],
    debit: Account,
    word: str,
    amounts: Mapping[date, Rupiah],
    on: date,
) -> None:
    """What was due for these months is due no longer; nothing is booked for a month that comes to nothing."""
    sources = {
        f"{word}:{each.month:%Y-%m}" + (f".{each.turn}" if each.turn else ""): each
        for each in settlements
        if amounts.get(each.month)
    }
    booked = {source: amounts[each.month] for source, each in sources.items()}
    moved = ledger.book_all(payer.id, debit, Account.DUE, booked, on)
    links = [(sources[source].id, movement) for source, movement in moved.items()]
    if links:
        its = Settlement.id.in_([settlement for settlement, _movement in links])
        Settlement.update(movement=Case(Settlement.id, links)).where(its).execute()
