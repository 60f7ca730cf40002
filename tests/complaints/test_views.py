import re
from datetime import timedelta

import pytest

from jkn import clock, search
from jkn.access import Role
from jkn.audit.models import Act, Entry
from jkn.complaints.models import Complaint, Stage
from jkn.facilities.models import Facility
from tests.builders import a_family, officer_client, people, post, sign_in

SAID = {"category": "clinic", "text": "Obat kosong dua minggu."}


@pytest.fixture
def desk(app):
    return officer_client(app)


@pytest.fixture
def clinics(app):
    named = {"03010701": "PUSKESMAS KENJERAN", "0301B002": "KLINIK KENJERAN SEHAT"}
    for code, name in named.items():
        Facility.create(
            code=code,
            name=name,
            kind="Klinik",
            tier="FKTP",
            section="clinic",
            regency_code="35.78",
            regency="Kota Surabaya",
            words=name.lower(),
        )
    search.enter("clinic", {code: search.words(name) for code, name in named.items()})


def answer(desk, complaint, text="Obat sudah dikirim."):
    return post(desk, f"/petugas/pengaduan/{complaint.id}", text=text)


def test_a_visitor_files_without_a_name_and_gets_a_number(client):
    sent = post(client, "/pengaduan", **SAID)
    assert (sent.status_code, sent.location) == (303, "/pengaduan/nomor")
    page = client.get(sent.location).text
    complaint = Complaint.get()
    assert complaint.person_id is None
    assert complaint.number in page and "23 Januari 2026" in page
    assert "Obat kosong" not in page


def test_a_member_files_under_their_name_and_finds_it_again(app, siti):
    client = sign_in(app, siti)
    sent = post(client, "/pengaduan", **SAID)
    complaint = Complaint.get()
    assert (complaint.person_id, sent.location) == (siti.id, f"/pengaduan/{complaint.id}")
    assert "Obat kosong" in client.get(sent.location).text
    assert complaint.number in client.get("/pengaduan/saya").text


def test_a_member_may_leave_their_name_out(app, siti):
    assert post(sign_in(app, siti), "/pengaduan", nameless="y", **SAID).location == "/pengaduan/nomor"
    assert Complaint.get().person_id is None
    assert Entry.get(Entry.act == Act.COMPLAINT_FILED).by_person is None


def test_a_sign_in_that_ran_out_while_writing_loses_neither_words_nor_name(app, siti):
    client = sign_in(app, siti)
    hidden = dict(re.findall(r'name="(key|member|csrf_token)"[^>]*value="([^"]*)"', client.get("/pengaduan").text))
    with client.session_transaction() as session:
        session.pop("_user_id")
    sent = client.post("/pengaduan", data=hidden | SAID)
    assert sent.location.startswith("/masuk") and not Complaint.select().exists()


def test_what_is_missing_is_said_and_what_was_typed_stays(client):
    page = post(client, "/pengaduan", text="Antre tiga jam.", contact="0812")
    assert page.status_code == 200
    assert "Antre tiga jam." in page.text and 'value="0812"' in page.text and page.text.count('role="alert"') == 1


def test_sending_the_same_form_twice_files_once(client):
    page = client.get("/pengaduan").text
    hidden = dict(re.findall(r'name="(key|csrf_token)"[^>]*value="([^"]*)"', page))
    assert [client.post("/pengaduan", data=hidden | SAID).status_code for _ in range(2)] == [303, 303]
    assert Complaint.select().count() == 1
    again = client.post("/pengaduan", data=hidden | SAID | {"text": "Hal lain."})
    assert again.status_code == 200 and "Hal lain." in again.text
    hidden |= dict(re.findall(r'name="(key)"[^>]*value="([^"]*)"', again.text))
    assert client.post("/pengaduan", data=hidden | SAID | {"text": "Hal lain."}).status_code == 303
    assert Complaint.select().count() == 2


