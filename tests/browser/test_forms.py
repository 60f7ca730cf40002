"""What happens to a form when people are quick, slow or far away."""

import re
from datetime import date, timedelta

import pyotp
import pytest
from peewee import fn
from playwright.sync_api import expect

from jkn import clock
from jkn.accounts import hashing
from jkn.accounts.models import Grant, Officer, SignIn
from jkn.complaints.models import Complaint
from jkn.contributions.models import Bill
from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _
from tests.browser.serving import ROOT, use
from tests.browser.test_doors import now
from tests.browser.test_outbox import Day
from tests.builders import PASSWORD, PIN

WITH_OR_WITHOUT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
FOUR_CLICKS = "(button) => { for (let click = 0; click < 4; click++) button.click(); }"


@pytest.fixture
def browse(chromium, server, places):
    """Open a browser as somebody; all are closed in the end."""
    contexts = []

    def browse(who: str = "visitor", **how) -> Chromium:
        contexts.append(context_of(chromium, cookies=places.cookies.get(who), base=server.url, **how))
        return Chromium(contexts[-1], server.url, script=how.get("script", True))

    yield browse
    for context in contexts:
        context.close()


def listed(browser: Chromium) -> list[str]:
    return [link.inner_text() for link in browser.page.locator("#facility_list li a").all()]


@pytest.mark.parametrize("how", [{}, {"gecko48": True}], ids=["today", "2016"])
def test_the_list_that_comes_while_typing_is_the_one_that_the_button_gives(browse, how):
    plain, live = browse(script=False), browse(**how)
    for browser in (plain, live):
        browser.go("/faskes")
        browser.search(_("Name, village, district or city"), "klinik", _("Search"))
    assert live.path == "/faskes" and plain.path.startswith("/faskes?q=klinik")
    assert listed(live) == listed(plain) != []
    assert live.complaints == []


def test_nothing_comes_while_typing_but_what_is_compared_with_the_plain_page():
    """Clinics of joining: the whole journey ends in the same state with and without script."""
    places = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "jkn").rglob("*.py")]
    live = {path.name for path in places if re.search(r'data-hx-get|ui\.search\(.*, "\w+_list"\)', path.read_text())}
    assert live == {"ui.html", "facility_list.html", "clinic_choose.html", "bill_list.html", "forms.py"}


def test_a_facility_that_comes_while_typing_goes_with_the_complaint_as_one_found_by_the_button(browse, server):
    """Without script the first press finds it, the second sends."""
    sent = []
    for script in (True, False):
        browser, words = browse(script=script), f"Di mana, {script}"
        browser.go("/pengaduan")
        browser.pick(_("Hospital"))
        browser.write(_("What happened?"), words)
        if script:
            browser.search(_("Which facility? (optional)"), "prameswari", "")
        else:
            browser.write(_("Which facility? (optional)"), "prameswari")
            browser.press(_("Send"))
        browser.pick("Klinik Prameswari")
        browser.press(_("Send"))
        assert browser.path == "/pengaduan/nomor", browser.text
        with use(server.database_url):
            filed = next(row for row in Complaint.select() if row.text == words)
            sent.append((filed.facility_code, filed.place, filed.category, filed.stage))
    assert sent[0] == sent[1] and sent[0][0]


def test_older_months_come_into_the_list_as_on_a_page_of_their_own(chromium, serve, places):
    server, found = serve(), []
    with use(server.database_url):
        bill = Bill.get_by_id(places.objects["bill_id"])
        terms = {name: value for name, value in bill.__data__.items() if name not in ("id", "month")}
        Bill.insert_many([terms | {"month": date(2025, month, 1)} for month in range(1, 13)]).execute()
    for script in (True, False):
        with context_of(chromium, cookies=places.cookies["member"], base=server.url, script=script) as context:
            browser = Chromium(context, server.url, script=script)
            browser.go("/tagihan")
            older = browser.page.locator("a", has_text=_("Older months"))
            there = older.get_attribute("href")
            older.click()
            expect(browser.page.locator("#bill_list li")).to_have_count(1)
            found.append(browser.page.locator("#bill_list").inner_html())
            assert browser.path == ("/tagihan" if script else there) and browser.complaints == []
    assert found[0] == found[1]
    server.stop()


def test_who_saves_data_gets_no_script(browse):
    browser = browse(extra_http_headers={"Save-Data": "on"})
    browser.go("/faskes")
    assert len([url for url in browser.asked if not url.startswith("data:")]) == 1


