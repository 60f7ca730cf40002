"""The bank's own list against the ledger: what was lost, what stands there twice, what does not add up."""

from peewee import Case, fn

from jkn.ledger.models import Account, Movement
from jkn.payments.models import Payment


def lost(acknowledged: dict[str, int]) -> list[str]:
    """Payments for which the bank has its receipt and we have no row."""
    booked = {reference for (reference,) in Payment.select(Payment.reference).tuples()}
    return sorted(set(acknowledged) - booked)


def doubled() -> int:
    """References, and payers, that stand more than once in what came in; each paid once."""
    twice = Payment.select(Payment.reference).group_by(Payment.reference).having(fn.COUNT(Payment.id) > 1)
    received = Movement.select(Movement.payer).where(Movement.debit == Account.BANK)
    return twice.count() + received.group_by(Movement.payer).having(fn.COUNT(Movement.id) > 1).count()


def off(amounts: dict[str, int]) -> int:
    """Rupiah that the money in the ledger differs from the bank's list of it, and payers whose book is not closed:
    each has paid exactly its bill, so that neither a debt nor a credit may be left."""
    booked = [reference for (reference,) in Payment.select(Payment.reference).tuples()]
    received = Movement.select(fn.COALESCE(fn.SUM(Movement.amount), 0)).where(Movement.debit == Account.BANK).scalar()
    return (
        abs(int(received) - sum(amounts[reference] for reference in booked))
        + _open(Account.CREDIT)
        + _open(Account.DUE)
    )


def _open(account: Account) -> int:
    signed = Case(
        None, [(Movement.debit == account, Movement.amount), (Movement.credit == account, 0 - Movement.amount)], 0
    )
    return Movement.select(Movement.payer).group_by(Movement.payer).having(fn.SUM(signed) != 0).count()
