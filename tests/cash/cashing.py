"""An agent with a deposit, and a family whose bill is paid in cash, in short."""

from dataclasses import replace

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.accounts import sheets
from jkn.accounts.models import Grant
from jkn.assisting import consents
from jkn.cash import service as cash
from jkn.cash.models import Agent, Cash
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import Payer, Person
from jkn.payments import booking
from jkn.payments.models import Payment, Purpose
from jkn.permissions import Scope, opened_by
from tests.assisting.helping import by_of
from tests.builders import a_family, people

PRICE = 35_000  # of a family of one, in January


def an_agent(kader, deposit: int = 0, cap: int = 100_000) -> Agent:
    agent = cash.appoint(kader, cap, SYSTEM)
    if deposit:
        fill(agent, deposit)
    return agent


def fill(agent: Agent, amount: int) -> Payment:
    """Through a bank, as far as the ledger sees."""
    reference = f"top-up-{Payment.select().count()}"
    return booking.take(agent.payer, amount, "Bank Uji", reference, clock.now(), SYSTEM, purpose=Purpose.DEPOSIT)


def consent_of(kader, person: Person | None = None, minutes: int = 60) -> Actor:
    """The volunteer inside a consent of a member for bills."""
    person = person or people(a_family(1))[0]
    code = sheets.codes(sheets.issue(person, SYSTEM))[0]
    by = by_of(kader)
    grant = consents.begin(person.nik, code, [Scope.BILLS], minutes, code, by)
    return within(by, grant)


def within(by: Actor, grant: Grant) -> Actor:
    """The actor that a sign-in under this consent gives."""
    family = members.family_of(grant.person_id)
    payer = members.payer_of(family.id)
    whose = {"person_id": grant.person_id, "family_id": family.id, "payer_id": payer.id}
    return replace(by, grant=grant.id, on_behalf_of=grant.person_id, scopes=opened_by([Scope.BILLS]), **whose)


def take(by: Actor, amount: int = PRICE, key: str = "once", purpose: Purpose = Purpose.BILL, **more) -> Cash:
    return cash.take(purpose, amount, key, by, **more)


def deposit_of(agent: Agent) -> int:
    return ledger.credit_of(agent.payer_id)


def paid_by(by: Actor) -> list[Payment]:
    """What came in for the family."""
    return list(Payment.select().where(Payment.payer == by.payer_id).order_by(Payment.id))


def payer_of(by: Actor) -> Payer:
    return Payer.get_by_id(by.payer_id)
