import re
from datetime import timedelta

import pytest

from jkn import clock
from jkn.accounts import service as accounts
from jkn.accounts import sheets
from jkn.accounts.models import Sheet
from jkn.drafts.models import Draft
from jkn.errors import Refused
from jkn.members import service as members
from jkn.members.models import Family, Person
from jkn.registration import service
from jkn.registration.models import Enrolment
from tests.builders import PIN, post
from tests.registration.conftest import FARMERS, Card

NAMES = ("BUDI", "SITI", "AYU")


def answers_to(card) -> dict[str, dict]:
    return {
        "/daftar": {"agree": "y"},
        "/daftar/keluarga": card.typed(),
        "/daftar/majikan": {"employer": "no"},
        "/daftar/kelas": {"care_class": "3"},
        "/daftar/autodebit": {"autodebit": "later"},
        "/daftar/faskes": {"clinic": "13010001"},
        "/daftar/pin": {"pin": PIN, "again": PIN},
    }


def walk(client, card, until="/daftar/selesai", **answers):
    """From the first page to a later one, as a browser without script does; the answer that led there."""
    steps, here = answers_to(card), "/daftar"
    while here != until:
        answer = post(client, here, **steps.get(here, {}) | answers.get(here.rpartition("/")[2], {}))
        assert answer.status_code == 303, answer.text
        here = answer.location
    return answer


def sheet_code(number):
    return sheets.codes(Sheet.get())[number - 1]


def test_a_language_chosen_before_joining_is_remembered_for_the_family(client, card):
    post(client, "/bahasa", language="jv")
    walk(client, card)
    assert {person.language for person in Person.select().where(Person.name == "BUDI SANTOSO")} == {"jv"}


def test_a_family_that_chose_no_language_has_none(client, card):
    walk(client, card)
    assert Person.get(Person.name == "BUDI SANTOSO").language is None


def test_a_family_joins_and_its_registrant_is_signed_in(app, client, card):
    walk(client, card)
    done = client.get("/daftar/selesai").text
    person = Person.get(Person.name == "BUDI SANTOSO")
    assert "29 Januari 2026" in done and "14 Februari 2026" in done
    assert '<data value="105000">Rp105.000</data>' in done
    assert f"8888 8{person.card[2:5]} {person.card[5:9]} {person.card[9:]}" in done
    assert sheet_code(3) in done
    assert post(client, "/daftar/lembar", code=sheet_code(4)).status_code == 200
    answer = post(client, "/daftar/lembar", code=sheet_code(3))
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/perangkat").status_code == 200
    assert sheet_code(3) not in client.get("/daftar/selesai", follow_redirects=True).text
    assert not Draft.select().exists()


def test_who_agreed_to_auto_debit_is_asked_from_where_once_signed_in(client, card):
    walk(client, card, autodebit={"autodebit": "agreed"})
    assert post(client, "/daftar/lembar", code=sheet_code(3)).location == "/autodebit"
    assert "Dompet Contoh" in client.get("/autodebit").text


def test_every_page_shows_masked_names_and_no_full_number(client, card):
    here, steps = "/daftar", []
    while here != "/daftar/selesai":
        steps.append(here)
        here = _send(client, card, here).location
        page = client.get(here).text
        typed_here = here == "/daftar/keluarga"
        for secret in (*NAMES, *([] if typed_here else [card.kk, *card.niks])):
            assert secret not in page, (here, secret)
    assert len(steps) == 9


def _send(client, card, here):
    return post(client, here, **answers_to(card).get(here, {}))


def test_a_step_whose_earlier_answers_are_missing_goes_to_the_first_missing(client, card):
    assert client.get("/daftar/ringkasan").location == "/daftar"
    walk(client, card, until="/daftar/kelas")
    for url in ("/daftar/faskes", "/daftar/pin", "/daftar/ringkasan"):
        assert client.get(url).location == "/daftar/kelas"


def test_going_back_shows_what_was_typed_and_editing_returns_to_the_summary(client, card):
    walk(client, card, until="/daftar/ringkasan")
    assert card.kk in client.get("/daftar/keluarga").text
    assert re.search(r'<input checked[^>]*value="3"', client.get("/daftar/kelas").text)
    assert post(client, "/daftar/kelas", care_class="3").location == "/daftar/ringkasan"
    answer = post(client, "/daftar/kelas", care_class="1")
    assert answer.location == "/daftar/autodebit"
    assert 'value="later"' not in client.get("/daftar/autodebit").text


def test_a_clinic_is_changed_for_one_person(client, card):
    walk(client, card, until="/daftar/ringkasan")
    number = re.findall(r"/daftar/faskes/(\d+)", client.get("/daftar/ringkasan").text)[-1]
    assert post(client, f"/daftar/faskes/{number}", clinic="1301B002").location == "/daftar/ringkasan"
    summary = client.get("/daftar/ringkasan").text
    assert summary.count("PUSKESMAS GUBENG") == 2 and summary.count("KLINIK SEHAT") == 1
    assert client.get("/daftar/faskes/99").status_code == 404


def test_the_clinic_list_is_also_a_fragment(client, card):
    walk(client, card, until="/daftar/faskes")
    asked = {"HX-Request": "true", "HX-Target": "clinic_list"}
    answer = client.get("/daftar/faskes?q=", headers=asked)
    assert answer.text.strip().startswith('<div id="clinic_list">')
    assert "KLINIK SEHAT" in answer.text and "WATI" not in answer.text
    assert post(client, "/daftar/faskes", clinic="1301G003").status_code == 404


