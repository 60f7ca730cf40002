"""With staff present a kiosk gives a code sheet or a first PIN on paper: by a code of theirs, for one errand, once."""

import re
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import sheets, stopping
from jkn.accounts.models import Officer, Sheet, Slip
from jkn.audit.models import Act, Entry
from jkn.kiosks import service as kiosks
from jkn.kiosks import staff
from jkn.kiosks.models import Kiosk, Printer, StaffCode
from jkn.notices.models import Notice
from tests.builders import post
from tests.crawl import a_facility, as_member, as_staff
from tests.kiosks.keys import press

NAME = re.compile(r"SITI")


@pytest.fixture
def clerk(app):
    return as_staff(app, Role.CLERK)


def here() -> int:
    return Kiosk.select().order_by(Kiosk.id).first().id


def vouch(staff, person, errand="sheet", kiosk_id=None, **more):
    url = f"/petugas/kios/{kiosk_id or here()}/hadir"
    answer = post(staff, url, number=person.nik, errand=errand, sure="y", **more)
    found = re.search(r"\b(\d{4}) (\d{4})\b", staff.get(url).text) if answer.status_code == 303 else None
    return found[1] + found[2] if found else answer


def type_code(kiosk, code):
    post(kiosk, "/kios/petugas")
    return press(kiosk, [*code, "send"])


def paper(kiosk) -> tuple[str, str]:
    """What stands on the screen, and on the paper."""
    screen, printed = kiosk.get("/kios/petugas/kertas").text.split('<div class="t s80">')
    return screen, printed


def test_a_clerk_lets_a_member_fetch_a_code_sheet(kiosk, clerk, siti):
    assert type_code(kiosk, vouch(clerk, siti)).location == "/kios/petugas/kertas"
    screen, printed = paper(kiosk)
    codes = sheets.codes(Sheet.get(Sheet.person == siti, Sheet.revoked_at.is_null()))
    assert all(f"{code[:4]} {code[4:]}" in printed for code in codes)
    assert not any(f"{code[:4]} {code[4:]}" in screen for code in codes) and not NAME.search(screen + printed)
    assert siti.nik not in screen + printed and siti.card not in screen + printed


def test_the_old_sheet_stops_and_a_notice_goes(kiosk, clerk, siti):
    old = sheets.issue(siti, SYSTEM)
    type_code(kiosk, vouch(clerk, siti))
    assert Sheet.get_by_id(old.id).revoked_at
    assert Notice.get(Notice.name == "sheet_bound").person_id == siti.id


def test_a_first_pin_comes_on_paper_and_opens_the_account(kiosk, clerk, siti):
    type_code(kiosk, vouch(clerk, siti, "first-pin"))
    slip = Slip.get(Slip.person == siti)
    code = sheets.slip_code(slip)
    screen, printed = paper(kiosk)
    assert f"{code[:4]} {code[4:]}" in printed and code[:4] not in screen
    assert slip.officer.role == Role.CLERK
    answer = post(kiosk, "/masuk/kode", number=siti.nik, code=code, pin="604182", again="604182")
    assert answer.status_code == 303


def test_the_audit_log_names_both_and_the_member_sees_it(app, kiosk, clerk, siti):
    type_code(kiosk, vouch(clerk, siti))
    made, issued = (Entry.get(Entry.act == act) for act in (Act.STAFF_CODE_MADE, Act.SHEET_ISSUED))
    officer = Officer.get(Officer.role == Role.CLERK)
    assert made.by_officer == issued.by_officer == officer.id
    assert made.person_id == issued.person_id == siti.id
    assert issued.channel == "kiosk" and issued.device == here()
    page = as_member(app, siti).get("/akses").text
    assert "Petugas membandingkan KTP Anda" in page and "di kios" in page


def test_an_escpos_printer_gets_bytes(kiosk, clerk, siti):
    Kiosk.update(printer=Printer.ESCPOS_58).execute()
    type_code(kiosk, vouch(clerk, siti))
    assert 'class="t' not in kiosk.get("/kios/petugas/kertas").text
    code = sheets.codes(Sheet.get(Sheet.person == siti))[9]
    data = kiosk.get("/kios/petugas/escpos").data
    assert f"10 {code[:4]} {code[4:]}".encode() in data and data.endswith(b"\x1dVB\x00")


