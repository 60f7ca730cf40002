"""G8: the same thing sent 64 times at once, five hundred times over: one effect, and everybody gets the same answer."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from statistics import median
from threading import Barrier

import httpx

from jkn import clock, create_app
from jkn.access import SYSTEM, Actor
from jkn.complaints import service as complaints
from jkn.complaints.models import Category, Complaint
from jkn.db import db
from jkn.errors import Refused
from jkn.facilities import service as facilities
from jkn.facilities.models import ClinicChoice
from jkn.members.models import Family, Person
from jkn.payments.bank import BankRefused
from jkn.payments.models import Payment
from jkn.registration import service as registration
from jkn.registration.models import Enrolment
from tests.benchmarks import mass
from tests.benchmarks.tables import Goals, table, title
from tests.drills.tills import PAYMENT, a_partner, make_notices
from tests.facilities.places import load_facilities
from tests.registration.conftest import Card, a_draft, a_village

FULL, SMALL = {"rounds": 500}, {"rounds": 5}
CLIENTS = 64
HOME, OTHER = "13010101", "0217B005"


@dataclass(frozen=True)
class Race:
    """What is sent in one round, and the rows that count as its effect."""

    send: Callable[[], object]
    effects: Callable[[], tuple[int, ...]]
    once: tuple[int, ...] = (1,)


def payments(url: str, rounds: int) -> Iterator[Race]:
    db.close_all()  # the application brings a pool of its own
    app = create_app(TESTING=True, DATABASE_URL=url)
    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://jkn.example") as http:
        notices, bank = make_notices(rounds), a_partner().bank(http)
        bank.offset = clock.now() - bank.now()
        bank.ask_token()
        for notice in notices:
            body = notice.body(bank)
            yield Race(
                lambda body=body: json.dumps(bank.call(PAYMENT, body), sort_keys=True),
                lambda: (Payment.select().count(),),
            )


def registrations(_url: str, rounds: int) -> Iterator[Race]:
    a_village()
    for number in range(rounds):
        draft = a_draft(Card())
        yield Race(
            lambda draft=draft, key=f"key{number}": registration.join(draft, key, SYSTEM).id,
            lambda: (Enrolment.select().count(), Family.select().count(), Person.select().count()),
            (1, 1, 3),
        )


def clinic_changes(_url: str, rounds: int) -> Iterator[Race]:
    load_facilities()
    crowd = mass.fill(rounds, clock.today().replace(day=1), alone=True)
    for family in crowd.families:
        person = Person.get_by_id(crowd.head(family))
        facilities.choose_first(person, HOME, date(2025, 1, 1), SYSTEM)
        yield Race(
            lambda person=person: facilities.change(person, OTHER, SYSTEM, "key").id,
            lambda: (ClinicChoice.select().where(ClinicChoice.facility_code == OTHER).count(),),
        )


def complaints_filed(_url: str, rounds: int) -> Iterator[Race]:
    for number in range(rounds):
        said = {"key": f"key{number}", "category": Category.HOSPITAL, "text": "Kamar penuh."}
        yield Race(lambda said=said: complaints.file(by=Actor(), **said).id, lambda: (Complaint.select().count(),))


KINDS = {
    "payment": payments,
    "registration": registrations,
    "clinic change": clinic_changes,
    "complaint": complaints_filed,
}


def run(url: str, goals: Goals, rounds: int, kinds: tuple[str, ...] = tuple(KINDS)) -> None:
    title(f"The same sent {CLIENTS} times at once")
    rows = []
    with ThreadPoolExecutor(CLIENTS) as threads:
        for kind in kinds:
            more, unlike, took = 0, 0, []
            with closing(KINDS[kind](url, rounds)) as races:
                for race in races:
                    before = race.effects()
                    db.close()
                    begun = time.perf_counter()
                    answers = list(threads.map(at_once(race.send), range(CLIENTS)))
                    took.append((time.perf_counter() - begun) * 1000)
                    effects = tuple(now - then for now, then in zip(race.effects(), before, strict=True))
                    more, unlike = more + (effects != race.once), unlike + (len(set(answers)) > 1)
            rows.append((kind, rounds, more, unlike, median(took)))
    table(("what", "rounds", "without exactly one effect", "with different answers", "ms a round"), rows)
    for kind, _rounds, more, unlike, _took in rows:
        goals.hold(f"double {kind}: rounds without exactly one effect", more, 0)
        goals.hold(f"double {kind}: rounds with different answers", unlike, 0)


def at_once(send: Callable[[], object]) -> Callable[[int], object]:
    """Everybody waits for everybody; a refusal is an answer too."""
    start = Barrier(CLIENTS)

    def act(_number: int) -> object:
        start.wait()
        try:
            return send()
        except (Refused, BankRefused) as refused:
            return str(refused)
        finally:
            db.close()

    return act
