"""A volunteer inside a consent: opened by a code that is spent, narrow, short, seen, and over when it is over."""

import re
from datetime import timedelta
from html import unescape

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Can, Role
from jkn.accounts import grants, receipts, sheets
from jkn.accounts.models import Grant, SheetCode, SignIn
from jkn.assisting import consents
from jkn.assisting.models import Miss
from jkn.errors import Refused
from jkn.notices.models import Notice
from jkn.permissions import GIVEN, Scope, opened_by
from tests.assisting.helping import by_of, help_of
from tests.builders import a_family, people, post, sign_in
from tests.crawl import PAGES, a_facility, a_world


def test_a_code_of_the_members_own_sheet_opens_their_pages_and_is_spent(phone, siti, codes):
    assert help_of(phone, siti, codes[3]).location == "/"
    assert "SITI AMINAH" in phone.get("/status").text
    assert 'href="/kader"' in phone.get("/").text
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


@pytest.mark.parametrize("scopes", [GIVEN, *((scope,) for scope in GIVEN)], ids=" ".join)
def test_no_page_of_a_consent_leads_to_one_that_it_does_not_open(phone, scopes):
    world = a_world()
    code = sheets.codes(sheets.issue(world.person, SYSTEM))[0]
    help_of(phone, world.person, code, *scopes)
    opened = [route for route in PAGES if route.role == Role.MEMBER and Can(route.access) in opened_by(scopes)]
    shut = {}
    for page in ("/", *(world.address(route) for route in opened)):
        links = set(re.findall(r'<a href="(/[^"#]*)"', phone.get(page).text))
        shut |= {link: page for link in links if phone.get(unescape(link)).status_code == 403}
    assert shut.pop("/masuk/naik/petugas", "/masuk/naik") == "/masuk/naik"  # a step up, which no consent asks for
    assert shut == {}


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
    for minute in (7, 14):  # so that the helper's own sign-in goes on
        with clock.frozen(start + timedelta(minutes=minute)):
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
    for minute in (7, 14):
        with clock.frozen(start + timedelta(minutes=minute)):
            phone.get("/status")
    with clock.frozen(start + timedelta(minutes=15, seconds=1)):
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


def test_a_stopped_account_gives_no_consent(phone, siti, codes):
    from jkn.accounts import stopping

    stopping.stop(siti.nik, siti.born, SYSTEM)
    assert help_of(phone, siti, codes[0]).status_code == 200
    assert not SignIn.select().where(SignIn.grant.is_null(False)).exists()
