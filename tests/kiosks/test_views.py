"""A kiosk's door: staff enrol it, visitors leave nothing on it, and it forgets them after a minute."""

import re
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts.models import KnownDevice, SignIn
from jkn.audit.models import Act, Entry
from jkn.errors import Refused
from jkn.kiosks import service
from jkn.kiosks.models import Kiosk
from tests.builders import PIN, post
from tests.crawl import a_facility, as_kiosk, as_staff
from tests.kiosks.keys import sign_in_by_keys


@pytest.fixture
def kiosk(app):
    return as_kiosk(app)


def signed_in(kiosk, person):
    sign_in_by_keys(kiosk, person)
    return kiosk


def test_an_officer_makes_a_code_and_the_device_takes_it(app):
    a_facility()
    officer = as_staff(app, Role.OFFICER)
    post(officer, "/petugas/kios", facility="0301r001", place="Lobi", printer="escpos-58")
    code = re.search(r"\b\d{4} \d{4} \d{4}\b", officer.get("/petugas/kios").text)[0]
    device = app.test_client()
    assert device.get("/kios").location == "/kios/pasang"
    assert post(device, "/kios/pasang", code=code).location == "/kios"
    assert "Lobi" in device.get("/kios").text
    cookie = device.get_cookie("k")
    assert cookie.http_only and cookie.same_site == "Strict"


def test_the_list_names_the_facility_of_each_kiosk(app):
    a_facility()
    service.prepare("0301R001", "Lobi", SYSTEM)
    listed = as_staff(app, Role.OFFICER).get("/petugas/kios").text
    assert "<td>Klinik Sehat</td>" in listed and "0301R001" not in listed


def test_each_page_of_staff_names_the_facility_beside_its_code(app):
    as_kiosk(app)
    officer, one = as_staff(app, Role.OFFICER), f"/petugas/kios/{Kiosk.get().id}"
    for url in ("/petugas/kios/loket", one, f"{one}/kertas", f"{one}/hadir", f"{one}/nomor"):
        assert "Klinik Sehat <small>0301R001</small>" in officer.get(url).text, url
    Kiosk.update(facility_code="0301R009").execute()  # one that is no longer on the list
    assert "0301R009" in officer.get(one).text


def test_a_code_works_once_and_for_an_hour(app):
    a_facility()
    code = service.prepare("0301R001", "Lobi", SYSTEM)
    with clock.frozen(clock.now() + timedelta(minutes=61)), pytest.raises(Refused):
        service.join(code)
    service.join(code)
    with pytest.raises(Refused):
        service.join(code)


def test_a_kiosk_stands_at_a_facility_that_exists(app):
    with pytest.raises(Refused):
        service.prepare("9999X999", "Lobi", SYSTEM)
    officer = as_staff(app, Role.OFFICER)
    assert 'role="alert"' in post(officer, "/petugas/kios", facility="9999X999", place="Lobi", printer="none").text


def test_wrong_codes_shut_nobody_out(app):
    device = app.test_client()
    a_facility()
    for _ in range(20):
        post(device, "/kios/pasang", code="000000000000")
    code = service.prepare("0301R001", "Lobi", SYSTEM)
    assert len(code) == 12
    assert post(device, "/kios/pasang", code=code).location == "/kios"


@pytest.mark.parametrize("token", ["", "x", "\x7f", "é", "0" * 3000])
def test_an_invented_device_is_an_ordinary_browser(app, token):
    client = app.test_client()
    client.set_cookie("k", token)
    assert client.get("/kios").location == "/kios/pasang"


def test_a_visitor_signs_in_and_out_and_the_device_is_as_before(kiosk, siti):
    before = {name: kiosk.get_cookie(name).value for name in ("k",)}
    signed_in(kiosk, siti)
    assert kiosk.get("/status").status_code == 200
    assert post(kiosk, "/keluar").location == "/sampai-jumpa"
    assert kiosk.get("/sampai-jumpa").headers["Clear-Site-Data"] == '"cache","storage"'
    assert kiosk.get("/perangkat").location == "/masuk"
    assert kiosk.get_cookie("d") is None
    assert kiosk.get_cookie("k").value == before["k"]
    assert KnownDevice.select().count() == 0


def test_a_minute_without_a_touch_ends_it_on_the_server(kiosk, siti):
    signed_in(kiosk, siti)
    kept = kiosk.get_cookie("s").value
    start = clock.now()
    with clock.frozen(start + timedelta(seconds=59)):
        assert kiosk.get("/perangkat").status_code == 200
    with clock.frozen(start + timedelta(seconds=59 + 61)):
        kiosk.set_cookie("s", kept)
        assert kiosk.get("/perangkat").location == "/masuk"


