"""Ten minutes without an action end a volunteer's sign-in, and what was begun goes on after the next one."""

from datetime import timedelta

import pyotp
import pytest

from jkn import clock
from jkn.access import Role
from jkn.accounts import entrance, grants, service
from jkn.accounts.models import Grant, SignIn
from jkn.accounts.rules import LIMITS, WARNING, noted_every
from jkn.audit.models import Act, Entry
from jkn.complaints.models import Complaint
from jkn.permissions import Scope
from tests.assisting.helping import help_of
from tests.builders import PASSWORD, an_officer, officer_client, post
from tests.crawl import fields

WORDS = "Antre tiga jam lalu ditolak."


def later(**time):
    return clock.frozen(clock.now() + timedelta(**time))


def enter(client, officer):
    """As the sign-in page does it, with password and code."""
    code = pyotp.TOTP(officer.totp).at(clock.now())
    return post(client, "/petugas/masuk", username=officer.username, password=PASSWORD, code=code)


def test_a_volunteer_is_signed_out_after_ten_minutes_and_an_officer_after_fifteen(app, phone):
    officer = officer_client(app)
    with later(minutes=10, seconds=1):
        assert phone.get("/kader").location == "/petugas/masuk"
    with later(minutes=9, seconds=59):
        assert phone.get("/kader").status_code == 200
    with later(minutes=14, seconds=59):
        assert officer.get("/petugas").status_code == 200


def test_an_officer_at_the_desk_is_signed_out_after_fifteen_minutes(app):
    officer = officer_client(app)
    with later(minutes=15, seconds=1):
        assert officer.get("/petugas").location == "/petugas/masuk"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MEMBER, Role.VOLUNTEER)])
def test_only_volunteers_have_the_short_end(app, role):
    opened = service.open_sign_in(officer=an_officer(role, f"kru-{role}"))
    assert timedelta(seconds=opened.row.idle_seconds) == LIMITS["desk"][0] == timedelta(minutes=15)


def test_the_page_where_volunteers_sign_in_opens_the_short_one(app, kader):
    assert enter(app.test_client(), kader).status_code == 303
    row = SignIn.select().order_by(SignIn.id.desc()).get()
    assert (row.idle_seconds, row.ends_at - row.created_at) == (600, timedelta(hours=8))


def test_the_end_comes_ten_minutes_after_the_last_page_and_never_before_the_warning(phone):
    """A page opened just after a note of the last use: its own clock starts then, and so must the server's."""
    with later(seconds=4):
        phone.get("/kader")
        with later(seconds=50):
            phone.get("/kader")
            assert least_warning(phone) >= 20
    assert WARNING.total_seconds() - noted_every(600) >= 25  # five seconds are left to a slow line


def test_notes_by_the_minute_would_end_it_before_the_warning(phone, monkeypatch):
    monkeypatch.setattr(entrance, "noted_every", lambda _idle: 60)
    with later(seconds=54):
        phone.get("/kader")
        assert least_warning(phone) < 20


def least_warning(phone) -> int:
    """Seconds for which the warning of a page opened now stands there before the sign-in ends."""
    shown, seconds = LIMITS["volunteer"][0] - WARNING, 0
    while phone_is_in(phone, shown + timedelta(seconds=seconds)):
        seconds += 1
    return seconds


def phone_is_in(phone, ahead: timedelta) -> bool:
    with phone.session_transaction() as session:
        token = session["_user_id"]
    with clock.frozen(clock.now() + ahead), phone.application.test_request_context():
        return entrance.load(token) is not None


@pytest.mark.parametrize("url", ["/kader/bantu", "/status"])
def test_after_the_end_a_volunteer_comes_to_their_own_sign_in_and_back(phone, siti, codes, url):
    help_of(phone, siti, codes[0])
    with later(minutes=11):
        assert phone.get(url).location == "/petugas/masuk"


def test_the_consent_goes_on_after_the_sign_in_and_ends_when_the_member_said(phone, kader, siti, codes):
    help_of(phone, siti, codes[0], minutes=30)
    with later(minutes=11):
        phone.get("/status")
        assert enter(phone, kader).location == "/status"
        assert "SITI AMINAH" in phone.get("/status").text
        assert Entry.select().where(Entry.act == Act.GRANT_USED, Entry.person_id == siti.id).count() == 1
    with later(minutes=20):
        phone.get("/kader")
    with later(minutes=29):
        phone.get("/kader")
    with later(minutes=30, seconds=1):
        assert phone.get("/status").status_code == 403


@pytest.mark.parametrize("why", ["it is over", "the member ended it", "another volunteer", "the sign-in was revoked"])
def test_no_consent_goes_on_that_should_not(phone, kader, siti, codes, why):
    help_of(phone, siti, codes[0], minutes=15 if why == "it is over" else 60)
    if why == "the member ended it":
        grants.end(Grant.get(), service.Actor())
    if why == "the sign-in was revoked":
        SignIn.update(revoked_at=clock.now()).execute()
    with later(minutes=16):
        who = an_officer(Role.VOLUNTEER, "lain") if why == "another volunteer" else kader
        enter(phone, who)
        assert phone.get("/status").status_code == 403


def test_a_consent_that_went_on_for_anybody_would_be_noticed(phone, siti, codes, monkeypatch):
    def careless(former, opened, by):
        SignIn.update(grant=former.grant).where(SignIn.id == opened.id).execute()

    monkeypatch.setattr(grants, "resume", careless)
    help_of(phone, siti, codes[0], minutes=60)
    with later(minutes=16):
        enter(phone, an_officer(Role.VOLUNTEER, "lain"))
        assert phone.get("/status").status_code == 200


def test_a_complaint_sent_too_late_is_kept_and_filed_for_the_member_after_the_sign_in(phone, kader, siti, codes):
    help_of(phone, siti, codes[0], Scope.STATUS, Scope.COMPLAINTS, minutes=60)
    hidden = fields(phone.get("/pengaduan").text).hidden
    with later(minutes=11):
        late = phone.post("/pengaduan", data=hidden | {"category": "money", "text": WORDS})
        assert late.location == "/petugas/masuk" and not Complaint.select().exists()
        assert enter(phone, kader).location == "/pengaduan"
        again = phone.get("/pengaduan").text
        assert WORDS in again
        sent = fields(again).hidden | {"category": "money", "text": WORDS}
        assert phone.post("/pengaduan", data=sent).status_code == 303
    assert Complaint.get().person_id == siti.id


def test_without_the_consent_the_words_would_not_come_back(phone, kader, siti, codes, monkeypatch):
    monkeypatch.setattr(grants, "resume", lambda former, opened, by: None)
    help_of(phone, siti, codes[0], Scope.STATUS, Scope.COMPLAINTS, minutes=60)
    hidden = fields(phone.get("/pengaduan").text).hidden
    with later(minutes=11):
        phone.post("/pengaduan", data=hidden | {"category": "money", "text": WORDS})
        enter(phone, kader)
        assert WORDS not in phone.get("/pengaduan").text
