"""A kiosk's forms: sent four times they count once; cut short they come back to nobody else; they need no pointer."""

from datetime import timedelta

import pytest
from peewee import fn

from jkn import clock
from jkn.accounts.models import Attempt, SignIn
from jkn.kiosks.models import Keying, KioskSlip
from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _
from tests.browser.serving import use
from tests.browser.test_forms import FOUR_CLICKS
from tests.browser.test_keyboard import Keyboard
from tests.browser.test_kiosk import SCREEN, keys, scan, stand_before
from tests.builders import PIN

KEYS = 13  # the way to the menu, ten digits, erase, send


@pytest.fixture(scope="module")
def its_server(serve):
    """A server of its own: rows are counted."""
    return serve()


@pytest.fixture
def hall(its_server):
    """One card may be asked about ten times a day; each test has a day."""
    with use(its_server.database_url):
        Attempt.delete().execute()
    return its_server


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def kiosk(request, chromium, hall, places):
    browser = stand_before(chromium, hall, places, script=request.param)
    yield browser
    browser.context.close()


def four_fast_clicks(browser: Chromium, button: str) -> None:
    with browser.page.expect_navigation():
        browser.page.locator(button).evaluate(FOUR_CLICKS)
    browser.page.wait_for_load_state("networkidle")


def test_four_fast_clicks_make_one_slip(kiosk, hall, places):
    with use(hall.database_url):
        before = KioskSlip.select().count()
    kiosk.go("/kios/aktif")
    kiosk.page.locator("input[type=tel]").fill(places.card)
    four_fast_clicks(kiosk, "main [type=submit]")
    assert kiosk.path == "/kios/slip"
    with use(hall.database_url):
        assert KioskSlip.select().count() == before + 1


def test_four_fast_touches_of_a_key_type_one_digit_and_of_the_last_sign_in_once(kiosk, hall, places):
    kiosk.go("/kios/masuk")
    scan(kiosk, places.nik)
    four_fast_clicks(kiosk, f'button[value="{PIN[0]}"]')
    with use(hall.database_url):
        assert Keying.select(fn.MAX(Keying.id), Keying.length).tuples().get()[1] == 1
        before = SignIn.select().where(SignIn.channel == "kiosk").count()
    for digit in PIN[1:]:
        kiosk.page.locator(f'button[value="{digit}"]').click()
    four_fast_clicks(kiosk, 'button[value="send"]')
    assert kiosk.path == "/"
    with use(hall.database_url):
        assert SignIn.select().where(SignIn.channel == "kiosk").count() == before + 1


def test_the_broken_twin_that_asks_four_times_gets_four_slips(kiosk, hall, places):
    with use(hall.database_url):
        before = KioskSlip.select().count()
    for _visit in range(4):
        kiosk.go("/kios/aktif")
        scan(kiosk, places.card)
    with use(hall.database_url):
        assert KioskSlip.select().count() == before + 4


def cut_short(browser: Chromium, server, nik: str) -> None:
    """Somebody writes, the minute ends, and the form is sent too late."""
    browser.go("/kios/masuk")
    scan(browser, nik)
    keys(browser, PIN)
    browser.go("/data-saya/alamat")
    browser.write(_("Address for letters"), "Jl. Tengah Jalan 5")
    with use(server.database_url):
        latest = SignIn.select(fn.MAX(SignIn.id))
        SignIn.update(ends_at=clock.now() - timedelta(minutes=1)).where(SignIn.id == latest).execute()
    browser.press(_("Save"))
    assert browser.path == "/kios/masuk" and "Tengah Jalan" not in browser.page.content()


def test_a_sign_in_that_ends_while_one_writes_comes_back_to_the_filled_form(kiosk, hall, places):
    cut_short(kiosk, hall, places.nik)
    scan(kiosk, places.nik)
    keys(kiosk, PIN)
    assert kiosk.path == "/data-saya/alamat"
    assert kiosk.page.get_by_label(_("Address for letters")).input_value() == "Jl. Tengah Jalan 5"


def test_who_comes_after_a_form_cut_short_does_not_see_it(kiosk, hall, places):
    cut_short(kiosk, hall, places.nik)
    kiosk.go("/kios")
    kiosk.go("/kios/masuk")
    scan(kiosk, places.nik)
    keys(kiosk, PIN)
    assert kiosk.path == "/"
    kiosk.go("/data-saya/alamat")
    assert "Tengah Jalan" not in kiosk.page.content()


@pytest.fixture
def keyboard(chromium, hall, places):
    """A kiosk with keys and no pointer."""
    with context_of(chromium, size=SCREEN, cookies=places.cookies["kiosk"], base=hall.url) as context:
        yield Keyboard(context, hall.url)


def test_a_slip_takes_two_tabs_a_scan_and_enter(keyboard, places):
    keyboard.go("/kios")
    keyboard.follow(_("1 Am I active?"))
    scan(keyboard, places.card)
    assert keyboard.path == "/kios/slip" and keyboard.steps == 2


def test_the_keypad_is_worked_by_tab_and_enter_alone(keyboard, places):
    keyboard.go("/kios")
    keyboard.follow(_("2 Sign in: status, bill, card"))
    scan(keyboard, places.nik)
    for key in [*PIN, _("Go on")]:
        before = keyboard.steps
        keyboard.press(key)
        assert keyboard.steps - before <= KEYS
    assert keyboard.path == "/"
    keyboard.follow(_("Will I be served today?"))
    keyboard.follow(_("Sign out"))
    keyboard.press(_("Yes, sign out"))
    assert keyboard.path == "/sampai-jumpa"