def test_without_script_the_facility_is_chosen_on_the_next_page(client, clinics):
    page = post(client, "/pengaduan", place="kenjeran", **SAID)
    assert page.status_code == 200 and "KLINIK KENJERAN SEHAT" in page.text and SAID["text"] in page.text
    assert post(client, "/pengaduan", place="kenjeran", facility="0301B002", **SAID).status_code == 303
    assert Complaint.get().facility_code == "0301B002"


def test_a_facility_left_unchosen_is_asked_for(client, clinics):
    assert "Pilih faskesnya" in post(client, "/pengaduan", place="kenjeran", **SAID).text


def test_the_search_answers_htmx_with_the_list_alone(client, clinics):
    headers = {"HX-Request": "true", "HX-Target": "facility_list"}
    fragment = client.get("/pengaduan?place=kenjeran", headers=headers).text
    assert fragment.strip().startswith('<div id="facility_list"') and "<main>" not in fragment
    assert "0301B002" in fragment and len(fragment) < 900


def test_a_code_needs_no_choosing(client, clinics):
    assert post(client, "/pengaduan", place="0301b002", **SAID).status_code == 303
    assert Complaint.get().facility_code == "0301B002"


def test_a_place_nobody_knows_is_kept_in_the_writers_words(client):
    assert post(client, "/pengaduan", place="Klinik tanpa nama", **SAID).status_code == 303
    complaint = Complaint.get()
    assert (complaint.facility_code, complaint.place) == (None, "Klinik tanpa nama")


def test_none_of_these_is_an_answer_too(client, clinics):
    assert post(client, "/pengaduan", place="kenjeran", facility="-", **SAID).status_code == 303
    assert (Complaint.get().facility_code, Complaint.get().place) == (None, "kenjeran")


def test_the_number_shows_stages_and_answer_but_never_the_words(app, client, desk):
    post(client, "/pengaduan", **SAID)
    complaint = Complaint.get()
    answer(desk, complaint)
    other = app.test_client()
    sent = post(other, "/pengaduan/lacak", ticket=complaint.number.lower().replace("-", " "))
    page = other.get(sent.location).text
    assert "Obat sudah dikirim." in page and "Obat kosong" not in page
    assert complaint.ticket not in sent.location


@pytest.mark.parametrize("typed", ["", "123", "K7RD-2M9X-42", "K7RD-2M9X-41", "'; DROP TABLE", "\0" * 9, "9" * 5000])
def test_a_wrong_number_gets_a_sentence_and_stays_typed(client, typed):
    page = post(client, "/pengaduan/lacak", ticket=typed)
    assert page.status_code == 200 and 'role="alert"' in page.text


def test_a_browser_forgets_the_number_after_a_quarter_of_an_hour(client, now):
    post(client, "/pengaduan", **SAID)
    with clock.frozen(now + timedelta(minutes=16)):
        assert client.get("/pengaduan/nomor").location == "/pengaduan/lacak"
    assert client.get("/pengaduan/nomor").status_code == 200


def test_sudah_ends_it_and_belum_opens_it_again_without_a_name(client, desk):
    post(client, "/pengaduan", **SAID)
    complaint = Complaint.get()
    assert "SUDAH" not in client.get("/pengaduan/nomor").text
    answer(desk, complaint)
    assert post(client, "/pengaduan/nomor", solved="belum", text="Belum ada.").status_code == 303
    assert Complaint.get().stage == Stage.REOPENED
    answer(desk, complaint, "Sekarang ada.")
    assert "Belum ada." not in client.get("/pengaduan/nomor").text
    assert post(client, "/pengaduan/nomor", solved="sudah").status_code == 303
    assert Complaint.get().stage == Stage.SOLVED
    assert "<form" not in client.get("/pengaduan/nomor").text


