"""Officers' pages of employers and their workers."""

from datetime import date

import pytest

from jkn import search
from jkn.employers import service
from jkn.employers.models import Employer, Worker
from tests.builders import counted, officer_client, post, sign_in
from tests.employers.places import a_worker, an_employer, somebody

FEBRUARY = "2026-02-01"


@pytest.fixture
def desk(app):
    return officer_client(app)


@pytest.fixture
def employer(app):
    payer = an_employer(name="PT MAJU BERSAMA")
    employer = Employer.get(Employer.payer == payer)
    search.enter("employer", {str(payer.id): service.words_of(payer.name, payer.code, employer.bu_code)})
    return employer


def test_an_employer_is_found_by_the_beginning_of_its_name_or_its_code(desk, employer):
    an_employer(name="CV LAIN")
    for words in ("maju", "bersa", employer.payer.code):
        page = desk.get("/petugas/majikan", query_string={"q": words}).text
        assert "PT MAJU BERSAMA" in page and "CV LAIN" not in page
    assert "CV LAIN" in desk.get("/petugas/majikan").text
    assert "tidak ditemukan" in desk.get("/petugas/majikan?q=tidakada").text


def test_a_worker_is_added_changed_and_ended(desk, employer):
    person = somebody("RINA WATI")
    url = f"/petugas/majikan/{employer.id}"
    added = post(desk, url, number=person.nik, wage="4.500.000", extra_family="1", since=FEBRUARY)
    assert (added.status_code, added.location) == (303, url)
    worker = Worker.get(Worker.person == person)
    assert (worker.wage, worker.extra_family, worker.since) == (4_500_000, 1, date(2026, 2, 1))
    page = desk.get(url).text
    assert "RINA WATI" in page and '<data value="4500000">' in page
    changed = post(desk, f"/petugas/pekerja/{worker.id}", wage="5000000", extra_family="0", since="2026-03-01")
    assert changed.status_code == 303
    newest = Worker.select().order_by(Worker.id.desc()).get()
    ended = post(desk, f"/petugas/pekerja/{newest.id}/selesai", since="2026-03-01")
    assert (ended.status_code, ended.location) == (303, url)


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"number": "0001944358911"}, "Tidak ada peserta"),
        ({"wage": "nol"}, "150.000"),
        ({"wage": "0"}, "bukan upah"),
        ({"extra_family": "21"}, "Paling banyak 20"),
        ({"since": "2026-01-01"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, employer, wrong, said):
    typed = {"number": somebody().nik, "wage": "4.500.000", "extra_family": "1", "since": FEBRUARY}
    answer = post(desk, f"/petugas/majikan/{employer.id}", **typed | wrong)
    assert answer.status_code == 200 and said in answer.text
    assert not Worker.select().exists()
    for name in {"wage", "extra_family"} - set(wrong):
        assert f'value="{typed[name]}"' in answer.text


def test_a_long_list_is_shown_page_by_page(desk, employer):
    people = [a_worker(employer.payer, 3_000_000) for _ in range(27)]
    page = desk.get(f"/petugas/majikan/{employer.id}").text
    assert page.count("/petugas/pekerja/") == 25
    assert f"sesudah={people[24].id}" in page
    assert desk.get(f"/petugas/majikan/{employer.id}?sesudah={people[24].id}").text.count("/petugas/pekerja/") == 2


def test_the_pages_ask_little(desk, employer):
    worker = Worker.get(Worker.person == a_worker(employer.payer, 3_000_000))
    for url in ("/petugas/majikan", f"/petugas/majikan/{employer.id}", f"/petugas/pekerja/{worker.id}"):
        with counted() as selects:
            assert desk.get(url).status_code == 200
        assert len(selects) <= 8


def test_a_member_sees_none_of_it(app, employer, siti):
    assert sign_in(app, siti).get(f"/petugas/majikan/{employer.id}").status_code == 403
