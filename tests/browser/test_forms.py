"""What happens to a form when people are quick, slow or far away."""

from datetime import timedelta

import pytest
from peewee import fn

from jkn import clock
from jkn.accounts.models import SignIn
from jkn.complaints.models import Complaint
from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _
from tests.browser.serving import use
from tests.builders import PIN

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


def test_a_sign_in_that_ends_while_one_writes_comes_back_to_the_filled_form(browse, server, places):
    browser = browse()
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