def test_without_comparing_the_ktp_there_is_no_code(kiosk, clerk, siti):
    page = post(clerk, f"/petugas/kios/{here()}/hadir", number=siti.nik, errand="sheet")
    assert "SITI" in page.text and StaffCode.select().count() == 0


def test_a_code_works_once(kiosk, clerk, siti):
    code = vouch(clerk, siti)
    type_code(kiosk, code)
    kiosk.get("/kios/selesai")
    assert 'role="alert"' in type_code(kiosk, code).text
    assert Sheet.select().where(Sheet.person == siti).count() == 1


def test_a_code_runs_out_after_five_minutes(kiosk, clerk, siti):
    code = vouch(clerk, siti)
    with clock.frozen(clock.now() + timedelta(minutes=5, seconds=1)):
        assert 'role="alert"' in type_code(kiosk, code).text
    assert not Sheet.select().where(Sheet.person == siti).exists()


def test_twin_that_does_not_note_its_use_takes_a_code_twice(kiosk, clerk, siti):
    code = vouch(clerk, siti)
    hashed = StaffCode.get().code_hash
    type_code(kiosk, code)
    StaffCode.update(used_at=None, code_hash=hashed).execute()
    kiosk.get("/kios/selesai")
    assert type_code(kiosk, code).location == "/kios/petugas/kertas"
    assert Sheet.select().where(Sheet.person == siti).count() == 2


def test_twin_whose_codes_last_a_day_takes_one_late(kiosk, clerk, siti, monkeypatch):
    monkeypatch.setattr(staff, "VALID", timedelta(days=1))
    with pytest.raises(AssertionError):
        test_a_code_runs_out_after_five_minutes(kiosk, clerk, siti)


def test_a_code_that_gave_a_first_pin_gives_no_second(kiosk, clerk, siti):
    code = vouch(clerk, siti, "first-pin")
    type_code(kiosk, code)
    kiosk.get("/kios/selesai")
    assert 'role="alert"' in type_code(kiosk, code).text
    assert Slip.select().where(Slip.person == siti).count() == 1


def test_a_newer_code_of_the_same_clerk_ends_the_one_before(kiosk, clerk, siti):
    first = vouch(clerk, siti)
    vouch(clerk, siti)
    assert 'role="alert"' in type_code(kiosk, first).text


def another_kiosk(app, facility="0301R002"):
    token = kiosks.join(kiosks.prepare(a_facility(facility).code, "Aula", SYSTEM, Printer.PAGE_80))
    client = app.test_client()
    client.set_cookie("k", token)
    return client, Kiosk.get(Kiosk.facility_code == facility, Kiosk.place == "Aula").id


def test_a_code_for_the_kiosk_beside_it_is_worth_nothing(app, kiosk, clerk, siti):
    beside, _id = another_kiosk(app, "0301R001")
    assert 'role="alert"' in type_code(beside, vouch(clerk, siti)).text
    assert not Sheet.select().where(Sheet.person == siti).exists()


def test_twin_that_does_not_ask_for_which_kiosk_gives_the_sheet_there(app, kiosk, clerk, siti):
    beside, beside_id = another_kiosk(app, "0301R001")
    code = vouch(clerk, siti)
    StaffCode.update(kiosk=beside_id).execute()
    assert type_code(beside, code).location == "/kios/petugas/kertas"


def test_a_code_of_another_facility_is_worth_nothing(app, kiosk, clerk, siti):
    there, _id = another_kiosk(app)
    code = vouch(clerk, siti)
    assert 'role="alert"' in type_code(there, code).text
    assert type_code(kiosk, code).status_code == 303


def test_a_clerk_makes_no_code_for_another_facility(app, kiosk, clerk, siti):
    _there, kiosk_id = another_kiosk(app)
    assert clerk.get(f"/petugas/kios/{kiosk_id}/hadir").status_code == 404
    assert clerk.get(f"/petugas/kios/{kiosk_id}/nomor").status_code == 404
    assert clerk.get(f"/petugas/kios/{kiosk_id}/kertas").status_code == 404


def test_five_wrong_codes_close_the_errand_for_a_quarter_of_an_hour(kiosk, clerk, siti):
    code = vouch(clerk, siti)
    for number in range(staff.GUESSES):
        type_code(kiosk, f"{number:08d}")
    assert 'role="alert"' in type_code(kiosk, code).text
    assert not Sheet.select().where(Sheet.person == siti).exists()


