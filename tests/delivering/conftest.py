"""A gateway on a free port, people with phones, and a clock that can be moved on."""

import threading
from contextlib import contextmanager
from functools import partial
from itertools import count

import pytest

from jkn import clock, sealed
from jkn.db import write
from jkn.delivering import senders
from jkn.delivering.senders import HttpSender
from jkn.delivering.simulator import Received, Simulator
from jkn.delivering.twilio import TwilioSender
from jkn.members.models import Person
from jkn.notices import service as notices
from jkn.notices.models import Channel, Notice
from tests.builders import a_family, people

KEY = "kunci uji"
SECONDS = 1  # a call may take so long in these tests
_phones = count(81200000000)


def with_phone(person: Person, phone: str | None = None) -> Person:
    phone = phone or f"+62{next(_phones)}"
    known = {"phone": phone, "phone_hash": sealed.index("phone", phone), "phone_confirmed_at": clock.now()}
    Person.update(known).where(Person.id == person.id).execute()
    return Person.get_by_id(person.id)


def somebody(phone: str | None = None) -> Person:
    return with_phone(people(a_family(1))[0], phone)


def told(person: Person, name="complaint_answered", reference="1", **values) -> Notice:
    """A notice of this person that waits."""
    with write():
        notices.tell(person, name, reference, **values)
    return Notice.get(Notice.person_id == person.id, Notice.reference == f"{name}:{reference}")


def fresh(notice: Notice) -> Notice:
    return Notice.get_by_id(notice.id)


def plain(url: str, **more) -> HttpSender:
    return HttpSender(
        name="gerbang",
        channel=Channel.SMS,
        url=f"{url}/send",
        fields={"to": "{to}", "text": "{text}", "id": "{reference}", "report_url": "{report_url}"},
        accepted='"status": ?"ok"',
        receipt='"message_id": ?"([^"]+)"',
        **{"seconds": SECONDS, "report_secret": KEY} | more,
    )


def twilio(url: str, channel=Channel.SMS, **more) -> TwilioSender:
    more = {"seconds": SECONDS, "sender": "+6221500400", "account": "AC1"} | more
    return TwilioSender(name="twilio", channel=channel, key=KEY, base_url=url, **more)


@contextmanager
def simulated(folder, port=0):
    received = Received(str(folder / "gateway.db"))
    simulator = Simulator(received, KEY, port)
    simulator.seconds = 3 * SECONDS
    thread = threading.Thread(target=partial(simulator.serve_forever, 0.01))
    thread.start()
    try:
        yield simulator
    finally:
        simulator.shutdown()
        thread.join()
        simulator.server_close()
        received.close()


@pytest.fixture
def known():
    """Whoever a test configures is forgotten after it."""
    before = list(senders._known.values())
    yield senders.configure
    senders.configure(before)


@pytest.fixture
def gateway(tmp_path, known):
    """A gateway to which SMS go by plain HTTP."""
    with simulated(tmp_path) as simulator:
        known([plain(simulator.url)])
        yield simulator


@pytest.fixture
def twilio_gateway(tmp_path, known):
    with simulated(tmp_path) as simulator:
        known([twilio(simulator.url)])
        yield simulator
