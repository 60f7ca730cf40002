"""Sixty-four changes at the same moment, on a real file and a real server, each with its own connection."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.db import db, write
from jkn.errors import Refused
from jkn.facilities import service
from jkn.facilities.models import ClinicChoice
from jkn.notices.models import Notice
from tests.builders import a_family, people
from tests.facilities.places import load_facilities

MANY = 64
HOME, OTHER = "13010101", "0217B005"


@pytest.fixture
def person(own_database):
    load_facilities()
    person = people(a_family(size=1))[0]
    service.choose_first(person, HOME, date(2025, 1, 1), SYSTEM)
    db.close()
    return person


def at_once(change, person, keys):
    """Every change at the same moment; True for each that was not refused."""
    start = Barrier(MANY)

    def run(key):
        start.wait()
        try:
            return bool(change(person, OTHER, SYSTEM, key))
        except Refused:
            return False
        finally:
            db.close()

    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(run, keys))


def changes():
    return ClinicChoice.select().where(ClinicChoice.facility_code == OTHER).count()


@pytest.mark.parametrize("same_key", [True, False])
def test_64_parallel_changes_make_exactly_one(person, same_key):
    done = at_once(service.change, person, ["k" if same_key else f"k{n}" for n in range(MANY)])
    assert changes() == 1
    assert sum(done) == (MANY if same_key else 1)
    assert Notice.select().where(Notice.name == "clinic_changed").count() == 1
    assert Entry.select().where(Entry.act == Act.CLINIC_CHOSEN, Entry.subject != "clinic_choice").count() == 1


def test_64_parallel_undos_undo_exactly_once(person):
    choice = service.change(person, OTHER, SYSTEM, "k")
    db.close()
    done = at_once(lambda _person, _code, by, _key: service.undo(choice, by), person, range(MANY))
    assert sum(done) == 1
    assert Entry.select().where(Entry.act == Act.CLINIC_UNDONE).count() == 1


def test_the_broken_twin_that_looks_before_it_writes_makes_many(person):
    looked = Barrier(MANY)

    def change(person, code, by, key):
        free = service.standings_of([person.id], clock.today())[person.id].coming is None
        looked.wait()
        if free:
            with write():
                ClinicChoice.create(
                    person=person,
                    facility_code=code,
                    since=date(2026, 2, 1),
                    attempt=int(key[1:]),  # so that no unique index stands in the way
                    key=key,
                )
        return free

    at_once(change, person, [f"k{n}" for n in range(MANY)])
    assert changes() > 1
