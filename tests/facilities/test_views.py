from datetime import UTC, date, datetime

import brotli
import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import service as accounts
from jkn.facilities import service
from jkn.facilities.models import ClinicChoice
from tests.builders import PIN, a_family, counted, people, post, sign_in
from tests.facilities.places import FACILITIES, GUBENG, load_facilities

FRAGMENT = {"HX-Request": "true", "HX-Target": "facility_list"}
HOME, OTHER = "13010101", "0217B005"


@pytest.fixture(autouse=True)
def places(app):
    load_facilities()


@pytest.fixture
def family(app):
    family = a_family(size=2)
    for person in people(family):
        service.choose_first(person, HOME, date(2025, 1, 1), SYSTEM)
    accounts.store_pin(people(family)[0], accounts.hash_pin(PIN), SYSTEM)
    return family


@pytest.fixture
def member(app, family):
    return sign_in(app, people(family)[0])


def test_anybody_finds_a_clinic_without_script(client):
    page = client.get("/faskes?q=gubeng").text
    assert 'href="/faskes/0217B055">Klinik Mediska Gubeng</a> (Klinik Pratama) Jl. Indrakila No. 2' in page
    assert "drg. Ani" not in page
    assert f'href="/faskes?desa={GUBENG}"' in page
    assert "drg. Ani" in client.get("/faskes?q=gubeng&jenis=gigi").text


def test_near_a_village_the_page_says_that_it_is_rough(client):
    page = client.get(f"/faskes?desa={GUBENG}").text
    assert "Airlangga, Kec. Gubeng, Kota Surabaya" in page
    assert "ira-kira" in page
    assert page.index("Mediska") < page.index("Jagir") < page.index("Waru")


def test_a_members_own_village_is_known(member):
    with counted() as queries:
        page = member.get("/faskes").text
    assert "Airlangga, Kec. Gubeng" in page
    assert len(queries) <= 8


def test_as_one_types_a_small_fragment_comes(client):
    more = "".join(
        f"0300B{n:03d},Klinik Sangat Panjang Nama {n},Klinik Pratama,FKTP,35.78,Jl. Raya {'Panjang ' * 9}{n},,,,\n"
        for n in range(20)
    )
    load_facilities(FACILITIES + more)
    for url in ("/faskes?q=klinik", "/faskes?q=panjang+surabaya", f"/faskes?q=klinik&desa={GUBENG}"):
        fragment = client.get(url, headers=FRAGMENT)
        assert fragment.text.strip().startswith('<div id="facility_list">')
        assert fragment.text.count("<li>") == 8
        assert 'rel="next"' in fragment.text
        assert len(brotli.compress(fragment.data, quality=5)) <= 700
        assert "HX-Request" in fragment.headers["Vary"]


def test_the_next_eight_stand_behind_more(client):
    more = "".join(f"0300B{n:03d},Klinik Jaya {n:02d},Klinik Pratama,FKTP,35.78,Jl. {n},,,,\n" for n in range(9))
    load_facilities(FACILITIES + more)
    assert "/faskes?dari=8&amp;q=jaya" in client.get("/faskes?q=jaya").text
    assert "dari=" not in client.get("/faskes?q=jaya&dari=8").text


@pytest.mark.parametrize(
    "url",
    [
        "/faskes?q=%00%ff%3Cscript%3E&desa=%00&dari=x",
        "/faskes?dari=999999999999999999999",
        f"/faskes?dari=-8&desa={GUBENG}&jenis=%00",
        "/faskes?q=" + "a" * 5000,
        "/faskes/desa?q=%00%ff%3Cscript%3E",
        "/kantor?q=%00&daerah=%00",
    ],
)
def test_nonsense_is_answered_calmly(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    assert "<script>" not in answer.text.partition("<main>")[2]


def test_a_village_is_chosen_by_its_name(client):
    page = client.get("/faskes/desa?q=sidomulyo").text
    assert 'href="/faskes?desa=33.10.19.2010">Sidomulyo, Kec. Delanggu, Kab. Klaten</a>' in page


def test_a_facility_has_a_page(client):
    page = client.get(f"/faskes/{HOME}").text
    assert "Puskesmas Pacar Keling" in page
    assert f"/faskes/ganti?klinik={HOME}" in page
    assert "klinik=" not in client.get("/faskes/1301R001").text
    assert client.get("/faskes/9999X999").status_code == client.get("/faskes/%00").status_code == 404


def test_changing_the_clinic_from_the_search_to_the_undo(member, family):
    person = people(family)[1]
    url = f"/faskes/ganti/{person.id}/{OTHER}"
    assert f'href="{url}"' in member.get(f"/faskes/ganti?klinik={OTHER}").text
    assert "1 Februari 2026" in member.get(url).text
    answer = post(member, url, pin=PIN)
    assert answer.status_code == 303
    page = member.get("/faskes/ganti").text
    assert "1 Februari 2026: Klinik Prameswari" in page
    assert service.clinic_of(person.id, date(2026, 2, 1)).code == OTHER
    undo = f"/faskes/ganti/{person.id}/batal"
    assert undo in page
    assert "Klinik Prameswari" in member.get(undo).text
    assert post(member, undo).status_code == 303
    assert service.clinic_of(person.id, date(2026, 2, 1)).code == HOME
    assert member.get(undo).status_code == 303


def test_a_wrong_pin_changes_nothing(member, family):
    person = people(family)[1]
    answer = post(member, f"/faskes/ganti/{person.id}/{OTHER}", pin="111222")
    assert answer.status_code == 200
    assert 'href="#pin"' in answer.text
    assert "111222" not in answer.text
    assert ClinicChoice.select().where(ClinicChoice.facility_code == OTHER).count() == 0


def test_sending_the_form_twice_changes_once(member, family):
    person = people(family)[1]
    url = f"/faskes/ganti/{person.id}/{OTHER}"
    form = {"pin": PIN, "key": "one-key", "csrf_token": ""}
    first, second = (post(member, url, **{**form, "csrf_token": token(member, url)}) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert ClinicChoice.select().where(ClinicChoice.facility_code == OTHER).count() == 1


def token(client, url):
    import re

    page = client.get("/faskes/ganti/0/x").text + client.get("/masuk").text + client.get(url).text
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[-1]


def test_too_early_the_page_says_when_and_why(app, family):
    person = people(family)[1]
    service.change(person, OTHER, SYSTEM, "k")
    with clock.frozen(datetime(2026, 3, 15, 3, tzinfo=UTC)):
        member = sign_in(app, people(family)[0])
        page = member.get(f"/faskes/ganti/{person.id}/0217B055").text
        assert "1 Mei 2026" in page
        assert "Perpres 82/2018" in page
        assert "/kantor?daerah=35.78" in page
        assert "<form" not in page
        assert "1 Mei 2026" in member.get("/faskes/ganti").text


def test_the_list_of_clinics_takes_few_queries(member):
    with counted() as queries:
        assert member.get(f"/faskes/ganti?klinik={OTHER}").status_code == 200
    assert len(queries) <= 8


def test_nobody_changes_another_familys_clinic(member):
    stranger = people(a_family(size=1))[0]
    for url in (f"/faskes/ganti/{stranger.id}/{OTHER}", f"/faskes/ganti/{stranger.id}/batal"):
        assert member.get(url).status_code == 404
    assert member.get(f"/faskes/ganti/0/{OTHER}").status_code == 404


def test_the_list_of_clinics_is_for_members(client):
    assert "/masuk" in client.get("/faskes/ganti").location
