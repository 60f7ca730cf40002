"""Whoever would fish with an outbox: it tells no more than the pages, and the limits of a volunteer hold."""

import re
from base64 import b64decode
from collections import defaultdict

import pytest
from flask import request

from jkn.access import SYSTEM, Role
from jkn.accounts import sheets
from jkn.accounts import views as account_views
from jkn.accounts.models import Officer
from jkn.assisting import volunteers
from jkn.assisting.models import Miss, PaperConsent, Visit
from jkn.complaints.models import Complaint
from jkn.offline import service, views
from jkn.offline.models import OfflineForm
from jkn.registration import service as registrations
from tests.assisting.helping import phone_of
from tests.builders import a_family, an_officer, people, post, sign_in
from tests.crawl import PAGES
from tests.offline.test_views import complaint, mark_of, registration, send
from tests.registration.conftest import Card, a_draft


@pytest.fixture
def enrolled(card) -> Card:
    registrations.join(a_draft(card), "once", SYSTEM)
    return card


def test_hearing_that_a_family_is_registered_is_one_household_of_the_sixty(phone, enrolled, form_number, kader):
    for _ in range(2):
        assert send(phone, registration(enrolled, form_number)).status_code == 409
    visit = Visit.get()
    assert (visit.officer_id, visit.consents) == (kader.id, 2)
    assert PaperConsent.get().used_at is None and not OfflineForm.select().exists()


def test_beyond_the_sixty_nobody_hears_whether_a_family_is_registered(phone, enrolled, form_number, monkeypatch):
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 0)
    answer = send(phone, registration(enrolled, form_number))
    assert answer.status_code == 422 and "enam puluh keluarga" in answer.json["t"]


def test_without_that_count_one_form_would_tell_about_families_without_end(phone, enrolled, form_number, monkeypatch):
    """The broken twin."""
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 0)
    monkeypatch.setattr(service, "_count_known", lambda *args: None)
    assert send(phone, registration(enrolled, form_number)).status_code == 409


def test_ten_cards_that_the_registry_does_not_know_suspend(phone, card, form_number, kader, monkeypatch):
    monkeypatch.setattr(volunteers, "MISSES", 3)
    for day in (2, 3, 4):
        assert send(phone, registration(card, form_number) | {"r-born-d": str(day)}).status_code == 422
    assert Miss.select().count() == 3
    assert Officer.get_by_id(kader.id).suspended_at is not None
    assert send(phone, registration(card, form_number)).status_code == 401
    assert PaperConsent.get().used_at is None


def test_without_counting_them_one_signed_form_would_let_guess_birth_dates(
    phone, card, form_number, kader, monkeypatch
):
    """The broken twin."""
    monkeypatch.setattr(volunteers, "MISSES", 3)
    monkeypatch.setattr(service, "_count_miss", lambda by: None)
    for day in (2, 3, 4):
        send(phone, registration(card, form_number) | {"r-born-d": str(day)})
    assert send(phone, registration(card, form_number)).status_code == 200


def test_the_same_miss_on_its_way_twice_is_still_well_formed_and_counts_twice(phone, card, form_number):
    wrong = registration(card, form_number) | {"r-born-d": "2"}
    for _ in range(2):
        send(phone, wrong)
    assert Miss.select().count() == 2


def test_a_typing_error_that_is_not_well_formed_is_no_miss(phone, card, form_number):
    assert send(phone, registration(card, form_number) | {"r-nik": "123"}).status_code == 422
    assert Miss.select().count() == 0


def test_households_helped_through_the_outbox_and_on_the_pages_are_one_count(phone, siti, codes, monkeypatch):
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 1)
    other = people(a_family(1, names=("JOKO LAIN",)))[0]
    theirs = sheets.codes(sheets.issue(other, SYSTEM))
    assert send(phone, complaint(siti.nik, codes[0])).status_code == 200
    assert send(phone, complaint(siti.nik, codes[1])).status_code == 200
    assert "enam puluh keluarga" in send(phone, complaint(other.nik, theirs[0])).json["t"]
    assert Complaint.select().count() == 2


def test_registrations_from_the_outbox_are_limited_a_day(phone, card, form_number, monkeypatch):
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 0)
    assert "enam puluh keluarga" in send(phone, registration(card, form_number)).json["t"]
    assert PaperConsent.get().used_at is None and not OfflineForm.select().exists()


def test_an_old_signing_day_or_many_form_numbers_open_no_second_limit(phone, siti, codes, monkeypatch):
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 0)
    answer = send(phone, complaint(siti.nik, codes[0], age=2 * 24 * 3600))
    assert "enam puluh keluarga" in answer.json["t"]


def test_a_form_is_sent_by_nobody_but_who_wrote_it(app, phone, siti, codes):
    """Another volunteer signed in on the same phone, whose page of the first one is still open in a tab."""
    form = complaint(siti.nik, codes[0], whose=mark_of(phone))
    other = on_the_same_phone(app, phone, "joko")
    answer = send(other, form)
    assert answer.status_code == 401
    assert not OfflineForm.select().exists() and not Complaint.select().exists() and not Miss.select().exists()
    assert send(phone, form).status_code == 200
    assert send(other, form).status_code == 401 and Complaint.select().count() == 1


