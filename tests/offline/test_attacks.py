"""Whoever would fish with an outbox: it tells no more than the pages, and the limits of a volunteer hold."""

import pytest

from jkn.access import SYSTEM
from jkn.accounts import sheets
from jkn.accounts.models import Officer
from jkn.assisting import volunteers
from jkn.assisting.models import Miss, PaperConsent, Visit
from jkn.complaints.models import Complaint
from jkn.offline import service
from jkn.offline.models import OfflineForm
from jkn.registration import service as registrations
from tests.builders import a_family, people
from tests.offline.test_views import complaint, registration, send
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
