"""A code of the sheet works once, whichever door it was typed at, and however long ago."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import raising, service, sheets
from jkn.assisting import consents
from jkn.errors import Refused
from jkn.permissions import Scope
from jkn.texting import deeds
from tests.assisting.helping import by_of
from tests.builders import a_family, an_officer, people
from tests.crawl import a_facility


def at_the_sign_in(person, code: str) -> None:
    service.sign_in_by_code(person.nik, code, "730164", Actor())


def at_a_step_up(person, code: str) -> None:
    opened = service.open_sign_in(person=person)
    raising.step_up(opened.row.id, person.id, code, Actor(person_id=person.id))


def on_a_helpers_phone(person, code: str) -> None:
    helper = service.Officer.get_or_none(service.Officer.username == "tini") or an_officer(Role.VOLUNTEER, "tini")
    helper.person = helper.person or people(a_family(1))[0]
    helper.save()
    consents.begin(person.nik, code, [Scope.STATUS], 15, f"form {clock.now()}", by_of(helper))


def in_a_message(person, code: str) -> None:
    a_facility()
    asker = deeds.Asker("+6281298765401", "sms", f"message {clock.now().timestamp()}"[:32], [person])
    deeds.change_clinic(asker, person, "0301R001", code)


DOORS = (at_the_sign_in, at_a_step_up, on_a_helpers_phone, in_a_message)


@pytest.mark.parametrize("first", DOORS)
def test_a_code_spent_at_one_door_opens_no_door_again(siti, first):
    code = sheets.codes(sheets.issue(siti, SYSTEM))[0]
    first(siti, code)
    with clock.frozen(clock.now() + timedelta(hours=25)):  # the waits after a reset are over
        for door in DOORS:
            with pytest.raises(Refused):
                door(siti, code)


@pytest.mark.parametrize("door", DOORS)
def test_twin_that_does_not_note_a_code_as_spent_opens_again(siti, door, monkeypatch):
    monkeypatch.setattr(sheets, "spend", lambda code, by: True)
    code = sheets.codes(sheets.issue(siti, SYSTEM))[0]
    at_a_step_up(siti, code)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        door(siti, code)


@pytest.mark.parametrize("door", DOORS)
def test_a_code_of_a_sheet_that_was_replaced_opens_no_door(siti, door):
    code = sheets.codes(sheets.issue(siti, SYSTEM))[0]
    sheets.issue(siti, SYSTEM)
    with pytest.raises(Refused):
        door(siti, code)