@WITH_OR_WITHOUT
def test_four_fast_clicks_make_one_complaint(browse, server, script):
    browser, words = browse(script=script), f"Empat kali, {script}"
    browser.go("/pengaduan")
    browser.pick(_("Hospital"))
    browser.write(_("What happened?"), words)
    with browser.page.expect_navigation(url="**/pengaduan/nomor"):
        browser.page.locator("[type=submit]").evaluate(FOUR_CLICKS)
    browser.page.wait_for_load_state("networkidle")
    with use(server.database_url):
        assert [row.text for row in Complaint.select()].count(words) == 1


def test_the_broken_twin_whose_forms_have_keys_of_their_own_makes_four(browse, server):
    browser, words = browse(), "Empat formulir"
    for _form in range(4):
        browser.go("/pengaduan")
        browser.pick(_("Hospital"))
        browser.write(_("What happened?"), words)
        browser.press(_("Send"))
    with use(server.database_url):
        assert [row.text for row in Complaint.select()].count(words) == 4


@WITH_OR_WITHOUT
def test_a_sign_in_that_ends_while_one_writes_comes_back_to_the_filled_form(browse, server, places, script):
    browser = browse(script=script)
    browser.go("/data-saya/alamat")
    sign_in(browser, places.nik)
    browser.write(_("Address for letters"), "Jl. Tengah Jalan 5")
    with use(server.database_url):
        latest = SignIn.select(fn.MAX(SignIn.id))
        SignIn.update(ends_at=clock.now() - timedelta(minutes=1)).where(SignIn.id == latest).execute()
    browser.press(_("Save"))
    assert browser.path == "/masuk"
    sign_in(browser, places.nik)
    assert browser.path == "/data-saya/alamat"
    assert browser.page.get_by_label(_("Address for letters")).input_value() == "Jl. Tengah Jalan 5"
    browser.press(_("Save"))
    assert browser.path == "/data-saya" and "Jl. Tengah Jalan 5" in browser.text


def sign_in(browser: Chromium, nik: str) -> None:
    browser.write(_("NIK or card number"), nik)
    browser.write(_("PIN, 6 digits"), PIN)
    browser.press(_("Sign in"))


@pytest.fixture
def volunteer(chromium, server, request):
    """A volunteer's own phone, with script or without."""
    day = Day(chromium, server, script=request.param)
    day.browser.script = request.param
    yield day
    day.context.close()


volunteers = pytest.mark.parametrize("volunteer", [True, False], ids=["with script", "without script"], indirect=True)


def fill_in(day: Day, code: str) -> None:
    day.browser.write(_("NIK or card number of the member"), day.member.nik)
    day.browser.pick(_("status and card"))
    day.browser.write(_("One code of their sheet, typed by the member"), code)


@volunteers
def test_four_fast_clicks_of_a_volunteer_begin_one_help_and_spend_one_code(volunteer):
    volunteer.browser.go("/kader/bantu")
    fill_in(volunteer, volunteer.codes[0])
    with volunteer.browser.page.expect_navigation(url=volunteer.server.url + "/"):
        volunteer.browser.page.locator("main form [type=submit]").evaluate(FOUR_CLICKS)
    volunteer.browser.page.wait_for_load_state("networkidle")
    with use(volunteer.server.database_url):
        assert (
            Grant.select().where(Grant.holder_officer == volunteer.kader, Grant.person == volunteer.member).count() == 1
        )


@volunteers
def test_a_volunteers_sign_in_that_ends_while_one_writes_keeps_the_form_but_for_the_code(volunteer):
    browser = volunteer.browser
    browser.go("/kader/bantu")
    fill_in(volunteer, volunteer.codes[0])
    with use(volunteer.server.database_url):
        ran_out = clock.now() - timedelta(minutes=1)
        SignIn.update(ends_at=ran_out).where(SignIn.officer == volunteer.kader).execute()
    browser.press(_("Begin"))
    assert browser.path == "/petugas/masuk"
    sign_in_as_a_volunteer(volunteer)
    assert browser.path == "/kader/bantu"
    assert browser.page.get_by_label(_("NIK or card number of the member")).input_value() == volunteer.member.nik
    assert browser.page.get_by_label(_("status and card")).is_checked()
    assert browser.page.get_by_label(_("One code of their sheet, typed by the member")).input_value() == ""
    browser.write(_("One code of their sheet, typed by the member"), volunteer.codes[0])
    browser.press(_("Begin"))
    assert browser.path == "/"


def sign_in_as_a_volunteer(day: Day) -> None:
    with use(day.server.database_url):
        kader, secret = Officer.get_by_id(day.kader), pyotp.random_base32()
        kader.password_hash, kader.totp = hashing.hash_secret("password", PASSWORD), secret
        kader.save()
    day.browser.write(_("Name"), kader.username)
    day.browser.write(_("Password"), PASSWORD)
    day.browser.write(_("Code from your authenticator, 6 digits"), pyotp.TOTP(secret).at(now(day.server)))
    day.browser.press(_("Sign in"))
