"""Families with auto-debit, and what providers are brought to do."""

from datetime import date

from jkn.access import Actor, Role
from jkn.collecting import mandates
from jkn.collecting.models import Charge, Mandate
from jkn.contributions.models import Settlement
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Family, Payer
from jkn.notices.models import Notice
from jkn.payments.models import Payment
from tests.builders import a_family, people

PRICE = 35_000  # one person in class III
DEBIT_DAY = date(2026, 1, 20)


def payer_of(family: Family) -> Payer:
    return members.payer_of(family.id)


def as_head(family: Family) -> Actor:
    person = people(family)[0]
    return Actor(person_id=person.id, family_id=family.id, payer_id=payer_of(family).id, role=Role.MEMBER)


def bound(simulator, family: Family | None = None, account: str = "1") -> Mandate:
    """A family of one, unless given, whose head said yes at the provider and came back."""
    family = family or a_family(1)
    by = as_head(family)
    mandate = mandates.begin(payer_of(family), people(family)[0], simulator.provider, f"key-{family.id}", by)
    return mandates.finish(mandate, simulator.books.authorise(account), by)


def booked(payer: Payer) -> list[tuple[str, int]]:
    """What arrived for a payer: (through whom, how much)."""
    return [(row.via, row.amount) for row in Payment.select().where(Payment.payer == payer).order_by(Payment.id)]


def in_the_bank(payer: Payer) -> int:
    return sum(row.amount for row in Movement.select().where(Movement.payer == payer, Movement.debit == Account.BANK))


def settled(payer: Payer) -> list[date]:
    rows = Settlement.select().where(Settlement.payer == payer).order_by(Settlement.month)
    return [row.month for row in rows]


def told(family: Family) -> list[str]:
    """The names of what the family was told, oldest first."""
    return [row.name for row in Notice.select().where(Notice.family_id == family.id).order_by(Notice.id)] or [
        row.name for row in Notice.select().where(Notice.person_id == people(family)[0].id).order_by(Notice.id)
    ]


def charges() -> list[Charge]:
    return list(Charge.select().order_by(Charge.id))


def assert_nothing_is_lost_or_doubled(simulator) -> None:
    """What the provider took is what we booked, each reference once."""
    taken = simulator.books.taken()
    assert len({reference for reference, _amount in taken}) == len(taken)
    rows = Payment.select(Payment.reference, Payment.amount).order_by(Payment.reference).tuples()
    assert sorted(taken) == sorted(rows)
