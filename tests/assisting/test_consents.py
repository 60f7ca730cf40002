"""A volunteer inside a consent: opened by a code that is spent, narrow, short, seen, and over when it is over."""

from datetime import date, timedelta

import pytest

from jkn import clock, numbers
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import grants, receipts, service, sheets
from jkn.accounts.models import Grant, Officer, SheetCode, SignIn
from jkn.assisting import consents, volunteers
from jkn.assisting.models import Miss, SlipRequest
from jkn.audit.models import Act, Entry
from jkn.errors import Refused
from jkn.members import service as members
from jkn.notices.models import Notice
from jkn.permissions import GIVEN, Scope
from tests.builders import a_family, a_nik, an_officer, people, post, sign_in
from tests.crawl import a_facility, fields


@pytest.fixture
def kader(app):
    """A volunteer with a family card of their own."""
    officer = an_officer(Role.VOLUNTEER, "tini")
    officer.person = people(a_family(1, names=("TINI KADER",)))[0]
    officer.save()
    return officer


@pytest.fixture
def phone(app, kader):
    """The volunteer's own phone, on which they have signed in."""
    return phone_of(app, kader)


@pytest.fixture
def codes(siti):
    """The codes of Siti's sheet."""
    return sheets.codes(sheets.issue(siti, SYSTEM))


def phone_of(app, officer):
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = service.open_sign_in(officer=officer).token
    return client


def by_of(kader) -> Actor:
    sign_in = service.open_sign_in(officer=kader).row
    return Actor(officer_id=kader.id, role=Role.VOLUNTEER, sign_in=sign_in.id)


def help_of(phone, person, code, *scopes, minutes=30, **more):
    scopes = [scope.value for scope in scopes or (Scope.STATUS,)]
    return post(phone, "/kader/bantu", number=person.nik, code=code, scopes=scopes, minutes=minutes, **more)


def test_a_code_of_the_members_own_sheet_opens_their_pages_and_is_spent(phone, siti, codes):
    assert help_of(phone, siti, codes[3]).location == "/"
    assert "SITI AMINAH" in phone.get("/status").text
    assert SheetCode.select().where(SheetCode.used_at.is_null(False)).count() == 1


def test_the_code_is_masked_on_the_helpers_phone_and_never_shown_again(phone, siti, codes):
    assert 'type="password"' in phone.get("/kader/bantu").text
    answer = help_of(phone, siti, "00000000")
    assert answer.status_code == 200
    assert "00000000" not in answer.text


def test_only_the_scopes_open_and_health_pins_phones_sheets_and_rights_never_do(phone, siti, codes):
    help_of(phone, siti, codes[0], *[Scope.STATUS, Scope.BILLS, Scope.CLINIC, Scope.COMPLAINTS, Scope.DATA])
    for url in ("/status", "/tagihan", "/faskes/ganti", "/data-saya", "/kartu"):
        assert phone.get(url).status_code == 200, url
    for url in ("/pin", "/data-saya/hp", "/data-saya/email", "/lembar", "/wakil", "/wakil/beri", "/data-saya/rahasia"):
        assert phone.get(url).status_code == 403, url
    help_of(phone, siti, codes[1], Scope.BILLS)
    assert phone.get("/tagihan").status_code == 200
    assert phone.get("/status").status_code == 403


def test_health_is_hidden_from_helpers_even_where_the_member_hides_nothing(siti):
    helper = Actor(person_id=siti.id, on_behalf_of=siti.id, officer_id=1, role=Role.VOLUNTEER)
    assert grants.keeps_private(siti, helper)
    assert not grants.keeps_private(siti, Actor(person_id=siti.id, role=Role.MEMBER))


def test_a_pin_is_never_asked_on_a_helpers_phone(app, phone, siti, codes):
    facility = a_facility()
    url = f"/faskes/ganti/{siti.id}/{facility.code}"
    assert 'name="pin"' in sign_in(app, siti).get(url).text
    help_of(phone, siti, codes[0], Scope.CLINIC)
    assert 'name="pin"' not in phone.get(url).text
    assert post(phone, url).status_code == 303


def test_a_named_relative_is_still_asked_for_their_own_pin(app, siti):
    kin = people(a_family(1, names=("RATNA",)))[0]
    by, until = Actor(person_id=siti.id, role=Role.MEMBER), clock.today() + timedelta(days=9)
    grant = grants.name_holder(siti, kin.nik, [Scope.CLINIC], until, "once", by)
    client = sign_in(app, kin)
    post(client, f"/wakil/{grant.id}/mulai")
    assert 'name="pin"' in client.get(f"/faskes/ganti/{siti.id}/{a_facility().code}").text


