"""Auto-debit stops when whoever gave it has died or left the family: paused at the next run, and told."""

from datetime import UTC, datetime

import pytest

from jkn import clock
from jkn.collecting import mandates, running
from jkn.collecting.models import Mandate, Stage
from jkn.members.models import Person, Stay
from jkn.notices.models import Notice
from tests.builders import a_family, people, sign_in
from tests.collecting.households import DEBIT_DAY, bound


@pytest.fixture(autouse=True)
def on_the_debit_day(app, now):
    with clock.frozen(datetime(2026, 1, 20, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def family(app):
    return a_family(2)


@pytest.fixture
def mandate(wallet, family):
    return bound(wallet, family)


def dies(person):
    Person.update(died_on=DEBIT_DAY).where(Person.id == person.id).execute()


def leaves(person):
    Stay.update(until=DEBIT_DAY).where(Stay.person == person.id).execute()


def told_of_pause() -> list[int]:
    return [row.person_id for row in Notice.select().where(Notice.name == "autodebit_paused").order_by(Notice.id)]


@pytest.mark.parametrize("goes", [dies, leaves])
def test_nothing_is_debited_and_the_family_is_told_once(wallet, family, mandate, goes):
    giver, other = people(family)
    goes(giver)
    for _run in range(2):
        running.collect(DEBIT_DAY)
    assert wallet.books.taken() == []
    assert Mandate.get_by_id(mandate.id).stage_on(DEBIT_DAY) is Stage.PAUSED
    assert told_of_pause() == ([other.id] if goes is dies else [other.id, giver.id])


def test_the_family_reads_what_to_do(app, wallet, family, mandate):
    giver, other = people(family)
    dies(giver)
    running.collect(DEBIT_DAY)
    page = sign_in(app, other).get("/kabar").text
    assert "Dompet Uji" in page and "dijeda" in page


def test_resuming_it_does_not_bring_the_giver_back(wallet, family, mandate):
    leaves(people(family)[0])
    running.collect(DEBIT_DAY)
    mandates.resume(mandate, mandates.SYSTEM)
    running.collect(DEBIT_DAY)
    assert wallet.books.taken() == []


def test_somebody_elses_leaving_changes_nothing(wallet, family, mandate):
    leaves(people(family)[1])
    running.collect(DEBIT_DAY)
    assert len(wallet.books.taken()) == 1 and told_of_pause() == []
