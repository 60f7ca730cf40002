"""Booking movements, and reading balances."""

from collections.abc import Collection, Mapping
from datetime import date

from jkn.ledger.models import Account, Movement
from jkn.money import Rupiah


def book(
    payer_id: int, debit: Account, credit: Account, amount: Rupiah, source: str, on: date, reverses: int | None = None
) -> Movement:
    """One movement in the caller's transaction. The same source twice for a payer is an IntegrityError."""
    row = {"payer": payer_id, "debit": debit, "credit": credit, "amount": amount, "source": source}
    return Movement.create(**row, booked_on=on, reverses=reverses)


def book_all(payer_id: int, debit: Account, credit: Account, amounts: Mapping[str, Rupiah], on: date) -> dict[str, int]:
    """As book(), one movement for each source; the number of each by its source."""
    if not amounts:
        return {}
    row = {"payer": payer_id, "debit": debit, "credit": credit, "booked_on": on}
    made = Movement.insert_many([{**row, "source": source, "amount": amount} for source, amount in amounts.items()])
    return dict(made.returning(Movement.source, Movement.id).tuples().execute())


def credit_of(payer_id: int) -> Rupiah:
    """The payer's money that has settled nothing yet."""
    return Rupiah(-Movement.sum_of(payer_id, Account.CREDIT))


def credit_by_day(payer_id: int) -> list[tuple[date, Rupiah]]:
    """How much the credit rose or fell on each day."""
    return [(day, Rupiah(-int(amount))) for day, amount in Movement.days_of(payer_id, Account.CREDIT).tuples()]


def due_of(payer_id: int) -> Rupiah:
    """What was billed and is neither settled nor lapsed."""
    return Rupiah(Movement.sum_of(payer_id, Account.DUE))


def payers_with_credit(first: int, last: int) -> list[int]:
    """Which payers, numbered first to last, have money that has settled nothing yet."""
    return [payer_id for (payer_id,) in Movement.with_credit_left(Movement.payer.between(first, last)).tuples()]


def with_credit_among(payers: Collection[int]) -> list[int]:
    """Which of these payers have money that has settled nothing yet."""
    return [payer_id for (payer_id,) in Movement.with_credit_left(Movement.payer.in_(payers)).tuples()]
