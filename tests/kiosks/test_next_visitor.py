"""The next visitor has what the former one left in the browser: an address, a number, a form. It opens nothing."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import entrance
from jkn.accounts import service as accounts
from jkn.complaints.models import Complaint
from tests.builders import PIN, a_family, people, post
from tests.crawl import as_staff, fields
from tests.kiosks.keys import press, sign_in_by_keys
from tests.kiosks.test_staff import type_code, vouch

SECRET = ("/kios/petugas/kertas", "/kios/petugas/escpos")
SLIP = ("/kios/slip", "/kios/slip/cetak", "/kios/slip/escpos")


@pytest.fixture
def next_one(app):
    person = people(a_family(1, names=("RATNA DEWI",)))[0]
    accounts.store_pin(person, accounts.hash_pin(PIN), by=SYSTEM)
    return person


def a_new_browser(app, kiosk):
    """The same device after a crash: only its own cookie outlived it."""
    client = app.test_client()
    client.set_cookie("k", kiosk.get_cookie("k").value)
    return client


@pytest.mark.parametrize("end", ["/kios", "/kios/selesai", "a crash"])
def test_neither_errand_nor_slip_are_there_for_the_next_one(app, kiosk, siti, end):
    """Also within the two minutes in which they could be printed again."""
    type_code(kiosk, vouch(as_staff(app, Role.CLERK), siti))
    post(kiosk, "/kios/aktif", number=siti.card)
    assert kiosk.get(SECRET[0]).status_code == kiosk.get(SLIP[1]).status_code == 200
    after = a_new_browser(app, kiosk) if end == "a crash" else kiosk
    after.get(end if end != "a crash" else "/kios")
    for url in (*SECRET, *SLIP):
        assert after.get(url).location == "/kios", url
        assert after.get(f"{url}?slip=1&errand=1&nomor=1").location == "/kios"


def test_twin_whose_front_page_ends_nothing_shows_the_next_one_the_sheet(app, kiosk, siti, monkeypatch):
    monkeypatch.setattr(entrance, "leave", lambda keep_language=True: None)
    with pytest.raises(AssertionError):
        test_neither_errand_nor_slip_are_there_for_the_next_one(app, kiosk, siti, "/kios")


def test_who_begins_again_goes_on_with_nobodys_digits(kiosk, siti, next_one):
    """The former visitor typed four digits of a PIN and walked off."""
    post(kiosk, "/kios/masuk", number=siti.nik)
    press(kiosk, PIN[:4])
    sign_in_by_keys(kiosk, next_one)
    assert "R**** D***" in kiosk.get("/").text


def test_a_form_of_the_former_visitor_is_refused(kiosk, siti, next_one):
    """Its page is still in the hands of somebody who knows how to send it."""
    sign_in_by_keys(kiosk, siti)
    form = fields(kiosk.get("/pengaduan").text).hidden
    kiosk.get("/kios/selesai")
    sign_in_by_keys(kiosk, next_one)
    typed = {"category": "money", "text": "Kartu belum sampai", "contact": ""}
    assert kiosk.post("/pengaduan", data=form | typed).status_code == 400
    assert Complaint.select().count() == 0


def test_its_key_leads_to_no_row_of_the_former_visitor(kiosk, siti, next_one):
    """Sent again by whoever sent it, a form leads to the row that it made; by anybody else, nowhere."""
    typed = {"category": "money", "text": "Kartu belum sampai", "contact": ""}
    sign_in_by_keys(kiosk, siti)
    key = fields(kiosk.get("/pengaduan").text).hidden["key"]
    for _again in range(2):
        made = post(kiosk, "/pengaduan", **typed, key=key).location
        assert made == f"/pengaduan/{Complaint.get().id}"
    kiosk.get("/kios/selesai")
    sign_in_by_keys(kiosk, next_one)
    answer = post(kiosk, "/pengaduan", **typed, key=key)
    assert answer.status_code == 200 and made not in answer.text
    assert kiosk.get(made).status_code == 404
    assert [row.person_id for row in Complaint.select()] == [siti.id]


def interrupted(client, person):
    """The minute is over while somebody writes; the form is sent all the same."""
    form = fields(client.get("/pengaduan").text).hidden
    typed = {"category": "money", "text": "Sakit saya ini", "contact": ""}
    with clock.frozen(clock.now() + timedelta(hours=13)):
        assert client.post("/pengaduan", data=form | typed).location == "/masuk"
        return client.get("/kios/masuk").text


def test_a_form_that_came_too_late_leads_the_next_one_neither_to_its_words_nor_to_its_page(kiosk, siti, next_one):
    sign_in_by_keys(kiosk, siti)
    page = interrupted(kiosk, siti)
    assert "Sakit" not in page
    post(kiosk, "/kios/masuk", number=next_one.nik)
    assert press(kiosk, [*PIN, "send"]).location == "/"
    assert "Sakit" not in kiosk.get("/pengaduan").text


@pytest.mark.parametrize("end", ["/kios", "/kios/selesai"])
def test_nor_anybody_once_the_visit_has_ended(kiosk, siti, end):
    sign_in_by_keys(kiosk, siti)
    interrupted(kiosk, siti)
    with clock.frozen(clock.now() + timedelta(hours=13)):
        kiosk.get(end)
    sign_in_by_keys(kiosk, siti)
    assert "Sakit" not in kiosk.get("/pengaduan").text


def test_who_wrote_it_and_stays_finds_it_again_so_that_the_tests_above_would_see_it(kiosk, siti):
    sign_in_by_keys(kiosk, siti)
    interrupted(kiosk, siti)
    post(kiosk, "/kios/masuk", number=siti.nik)
    assert press(kiosk, [*PIN, "send"]).location == "/pengaduan"
    assert "Sakit" in kiosk.get("/pengaduan").text


def test_where_the_former_one_wanted_to_go_the_next_one_is_not_led(kiosk, siti, next_one):
    kiosk.get("/pengaduan/17")
    post(kiosk, "/bahasa", language="en")
    sign_in_by_keys(kiosk, next_one)
    with kiosk.session_transaction() as session:
        assert not {"back", "held", "recovery", "slip", "errand"} & set(session)


def test_a_copy_of_the_former_visitors_cookie_is_dead_at_once(kiosk, siti):
    sign_in_by_keys(kiosk, siti)
    kept = kiosk.get_cookie("s").value
    post(kiosk, "/keluar")
    kiosk.set_cookie("s", kept)
    assert kiosk.get("/status").location == "/masuk"


def test_the_end_is_told_to_the_server_too_for_browsers_that_keep_cookies(kiosk, siti):
    """Some browsers do not delete one when they are told to."""
    sign_in_by_keys(kiosk, siti)
    kept = kiosk.get_cookie("s").value
    kiosk.get("/kios/selesai")
    kiosk.set_cookie("s", kept)
    assert kiosk.get("/status").location == "/masuk"


def test_twin_that_only_forgets_the_cookie_lets_the_copy_in(kiosk, siti, monkeypatch):
    monkeypatch.setattr(accounts, "close_sign_in", lambda *_row: None)
    for test in (
        test_a_copy_of_the_former_visitors_cookie_is_dead_at_once,
        test_the_end_is_told_to_the_server_too_for_browsers_that_keep_cookies,
    ):
        with pytest.raises(AssertionError):
            test(kiosk, siti)
