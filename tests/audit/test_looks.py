"""Who looks at somebody's data is written down before they see it: on every page, each person once."""

from collections import Counter
from dataclasses import replace

import pytest

from jkn import looks
from jkn.access import Actor, Role
from jkn.audit import service
from jkn.audit.models import Act, Entry
from jkn.members.models import Person, Stay
from tests.builders import post
from tests.canaries import found_in
from tests.crawl import PAGES, a_world, as_member, as_staff, may

ONE_WORLD = True

OF_STAFF = [(route, role) for route in PAGES if route.shows == "staff" for role in Role if may(role, route.access)]
OF_STAFF = [(route, role) for route, role in OF_STAFF if role != Role.MEMBER]


def looks_after(last: int) -> list[Entry]:
    return list(Entry.select().where(Entry.id > last, Entry.act == Act.DATA_SEEN))


def last_entry() -> int:
    return Entry.select().order_by(Entry.id.desc()).get().id


def unnoted(app, route, role) -> list[str]:
    """What the page shows of the family although nobody noted that it was read."""
    world, client = a_world(), as_staff(app, role)
    ours = {person.id for person in world.people}
    last = last_entry()
    shown = found_in(client.get(world.address(route)), world.canaries)
    entries = looks_after(last)
    each = Counter((entry.person_id, entry.family_id if entry.person_id is None else None) for entry in entries)
    assert not [whose for whose, times in each.items() if whose != (None, None) and times > 1]
    noted = any(entry.person_id in ours or entry.family_id == world.family.id for entry in entries)
    return [] if noted else shown


@pytest.mark.parametrize("route, role", OF_STAFF, ids=str)
def test_whoever_is_shown_to_staff_is_noted_once(app, route, role):
    assert unnoted(app, route, role) == []


def test_a_list_that_notes_nobody_is_noticed(app, monkeypatch):
    monkeypatch.setattr(looks, "select", lambda model: model.select())
    assert {route.url for route, role in OF_STAFF if unnoted(app, route, role)} >= {
        "/petugas/rawat-inap",
        "/petugas/denda",
    }


def test_an_answer_comes_only_after_its_entry(app, monkeypatch):
    """Where the entry cannot be written nothing is shown."""
    world, client = a_world(), as_staff(app, Role.OFFICER)

    def fails(*_args, **_values):
        raise ZeroDivisionError

    monkeypatch.setattr(service, "record_looks", fails)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get(f"/petugas/slip/{world.person.id}")
    assert answer.status_code == 500
    assert found_in(answer, world.canaries) == []


def test_a_family_member_who_opens_anothers_page_is_noted(app):
    world = a_world()
    mother, child = world.people
    client, last = as_member(app, mother), last_entry()
    stay = Stay.get(Stay.person == child)
    assert client.get(f"/kartu/{stay.id}").status_code == 200
    [entry] = looks_after(last)
    assert (entry.person_id, entry.by_person, entry.subject) == (child.id, mother.id, f"stay:{stay.id}")


def test_who_types_a_number_twice_in_one_request_is_noted_once(app):
    """An officer finds the person by NIK, which is a look, and sees what an admission would cost."""
    world = a_world()
    client, last = as_staff(app, Role.OFFICER), last_entry()
    typed = {"number": world.person.nik, "facility": "0301R001", "care": "hospital-inpatient", "estimate": "1000000"}
    post(client, "/petugas/rawat-inap/baru", **typed, **{"admitted-d": "14", "admitted-m": "1", "admitted-y": "2026"})
    assert [entry.person_id for entry in looks_after(last)] == [world.person.id]


def test_whoever_was_found_in_this_request_is_not_noted_again_by_the_page(app):
    person, by = a_world().person, Actor(officer_id=1, role=Role.OFFICER, channel="desk", request_id="r-1")
    last = last_entry()
    service.record(Act.DATA_SEEN, person, by, page="admission")
    service.record_looks([person, Stay.get(Stay.person == person)], by, "penalties.admission_record")
    assert len(looks_after(last)) == 1
    service.record_looks([person], replace(by, request_id="r-2"), "penalties.admission_record")
    assert len(looks_after(last)) == 2


def test_counting_rows_is_no_look_at_them(app):
    with app.test_request_context():
        assert looks.select(Person).count() > 0
        assert looks.select(Person).exists()
        assert looks.taken() == []
        assert list(looks.select(Person).limit(2)) == looks.taken()
