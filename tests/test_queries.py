"""How much a member's page asks of the database: few queries, and each answered by an index on both engines."""

import pytest

from jkn import clock
from jkn.access import Role
from jkn.db import db
from jkn.facilities.models import Facility
from jkn.members.models import Payer, Person
from jkn.members.service import people_of
from tests.asking import asked, forget_sizes, read_whole
from tests.conftest import NOW
from tests.crawl import PAGES, as_member
from tests.facilities.places import load_facilities
from tests.instalments.test_service import behind, joined
from tests.weighing import ASKED, a_large_world

MOST = 8
FOR_MACHINES = "/healthz"
FOR_MEMBERS = [route for route in PAGES if route.role in (None, Role.MEMBER) and route.url != FOR_MACHINES]


@pytest.fixture(scope="module")
def world(app):
    """Made once; every test undoes what it adds."""
    with clock.frozen(NOW), db.atomic() as transaction:
        load_facilities()
        forget_sizes()
        yield a_large_world()
        transaction.rollback()


@pytest.fixture
def questions(app, world):
    """Open a page as a member of a large family, in a browser that was here before; what it asked."""
    client = as_member(app, world.person)
    client.get("/status")

    def of(url):
        with asked() as found:
            client.get(url)
        return found

    return of


@pytest.mark.parametrize("route", FOR_MEMBERS, ids=str)
def test_a_page_asks_little_and_every_question_has_an_index(world, questions, route):
    hold(questions(world.address(route)))


@pytest.mark.parametrize("url", ASKED)
def test_a_search_asks_little_and_every_question_has_an_index(questions, url):
    hold(questions(url))


@pytest.mark.parametrize("url", ("/status", "/tagihan", "/bayar/saya", "/bayar/saya/dompet", "/celengan", "/cicilan"))
def test_a_family_that_pays_in_instalments_asks_no_more(app, url):
    load_facilities()
    forget_sizes()
    payer = behind(8)
    joined(payer, 4)
    client = as_member(app, people_of(payer.family_id)[0])
    client.get("/status")
    with asked() as found:
        assert client.get(url).status_code == 200
    hold(found)


def test_the_sign_in_is_one_question(questions):
    assert len(questions("/bantuan")) == 1


def test_questions_without_an_index_are_found(app, world):
    assert read_whole(*Person.select().where(Person.sex == "P").sql()) == ["person"]
    assert read_whole(*Facility.select().order_by(Facility.name).limit(8).sql()) == ["facility"]
    assert read_whole(*Person.select(Person.id).order_by(Person.id).sql()) == ["person"]
    joined = Payer.select().join(Person, on=Person.name == Payer.name).where(Payer.id == 1)
    assert read_whole(*joined.sql()) == []
    unjoined = Payer.select().join(Person, on=Person.sex == Payer.name).where(Payer.id == 1)
    assert read_whole(*unjoined.sql()) == ["person"]


def hold(found: list[tuple[str, tuple]]) -> None:
    selects = [sql for sql, _values in found]
    assert len(found) <= MOST, "\n".join(selects)
    assert not {sql: tables for sql, values in found if (tables := read_whole(sql, values))}
