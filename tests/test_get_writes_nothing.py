"""GET reads. Every page, as everybody, on a connection that refuses to write; and the rows are the same afterwards."""

import pytest

from jkn import clock
from jkn.access import public
from jkn.db import stop_reading, write
from jkn.members.models import Person
from tests.crawl import PAGES, READERS, a_world, as_member, contents, reader


def visit(client, world) -> list[tuple[str, int]]:
    """Open every page, about the family and about nobody; the faults."""
    urls = [url for route in PAGES for url in (world.address(route), world.nowhere(route))]
    answers = [(url, client.get(url).status_code) for url in dict.fromkeys(urls)]
    return [(url, status) for url, status in answers if status >= 500]


@pytest.mark.parametrize("kind", ["the family", *READERS])
def test_opening_every_page_changes_no_row(app, kind):
    world = a_world()
    client = as_member(app, world.person) if kind == "the family" else reader(app, kind)
    before = contents()
    assert visit(client, world) == []
    after = contents()
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}


@pytest.mark.parametrize("kind", ["the family", "officer"])
def test_head_and_options_change_no_row(app, kind):
    world = a_world()
    client = as_member(app, world.person) if kind == "the family" else reader(app, kind)
    before = contents()
    for route in PAGES:
        assert client.head(world.address(route)).status_code < 500
        client.options(world.address(route))
    assert contents() == before


def test_a_view_that_writes_on_get_fails_and_writes_nothing(another_app):
    """The broken twin: the door is shut, whichever way the view takes."""
    world = a_world()

    @public
    def writes():
        Person.update(name="CHANGED").where(Person.id == world.person.id).execute()
        return "done"

    @public
    def writes_through_the_door():
        with write():
            Person.update(name="CHANGED").where(Person.id == world.person.id).execute()
        return "done"

    client = another_app(writes, writes_through_the_door).test_client()
    for url in ("/writes", "/writes_through_the_door"):
        assert client.get(url).status_code in (500, 503)
        assert Person.get_by_id(world.person.id).name == world.person.name


def test_a_view_that_opens_the_door_again_is_noticed_by_its_rows(another_app):
    """The other twin: what a view could do only on purpose, the comparison of all rows sees."""
    world = a_world()

    @public
    def sly():
        stop_reading()
        with write():
            Person.update(name="CHANGED").where(Person.id == world.person.id).execute()
        return "done"

    before = contents()
    assert another_app(sly).test_client().get("/sly").status_code == 200
    assert {table for table, rows in contents().items() if rows != before[table]} == {"person"}


def test_after_a_page_the_connection_writes_again(app, client):
    """Also after a page that does not exist, and after one that broke."""
    world = a_world()
    for url in ("/masuk", "/nowhere", "/perangkat"):
        client.get(url)
        assert Person.update(language="en").where(Person.id == world.person.id).execute() == 1


def test_the_door_is_shut_on_a_connection_of_its_own_too(own_database, another_app):
    """Outside a test's transaction both engines refuse in another way than inside."""
    world = a_world()

    @public
    def writes():
        Person.update(name="CHANGED").where(Person.id == world.person.id).execute()
        return "done"

    @public
    def reads():
        return Person.get_by_id(world.person.id).name

    client = another_app(writes, reads, DATABASE_URL=own_database).test_client()
    for _ in range(2):
        assert client.get("/writes").status_code in (500, 503)
        assert client.get("/reads").text == world.person.name
    assert Person.update(language="en").where(Person.id == world.person.id).execute() == 1


def test_a_sign_in_is_noted_as_used_at_most_once_a_minute(app):
    from datetime import timedelta

    from jkn.accounts.models import SignIn

    world = a_world()
    client = as_member(app, world.person)
    start = clock.now()
    seen = []
    for seconds in (0, 30, 61, 90, 122):
        with clock.frozen(start + timedelta(seconds=seconds)):
            client.get("/perangkat")
            seen.append(int((SignIn.select().order_by(SignIn.id.desc()).get().seen_at - start).total_seconds()))
    assert seen == [0, 0, 61, 61, 122]
