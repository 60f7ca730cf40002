"""A volunteer's limits hold however many tries come at once."""

from datetime import date

import pytest
from peewee import IntegrityError

from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import service, sheets
from jkn.accounts.models import Grant, GrantBasis, Officer
from jkn.assisting import askings, consents, volunteers
from jkn.assisting.models import Miss
from jkn.db import db
from jkn.errors import Refused
from jkn.permissions import Scope
from tests.builders import a_family, a_nik, an_officer, people
from tests.test_db import in_threads

AT_ONCE = 24


@pytest.fixture
def helper(own_database) -> Actor:
    officer = an_officer(Role.VOLUNTEER, "tini")
    officer.person = people(a_family(1))[0]
    officer.save()
    sign_in = service.open_sign_in(officer=officer).row
    db.close()
    return Actor(officer_id=officer.id, role=Role.VOLUNTEER, sign_in=sign_in.id)


def begin(number: str, code: str, by: Actor, key: str = "once") -> bool:
    try:
        consents.begin(number, code, [Scope.STATUS], 15, key, by)
    except Refused:
        return False
    return True


def test_of_many_guesses_at_once_ten_are_looked_at(helper):
    numbers = [a_nik(date(1975, 5, 5)) for _ in range(AT_ONCE)]
    assert not any(in_threads(AT_ONCE, lambda place: begin(numbers[place], "12345678", helper)))
    assert Miss.select().count() == volunteers.MISSES
    assert Officer.get_by_id(helper.officer_id).suspended_at is not None


def test_asking_who_is_suspended_before_ones_turn_lets_more_through(helper, monkeypatch):
    """The broken twin: each try saw the volunteer before any of the others was counted."""
    before = Officer.get_by_id(helper.officer_id)
    db.close()
    monkeypatch.setattr(volunteers, "take_turn", lambda _id: before)
    numbers = [a_nik(date(1975, 5, 5)) for _ in range(AT_ONCE)]
    in_threads(AT_ONCE, lambda place: begin(numbers[place], "12345678", helper))
    assert Miss.select().count() > volunteers.MISSES


def test_households_at_once_are_counted_one_by_one(helper, monkeypatch):
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 3)
    them = [people(a_family(1))[0] for _ in range(8)]
    codes = [sheets.codes(sheets.issue(person, SYSTEM))[0] for person in them]
    db.close()
    opened = in_threads(8, lambda place: begin(them[place].nik, codes[place], helper))
    assert sum(opened) == Grant.select().count() == 3


def test_one_code_at_once_opens_one_consent(helper):
    person = people(a_family(1))[0]
    code = sheets.codes(sheets.issue(person, SYSTEM))[0]
    db.close()
    opened = in_threads(8, lambda place: begin(person.nik, code, helper, key=f"form {place}"))
    assert sum(opened) == Grant.select().count() == 1


def asked_of(person, by: Actor):
    asking = askings.ask(person.nik, [Scope.STATUS], 30, "once", by)
    db.close()
    return asking


def say_yes(asking) -> bool:
    try:
        askings.agree(asking, GrantBasis.PIN, Actor(person_id=asking.person_id))
    except Refused:
        return False
    return True


def test_of_many_yeses_at_once_one_opens_one_consent(helper):
    asking = asked_of(people(a_family(1))[0], helper)
    assert sorted(in_threads(8, lambda _place: say_yes(asking))) == [False] * 7 + [True]
    assert Grant.select().count() == 1


def test_looking_whether_it_is_answered_before_ones_turn_breaks_the_other_yeses(helper, monkeypatch):
    """The broken twin: each yes saw the question as it was before the others; only the grant's own key stops them."""
    asking = asked_of(people(a_family(1))[0], helper)
    monkeypatch.setattr(askings, "_answer", lambda seen: seen.answered_at is None)
    said = in_threads(8, lambda _place: say_yes(asking))
    assert [isinstance(each, IntegrityError) for each in said].count(True) == 7
