"""Do the books agree? Banks' lists against the ledger per partner and day, and the ledger against itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from peewee import JOIN, Value, fn

from jkn.contributions.models import Settlement
from jkn.ledger.models import Account, Movement
from jkn.members.models import Payer, PayerKind
from jkn.payments import deposits
from jkn.payments.models import Partner, Payment
from jkn.reconciliation.models import Difference, SettlementLine, Stage
from jkn.reconciliation.rules import Outcome


@dataclass(frozen=True)
class Day:
    """One day of one bank: its list and our bank account in rupiah, and how many differences are not resolved."""

    partner: str
    day: date
    theirs: int
    ours: int
    unresolved: int

    @property
    def agrees(self) -> bool:
        return self.theirs == self.ours


def days() -> Iterator[Day]:
    """Every day of which a bank's list was read, oldest first. On a day without differences both sums are the same."""
    theirs = _theirs()
    ours = _booked_for_lines() + _rest_of_lines() + _in_suspense() + _not_listed()
    waiting = _waiting()
    names = dict(Partner.select(Partner.id, Partner.name).tuples())
    for partner, day in sorted(set(theirs) | set(ours), key=lambda pair: (pair[1], pair[0])):
        key = partner, day
        yield Day(names[partner], day, theirs[key], ours[key], waiting[key])


def balances() -> dict[Account, int]:
    """Debits less credits of every account; together they are nothing."""
    return {
        account: int(Movement.select(Movement._net(account)).scalar())
        for account in Account  # few, and each one pass over the movements
    }


def settled_twice() -> list[tuple[int, date]]:
    """(payer, month) of months that are settled more than once. There may be none."""
    rows = (
        Settlement.select(Settlement.payer, Settlement.month)
        .where(Settlement.reversed_on.is_null())
        .group_by(Settlement.payer, Settlement.month)
        .having(fn.COUNT(Settlement.id) > 1)
    )
    return list(rows.tuples())


def astray() -> list[int]:
    """Payers whose payments that stand, less what was paid out, are not what came to the bank. There may be none.

    What an agent's deposit paid for a family stands on both books, and on the agent's for itself.
    """
    paid = _by_payer(Payment.select(Payment.payer, fn.SUM(Payment.amount)).where(Payment.reversed_on.is_null()))
    outgoing = (Movement.debit == Account.REFUND) | (Movement.credit == Account.REFUND)
    outgoing = outgoing | Movement.source.startswith(deposits.HANDED_ON)
    banked = (
        Movement.select(Movement.payer, Movement._net(Account.BANK))
        .join(Payer)
        .where(Payer.kind != PayerKind.SUSPENSE, ~outgoing)
    )
    banked = Counter({payer: int(amount) for payer, amount in banked.group_by(Movement.payer).tuples() if amount})
    return sorted(payer for payer in set(paid) | set(banked) if paid[payer] != banked[payer])


def overspent() -> list[int]:
    """Payers who have used more than they paid. There may be none."""
    credit = Movement._net(Account.CREDIT)
    rows = Movement.select(Movement.payer).group_by(Movement.payer).having(credit > 0)
    return [payer for (payer,) in rows.tuples()]


def _by_payer(query) -> Counter:
    return Counter({payer: int(amount) for payer, amount in query.group_by(Payment.payer).tuples()})


def _theirs() -> Counter:
    """What the bank has kept: a payment that it took back counts for nothing, also on its own day."""
    back = SettlementLine.alias()
    same = (back.partner == SettlementLine.partner) & (back.reference == SettlementLine.reference) & back.is_taken_back
    query = SettlementLine.select(SettlementLine.partner, SettlementLine.paid_on, fn.SUM(SettlementLine.amount))
    kept = query.join(back, JOIN.LEFT_OUTER, on=same).where(~SettlementLine.is_taken_back, back.id.is_null())
    return _counted(kept.group_by(SettlementLine.partner, SettlementLine.paid_on))


def _booked_for_lines() -> Counter:
    """Payments that stand, on the day of their line."""
    query = SettlementLine.select(SettlementLine.partner, SettlementLine.paid_on, fn.SUM(Payment.amount)).join(Payment)
    stands = ~SettlementLine.is_taken_back, Payment.reversed_on.is_null()
    return _counted(query.where(*stands).group_by(SettlementLine.partner, SettlementLine.paid_on))


def _rest_of_lines() -> Counter:
    """What was booked for a line on top of the payment that was there."""
    rest = Payment.alias()
    source = Value("line:").concat(SettlementLine.id.cast("text"))
    more = (rest.payer == Payment.payer) & (rest.source == source) & (rest.id != Payment.id)
    query = (
        SettlementLine.select(SettlementLine.partner, SettlementLine.paid_on, fn.SUM(rest.amount))
        .join(Payment)
        .join(rest, on=more)
        .where(rest.reversed_on.is_null())
    )
    return _counted(query.group_by(SettlementLine.partner, SettlementLine.paid_on))


def _in_suspense() -> Counter:
    """Lines whose money waits in the suspense account."""
    query = SettlementLine.select(SettlementLine.partner, SettlementLine.paid_on, fn.SUM(SettlementLine.amount))
    joined = query.join(Difference, on=(Difference.line == SettlementLine.id))
    return _counted(joined.where(Difference.in_suspense()).group_by(SettlementLine.partner, SettlementLine.paid_on))


def _not_listed() -> Counter:
    """Payments that stand although the bank's list of that day lacks them."""
    query = Difference.select(Difference.partner, Difference.day, fn.SUM(Payment.amount)).join(Payment)
    stands = Difference.kind == Outcome.MISSING_THERE, Difference.stage != Stage.CLOSED, Payment.reversed_on.is_null()
    return _counted(query.where(*stands).group_by(Difference.partner, Difference.day))


def _waiting() -> Counter:
    query = Difference.select(Difference.partner, Difference.day, fn.COUNT(Difference.id))
    open_still = Difference.stage.in_([Stage.OPEN, Stage.PROPOSED, Stage.OWED])
    return _counted(query.where(open_still).group_by(Difference.partner, Difference.day))


def _counted(query) -> Counter:
    return Counter({(partner, day): int(amount) for partner, day, amount in query.tuples()})
