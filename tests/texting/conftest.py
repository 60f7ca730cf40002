import pytest

from jkn import clock, sealed
from jkn.access import SYSTEM
from jkn.accounts import service as accounts
from jkn.members.models import Person
from tests.builders import PIN, a_family, people

PHONE = "+6281298765401"
SECRET = "rahasia gerbang"


def with_phone(person: Person, phone: str = PHONE) -> Person:
    known = {"phone": phone, "phone_hash": sealed.index("phone", phone), "phone_confirmed_at": clock.now()}
    Person.update(known).where(Person.id == person.id).execute()
    return Person.get_by_id(person.id)


class Phone:
    """A phone as the gateways see it."""

    def __init__(self, client, number: str = PHONE):
        self.client, self.number, self.sent = client, number, 0

    def dial(self, *typed: str, session: str | None = None) -> str:
        """One screen: what was typed so far, stars between."""
        if session is None:
            self.sent += 1
            session = f"dialogue {self.number} {self.sent}"
        form = {"sessionId": session, "phoneNumber": self.number, "text": "*".join(typed)}
        return self.client.post("/ussd", data=form, headers={"X-Gateway-Secret": SECRET}).text

    def text(self, words: str, reference: str | None = None) -> str:
        self.sent += 1
        form = {"id": reference or f"message {self.number} {self.sent}", "from": self.number, "text": words}
        return self.client.post("/sms/gerbang", data=form, headers={"X-Gateway-Secret": SECRET}).text


@pytest.fixture
def gates(app):
    before = {name: app.config[name] for name in ("USSD_SECRET", "SMS_SECRET", "SMS_TWILIO_TOKEN", "PUBLIC_URL")}
    app.config.update(USSD_SECRET=SECRET, SMS_SECRET=SECRET)
    yield app
    app.config.update(before)


@pytest.fixture
def ani(gates):
    """A member whose phone is hers alone."""
    person = with_phone(people(a_family(1))[0])
    accounts.store_pin(person, accounts.hash_pin(PIN), by=SYSTEM)
    return person


@pytest.fixture
def phone(gates):
    return Phone(gates.test_client())
