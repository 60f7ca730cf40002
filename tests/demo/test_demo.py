"""The invented country: loaded by the real importers, tried out with the sign-ins it prints."""

import csv
from collections import Counter
from datetime import UTC, date, datetime

import pyotp
import pytest

from jkn import clock
from jkn.access import Actor
from jkn.accounts import officers
from jkn.accounts import service as accounts
from jkn.accounts.models import Officer
from jkn.assisting import worklist
from jkn.assisting.worklist import Task
from jkn.contributions import service as contributions
from jkn.contributions.models import Bill
from jkn.demo import service
from jkn.facilities.models import Facility
from jkn.members import service as members
from jkn.members.models import Family, Person
from jkn.offices.models import Office
from jkn.population import service as population
from jkn.population.models import Resident


@pytest.fixture
def demo(run, tmp_path, monkeypatch):
    """Run it, its credentials in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    return lambda: run("demo")


def test_the_demo_loads_whole_and_may_run_twice(demo):
    done = demo()
    assert done.exit_code == 0
    assert "warning" not in done.output

    def counts():
        return [table.select().count() for table in (Person, Family, Resident, Facility, Office, Bill, Officer)]

    before = counts()
    assert before[2] == 775
    assert 140 <= before[1] < 200
    again = demo()
    assert again.exit_code == 0
    assert counts() == before
    signs_in = [text.partition("Members:")[2].partition("A kiosk:")[0] for text in (done.output, again.output)]
    assert signs_in[0] == signs_in[1] != ""


def test_the_volunteer_finds_a_family_to_register_in_her_villages(demo):
    demo()
    tini = Officer.get(Officer.username == "tini")
    waiting = [worklist.page(village, Task.UNREGISTERED, 0)[0] for village in worklist.villages_of(tini.id)]
    assert [row.name for rows in waiting for row in rows] == ["B******", "M***** P***** T***"]


@pytest.mark.parametrize("moment", [datetime(2026, 1, 15, 3, tzinfo=UTC), datetime(2027, 3, 20, 3, tzinfo=UTC)])
def test_its_members_stand_as_it_says_in_whatever_month(demo, moment):
    with clock.frozen(moment):
        assert demo().exit_code == 0
        states = {}
        for nik in service.MEMBERS:
            payer = members.payer_of(members.family_of(members.find_by_nik(nik).id).id)
            states[service.MEMBERS[nik]] = contributions.standing(payer, clock.today()).state.name
        assert list(states.values()) == ["ACTIVE", "LATE", "SUSPENDED"]


def test_every_sign_in_it_prints_works(demo):
    printed = demo().output
    for nik in service.MEMBERS:
        assert accounts.sign_in_by_pin(nik, service.PIN, None, Actor()).token
        assert nik in printed
    for username in service.OFFICERS:
        code = pyotp.TOTP(service.TOTP).at(clock.now())
        assert officers.check(username, service.PASSWORD, code).username == username


def test_its_strangers_can_be_asked_for_and_are_not_in_the_scheme(demo):
    demo()
    assert len(service.strangers()) == 2
    for _story, row in service.strangers():
        family = population.ask_family(row["NO_KK"], row["NIK"], date.fromisoformat(row["TGL_LHR"]))
        assert not any(members.find_by_nik(person.nik) for person in family.people)


def test_the_pin_is_one_that_a_member_could_have_chosen(demo):
    demo()
    for nik in service.MEMBERS:
        accounts.check_pin_strength(service.PIN, [members.find_by_nik(nik)])


def test_production_refuses_it(demo, app, monkeypatch):
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    done = demo()
    assert done.exit_code == 1
    assert "refused in production" in done.output
    assert Person.select().count() == 0


def test_the_awkward_cases_of_a_real_registry_are_there():
    with open(service.DATA / "population.csv", newline="", encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    sizes = Counter(Counter(person["NO_KK"] for person in people).values())
    births = Counter((person["NO_KK"], person["TGL_LHR"]) for person in people)
    assert sum(sizes.values()) == 200
    assert {1, 12} <= set(sizes)
    assert any(count > 1 for count in births.values())  # twins
    assert any(person["TGL_LHR"] < "1926" for person in people)
    assert any(person["TGL_LHR"] > "2025-10" for person in people)
    assert any(" " not in person["NAMA_LGKP"] for person in people)
    assert any("'" in person["NAMA_LGKP"] for person in people)
    assert any(person["STATUS_HIDUP"] == "MENINGGAL" for person in people)
    assert any(person["NIK"][:2] != person["KODE_DESA"][:2] for person in people)
