"""Ten minutes without an action end a volunteer's sign-in, and what was begun goes on after the next one."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import g

from jkn import clock
from jkn.access import Role
from jkn.accounts import entrance, grants, service
from jkn.accounts.models import Grant, SignIn
from jkn.accounts.rules import LIMITS, WARNING, noted_every
from jkn.audit.models import Act, Entry
from jkn.complaints.models import Complaint
from jkn.permissions import Scope
from jkn.web import asks
from tests.assisting.helping import help_of
from tests.builders import PASSWORD, an_officer, officer_client, post, sign_in
from tests.crawl import PAGES, a_world, fields

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


def opened_as_volunteer(client, world) -> dict:
    """Every page that a volunteer gets, by its address."""
    answers = {url: client.get(url) for url in dict.fromkeys(world.address(route) for route in PAGES)}
    shown = {url: answer for url, answer in answers.items() if answer.status_code // 100 != 3}
    return {url: answer for url, answer in shown.items() if answer.text.startswith("<!doctype html>")}


def unwarned(pages: dict) -> list[str]:
    """Pages that do not warn once, whose way to stay would lose what was typed, or that leave where they should not."""
    faults = []
    for url, answer in pages.items():
        html = answer.text
        box = re.findall(r'class="w" role="alert">\n<a href="([^"]*)" data-w="Tinggal 30 detik.">Anda keluar', html)
        leaves = re.findall(r'<meta http-equiv="refresh" content="600; url=/kader/usai">', html)
        again = "/" if url == "/kader/usai" else url if answer.status_code == 200 else "/kader"
        stay = "/kader/tetap" if fields(html).typed else again
        if box != [stay] or len(leaves) != (0 if fields(html).typed else 1):
            faults.append(url)
    return faults


@pytest.mark.parametrize("helps", [False, True], ids=["on their own pages", "inside a consent"])
def test_every_page_of_a_volunteer_warns_and_leaves_only_where_nothing_can_be_typed(app, phone, siti, codes, helps):
    world = a_world()
    if helps:
        help_of(
            phone, siti, codes[0], Scope.STATUS, Scope.BILLS, Scope.CLINIC, Scope.COMPLAINTS, Scope.DATA, minutes=60
        )
    pages = opened_as_volunteer(phone, world)
    assert {"/kader", "/kader/bantu", "/kader/luring", "/kader/usai"} <= set(pages)
    assert not helps or "SITI AMINAH" in pages["/status"].text
    wrong = unwarned(pages)
    assert wrong == []


def test_a_page_that_left_although_it_asks_would_be_noticed(app, phone, monkeypatch):
    monkeypatch.setitem(app.jinja_env.globals, "asks", lambda _html: False)
    assert unwarned({"/kader/bantu": phone.get("/kader/bantu")}) == ["/kader/bantu"]


@pytest.mark.parametrize(
    "html, asked",
    [
        ('<input id="a" name="a" type="text" value="">', True),
        ('<input name="a">', True),
        ("<textarea name=a>", True),
        ('<select id="x">', True),
        ('<input type="radio">', True),
        ('<input id="csrf_token" name="csrf_token" type="hidden" value="x"><input type="submit" value="Ya">', False),
        ("<p>&lt;input name=a&gt;</p>", False),
    ],
)
def test_what_can_be_typed_is_seen(html, asked):
    assert asks(html) is asked


def test_nobody_else_is_warned_or_sent_away(app, siti):
    for client in (app.test_client(), sign_in(app, siti), officer_client(app)):
        for url in ("/", "/bantuan", "/pengaduan"):
            html = client.get(url, follow_redirects=True).text
            assert 'class="w"' not in html and "http-equiv" not in html and "volunteer.css" not in html


def test_staying_answers_nothing_and_counts(phone):
    with later(minutes=9, seconds=59):
        answer = phone.get("/kader/tetap")
        assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (204, b"", "no-store, no-cache")
    with later(minutes=19, seconds=58):
        assert phone.get("/kader").status_code == 200


def test_staying_too_late_takes_no_page_away_and_revives_nothing(phone):
    with later(minutes=10, seconds=1):
        assert phone.get("/kader/tetap").status_code == 204
        assert phone.get("/kader").location == "/petugas/masuk"


def test_a_stay_that_is_not_noted_would_be_noticed(phone, monkeypatch):
    monkeypatch.setattr(entrance, "noted_every", lambda _idle: 3600)
    with later(minutes=9, seconds=59):
        phone.get("/kader/tetap")
    with later(minutes=19, seconds=58):
        assert phone.get("/kader").location == "/petugas/masuk"


def test_a_page_that_left_by_itself_says_that_the_sign_in_is_over_and_names_nobody(phone, kader, siti, codes):
    help_of(phone, siti, codes[0], minutes=60)
    with later(minutes=10):
        answer = phone.get("/kader/usai")
        assert "Anda sudah keluar" in answer.text and "SITI" not in answer.text
        assert enter(phone, kader).location == "/kader"


def ends_within(phone, minutes: int) -> bool:
    """Two pages left open, five minutes apart: does the sign-in end, though each page goes on by itself?"""
    for minute in range(10, minutes, 5):
        with later(minutes=minute):
            if "Anda sudah keluar" in phone.get("/kader/usai").text:
                return True
    return False


def test_two_pages_left_open_do_not_keep_the_sign_in_alive(phone):
    with later(minutes=5):
        phone.get("/kader")
    with later(minutes=10):
        assert "Anda masih masuk" in phone.get("/kader/usai").text
    assert ends_within(phone, minutes=60)


def test_pages_that_woke_each_other_would_be_noticed(phone, monkeypatch):
    def wakes(response):
        g.pop("untouched", None)
        return note(response)

    hooks = phone.application.after_request_funcs[None]
    note = entrance.note_seen
    kept = [wakes if hook is note else hook for hook in hooks]
    monkeypatch.setitem(phone.application.after_request_funcs, None, kept)
    with later(minutes=5):
        phone.get("/kader")
    assert not ends_within(phone, minutes=60)
