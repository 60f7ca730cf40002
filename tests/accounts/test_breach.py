"""flask list-touched: after a breach, everybody whose data somebody touched."""

import csv
import io
from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts.officers import PASSWORD_LENGTH, create_officer
from jkn.audit import service as audit
from jkn.audit.models import Act, Entry
from jkn.members import service as members
from jkn.members.models import Person, Relation, Stay
from tests.builders import a_family, people

WINDOW = ("--since", "2026-01-15", "--until", "2026-01-16")


def listed(run, *options) -> list[dict]:
    result = run("list-touched", *options)
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.output, newline="")))


def an_actor() -> Actor:
    officer, _uri = create_officer("joko", "Joko", Role.OFFICER, "1301", password="x" * PASSWORD_LENGTH)
    return Actor(officer_id=officer.id, role=Role.OFFICER, channel="desk")


def test_everybody_whom_an_officer_touched_is_listed_once_with_what_was_done(app, run):
    mother, child = people(a_family(2))
    by = an_actor()
    for act in (Act.DATA_SEEN, Act.DATA_SEEN, Act.PHONE_CHANGED):
        audit.record(act, mother, by)
    audit.record(Act.DATA_SEEN, child, SYSTEM)
    [row] = listed(run, "--officer", "joko", *WINDOW)
    assert (row["ORANG"], row["NAMA"], row["DIBACA"], row["DIUBAH"]) == (str(mother.id), "SITI AMINAH", "2", "1")
    assert row["ALAMAT"] == "JL. KENANGA NO. 4 RT 001 RW 002" and row["KODE_DESA"] == "35.78.08.1001"
    assert row["PERTAMA"] == row["TERAKHIR"] == "2026-01-15 10:00+07:00"
    assert listed(run, "--officer", by.officer_id, *WINDOW) == [row]


def test_what_a_family_shares_concerns_everybody_who_lived_there_then(app, run):
    family, by = a_family(2), an_actor()
    born = date(1990, 2, 2)
    later = members.enter_person(nik="3578084202900001", name="DEWI", born=born, sex="P")
    members.settle_in(later, family, Relation.SPOUSE, clock.today() + timedelta(days=3))
    audit.record(Act.DATA_SEEN, family, by)
    rows = listed(run, "--officer", "joko", *WINDOW)
    assert [int(row["ORANG"]) for row in rows] == [person.id for person in sorted(people(family), key=lambda p: p.id)]


def test_only_what_lies_in_the_window_counts(app, run):
    [person], by = people(a_family(1)), an_actor()
    audit.record(Act.DATA_SEEN, person, by)  # at ten o'clock in Jakarta
    assert listed(run, "--officer", "joko", "--since", "2026-01-15T10:00", "--until", "2026-01-15T10:01")
    assert not listed(run, "--officer", "joko", "--since", "2026-01-15T09:00", "--until", "2026-01-15T10:00")
    assert not listed(run, "--officer", "joko", "--since", "2026-01-15T10:01", "--until", "2026-01-16")


def test_a_member_or_volunteer_is_listed_by_number_without_their_own_data(app, run):
    mother, child = people(a_family(2))
    by = Actor(person_id=mother.id, role=Role.MEMBER)
    audit.record(Act.PHONE_CHANGED, mother, by)
    audit.record(Act.PHONE_CHANGED, child, by)
    assert [row["ORANG"] for row in listed(run, "--person", mother.id, *WINDOW)] == [str(child.id)]


def test_who_left_every_family_is_listed_without_an_address(app, run):
    [person], by = people(a_family(1)), an_actor()
    Person.update(name="=SUM(A1)").where(Person.id == person.id).execute()
    Stay.update(until=date(2025, 12, 1)).where(Stay.person == person).execute()
    audit.record(Act.DATA_SEEN, person, by)
    [row] = listed(run, "--officer", "joko", *WINDOW)
    assert (row["NAMA"], row["ALAMAT"]) == ("'=SUM(A1)", "")


def test_the_list_itself_is_noted(app, run):
    [person], by = people(a_family(1)), an_actor()
    audit.record(Act.DATA_SEEN, person, by)
    listed(run, "--officer", "joko", *WINDOW)
    entry = Entry.select().order_by(Entry.id.desc()).get()
    assert (entry.act, entry.subject, entry.channel, entry.count) == (Act.DATA_SEEN, "touched", "console", 1)
    assert listed(run, "--officer", "joko", *WINDOW)  # the temporary table is gone, so that it can be made again


@pytest.mark.parametrize("options", [(), ("--officer", "joko", "--person", 1), ("--officer", "nobody")])
def test_it_is_said_whose_acts(app, run, options):
    assert run("list-touched", *options, *WINDOW).exit_code == 2