def test_being_asked_is_not_being_there(kiosk, siti):
    """Without script: the page sends itself to a question after forty seconds, and to the end twenty later."""
    signed_in(kiosk, siti)
    page = kiosk.get("/perangkat").text
    assert '<meta http-equiv="refresh" content="40; url=/kios/masih">' in page
    start = clock.now()
    with clock.frozen(start + timedelta(seconds=40)):
        asked = kiosk.get("/kios/masih", headers={"Referer": "http://localhost/perangkat"}).text
    assert '<meta http-equiv="refresh" content="20; url=/kios/selesai">' in asked
    assert 'href="/perangkat"' in asked
    with clock.frozen(start + timedelta(seconds=61)):
        assert kiosk.get("/perangkat").location == "/masuk"


def test_saying_yes_goes_on_for_another_minute(kiosk, siti):
    signed_in(kiosk, siti)
    start = clock.now()
    for seconds in range(45, 400, 45):
        with clock.frozen(start + timedelta(seconds=seconds)):
            kiosk.get("/kios/masih")
            assert kiosk.get("/perangkat").status_code == 200


def test_nobody_stays_longer_than_ten_minutes(kiosk, siti):
    signed_in(kiosk, siti)
    start = clock.now()
    for seconds in range(0, 600, 50):
        with clock.frozen(start + timedelta(seconds=seconds)):
            assert kiosk.get("/perangkat").status_code == 200
    with clock.frozen(start + timedelta(seconds=600)):
        assert kiosk.get("/perangkat").location == "/masuk"


def test_the_end_page_forgets_the_cookie_and_goes_back_to_the_front(kiosk, siti):
    signed_in(kiosk, siti)
    end = kiosk.get("/kios/selesai")
    assert 'content="10; url=/kios"' in end.text
    assert kiosk.get("/perangkat").location == "/masuk"


@pytest.mark.parametrize(
    "referer",
    ["https://evil.example/x", "//evil.example", "javascript:alert(1)", "https://evil.example//evil.example/x", ""]
    + ["http://["],
)
def test_the_question_leads_back_into_the_house_only(kiosk, referer):
    page = kiosk.get("/kios/masih", headers={"Referer": referer}).text
    backs = re.findall(r'<li><a href="([^"]*)"', page)
    assert all(re.fullmatch(r"/(?!/).*", back) for back in backs)
    assert "evil" not in page


def test_a_visitor_who_never_signed_in_leaves_nothing_either(kiosk):
    """A registration half done: its page leaves by itself, and at the front it is forgotten."""
    post(kiosk, "/daftar", agree="y")
    assert 'content="60; url=/kios/masih"' in kiosk.get("/daftar/keluarga").text
    post(kiosk, "/bahasa", language="en")
    kiosk.get("/kios")
    assert kiosk.get("/daftar/keluarga").location == "/daftar"
    assert '<html lang="en">' in kiosk.get("/kios").text
    kiosk.get("/kios/selesai")
    assert '<html lang="id">' in kiosk.get("/kios").text


def test_elsewhere_the_end_page_signs_nobody_out(app, siti):
    client = app.test_client()
    post(client, "/masuk", number=siti.nik, pin=PIN)
    assert client.get("/kios/selesai").location == "/keluar"
    assert client.get("/perangkat").status_code == 200


def test_the_device_that_took_the_code_is_in_the_log(kiosk):
    joined = Entry.get(Entry.act == Act.KIOSK_JOINED)
    assert joined.device == Kiosk.get().id and joined.channel == "kiosk"


def test_fields_on_a_kiosk_are_not_filled_in_for_the_next_one(kiosk, app):
    assert kiosk.get("/masuk").location == "/kios/masuk"
    assert 'autocomplete="off"' in kiosk.get("/masuk/kode").text.split("<form", 1)[1].split(">")[0]
    assert 'autocomplete="off"' not in app.test_client().get("/masuk/kode").text.split("<form", 1)[1].split(">")[0]


def test_an_officer_who_revokes_a_kiosk_signs_its_visitor_out(app, kiosk, siti):
    signed_in(kiosk, siti)
    row = Kiosk.get(Kiosk.token_hash.is_null(False))
    assert SignIn.get(SignIn.person == siti).device == row.id
    officer = as_staff(app, Role.OFFICER)
    post(officer, f"/petugas/kios/{row.id}")
    assert kiosk.get("/perangkat").location == "/masuk"
    assert kiosk.get("/kios").location == "/kios/pasang"
    assert Entry.select().where(Entry.act == Act.KIOSK_REVOKED).count() == 1


def test_what_was_done_at_a_kiosk_says_so(kiosk, siti):
    signed_in(kiosk, siti)
    entry = Entry.select().where(Entry.act == Act.SIGNED_IN).order_by(Entry.id.desc()).get()
    assert (entry.channel, entry.device) == ("kiosk", Kiosk.get(Kiosk.token_hash.is_null(False)).id)
    assert entry.person_id == siti.id


def test_the_member_sees_that_it_was_a_kiosk(app, kiosk, siti):
    signed_in(kiosk, siti)
    assert "kios" in kiosk.get("/perangkat").text.lower()


def test_the_kiosk_pages_stay_light(kiosk):
    import gzip

    for url in ("/kios", "/masuk"):
        assert len(gzip.compress(kiosk.get(url).data, 6)) <= 2048