def test_without_the_mark_what_one_wrote_would_be_done_in_the_name_of_the_other(app, phone, siti, codes, monkeypatch):
    """The broken twin."""
    form = complaint(siti.nik, codes[0], whose=mark_of(phone))
    other = on_the_same_phone(app, phone, "joko")
    monkeypatch.setattr(views, "owner_here", lambda: form["whose"])
    assert send(other, form).status_code == 200
    assert OfflineForm.get().officer.username == "joko"


@pytest.mark.parametrize("whose", ["", None, 0, "x" * 12, ["x"]])
def test_a_form_with_a_mark_of_nobody_is_not_taken(phone, siti, codes, whose):
    assert send(phone, complaint(siti.nik, codes[0], whose=whose)).status_code == 401
    phone.delete_cookie("o")
    assert send(phone, complaint(siti.nik, codes[0], whose="")).status_code == 401
    assert not OfflineForm.select().exists()


def test_a_mark_tells_neither_key_nor_another_phones_mark(app, phone, kader):
    page = phone.get("/kader").text
    key, mark = re.search('data-k="([^".]+)[.]([^"]+)"', page).groups()
    assert mark not in key and len(b64decode(key)) == 32
    elsewhere = phone_of(app, kader)
    assert mark_of(elsewhere) != mark


def test_the_browsers_half_of_the_key_is_renewed_so_that_it_outlasts_every_form(phone):
    first = phone.get("/kader")
    token = phone.get_cookie("o").value
    again = phone.get("/kader")
    for answer in (first, again):
        assert f"o={token}; " in answer.headers["Set-Cookie"] and "Max-Age=7776000" in answer.headers["Set-Cookie"]
        assert "HttpOnly" in answer.headers["Set-Cookie"]


def test_pages_of_anybody_else_on_the_phone_shut_the_outbox(app, phone, siti):
    mark = mark_of(phone)
    assert f'data-whose="{mark}"' in phone.get("/kader/bantu").text
    member = sign_in(app, siti)
    assert 'id="outbox"' not in member.get("/status").text
    member.set_cookie("o", phone.get_cookie("o").value)
    for url in ("/status", "/kader/luring", "/"):
        assert 'data-whose="" ' in member.get(url).text
    visitor = app.test_client()
    visitor.set_cookie("o", phone.get_cookie("o").value)
    assert "data-whose" not in visitor.get("/kader/luring").text
    assert 'data-whose="" ' in visitor.get("/sampai-jumpa").text


def test_a_form_from_a_phone_whose_clock_jumped_is_told_to_be_written_anew(phone, siti, codes):
    answer = send(phone, complaint(siti.nik, codes[0], age=56 * 365 * 24 * 3600))
    assert answer.status_code == 422 and "tiga hari" in answer.json["t"]
    assert send(phone, complaint(siti.nik, codes[0])).status_code == 200


def on_the_same_phone(app, phone, username: str):
    """Another volunteer's sign-in in the browser of the first."""
    officer = an_officer(Role.VOLUNTEER, username)
    officer.person = people(a_family(1))[0]
    officer.save()
    other = phone_of(app, officer)
    other.set_cookie("o", phone.get_cookie("o").value)
    return other


EVERYTHING, PAGES_ALONE = '"cache","storage"', '"cache"'


def farewell(client, url: str = "/sampai-jumpa") -> str:
    return client.get(url).headers["Clear-Site-Data"]


def leave_with_forms(phone) -> None:
    """A volunteer signs out of the browser in which forms wait."""
    mark_of(phone)
    assert post(phone, "/keluar").location == "/sampai-jumpa"
    assert farewell(phone) == PAGES_ALONE


def test_a_volunteers_sign_out_leaves_what_was_not_sent(phone):
    leave_with_forms(phone)


def test_twin_that_forgets_that_somebody_keeps_forms_here_deletes_them(phone, monkeypatch):
    monkeypatch.setattr(account_views, "keeps_outbox", lambda: False)
    with pytest.raises(AssertionError):
        leave_with_forms(phone)


def test_a_member_who_signs_out_leaves_nothing_at_all(app, siti):
    member = sign_in(app, siti)
    post(member, "/keluar")
    assert (farewell(member), farewell(member)) == (EVERYTHING, PAGES_ALONE)


def no_address_deletes_what_waits(app) -> None:
    """Another site may name any address, in a picture or a frame, and then the browser sends no cookie with it."""
    for route in PAGES:
        if route.access == "public":
            answer = app.test_client().get(route.at(defaultdict(lambda: 1)))
            assert "storage" not in answer.headers.get("Clear-Site-Data", ""), route.url


def test_no_address_that_another_site_names_deletes_forms_that_wait(app):
    no_address_deletes_what_waits(app)


def test_twin_whose_farewell_is_for_everybody_would_delete_them(app, monkeypatch):
    def farewell_to_all(response):
        if request.path == "/sampai-jumpa":
            response.headers["Clear-Site-Data"] = EVERYTHING
        return response

    monkeypatch.setitem(app.after_request_funcs, None, [farewell_to_all, *app.after_request_funcs[None]])
    with pytest.raises(AssertionError):
        no_address_deletes_what_waits(app)
