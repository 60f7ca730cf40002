"""After leaving, nothing of the visitor is left: not behind the Back button, not in any storage of the browser."""

import re
import time

import pytest
from playwright.sync_api import Error

from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _
from tests.browser.test_outbox import STORED as EVERYTHING_STORED
from tests.browser.test_outbox import WORDS, Day
from tests.builders import PIN

NAME, RELATIVE = "KANARIWATI", "KANARITO"
STORED = """async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length,
    (await indexedDB.databases()).length]"""
REFRESH = re.compile(r'http-equiv="refresh" content="(\d+); url=([^"]+)"')


@pytest.fixture(params=["a phone", "a kiosk"])
def visitor(request, chromium, server, places):
    """A browser in which somebody signed in with a PIN and looks at their status."""
    cookies = places.cookies["kiosk"] if request.param == "a kiosk" else None
    context = context_of(chromium, cookies=cookies, base=server.url)
    browser = Chromium(context, server.url)
    sign_in(browser, places.nik)
    yield browser
    context.close()


def sign_in(browser: Chromium, nik: str) -> None:
    browser.go("/masuk")
    if browser.path == "/masuk":
        browser.write(_("NIK or card number"), nik)
        browser.write(_("PIN, 6 digits"), PIN)
        browser.press(_("Sign in"))
    else:
        browser.write(_("Hold your card before the scanner"), nik)
        for key in (_("Go on"), *PIN, _("Go on")):
            browser.press(key)
    browser.follow(_("Will I be served today?"))
    assert NAME in browser.text


class BackButton:
    """Back as people press it. Asked through Chromium's own protocol: Playwright loses pages that were kept."""

    def __init__(self, browser: Chromium):
        self.chromium = browser.context.new_cdp_session(browser.page)

    def press(self) -> str:
        """What then stands on the screen: address, title and words."""
        history = self._history()
        before = history["currentIndex"]
        assert before > 0
        self.chromium.send("Page.navigateToHistoryEntry", {"entryId": history["entries"][before - 1]["id"]})
        end = time.monotonic() + 10
        while time.monotonic() < end:
            time.sleep(0.05)
            shown = self._shown()
            if shown and self._history()["currentIndex"] < before:
                return shown
        raise AssertionError("Back did nothing")

    def _history(self) -> dict:
        """While one page gives way to another, Chromium has none to ask about: then a moment later."""
        end = time.monotonic() + 10
        while True:
            try:
                return self.chromium.send("Page.getNavigationHistory")
            except Error:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def _shown(self) -> str:
        words = "document.readyState === 'complete' ? `${location} ${document.title} ${document.body.innerText}` : ''"
        return self.chromium.send("Runtime.evaluate", {"expression": words})["result"].get("value", "")


def is_private(shown: str) -> bool:
    return NAME in shown or RELATIVE in shown


def test_after_signing_out_back_shows_nothing_private(visitor):
    visitor.go("/kartu")
    visitor.follow(_("Sign out"))
    visitor.press(_("Yes, sign out"))
    assert visitor.page.evaluate(STORED) == [0, 0, 0, 0]
    back = BackButton(visitor)
    for _page in range(5):
        assert not is_private(back.press())


def test_after_signing_out_every_page_asks_to_sign_in(visitor):
    visitor.go("/keluar")
    visitor.press(_("Yes, sign out"))
    for path in ("/status", "/tagihan", "/kartu/1"):
        visitor.go(path)
        assert visitor.path.endswith("/masuk")


def test_after_a_volunteer_signs_out_back_and_storage_show_nothing_of_the_member(chromium, server):
    """A form still waits in the outbox, and the member's pages were open a moment ago."""
    day = Day(chromium, server)
    browser, member = day.browser, day.member
    day.start()
    browser.go("/kader/luring")
    browser.page.route("**/kader/kirim", lambda route: route.abort())
    day.write(day.codes[0])
    day.counts(1, 0, 0)
    browser.go("/kader/bantu")
    browser.write(_("NIK or card number of the member"), member.nik)
    browser.pick(_("status and card"))
    browser.write(_("One code of their sheet, typed by the member"), day.codes[1])
    browser.press(_("Begin"))
    browser.follow(_("Will I be served today?"))
    assert member.name in browser.text
    browser.go("/keluar")
    browser.press(_("Yes, sign out"))
    stored = browser.page.evaluate(EVERYTHING_STORED)
    assert '"iv"' in stored
    back = BackButton(browser)
    for shown in [stored, *(back.press() for _page in range(6))]:
        assert not [plain for plain in (member.name, member.nik, WORDS, *day.codes[:2]) if plain in shown]
    day.context.close()


def test_the_broken_twin_that_signs_out_elsewhere_shows_what_the_browser_kept(chromium, server, places):
    """Chromium does keep private pages: the test above would see one."""
    context = context_of(chromium, base=server.url)
    browser = Chromium(context, server.url)
    sign_in(browser, places.nik)
    browser.page.evaluate("addEventListener('pageshow', (shown) => { document.title = 'kept: ' + shown.persisted })")
    browser.go("/bantuan")
    shown = BackButton(browser).press()
    assert "kept: true" in shown and is_private(shown)
    context.close()


def test_the_cookie_that_is_left_opens_nothing(visitor):
    before = [cookie for cookie in visitor.context.cookies() if cookie["name"] == "s"]
    visitor.go("/keluar")
    visitor.press(_("Yes, sign out"))
    visitor.context.add_cookies(before)
    visitor.go("/status")
    assert visitor.path.endswith("/masuk")


def test_an_idle_kiosk_asks_and_then_forgets(chromium, server, places):
    context = context_of(chromium, cookies=places.cookies["kiosk"], base=server.url)
    browser = Chromium(context, server.url)
    sign_in(browser, places.nik)
    waited = 0
    for expected in ("/kios/masih", "/kios/selesai"):
        seconds, there = REFRESH.search(browser.page.content()).groups()
        waited += int(seconds)
        assert there == expected
        follow_refresh(browser, there)
    assert waited <= 65 and int(seconds) >= 20
    assert _("Nothing of you stays on this device.") in browser.text
    assert browser.page.evaluate(STORED) == [0, 0, 0, 0]
    back = BackButton(browser)
    for _page in range(3):
        assert not is_private(back.press())
    context.close()


def follow_refresh(browser: Chromium, there: str) -> None:
    """What the browser does when the seconds are over, without waiting for them."""
    with browser.page.expect_navigation(url=f"**{there}"):
        browser.page.evaluate(f"location.replace('{there}')")


def test_yes_i_am_here_goes_back_to_the_page(chromium, server, places):
    context = context_of(chromium, cookies=places.cookies["kiosk"], base=server.url)
    browser = Chromium(context, server.url)
    sign_in(browser, places.nik)
    follow_refresh(browser, "/kios/masih")
    browser.follow(_("Yes, go on"))
    assert browser.path == "/status" and is_private(browser.text)
    context.close()