def test_the_broken_twin_that_counts_no_guesses_lets_the_sixth_in(kiosk, clerk, siti, monkeypatch):
    monkeypatch.setattr(staff.attempts, "reserve", lambda *_key, **_limits: True)
    code = vouch(clerk, siti)
    for number in range(staff.GUESSES):
        type_code(kiosk, f"{number:08d}")
    assert type_code(kiosk, code).status_code == 303


def test_a_stopped_account_gets_nothing_at_a_kiosk(kiosk, clerk, siti):
    stopping.freeze(siti, SYSTEM)
    assert 'role="alert"' in vouch(clerk, siti, "first-pin").text


def test_who_was_stopped_after_the_code_was_made_gets_nothing_either(kiosk, clerk, siti):
    code = vouch(clerk, siti)
    stopping.freeze(siti, SYSTEM)
    assert 'role="alert"' in type_code(kiosk, code).text


def test_staff_do_not_serve_their_own_family(kiosk, clerk, siti):
    Officer.update(person=siti).where(Officer.role == Role.CLERK).execute()
    assert 'role="alert"' in vouch(clerk, siti).text


def test_staff_whose_own_card_nobody_recorded_serve_and_the_member_reads_who_did_it(kiosk, clerk, siti):
    officer = Officer.get(Officer.role == Role.CLERK)
    assert officer.person_id is None
    assert type_code(kiosk, vouch(clerk, siti)).status_code == 303
    assert Notice.get(Notice.name == "sheet_bound").person_id == siti.id
    issued = Entry.get(Entry.act == Act.SHEET_ISSUED, Entry.person_id == siti.id)
    assert issued.by_officer == officer.id


def test_a_clerk_who_was_suspended_meanwhile_opens_nothing(kiosk, clerk, siti):
    code = vouch(clerk, siti)
    Officer.update(suspended_at=clock.now()).where(Officer.role == Role.CLERK).execute()
    assert 'role="alert"' in type_code(kiosk, code).text


def test_a_clerk_looks_for_at_most_so_many_people_a_day(kiosk, clerk, siti, monkeypatch):
    monkeypatch.setattr(staff, "LOOKS", 2)
    for _time in range(2):
        assert vouch(clerk, siti)
    assert 'role="alert"' in vouch(clerk, siti).text


def test_twin_that_counts_no_looks_never_stops_the_clerk(kiosk, clerk, siti, monkeypatch):
    monkeypatch.setattr(staff.attempts, "take", lambda *_key: True)
    with pytest.raises(AttributeError):  # a code came instead of the page that refuses
        test_a_clerk_looks_for_at_most_so_many_people_a_day(kiosk, clerk, siti, monkeypatch)


def test_a_clerk_who_serves_a_few_members_a_week_is_never_stopped(kiosk, clerk, siti, monkeypatch):
    monkeypatch.setattr(staff, "LOOKS", 2)
    for week in range(6):
        with clock.frozen(clock.now() + timedelta(minutes=14, days=week)):
            staff.find(siti.nik, SYSTEM)


def test_a_kiosk_without_a_printer_gives_no_secrets(kiosk, clerk, siti):
    Kiosk.update(printer=Printer.NONE).execute()
    assert 'role="alert"' in vouch(clerk, siti).text


def test_paper_that_did_not_come_opens_nothing_and_staff_are_told(kiosk, clerk, siti):
    type_code(kiosk, vouch(clerk, siti))
    assert post(kiosk, "/kios/petugas/kertas").location == "/kios/petugas"
    assert Sheet.get(Sheet.person == siti).revoked_at
    assert "Kertas habis" in clerk.get("/petugas/kios/loket").text
    post(clerk, f"/petugas/kios/{here()}/kertas")
    assert "Kertas habis" not in clerk.get("/petugas/kios/loket").text


def test_after_two_minutes_or_the_end_nothing_is_printed_again(kiosk, clerk, siti):
    type_code(kiosk, vouch(clerk, siti))
    with clock.frozen(clock.now() + timedelta(minutes=2, seconds=1)):
        assert kiosk.get("/kios/petugas/kertas").location == "/kios"
    kiosk.get("/kios/selesai")
    assert kiosk.get("/kios/petugas/kertas").location == "/kios"
