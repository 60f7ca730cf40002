"""Issuing a month's bills: set-based, in chunks of payers, each one transaction; safe to stop and to run twice."""

from collections.abc import Iterator
from datetime import date

from peewee import Case, Value, fn

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import next_month
from jkn.contributions import rules
from jkn.contributions.models import Bill, BillLine, Kind, Settlement
from jkn.db import writing
from jkn.ledger.models import Account, Movement
from jkn.members.models import SELF_PAYING, CareClass, Payer, PayerKind, Person, Spell

CHUNK = 5_000


def chunks(size: int = CHUNK) -> Iterator[range]:
    """All payer numbers, cut into chunks."""
    low, high = Payer.select(fn.MIN(Payer.id), fn.MAX(Payer.id)).scalar(as_tuple=True)
    for first in range(low, high + 1, size) if low else ():
        yield range(first, min(first + size, high + 1))


def issue_for(payer: Payer, month: date, by: Actor) -> int:
    """The bill of one payer, by the very same statements."""
    return issue_range(month, range(payer.id, payer.id + 1), by=by)


@writing
def issue_range(month: date, numbers: range, opening: bool = False, by: Actor = SYSTEM) -> int:
    """Bill the payers of these numbers that are liable; how many bills are new."""
    first, last = numbers[0], numbers[-1]
    issued = _insert_lines(month, first, last) and _insert_bills(month, first, last)
    if issued:
        insert_movements(month, Bill.payer.between(first, last), opening)
        family = Payer.get_by_id(first).family_id if first == last else None
        audit.record(Act.BILLS_ISSUED, f"{month:%Y-%m} payers {first}-{last}", by=by, family=family, count=issued)
    return issued


def _counted(month: date, first: int, last: int) -> tuple:
    """The rule `counts_in` as SQL: a living person's last self-paying spell that covers a day of the month."""

    def covers(spell):
        begun_in_time = spell.since < next_month(month)
        not_over = spell.until.is_null() | ((spell.until > month) & (spell.until > spell.since))
        return spell.segment.in_(SELF_PAYING) & spell.care_class.is_null(False) & begun_in_time & not_over

    later = Spell.alias()
    is_later = (later.since > Spell.since) | ((later.since == Spell.since) & (later.id > Spell.id))
    replaced = later.select(Value(1)).where(
        later.person == Spell.person,
        later.payer == Spell.payer,
        later.payer.between(first, last),
        covers(later),
        is_later,
    )
    return (
        Payer.id.between(first, last),
        Spell.payer.between(first, last),
        covers(Spell),
        Person.died_on.is_null() | (Person.died_on >= month),
        ~fn.EXISTS(replaced),
    )


def _by_class(month: date, what: str):
    """The month's price list as an SQL expression on the spell's class."""
    prices = [(care_class, getattr(rules.price(month, care_class), what)) for care_class in CareClass]
    return Case(Spell.care_class, prices)


def _insert_lines(month: date, first: int, last: int) -> int:
    """The lines of everybody who is on a bill of theirs this month; none where a bill was issued or settled already."""
    # Each table is told the chunk: a plan that looks through the whole month would do so once for each chunk.
    issued = Bill.select(Value(1)).where(Bill.payer == Payer.id, Bill.payer.between(first, last), Bill.month == month)
    settled = Settlement.select(Value(1)).where(
        Settlement.payer == Payer.id,
        Settlement.payer.between(first, last),
        Settlement.month == month,
        Settlement.reversed_on.is_null(),
    )
    lines = (
        Spell.select(
            Spell.payer,
            Value(month),
            Spell.person,
            Value(Kind.CONTRIBUTION.value),
            Spell.care_class,
            _by_class(month, "amount"),
            _by_class(month, "aid"),
            Value(0),
        )
        .join(Payer, on=(Spell.payer == Payer.id))
        .join(Person, on=(Person.id == Spell.person))
        .where(
            Payer.kind == PayerKind.FAMILY,
            Payer.liable_from <= month,
            ~fn.EXISTS(issued),
            ~fn.EXISTS(settled),
            *_counted(month, first, last),
        )
    )
    fields = (
        BillLine.payer_id,
        BillLine.month,
        BillLine.person,
        BillLine.kind,
        BillLine.care_class,
        BillLine.amount,
        BillLine.aid,
        BillLine.by_worker,
    )
    return BillLine.insert_from(lines, fields).on_conflict_ignore().as_rowcount().execute()


def _insert_bills(month: date, first: int, last: int) -> int:
    """A bill over the lines of each family that has none yet: once issued, a bill is never touched again."""
    bills = (
        Payer.select(
            Payer.id,
            Payer.family_id,
            Value(month),
            fn.SUM(BillLine.amount),
            Value(rules.due_on(month)),
            Value(rules.price(month, CareClass.III).basis[:60]),
            Value(clock.now(), converter=Bill.issued_at.db_value),
        )
        .join(BillLine, on=(BillLine.payer_id == Payer.id) & (BillLine.month == month))
        .where(
            Payer.id.between(first, last), BillLine.payer_id.between(first, last), Payer.kind == PayerKind.FAMILY
        )  # others' lines may not be complete yet
        .group_by(Payer.id)
    )
    fields = (Bill.payer, Bill.family_id, Bill.month, Bill.amount, Bill.due_on, Bill.basis, Bill.issued_at)
    return Bill.insert_from(bills, fields).on_conflict_ignore().as_rowcount().execute()


def insert_movements(month: date, whose, opening: bool = False) -> None:
    """What the month's bills of these payers add to what they owe; `whose` is a condition on Bill."""
    source = f"bill:{month:%Y-%m}"
    other = Account.OPENING if opening else Account.INCOME
    movements = Bill.select(
        Bill.payer,
        Value(Account.DUE.value),
        Value(other.value),
        Bill.amount,
        Value(source),
        Bill.month,
        Value(clock.now(), converter=Movement.at.db_value),
    ).where(Bill.month == month, whose)
    fields = (
        Movement.payer,
        Movement.debit,
        Movement.credit,
        Movement.amount,
        Movement.source,
        Movement.booked_on,
        Movement.at,
    )
    Movement.insert_from(movements, fields).on_conflict_ignore().execute()