def test_a_members_complaint_is_ended_only_by_that_member(app, siti, desk):
    client = sign_in(app, siti)
    post(client, "/pengaduan", **SAID)
    complaint = Complaint.get()
    answer(desk, complaint)
    holder = app.test_client()
    post(holder, "/pengaduan/lacak", ticket=complaint.number)
    hidden = dict(re.findall(r'name="(csrf_token)"[^>]*value="([^"]*)"', holder.get("/pengaduan/lacak").text))
    holder.post("/pengaduan/nomor", data=hidden | {"solved": "sudah", "seen": "2"})
    assert Complaint.get().stage == Stage.ANSWERED
    assert post(client, f"/pengaduan/{complaint.id}", solved="sudah").status_code == 303
    assert Complaint.get().stage == Stage.SOLVED


def test_somebody_elses_complaint_is_not_there(app, siti):
    post(sign_in(app, siti), "/pengaduan", **SAID)
    family = people(a_family())
    other, relative = sign_in(app, family[0]), sign_in(app, people(a_family())[1])
    for client in (other, relative):
        assert client.get(f"/pengaduan/{Complaint.get().id}").status_code == 404
        assert Complaint.get().number not in client.get("/pengaduan/saya").text


def test_the_desk_lists_open_ones_first_and_marks_what_is_late(app, client, desk, now):
    for text in ("pertama", "kedua"):
        post(client, "/pengaduan", category="staff", text=text)
    first, second = Complaint.select().order_by(Complaint.id)
    answer(desk, first)
    page = desk.get("/petugas/pengaduan").text
    assert page.index(second.number) < page.index(first.number)
    with clock.frozen(now + timedelta(days=20)):
        late = officer_client(app, username="rina").get("/petugas/pengaduan").text
    assert late.count("<strong>") == page.count("<strong>") + 1


def test_the_desk_reads_the_words_and_the_look_is_noted(app, siti, desk):
    post(sign_in(app, siti), "/pengaduan", contact="0812 3456 7890", **SAID)
    complaint = Complaint.get()
    page = desk.get(f"/petugas/pengaduan/{complaint.id}").text
    assert "Obat kosong" in page and "0812 3456 7890" in page and siti.name in page
    seen = Entry.get(Entry.act == Act.DATA_SEEN, Entry.subject == f"complaint:{complaint.id}")
    assert seen.person_id == siti.id


def test_two_officers_on_the_same_page_answer_once(app, client, desk):
    post(client, "/pengaduan", **SAID)
    complaint, url = Complaint.get(), f"/petugas/pengaduan/{Complaint.get().id}"
    hidden = dict(re.findall(r'name="(csrf_token|seen)"[^>]*value="([^"]*)"', desk.get(url).text))
    assert answer(desk, complaint).status_code == 303
    late = desk.post(url, data=hidden | {"text": "Jawaban lain."})
    assert late.status_code == 200 and "Jawaban lain." in late.text and 'role="alert"' in late.text


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR])
def test_who_may_not_answer_may_not_look(app, role):
    assert officer_client(app, role).get("/petugas/pengaduan").status_code == 403


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\0\x1b[31m", "é" * 500, "' OR 1=1 --"])
def test_hostile_words_are_only_words(client, desk, text):
    sent = post(client, "/pengaduan", category="idea", text=text + "x")
    assert sent.status_code == 303
    page = desk.get(f"/petugas/pengaduan/{Complaint.get().id}").text
    assert "<script>" not in page and "\0" not in page


def test_too_much_text_is_refused_with_a_sentence_and_kept(client):
    page = post(client, "/pengaduan", category="idea", text="a" * 3000)
    assert page.status_code == 200 and "2000" in page.text and "a" * 3000 in page.text


@pytest.mark.parametrize("number", ["0", "-5", str(10**40), "abc"])
def test_no_number_in_an_address_breaks_a_page(app, siti, desk, number):
    client = sign_in(app, siti)
    assert client.get(f"/pengaduan/saya?sebelum={number}").status_code == 200
    assert desk.get(f"/petugas/pengaduan?mulai={number}").status_code == 200
    assert client.get(f"/pengaduan/{number}").status_code == 404