def test_the_consent_ends_by_itself(phone, siti, codes):
    start = clock.now()
    help_of(phone, siti, codes[0], minutes=15)
    with clock.frozen(start + timedelta(minutes=14)):
        assert phone.get("/status").status_code == 200
    with clock.frozen(start + timedelta(minutes=15, seconds=1)):
        assert phone.get("/status").status_code == 403
        assert phone.get(f"/wakil/{Grant.get().id}/tanda-terima").status_code == 403
        assert "SITI" not in phone.get("/kader").text


def test_a_consent_that_outlasts_its_end_would_be_noticed(phone, siti, codes):
    """The broken twin: with an end that nobody minds the page stays open."""
    start = clock.now()
    help_of(phone, siti, codes[0], minutes=15)
    Grant.update(until=start + timedelta(days=99)).execute()
    with clock.frozen(start + timedelta(minutes=16)):
        phone.get("/kader")
    with clock.frozen(start + timedelta(minutes=14)):
        assert phone.get("/status").status_code == 200


def test_selesai_ends_it_for_good(phone, siti, codes):
    help_of(phone, siti, codes[0])
    post(phone, "/wakil/selesai")
    assert phone.get("/status").status_code == 403
    assert Grant.get().revoked_at is not None


def test_the_member_ends_it_on_their_own_pages_or_with_one_word(app, phone, siti, codes):
    help_of(phone, siti, codes[0])
    mine = sign_in(app, siti)
    assert "Dewi Ratna" in mine.get("/wakil").text
    post(mine, f"/wakil/{Grant.get().id}")
    assert phone.get("/status").status_code == 403
    help_of(phone, siti, codes[1])
    assert consents.cancel_all(siti, Actor(channel="sms")) == 1
    assert consents.cancel_all(siti, Actor(channel="sms")) == 0
    assert phone.get("/status").status_code == 403


def test_a_code_that_was_used_opens_nothing_again(phone, siti, codes):
    help_of(phone, siti, codes[0])
    post(phone, "/wakil/selesai")
    assert help_of(phone, siti, codes[0]).status_code == 200
    assert phone.get("/status").status_code == 403
    assert Miss.select().count() == 1


def test_the_used_code_has_a_twin_that_works_again(phone, siti, codes):
    help_of(phone, siti, codes[0])
    post(phone, "/wakil/selesai")
    SheetCode.update(used_at=None).execute()
    assert help_of(phone, siti, codes[0]).status_code == 303


def test_the_same_form_sent_twice_counts_once_and_after_the_end_opens_nothing(kader, siti, codes):
    by = by_of(kader)
    first = consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "once", by)
    assert consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "once", by).id == first.id
    assert Miss.select().count() == 0
    with clock.frozen(clock.now() + timedelta(minutes=16)), pytest.raises(Refused):
        consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "once", by)


def test_pages_and_receipts_of_other_members_stay_shut(app, phone, siti, codes):
    other = people(a_family(1, names=("JOKO LAIN",)))[0]
    theirs = sheets.codes(sheets.issue(other, SYSTEM))
    help_of(phone, other, theirs[0])
    before = Grant.get()
    help_of(phone, siti, codes[0], *GIVEN)
    assert not Grant.get_by_id(before.id).is_live
    assert phone.get(f"/wakil/{before.id}/tanda-terima").status_code == 404
    facility = a_facility()
    assert phone.get(f"/faskes/ganti/{other.id}/{facility.code}").status_code == 404
    assert "JOKO" not in phone.get("/status").text


def test_a_volunteer_cannot_serve_their_own_family(phone, kader):
    own = kader.person
    code = sheets.codes(sheets.issue(own, SYSTEM))[0]
    assert "keluarga sendiri" in help_of(phone, own, code).text
    assert Grant.select().count() == 0
    Officer.update(person=people(a_family(1))[0]).execute()  # the twin: of another family it opens
    assert help_of(phone, own, code).status_code == 303


def test_who_has_no_own_card_on_record_helps_nobody(phone, siti, codes):
    Officer.update(person=None).execute()
    assert help_of(phone, siti, codes[0]).status_code == 200
    assert Grant.select().count() == 0


def robot(phone, guesses: int) -> int:
    """So many well-formed guesses; how many opened something."""
    hidden = fields(phone.get("/kader/bantu").text).hidden
    opened = 0
    for number in range(1, guesses + 1):
        guess = {"number": f"110101050575{number:04d}", "code": "12345678", "scopes": ["status"], "minutes": 15}
        opened += phone.post("/kader/bantu", data=hidden | guess).location == "/"
    return opened


