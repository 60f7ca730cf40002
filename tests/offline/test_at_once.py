"""The same form sent many times at once counts once."""

import secrets
from dataclasses import replace

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import service as accounts
from jkn.accounts import sheets
from jkn.accounts.models import Grant
from jkn.assisting.models import Miss
from jkn.complaints.models import Complaint
from jkn.db import db
from jkn.offline import service
from jkn.offline.models import Kind, OfflineForm
from jkn.offline.service import Bounds, Consent, Written
from tests.builders import a_family, an_officer, people
from tests.test_db import in_threads

BOUNDS = Bounds(days=30, most=5)


@pytest.fixture
def helper(own_database) -> Actor:
    officer = an_officer(Role.VOLUNTEER, "tini")
    officer.person = people(a_family(1))[0]
    officer.save()
    sign_in = accounts.open_sign_in(officer=officer).row
    db.close()
    return Actor(officer_id=officer.id, role=Role.VOLUNTEER, sign_in=sign_in.id)


def sent(person, code: str, rid: str = "the same form, once and again") -> Written:
    content = {"category": "money", "text": "Diminta bayar", "place": None}
    return Written(rid, Kind.COMPLAINT, content, Consent(person.nik, code), clock.now())


def test_a_form_of_the_outbox_that_is_sent_many_times_at_once_counts_once(helper):
    person = people(a_family(1))[0]
    code = sheets.codes(sheets.issue(person, SYSTEM))[0]
    db.close()
    answers = in_threads(8, lambda _place: service.receive(sent(person, code), helper, BOUNDS))
    assert {answer.status for answer in answers} == {200} and len({answer.values["number"] for answer in answers}) == 1
    assert Complaint.select().count() == OfflineForm.select().count() == Grant.select().count() == 1
    assert Miss.select().count() == 0


def test_without_its_own_place_in_the_table_a_form_sent_again_is_refused_as_another(helper, monkeypatch):
    """The broken twin: each request makes a row of its own, and meets a consent that is over."""
    person = people(a_family(1))[0]
    code = sheets.codes(sheets.issue(person, SYSTEM))[0]
    db.close()
    claim = service._claim
    monkeypatch.setattr(service, "_find", lambda _by, _rid: None)
    monkeypatch.setattr(service, "_claim", lambda written, by: claim(replace(written, rid=secrets.token_hex(12)), by))
    answers = in_threads(4, lambda _place: service.receive(sent(person, code), helper, BOUNDS))
    assert sorted(answer.status for answer in answers) == [200, 422, 422, 422]
