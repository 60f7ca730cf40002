"""Volunteers: where they work, what stands on their list, and what officers see of them."""

import re
from datetime import date, timedelta

import pytest

from jkn import clock, sealed
from jkn.access import SYSTEM
from jkn.accounts import sheets
from jkn.accounts.models import Officer
from jkn.assisting import consents, volunteers, worklist
from jkn.assisting.models import Miss, PaperConsent, SlipRequest, Unregistered, Visit, VolunteerVillage
from jkn.assisting.worklist import Task
from jkn.audit.models import Act, Entry
from jkn.contributions import service as contributions
from jkn.errors import Refused
from jkn.members import service as members
from jkn.members.models import Family, Segment, Spell
from jkn.permissions import Scope
from jkn.regions.models import Level, Region
from tests.assisting.helping import by_of
from tests.builders import a_family, a_nik, officer_client, pay_in, people, post, sign_in

VILLAGE = "35.78.08.1001"


@pytest.fixture
def village(app):
    Region.insert(
        code=VILLAGE, name="Gubeng", label="Gubeng, Kota Surabaya", parent_code="35.78.08", level=Level.VILLAGE
    ).on_conflict_ignore().execute()
    return VILLAGE


@pytest.fixture
def officer(app):
    return officer_client(app)


def works_in(kader, village):
    VolunteerVillage.create(officer=kader, village_code=village)


def test_an_officer_says_where_a_volunteer_works_and_who_they_are(officer, village, siti, kader):
    form = {"username": "tini", "number": siti.nik, "villages": VILLAGE}
    assert post(officer, "/petugas/kader", **form).status_code == 303
    assert worklist.villages_of(kader.id) == [VILLAGE]
    assert Officer.get_by_id(kader.id).person_id == siti.id
    post(officer, "/petugas/kader", **form | {"villages": ""})
    assert worklist.villages_of(kader.id) == []


def test_what_was_typed_as_villages_stays(officer, siti, kader):
    form = {"username": "nobody", "number": siti.nik, "villages": f"{VILLAGE}  35.78.08.1002"}
    assert f'value="{VILLAGE} 35.78.08.1002"' in post(officer, "/petugas/kader", **form).text
    assert re.search(r'name="villages"[^>]*value=""', officer.get("/petugas/kader").text)


def test_only_volunteers_known_people_and_known_villages_are_taken(officer, village, siti, kader):
    right = {"username": "tini", "number": siti.nik, "villages": VILLAGE}
    for wrong in ({"username": "dewi"}, {"number": a_nik()}, {"villages": "99.99.99.9999"}, {"villages": "x" * 14}):
        assert post(officer, "/petugas/kader", **right | wrong).status_code == 200, wrong
    assert VolunteerVillage.select().count() == 0


def test_the_front_page_of_a_volunteer_shows_their_villages(phone, kader, village):
    assert phone.get("/").location == "/kader"
    works_in(kader, village)
    assert "Gubeng, Kota Surabaya" in phone.get("/kader").text


def test_the_list_says_task_rt_rw_and_a_masked_name_and_opens_nothing(phone, kader, village):
    works_in(kader, village)
    family = a_family(1, names=("WATI SUSANTI",), liable_from=date(2025, 6, 1))
    page = phone.get(f"/kader/daftar?desa={VILLAGE}&tugas=tunggakan").text
    assert "W*** S******" in page and "001/002" in page
    assert "WATI" not in page and family.kk not in page and people(family)[0].card not in page
    assert "KENANGA" not in page
    entry = Entry.get(Entry.act == Act.DATA_SEEN, Entry.family_id == family.id)
    assert entry.by_officer == kader.id


def test_what_was_read_from_the_list_stands_on_the_members_own_page(app, phone, kader, village):
    works_in(kader, village)
    family = a_family(1, liable_from=date(2025, 6, 1))
    phone.get(f"/kader/daftar?desa={VILLAGE}&tugas=tunggakan")
    assert "Dewi Ratna" in sign_in(app, people(family)[0]).get("/akses").text


def test_another_village_stays_shut(phone, kader, village):
    a_family(1, names=("WATI SUSANTI",), liable_from=date(2025, 6, 1))
    assert "W***" not in phone.get(f"/kader/daftar?desa={VILLAGE}&tugas=tunggakan").text
    works_in(kader, village)  # the twin: with the village it opens
    assert "W***" in phone.get(f"/kader/daftar?desa={VILLAGE}&tugas=tunggakan").text


def names_of(task) -> list[str]:
    return [row.name for row in worklist.page(VILLAGE, task, 0)[0]]


def test_arrears_are_families_whose_last_month_is_not_settled(app):
    a_family(1, names=("UTANG",), liable_from=date(2025, 6, 1))
    paid = a_family(1, names=("LUNAS",), liable_from=date(2025, 12, 1))
    payer = members.payer_of(paid.id)
    pay_in(payer, 70_000, clock.today())
    contributions.use_credit(payer, clock.today(), SYSTEM)
    a_family(1, names=("BARU",), liable_from=date(2026, 1, 1))
    a_family(1, names=("NANTI",), liable_from=None)
    worker = a_family(1, names=("KARYAWAN",), liable_from=date(2025, 1, 1))
    Spell.update(segment=Segment.PPU_BU).where(Spell.family_id == worker.id).execute()
    assert names_of(Task.ARREARS) == ["U****"]