def test_g27_a_robot_of_a_thousand_guesses_reads_nobody_and_is_suspended_by_the_tenth_miss(phone, kader, siti):
    assert robot(phone, 1_000) == 0
    assert Miss.select().count() == 10
    assert Officer.get_by_id(kader.id).suspended_at is not None
    assert phone.get("/kader").location == "/petugas/masuk"
    assert Entry.select().where(Entry.act == Act.DATA_SEEN).count() == 0
    assert Entry.select().where(Entry.act == Act.VOLUNTEER_SUSPENDED).count() == 1


def test_without_counting_misses_the_robot_would_go_on(kader, monkeypatch):
    """The broken twin."""
    monkeypatch.setattr(volunteers, "note_miss", lambda officer, by: None)
    by = by_of(kader)
    for _ in range(30):
        with pytest.raises(Refused):
            consents.begin(a_nik(date(1975, 5, 5)), "12345678", [Scope.STATUS], 15, "once", by)
    assert Officer.get_by_id(kader.id).suspended_at is None


def test_typing_errors_do_not_count(phone, siti, codes):
    for number in ("12345", "3578080000000000", siti.nik[:-1]):
        post(phone, "/kader/bantu", number=number, code="12345678", scopes=["status"], minutes=15)
    post(phone, "/kader/bantu", number=siti.nik, code="123", scopes=["status"], minutes=15)
    assert Miss.select().count() == 0


def test_misses_of_more_than_an_hour_ago_are_forgotten(kader):
    start, by = clock.now(), by_of(kader)
    for minute in range(0, 130, 7):  # nine in any hour
        with clock.frozen(start + timedelta(minutes=minute)), pytest.raises(Refused):
            consents.begin(a_nik(date(1975, 5, 5)), "12345678", [Scope.STATUS], 15, "once", by)
    assert Officer.get_by_id(kader.id).suspended_at is None


def test_a_suspension_ends_the_consents_that_run_and_an_officer_lifts_it(phone, kader, siti, codes):
    help_of(phone, siti, codes[0])
    volunteers.suspend(kader, SYSTEM)
    assert not Grant.get().is_live
    assert phone.get("/status").status_code == 303
    assert volunteers.resume(Officer.get_by_id(kader.id), SYSTEM)
    assert not volunteers.resume(Officer.get_by_id(kader.id), SYSTEM)


def test_sixty_households_a_day_and_no_more(kader, siti, codes, monkeypatch):
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 2)
    by = by_of(kader)
    for _ in range(2):
        person = people(a_family(1))[0]
        for code in sheets.codes(sheets.issue(person, SYSTEM))[:2]:  # the same household twice is one
            consents.begin(person.nik, code, [Scope.STATUS], 15, code, by)
    with pytest.raises(Refused):
        consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "third", by)
    assert (
        SheetCode.select()
        .where(SheetCode.sheet == sheets.live_sheet(siti.id), SheetCode.used_at.is_null(False))
        .count()
        == 0
    )
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "third", by)


def test_everything_is_on_the_receipt_and_on_the_members_own_page(app, phone, siti, codes):
    help_of(phone, siti, codes[0], Scope.STATUS, Scope.DATA, Scope.CLINIC)
    phone.get("/data-saya")
    post(phone, "/data-saya/alamat", address="JL. MELATI NO. 9")
    grant = Grant.get()
    receipt = phone.get(f"/wakil/{grant.id}/tanda-terima").text
    assert "Data Anda sudah diubah" in receipt
    post(phone, "/wakil/selesai")
    mine = sign_in(app, siti)
    assert "Data Anda sudah diubah" in mine.get(f"/wakil/{grant.id}/tanda-terima").text
    seen = mine.get("/akses").text
    assert "Dewi Ratna" in seen and f"izin nomor {grant.id}" in seen
    notice = Notice.get(Notice.person_id == siti.id, Notice.name == "consent_ended")
    assert notice.values["count"] == 1
    assert phone.get(f"/wakil/{grant.id}/tanda-terima").status_code == 403


def test_the_receipt_of_a_consent_that_ran_out_is_sent_once(run, kader, siti, codes):
    consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "once", by_of(kader))
    assert receipts.tell_ended() == 0
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert receipts.tell_ended() == 1
        assert receipts.tell_ended() == 0
    assert Notice.select().where(Notice.name == "consent_ended").count() == 1