def test_bad_input_keeps_what_was_typed_and_says_what_is_wrong(client, card):
    walk(client, card, until="/daftar/keluarga")
    wrong = card.typed() | {"nik": "12<b>", "born-d": "41"}
    answer = post(client, "/daftar/keluarga", **wrong)
    assert answer.status_code == 200
    assert "12&lt;b&gt;" in answer.text and card.kk in answer.text and 'value="41"' in answer.text
    for strange in ("\0", "９" * 40, "x" * 5000, "'; DROP TABLE person --"):
        assert post(client, "/daftar/keluarga", **wrong | {"nik": strange}).status_code == 200


def test_numbers_that_do_not_match_are_refused_and_counted(client, card):
    walk(client, card, until="/daftar/keluarga")
    wrong = card.typed() | {"born-y": "1979"}
    answers = [post(client, "/daftar/keluarga", **wrong) for _try in range(11)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].text != answers[-1].text
    assert post(client, "/daftar/keluarga", **card.typed()).status_code == 200


def test_a_registry_that_is_down_leaves_the_continue_code(client, card, monkeypatch):
    walk(client, card, until="/daftar/keluarga")

    def down(*_args):
        raise Refused("The civil registry does not answer right now. Try again later.")

    monkeypatch.setattr(service.population, "ask_family", down)
    page = post(client, "/daftar/keluarga", **card.typed()).text
    assert card.kk in page and re.search(r"<b>[A-Z]{5} [A-Z]{5}</b>", page)


def test_a_continue_code_goes_on_elsewhere_without_showing_numbers(app, client, card):
    walk(client, card, until="/daftar/ringkasan", kontak={"phone": "081234567890"})
    code = re.search(r"<b>([A-Z]{5} [A-Z]{5})</b>", client.get("/daftar/ringkasan").text)[1]
    other = app.test_client()
    assert post(other, "/daftar/lanjut", code=code.lower()).location == "/daftar/ringkasan"
    for url in ("/daftar/ringkasan", "/daftar/keluarga", "/daftar/kontak"):
        page = other.get(url).text
        assert card.kk not in page and card.niks[0] not in page and "81234567890" not in page, url
    assert post(other, "/daftar/kontak").location == "/daftar/ringkasan"
    assert client.get("/daftar/ringkasan").location == "/daftar"
    assert post(other, "/daftar/ringkasan").location == "/daftar/selesai"
    assert Person.get(Person.name == "BUDI SANTOSO").phone == "+6281234567890"


def test_an_easy_pin_is_refused(client, card):
    walk(client, card, until="/daftar/pin")
    for pin in ("123456", "170880", card.niks[1][:6], card.kk[5:11]):
        answer = post(client, "/daftar/pin", pin=pin, again=pin)
        assert answer.status_code == 200 and pin not in answer.text
    assert post(client, "/daftar/pin", pin=PIN, again="483921").status_code == 200
    assert PIN not in Draft.get().answers


def test_an_employees_family_hears_first_who_is_covered_through_work(client, village):
    father = (*FARMERS[0][:4], "PEGAWAI NEGERI SIPIL (PNS)", "KAWIN", True)
    card = Card((father, *FARMERS[1:3], ("parent", date_of(1955), "P", "WATI", "", "CERAI MATI", True)))
    walk(client, card, until="/daftar/majikan")
    page = client.get("/daftar/majikan").text
    assert page.index("/daftar/surat-majikan") < page.index("W***") < page.index('type="radio"')
    letter = client.get("/daftar/surat-majikan").text
    assert post(client, "/daftar/majikan", employer="yes").location == "/daftar/anggota"
    assert "S*** A*****" in letter and "W***" not in letter
    assert client.get("/daftar/anggota").text.count("<b>") >= 1
    assert post(client, "/daftar/majikan", employer="no").location == "/daftar/anggota"


def date_of(year):
    return clock.today().replace(year=year)


def test_a_family_in_the_scheme_is_told_how_to_get_in(app, client, card):
    walk(client, card)
    other = app.test_client()
    walk(other, card, until="/daftar/anggota")
    page = other.get("/daftar/anggota").text
    assert "/masuk/kode" in page and "<form" not in page
    assert other.get("/daftar/ringkasan").location == "/daftar/anggota"


def test_somebody_known_gets_no_pin_page_and_no_sheet(client, card):
    with clock.frozen(clock.now() - timedelta(days=1)):
        person = members.enter_person(nik=card.niks[0], name="BUDI SANTOSO", born=card.people[0][1], sex="L")
    walk(client, card)
    done = client.get("/daftar/selesai").text
    assert person.card not in done.replace(" ", "").replace(f"8888{person.card[-11:]}", "") and "/masuk" in done
    assert client.get("/daftar/lembar").location == "/daftar"
    assert not Sheet.select().exists()


def test_the_sheet_is_shown_for_half_an_hour_only(client, card):
    walk(client, card)
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        assert client.get("/daftar/selesai").location == "/daftar"
        assert client.get("/daftar/lembar").location == "/daftar"
    opened = accounts.sign_in_by_pin(card.niks[0], PIN, None, accounts.Actor())
    assert opened.row.person_id == Enrolment.get().registrant_id


def test_sending_the_summary_again_lands_on_the_same_end(client, card):
    walk(client, card, until="/daftar/ringkasan")
    page = client.get("/daftar/ringkasan").text
    hidden = dict(re.findall(r'name="([^"]+)" type="hidden" value="([^"]*)"', page))
    for _send_again in range(2):
        assert client.post("/daftar/ringkasan", data=hidden).location == "/daftar/selesai"
    assert Family.select().count() == Enrolment.select().count() == 1


@pytest.mark.parametrize("url", ["/daftar", "/daftar/lanjut", "/daftar/lembar", "/daftar/selesai"])
def test_strange_requests_get_a_page(client, url):
    assert client.get(url).status_code in (200, 303)
    assert client.post(url, data={"code": "\0\ud7ff" * 50}).status_code in (200, 303, 400, 405)
