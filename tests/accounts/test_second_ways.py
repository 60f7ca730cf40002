"""The second ways back in: what turns a shut way on again, and where a slip from the counter leads."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import raising, service, sheets
from jkn.accounts.attempts import PAUSE
from jkn.errors import Refused
from tests.builders import PIN, an_officer, post

NEW = "730164"


def a_slip_code(person) -> str:
    by = Actor(officer_id=an_officer().id, role=Role.OFFICER, channel="desk")
    return sheets.slip_code(sheets.print_slip(person, by))


def test_ten_wrong_in_a_row_at_a_change_or_a_step_up_do_not_shut_it_for_ever(siti):
    codes, start = service.issue_sheet(siti, SYSTEM), clock.now()
    for guess in range(10):
        with clock.frozen(start + guess * PAUSE):
            assert not service.confirm_pin(siti.id, "295817")
            with pytest.raises(Refused):
                raising.step_up(0, siti.id, "00000000", SYSTEM)
    with clock.frozen(start + timedelta(days=1)):
        with pytest.raises(Refused):
            service.confirm_pin(siti.id, PIN)
        opened = service.sign_in_by_code(siti.nik, codes[0], NEW, Actor())
    with clock.frozen(start + timedelta(days=3)):
        assert service.confirm_pin(siti.id, NEW)
        raising.step_up(opened.row.id, siti.id, codes[1], SYSTEM)


def test_guesses_from_before_do_not_shut_out_who_stands_at_the_counter(siti):
    for _guess in range(25):
        with pytest.raises(Refused):
            service.sign_in_by_code(siti.nik, "00000000", NEW, Actor())
    assert service.sign_in_by_code(siti.nik, a_slip_code(siti), NEW, Actor())


def test_a_slip_leads_to_the_first_sheet(app, siti):
    client = app.test_client()
    answer = post(client, "/masuk/kode", number=siti.nik, code=a_slip_code(siti), pin=NEW, again=NEW)
    assert answer.location == "/lembar"
    assert post(client, "/lembar").location == "/lembar/baru"
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert client.get("/pin").location == "/masuk/naik"


def test_a_sheet_code_does_not_open_the_second_level(app, siti):
    client, codes = app.test_client(), service.issue_sheet(siti, SYSTEM)
    assert post(client, "/masuk/kode", number=siti.nik, code=codes[0], pin=NEW, again=NEW).location == "/"
    assert client.get("/lembar").location == "/masuk/naik"
