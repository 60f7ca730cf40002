"""Who has copied a kiosk's cookies, or stands at one, comes no further than its lanes, and is found out."""

from datetime import timedelta

import pytest
from flask import g

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import desk, entrance
from jkn.accounts.models import SignIn
from jkn.audit.models import Act, Entry
from jkn.kiosks import service as kiosks
from jkn.kiosks import slips, tokens
from jkn.kiosks.models import Kiosk, KioskSlip, Printer
from tests.builders import PASSWORD, officer_client, post, sign_in
from tests.crawl import a_facility, as_kiosk, fields
from tests.kiosks.keys import sign_in_by_keys
from tests.kiosks.test_tokens import a_copy, is_known, later, token_of


@pytest.fixture
def kiosk(app):
    return as_kiosk(app)


def row() -> Kiosk:
    return Kiosk.get(Kiosk.token_hash.is_null(False))


def with_cookies_of(client, app, *names: str):
    thief = app.test_client()
    for name in names:
        thief.set_cookie(name, client.get_cookie(name).value)
    return thief


# The device's token


def test_within_the_grace_of_a_rotation_both_tokens_ask_and_none_settles(app, kiosk):
    """What a thief gains by the minute: the lanes, which they had before, and no day more."""
    thief = a_copy(app, kiosk)
    with later(days=1):
        is_known(kiosk)
    with later(days=1, seconds=59):
        assert is_known(kiosk) and is_known(thief)
        assert not row().stolen_at
    with later(days=1, seconds=61):
        assert is_known(kiosk)
        assert not is_known(thief)
        assert row().stolen_at


def test_the_broken_twin_that_takes_a_token_given_up_for_a_strangers_notices_no_thief(app, kiosk, monkeypatch):
    monkeypatch.setattr(tokens, "report", lambda late: None)
    with pytest.raises(AssertionError):
        test_within_the_grace_of_a_rotation_both_tokens_ask_and_none_settles(app, kiosk)


def test_when_device_and_thief_both_rotate_the_theft_is_noticed_whoever_comes_first(app, kiosk):
    thief = a_copy(app, kiosk)
    with later(days=1):
        is_known(thief), is_known(kiosk)
        assert token_of(thief) != token_of(kiosk)
    with later(days=1, minutes=2):
        assert is_known(thief)
        is_known(kiosk)
    assert row().stolen_at and row().revoked_at
    with later(days=1, minutes=3):
        assert not is_known(thief) and not is_known(kiosk)


def test_a_thief_who_keeps_the_old_token_for_days_beside_a_device_that_is_used_is_out_after_one(app, kiosk):
    thief = a_copy(app, kiosk)
    with later(days=1):
        is_known(kiosk)
    with later(days=1, hours=1):
        is_known(kiosk)
    with later(days=9):
        assert thief.get("/kios/aktif").location == "/kios/pasang"
    assert row().stolen_at


def test_a_token_is_asked_for_by_no_other_page_so_that_a_thief_in_the_lanes_gets_no_new_one(app, kiosk):
    thief = a_copy(app, kiosk)
    with later(days=1):
        thief.get("/kios/aktif"), thief.get("/kios/masuk"), thief.get("/")
    assert token_of(thief) == token_of(kiosk)


def test_a_revoked_token_opens_no_lane_and_what_was_begun_there_ends(app, kiosk, siti):
    Kiosk.update(printer=Printer.PAGE_80).execute()
    post(kiosk, "/kios/aktif", number=siti.card)
    assert kiosk.get("/kios/slip/cetak").status_code == 200
    tokens.revoke(row(), SYSTEM)
    for url in ("/kios/aktif", "/kios/masuk", "/kios/tombol", "/kios/petugas", "/kios/slip", "/kios/slip/cetak"):
        assert kiosk.get(url).location == "/kios/pasang", url
    assert kiosk.get("/kios/petugas/kertas").location == kiosk.get("/kios/petugas/escpos").location == "/kios/pasang"


def another_kiosk(app):
    client = app.test_client()
    client.set_cookie("k", kiosks.join(kiosks.prepare(a_facility("0301R002").code, "Aula", SYSTEM, Printer.PAGE_80)))
    return client


def test_a_visit_begun_at_one_facility_goes_on_at_no_other(app, kiosk, siti):
    """The visitor's cookie beside another kiosk's token: slip, digits and sign-in stay where they were made."""
    there = another_kiosk(app)
    Kiosk.update(printer=Printer.PAGE_80).execute()
    post(kiosk, "/kios/masuk", number=siti.card)
    with kiosk.session_transaction() as session:
        keyed = session["keying"]
    post(kiosk, "/kios/aktif", number=siti.card)
    with there.session_transaction() as session:
        session["slip"], session["keying"] = KioskSlip.get().id, keyed
    assert there.get("/kios/slip").location == there.get("/kios/slip/cetak").location == "/kios"
    assert there.get("/kios/tombol").location == "/kios"


