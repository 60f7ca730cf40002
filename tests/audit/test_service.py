"""No change without its entry, no entry without its change; and who looked at whose data."""

import json

import pytest

from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import service as accounts
from jkn.audit import service
from jkn.audit.models import Act, Entry
from jkn.db import writing
from tests.builders import a_family, people, post
from tests.crawl import OWNED, a_world, as_member, as_staff


def looks(person_id: int | None = None) -> list[Entry]:
    query = Entry.select().where(Entry.act == Act.DATA_SEEN)
    return list(query.where(Entry.person_id == person_id) if person_id else query)


def test_an_entry_knows_whose_data_it_is_about(app):
    family = a_family(1)
    person = people(family)[0]
    by = Actor(officer_id=7, role=Role.OFFICER, channel="desk", office="1301", request_id="r1")
    entry = service.record(Act.PIN_SET, person, by, in_person=True)
    kept = Entry.get_by_id(entry.id)
    assert (kept.person_id, kept.subject, kept.by_officer, kept.office) == (person.id, f"person:{person.id}", 7, "1301")
    assert (kept.role, kept.channel, kept.request_id, kept.details) == ("officer", "desk", "r1", {"in_person": True})


def test_what_is_undone_leaves_no_entry(app):
    person = people(a_family(1))[0]
    before = Entry.select().count()

    @writing
    def fails():
        accounts.store_pin(person, "hash", SYSTEM)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert Entry.select().count() == before
    assert not person.account_set.exists()


def test_an_officer_who_opens_a_person_is_noted_once(app):
    world = a_world()
    before = len(looks(world.person.id))
    as_staff(app, Role.OFFICER).get(f"/petugas/slip/{world.person.id}")
    [entry] = looks(world.person.id)[before:]
    assert entry.role == "officer"
    assert entry.details == {"page": "accounts.slip_print"}


def test_a_person_who_reads_their_own_is_not_noted(app):
    world = a_world()
    client = as_member(app, world.person)
    before = len(looks())
    for route in OWNED:
        if route.role == Role.MEMBER:
            client.get(world.address(route))
    assert len(looks()) == before


@pytest.mark.parametrize("route", [route for route in OWNED if route.role not in (None, Role.MEMBER)], ids=str)
def test_every_page_of_an_officer_about_a_row_is_noted(app, route):
    world = a_world()
    client = as_staff(app, route.role)
    before = len(looks())
    answer = client.get(world.address(route))
    assert (len(looks()) > before) == (answer.status_code == 200)


def test_a_look_that_was_refused_is_not_a_look(app):
    world = a_world()
    before = len(looks())
    client = as_staff(app, Role.AUDITOR)
    assert client.get(f"/petugas/slip/{world.person.id}").status_code == 403
    assert len(looks()) == before


def test_the_auditor_reads_the_newest_first_and_pages_back(app):
    person = people(a_family(1))[0]
    for place in range(60):
        service.record(Act.PIN_SET, person, SYSTEM, place=place)
    client = as_staff(app, Role.AUDITOR)
    first = client.get("/petugas/audit").text
    assert first.count("<tr>") == 51 or first.count("<tr") == 51
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert client.get(older.replace("&amp;", "&")).status_code == 200


def test_reading_the_log_is_noted_too(app):
    client = as_staff(app, Role.AUDITOR)
    client.get("/petugas/audit")
    assert [entry.subject for entry in looks()][-1] == "entry"


def test_no_entry_holds_a_number_of_a_person(app):
    """After all that the world did: joining, slips, complaints, payments, sign-ins."""
    import re

    world = a_world()
    client = as_member(app, world.person)
    post(client, "/keluar")
    written = [json.dumps(entry.details) + entry.subject for entry in Entry.select()]
    assert written
    assert [text for text in written if re.search(r"\d{10,}", text)] == []


def test_nothing_in_the_code_changes_or_deletes_an_entry():
    from pathlib import Path

    for path in Path("jkn").rglob("*.py"):
        assert "Entry.update" not in path.read_text() and "Entry.delete" not in path.read_text()


def test_every_act_is_named_noun_and_participle():
    assert [act for act in Act if not (act.count(":") == 1 and act.islower())] == []
