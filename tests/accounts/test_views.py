from datetime import timedelta

from jkn import clock
from jkn.access import Level
from jkn.accounts import service, sheets
from jkn.accounts.models import SignIn
from tests.builders import PIN, a_family, officer_client, people, post, sign_in


def _nobody():
    from jkn.access import SYSTEM

    return SYSTEM


def test_a_member_signs_in_with_nik_or_card_and_pin(app, siti):
    for number in (siti.nik, siti.card):
        client = app.test_client()
        answer = post(client, "/masuk", number=number, pin=PIN)
        assert answer.status_code == 303
        assert client.get("/perangkat").status_code == 200


def test_a_wrong_pin_and_an_unknown_number_get_the_same_answer(app, siti):
    wrong = post(app.test_client(), "/masuk", number=siti.nik, pin="295817").text
    unknown = post(app.test_client(), "/masuk", number="3578080102031234", pin="295817").text
    assert wrong.replace(siti.nik, "").count("<strong") == unknown.count("<strong")
    assert "tidak" in wrong


def test_signing_out_asks_and_then_ends_the_sign_in(app, siti):
    client = sign_in(app, siti)
    assert "Keluar" in client.get("/keluar").text
    assert client.get("/perangkat").status_code == 200
    assert post(client, "/keluar").location == "/sampai-jumpa"
    assert client.get("/perangkat").location == "/masuk"


def test_an_idle_sign_in_ends(app, siti):
    client = sign_in(app, siti)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert client.get("/perangkat").location == "/masuk"


def test_sign_out_everywhere_ends_the_others(app, siti):
    here, there = sign_in(app, siti), sign_in(app, siti)
    post(here, "/perangkat")
    assert here.get("/perangkat").status_code == 200
    assert there.get("/perangkat").location == "/masuk"


def test_a_sheet_code_sets_a_new_pin_once(app, siti):
    codes = service.issue_sheet(siti, _nobody())
    client = app.test_client()
    form = {"number": siti.card, "code": codes[4], "pin": "730164", "again": "730164"}
    assert post(client, "/masuk/kode", **form).status_code == 303
    assert client.get("/perangkat").status_code == 200
    assert post(app.test_client(), "/masuk/kode", **form).status_code == 200
    assert post(app.test_client(), "/masuk", number=siti.nik, pin="730164").status_code == 303


def test_step_up_waits_a_day_after_a_reset(app, siti):
    codes = service.issue_sheet(siti, _nobody())
    client = app.test_client()
    post(client, "/masuk/kode", number=siti.card, code=codes[0], pin="730164", again="730164")
    assert client.get("/pin").location == "/masuk/naik"
    assert "besok" in post(client, "/masuk/naik", code=codes[1]).text
    with clock.frozen(clock.now() + timedelta(hours=25)):
        client = sign_in(app, siti)
        client.get("/pin")
        assert post(client, "/masuk/naik", code=codes[1]).location == "/pin"
        assert client.get("/pin").status_code == 200


def test_a_slip_from_an_officer_sets_the_first_pin(app):
    person = people(a_family())[0]
    officer = officer_client(app)
    page = post(officer, "/petugas/slip", number=person.nik)
    shown = post(officer, page.location)
    assert "Kode" in officer.get(shown.location).text
    code = sheets.slip_code(person.slips.get())
    client = app.test_client()
    answer = post(client, "/masuk/kode", number=person.nik, code=code, pin="730164", again="730164")
    assert answer.status_code == 303
    assert SignIn.select().where(SignIn.person == person).count() == 1


def test_an_expired_sign_in_returns_to_the_filled_form(app, siti):
    client = sign_in(app, siti)
    client.get("/data-saya/alamat")
    SignIn.update(revoked_at=clock.now()).execute()
    service.open_sign_in(person=siti, level=Level.L1)
    answer = post(client, "/data-saya/alamat", mailing_address="JL. MELATI NO. 9")
    assert answer.location in ("/masuk", None) or answer.status_code == 303
