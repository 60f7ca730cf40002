"""A kiosk's next visitor finds nothing: after the end, the idle minute, a crash, and a power cut."""

import os
import signal
import subprocess
import time

import pytest

from tests.browser.browsing import Chromium
from tests.browser.conftest import needed
from tests.browser.journey import _
from tests.browser.test_kiosk import keys, scan
from tests.browser.test_leaving import NAME, RELATIVE, STORED, BackButton, follow_refresh, is_private
from tests.builders import PIN

TYPED = "[...document.querySelectorAll('input:not([type=hidden]):not([type=submit])')].map(e => e.value).join('')"
START = "/kios/selesai"  # where a locked-down browser begins


class Device:
    """A kiosk with one browser profile that outlives its browser."""

    def __init__(self, kind, server, cookies, profile):
        self.kind, self.server, self.cookies, self.profile = kind, server, cookies, profile
        self.context = None

    def start(self) -> Chromium:
        self.context = self.kind.launch_persistent_context(
            self.profile,
            executable_path=needed("chromium"),
            args=["--no-sandbox", "--disable-session-crashed-bubble"],
            ignore_default_args=["--disable-back-forward-cache"],
            locale="id-ID",
        )
        if self.cookies:
            known = [{"name": name, "value": value, "url": self.server.url} for name, value in self.cookies.items()]
            self.context.add_cookies(known)
        return Chromium(self.context, self.server.url)

    def kill(self) -> None:
        """Every process of the browser at once, as by a power cut."""
        mine = subprocess.run(["pgrep", "-f", f"user-data-dir={self.profile}"], capture_output=True, text=True)
        for number in mine.stdout.split():
            try:
                os.kill(int(number), signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(1)
        for lock in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            self.profile.joinpath(lock).unlink(missing_ok=True)


@pytest.fixture
def device(chromium, server, places, tmp_path):
    device = Device(chromium.browser_type, server, places.cookies["kiosk"], tmp_path)
    yield device
    device.kill()


def visit(browser: Chromium, nik: str) -> None:
    """Somebody signs in, reads, and leaves a half-written form."""
    browser.go("/kios/masuk")
    scan(browser, nik)
    keys(browser, PIN)
    browser.follow(_("Will I be served today?"))
    assert is_private(browser.text)


def find_nothing(browser: Chromium, nik: str) -> None:
    """What the next person can try: pages, Back, storage, what fields offer."""
    for path in ("/status", "/kartu", "/perangkat"):
        browser.go(path)
        assert browser.path.startswith("/kios/masuk")
    assert browser.page.evaluate(STORED) == [0, 0, 0, 0]
    assert browser.page.evaluate(TYPED) == ""
    back = BackButton(browser)
    for _page in range(min(5, browser.page.evaluate("history.length") - 1)):
        try:
            shown = back.press()
        except AssertionError:
            break
        assert not is_private(shown) and nik not in shown


def test_after_the_end(device, places):
    browser = device.start()
    visit(browser, places.nik)
    browser.go("/keluar")
    browser.press(_("Yes, sign out"))
    find_nothing(browser, places.nik)


def test_after_an_idle_minute(device, places):
    browser = device.start()
    visit(browser, places.nik)
    follow_refresh(browser, "/kios/masih")
    follow_refresh(browser, "/kios/selesai")
    find_nothing(browser, places.nik)


@pytest.mark.parametrize("seconds", [0, 3], ids=["at once", "after a while"])
def test_after_a_crash_or_power_cut(device, places, seconds):
    """The same profile starts again: no session comes back, and nothing on the disk names the visitor."""
    visit(device.start(), places.nik)
    time.sleep(seconds)
    device.kill()
    browser = device.start()
    browser.go(START)
    find_nothing(browser, places.nik)
    device.context.close()
    kept = [path for path in device.profile.rglob("*") if path.is_file() and _names(path, places.nik)]
    assert kept == []


def _names(path, nik: str) -> bool:
    data = path.read_bytes()
    return any(word.encode() in data or word.encode("utf-16-le") in data for word in (NAME, RELATIVE, nik))


def test_the_broken_twin_that_nobody_ends_shows_the_visitor(device, places):
    browser = device.start()
    visit(browser, places.nik)
    with pytest.raises(AssertionError):
        find_nothing(browser, places.nik)