def test_expiring_are_families_in_which_a_cover_ends_within_two_months(app):
    for name, days in (("SEGERA", 30), ("LAMA", 90), ("LALU", -1)):
        family = a_family(1, names=(name,))
        Spell.update(until=clock.today() + timedelta(days=days)).where(Spell.family_id == family.id).execute()
    assert names_of(Task.EXPIRING) == ["S*****"]


def test_the_list_is_read_page_by_page(app):
    for _ in range(worklist.PAGE + 3):
        a_family(1, liable_from=date(2025, 6, 1))
    rows, _families, more = worklist.page(VILLAGE, Task.ARREARS, 0)
    rest, _families, end = worklist.page(VILLAGE, Task.ARREARS, more)
    assert (len(rows), len(rest), end) == (worklist.PAGE, 3, None)


def test_unregistered_families_come_from_a_file_and_leave_the_list_when_they_join(run, village, tmp_path):
    known, unknown = a_family(1).kk, a_nik(date(2012, 2, 2))
    file = tmp_path / "list.csv"
    lines = [f"{unknown},Sri Wahyuni,{VILLAGE},Krajan,003,001", f"{known},Budi,{VILLAGE},,,", f"123,X,{VILLAGE},,,"]
    file.write_text("kk,name,village_code,hamlet,rt,rw\n" + "\n".join([*lines, f"{a_nik()},Y,99.99.99.9999,,,"]))
    for _ in range(2):
        result = run("import-unregistered", str(file))
        assert "2 good, 2 bad" in result.output and unknown not in result.output
    assert Unregistered.select().count() == 2
    assert Unregistered.get(Unregistered.kk_hash == sealed.index("kk", unknown)).name == "S** W******"
    assert names_of(Task.UNREGISTERED) == ["S** W******"]
    members.enter_family(unknown)
    assert names_of(Task.UNREGISTERED) == []


def test_unusual_patterns_are_listed_for_officers(officer, kader, siti):
    night = clock.start_of(clock.today()) + timedelta(hours=23)
    by = by_of(kader)
    with clock.frozen(night):
        for code in sheets.codes(sheets.issue(siti, SYSTEM))[:5]:
            consents.begin(siti.nik, code, [Scope.STATUS], 15, code, by)
    (worked,) = volunteers.worked([kader])
    assert (worked.consents, worked.at_night, worked.of_one_family) == (5, 5, 5)
    assert worked.is_unusual
    assert "tidak biasa" in officer.get("/petugas/kader").text
    Visit.update(consents=3, at_night=0).execute()
    assert not volunteers.worked([kader])[0].is_unusual
    for _ in range(5):
        Miss.create(officer=kader)
    assert volunteers.worked([kader])[0].is_unusual


def test_an_officer_lifts_a_suspension(officer, kader):
    volunteers.suspend(kader, SYSTEM)
    url = f"/petugas/kader/{kader.id}"
    assert url in officer.get("/petugas/kader").text
    post(officer, url)
    assert Officer.get_by_id(kader.id).suspended_at is None
    assert volunteers.take_turn(kader.id)


def test_whoever_is_no_volunteer_is_not_resumed_here(officer, app):
    clerk = Officer.get(Officer.username == "dewi")
    Officer.update(suspended_at=clock.now()).where(Officer.id == clerk.id).execute()
    assert not volunteers.resume(clerk, SYSTEM)


def test_forms_are_numbered_once_and_can_be_shown_again(officer, run):
    answer = post(officer, "/petugas/kader/formulir", count="3")
    shown = officer.get(answer.location).text
    assert shown.count("Persetujuan bantuan") == 3
    assert PaperConsent.select().count() == 3
    assert post(officer, "/petugas/kader/formulir", count="101").status_code == 200
    assert len(run("print-consent-forms", "2").output.split()) == 2


def test_a_request_for_a_slip_is_seen_once_and_done_by_an_officer(officer, kader, phone, siti):
    (form,) = consents.print_forms(1, SYSTEM)
    typed = {"form": form.number, "number": siti.nik, "signed_by": "signature", "witness": "Bu RW"}
    post(phone, "/kader/kertas", **typed)
    for _ in range(2):
        post(phone, "/kader/slip")
    (request,) = SlipRequest.select()
    assert "S*** A*****" in officer.get("/petugas/kader/slip").text
    assert post(officer, f"/petugas/kader/slip/{request.id}").location == f"/petugas/slip/{siti.id}"
    assert "S*** A*****" not in officer.get("/petugas/kader/slip").text


def test_a_person_without_a_family_card_needs_an_officer(kader, siti):
    members.Stay.update(until=clock.today()).where(members.Stay.person == siti).execute()
    code = sheets.codes(sheets.issue(siti, SYSTEM))[0]
    with pytest.raises(Refused):
        consents.begin(siti.nik, code, [Scope.STATUS], 15, "once", by_of(kader))
    assert Family.select().exists()