def grown(siti, name="ADIK DEWASA"):
    """An adult on Siti's family card."""
    family = members.family_of(siti.id)
    adult = members.enter_person(nik=a_nik(date(1990, 1, 2)), name=name, born=date(1990, 1, 2), sex="L")
    members.settle_in(adult, family, members.Relation.OTHER, date(2025, 1, 1))
    return adult


def test_the_head_says_yes_for_children_and_not_for_other_adults(phone, siti, codes):
    grown(siti)
    help_of(phone, siti, codes[0], Scope.STATUS, Scope.DATA)
    page = phone.get("/status").text + phone.get("/kartu").text + phone.get("/data-saya").text
    assert "SITI AMINAH" in page
    assert "ADIK" not in page


def test_an_adult_who_gave_the_head_the_right_is_covered(phone, siti, codes):
    adult = grown(siti)
    by, until = Actor(person_id=adult.id, role=Role.MEMBER), clock.today() + timedelta(days=9)
    grants.name_holder(adult, siti.nik, [Scope.STATUS], until, "once", by)
    help_of(phone, siti, codes[0])
    assert "ADIK" in phone.get("/status").text


def test_another_adult_agrees_with_a_code_of_their_own(phone, siti, codes):
    adult = grown(siti)
    own = sheets.codes(sheets.issue(adult, SYSTEM))
    help_of(phone, siti, codes[0])
    assert post(phone, "/kader/ikut", number=adult.nik, code=codes[1]).status_code == 200
    assert "ADIK" not in phone.get("/status").text
    assert post(phone, "/kader/ikut", number=adult.nik, code=own[0]).location == "/"
    assert "ADIK" in phone.get("/status").text


def test_somebody_of_another_family_cannot_be_added(phone, siti, codes):
    other = people(a_family(1, names=("JOKO",)))[0]
    own = sheets.codes(sheets.issue(other, SYSTEM))
    help_of(phone, siti, codes[0])
    assert post(phone, "/kader/ikut", number=other.nik, code=own[0]).status_code == 200
    assert sheets.next_number(other.id) == 1


def on_paper(phone, person, form, **more):
    typed = {"form": form, "number": person.nik, "signed_by": "thumb", "witness": "Pak RT"}
    return post(phone, "/kader/kertas", **typed | more)


def test_a_signed_form_opens_status_and_complaints_and_nothing_more(phone, siti):
    (form,) = consents.print_forms(1, SYSTEM)
    assert on_paper(phone, siti, form.number).location == "/kader"
    assert phone.get("/status").status_code == 200
    for url in ("/tagihan", "/data-saya", "/faskes/ganti", "/lembar", "/pin"):
        assert phone.get(url).status_code == 403, url
    assert post(phone, "/kader/slip").location == "/kader"
    assert SlipRequest.get().person_id == siti.id
    assert on_paper(phone, siti, form.number).status_code == 200


def test_a_complaint_is_filed_in_the_members_name_and_earlier_ones_stay_unread(phone, siti):
    from jkn.complaints.models import Complaint

    (form,) = consents.print_forms(1, SYSTEM)
    on_paper(phone, siti, form.number)
    answer = post(phone, "/pengaduan", category="money", text="Kartu belum sampai", contact="")
    assert answer.location == "/pengaduan/nomor"
    assert Complaint.get().person_id == siti.id
    assert phone.get(f"/pengaduan/{Complaint.get().id}").status_code == 403


def test_a_sealed_sheet_is_bound_and_its_codes_are_not_shown(phone, siti):
    ((serial, sealed_codes),) = sheets.print_sealed(1, SYSTEM)
    (form,) = consents.print_forms(1, SYSTEM)
    on_paper(phone, siti, form.number)
    answer = post(phone, "/kader/lembar", serial=serial, code=sealed_codes[0])
    assert answer.location == "/kader"
    assert not any(numbers.group(code, 4) in phone.get("/kader").text for code in sealed_codes)
    assert sheets.live_sheet(siti.id)


def test_guesses_of_form_numbers_count_as_misses(phone, siti):
    assert on_paper(phone, siti, "12345678").status_code == 200
    assert Miss.select().count() == 1


def test_a_stopped_account_gives_no_consent(phone, siti, codes):
    from jkn.accounts import stopping

    stopping.stop(siti.nik, siti.born, SYSTEM)
    assert help_of(phone, siti, codes[0]).status_code == 200
    assert not SignIn.select().where(SignIn.grant.is_null(False)).exists()
