"""Whose a form of the outbox is: sent by nobody but who wrote it, under a consent that still holds, and never lost."""

import re
from base64 import b64decode
from collections import defaultdict

import pytest
from flask import request

from jkn import clock
from jkn.access import Actor, Role
from jkn.accounts import views as account_views
from jkn.accounts.models import Grant, SheetCode
from jkn.assisting import consents, volunteers
from jkn.assisting.models import Miss, PaperConsent
from jkn.complaints.models import Complaint
from jkn.members import service as members
from jkn.members.models import Person, Relation
from jkn.offline import views
from jkn.offline.models import OfflineForm
from tests.assisting.helping import phone_of
from tests.builders import a_family, an_officer, people, post, sign_in
from tests.crawl import PAGES
from tests.offline.test_views import complaint, mark_of, send


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


def ends_all_help(person) -> None:
    """As BATAL does."""
    consents.cancel_all(person, Actor(channel="sms"))


def what_was_allowed_before_waits(app, phone, siti, codes) -> None:
    ends_all_help(siti)
    assert send(phone, complaint(siti.nik, codes[0])).status_code == 202
    assert not Complaint.select().exists() and not Grant.select().exists() and not Miss.select().exists()
    waiting = OfflineForm.get()
    post(sign_in(app, siti), f"/data-saya/menunggu/{waiting.id}")
    assert Complaint.get().person_id == siti.id


def test_a_form_written_before_the_member_ended_all_help_waits_for_their_yes(app, phone, siti, codes):
    what_was_allowed_before_waits(app, phone, siti, codes)


def test_twin_that_looks_only_at_the_code_does_what_was_taken_back(app, phone, siti, codes, monkeypatch):
    monkeypatch.setattr(consents, "ended_since", lambda _number, _moment: False)
    with pytest.raises(AssertionError):
        what_was_allowed_before_waits(app, phone, siti, codes)


def test_a_signed_form_from_before_that_waits_too_and_is_not_used_up(phone, siti, form_number):
    ends_all_help(siti)
    signed = {"c-form": form_number, "c-witness": "Pak RT"}
    assert send(phone, complaint(siti.nik, **signed)).status_code == 202
    assert PaperConsent.get().used_at is None


def test_a_form_written_after_that_holds(phone, siti, codes):
    ends_all_help(siti)
    assert send(phone, complaint(siti.nik, codes[0], age=0)).status_code == 200


def test_the_member_reads_that_they_ended_all_help(app, siti):
    ends_all_help(siti)
    assert "Anda mengakhiri semua bantuan kader." in sign_in(app, siti).get("/akses").text


def test_a_signed_form_claimed_by_one_family_or_volunteer_is_no_other_ones(app, phone, siti, form_number):
    """Its number was read over a shoulder: whoever comes second gets the same answer as for a number of nobody."""
    signed = {"c-form": form_number, "c-witness": "Pak RT"}
    assert send(phone, complaint(siti.nik, **signed)).status_code == 200
    second = people(a_family(1, names=("JOKO LAIN",)))[0]
    thief = on_the_same_phone(app, phone, "joko")
    for client, person in ((phone, second), (thief, siti), (thief, second)):
        answer = send(client, complaint(person.nik, **signed))
        assert (answer.status_code, "Izinnya tidak cocok" in answer.json["t"]) == (202, True)
    assert Complaint.select().count() == 1 and PaperConsent.get().person_id == siti.id


def test_a_form_for_a_family_that_became_the_volunteers_own_is_not_taken(phone, siti, codes, kader):
    family = members.family_of(siti.id)
    members.settle_in(Person.get_by_id(kader.person_id), family, Relation.CHILD, clock.today())
    assert send(phone, complaint(siti.nik, codes[0])).status_code == 422
    assert not Complaint.select().exists() and SheetCode.select().where(SheetCode.used_at.is_null(False)).count() == 0


def test_twin_that_knows_no_own_family_takes_it(phone, siti, codes, kader, monkeypatch):
    monkeypatch.setattr(volunteers, "refuse_own_family", lambda _officer, _family: None)
    with pytest.raises(AssertionError):
        test_a_form_for_a_family_that_became_the_volunteers_own_is_not_taken(phone, siti, codes, kader)


def test_two_devices_of_one_volunteer_send_a_form_once_and_each_has_a_key_of_its_own(app, phone, siti, codes, kader):
    form = complaint(siti.nik, codes[0])
    other = phone_of(app, kader)
    assert send(phone, form).json == send(other, form).json
    assert mark_of(phone) != mark_of(other)
    assert Complaint.select().count() == OfflineForm.select().count() == 1