def test_the_broken_twin_that_does_not_ask_where_a_slip_was_made_shows_it_there(app, kiosk, siti, monkeypatch):
    monkeypatch.setattr(slips, "shown", lambda slip_id, _kiosk: KioskSlip.get_or_none(KioskSlip.id == (slip_id or 0)))
    with pytest.raises(AssertionError):
        test_a_visit_begun_at_one_facility_goes_on_at_no_other(app, kiosk, siti)


# The visitor's sign-in


def test_a_sign_in_of_a_kiosk_lives_there_only(app, kiosk, siti):
    sign_in_by_keys(kiosk, siti)
    elsewhere, there = with_cookies_of(kiosk, app, "s"), another_kiosk(app)
    there.set_cookie("s", kiosk.get_cookie("s").value)
    assert elsewhere.get("/status").location == there.get("/status").location == "/masuk"
    assert kiosk.get("/status").status_code == 200


def test_a_sign_in_of_a_phone_opens_nothing_at_a_kiosk(app, kiosk, siti):
    """It would last twelve hours there, and the minute would not end it."""
    phone = sign_in(app, siti)
    kiosk.set_cookie("s", phone.get_cookie("s").value)
    assert kiosk.get("/status").location == "/masuk"
    assert phone.get("/status").status_code == 200


def test_the_broken_twin_that_does_not_ask_where_a_sign_in_was_made_opens_both_ways(app, kiosk, siti, monkeypatch):
    load, tests = (
        entrance.load,
        (test_a_sign_in_of_a_kiosk_lives_there_only, test_a_sign_in_of_a_phone_opens_nothing_at_a_kiosk),
    )

    def anywhere(token):
        here = g.get("kiosk")
        found = SignIn.get_or_none(SignIn.token_hash == entrance.service.hash_token(token))
        g.kiosk = found and found.device
        signed_in = load(token)
        g.kiosk = here
        return signed_in

    monkeypatch.setattr(entrance.login_manager, "_user_callback", anywhere)
    for test in tests:
        with pytest.raises(AssertionError):
            test(app, as_kiosk(app), siti)


def test_who_signs_in_at_a_kiosk_ends_the_sign_in_of_whoever_forgot_to(app, kiosk, siti):
    sign_in_by_keys(kiosk, siti)
    before = SignIn.get(SignIn.device.is_null(False))
    sign_in_by_keys(kiosk, siti)
    assert SignIn.get_by_id(before.id).revoked_at
    assert Entry.select().where(Entry.act == Act.SIGNED_OUT, Entry.person_id == siti.id).exists()


# Staff at a kiosk


@pytest.mark.parametrize("url", ["/petugas/masuk", "/petugas", "/petugas/kios/loket", "/petugas/slip", "/kader"])
def test_no_desk_opens_at_a_kiosk(kiosk, url):
    answer = kiosk.get(url, follow_redirects=True)
    assert answer.status_code == 403 and 'name="password"' not in answer.text


def test_an_officers_password_opens_nothing_there_and_is_not_looked_at(kiosk, monkeypatch):
    monkeypatch.setattr(desk.officers, "check", None)
    hidden = fields(kiosk.get("/masuk/kode").text).hidden
    typed = {"username": "lina", "password": PASSWORD, "code": "123456"}
    assert kiosk.post("/petugas/masuk", data=hidden | typed).status_code == 403


def test_an_officer_who_sets_the_kiosk_up_on_the_device_itself_is_signed_out(app):
    a_facility()
    device = officer_client(app)
    code = kiosks.prepare("0301R001", "Lobi", SYSTEM)
    before = SignIn.get(SignIn.officer.is_null(False))
    assert post(device, "/kios/pasang", code=code).location == "/kios"
    assert SignIn.get_by_id(before.id).revoked_at
    assert device.get("/petugas", follow_redirects=True).status_code == 403
    with device.session_transaction() as session:
        assert "_user_id" not in session


def test_a_kiosk_given_up_does_not_bring_the_officer_back(app):
    a_facility()
    device = officer_client(app)
    post(device, "/kios/pasang", code=kiosks.prepare("0301R001", "Lobi", SYSTEM))
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        tokens.revoke(row(), SYSTEM)
        assert device.get("/petugas").location == "/petugas/masuk"
