"""A kiosk in Chromium: how many touches a slip takes, what prints, what is large enough, and what a dead line shows."""

import re
import time
from contextlib import suppress

import pytest
from playwright.sync_api import Error

from jkn.access import SYSTEM, Actor, Role
from jkn.accounts.models import Officer
from jkn.kiosks import service as kiosks
from jkn.kiosks import staff
from jkn.kiosks.models import Errand, Kiosk, Printer
from jkn.members import service as members
from tests.browser.browsing import Chromium, context_of
from tests.browser.conftest import needed
from tests.browser.journey import _
from tests.browser.serving import START, use
from tests.browser.test_leaving import REFRESH, STORED, BackButton, is_private, sign_in
from tests.browser.textbrowser import W3m
from tests.builders import PIN

SCREEN = {"width": 1280, "height": 1024}
MM = 72 / 25.4  # points
OWN = ("/kios", "/kios/aktif", "/kios/masuk", "/kios/petugas", "/kios/masih", "/kios/selesai", "/sampai-jumpa")
MEMBERS = ("/", "/status", "/tagihan", "/bayar/saya", "/kartu", "/pengaduan", "/keluar")
SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
    .map(e => { const at = e.matches('[type=radio],[type=checkbox]') ? e.labels[0] || e : e
                return [at.getBoundingClientRect(), e.outerHTML.slice(0, 80)] })
    .filter(([box]) => box.width && (box.width < 64 || box.height < 63.5)).map(([box, what]) =>
        `${Math.round(box.width)}x${Math.round(box.height)} ${what}`)"""


@pytest.fixture(scope="module")
def desk(serve):
    """A server whose kiosk prints by the browser on paper of 80 mm."""
    server = serve()
    set_printer(server, Printer.PAGE_80)
    yield server
    server.stop()


def set_printer(server, printer: Printer) -> None:
    with use(server.database_url):
        Kiosk.update(printer=printer, paper_out_at=None).execute()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def kiosk(request, chromium, desk, places):
    browser = stand_before(chromium, desk, places, script=request.param)
    yield browser
    browser.context.close()


def stand_before(chromium, server, places, script=True) -> Chromium:
    context = context_of(chromium, script=script, size=SCREEN, cookies=places.cookies["kiosk"], base=server.url)
    browser = Chromium(context, server.url, script)
    browser.prints = []
    context.expose_binding("printed", lambda source: browser.prints.append(source["page"].url))
    context.add_init_script("window.print = () => window.printed()")
    return browser


def wait_until(browser: Chromium, what: str, seconds: int = 10) -> None:
    """Ask the page again and again; while it changes to another it does not answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(Error):
            if browser.page.evaluate(what):
                return
        time.sleep(0.1)
    raise AssertionError(f"it is not so: {what}")


def scan(browser: Chromium, number: str) -> None:
    """A scanner types where the cursor stands, and ends with Enter: no finger touches anything."""
    wait_until(browser, "document.activeElement.matches('input')")
    browser.page.keyboard.type(number)
    with browser.page.expect_navigation():
        browser.page.keyboard.press("Enter")


def keys(browser: Chromium, digits: str) -> int:
    for digit in digits:
        browser.page.locator(f'button[value="{digit}"]').click()
    browser.page.locator('button[value="send"]').click()
    browser.page.wait_for_load_state()
    return len(digits) + 1


def test_a_scan_gives_a_slip_with_at_most_four_touches(kiosk, places):
    kiosk.go("/kios")
    kiosk.follow(_("1 Am I active?"))
    scan(kiosk, places.card)
    touches = 2  # the lane, the card before the scanner
    if kiosk.script:
        assert kiosk.path == "/kios/slip/cetak"
        kiosk.page.wait_for_timeout(200)
        assert [url.removeprefix(kiosk.base) for url in kiosk.prints] == ["/kios/slip/cetak"]
    kiosk.go("/kios/slip")  # five seconds later by itself
    assert re.search(r"^\d{3}$", kiosk.text, re.M)
    kiosk.follow(_("Finish"))
    touches += 1
    assert kiosk.path == "/kios/selesai" and touches <= 4


def test_the_keypad_signs_in(kiosk, places):
    kiosk.go("/kios")
    kiosk.follow(_("2 Sign in: status, bill, card"))
    scan(kiosk, places.card)
    keys(kiosk, PIN)
    kiosk.go("/status")
    assert kiosk.path == "/status"


@pytest.mark.parametrize("printer, width", [(Printer.PAGE_58, 58), (Printer.PAGE_80, 80)])
def test_a_slip_is_one_page_of_the_papers_width(chromium, desk, places, printer, width):
    set_printer(desk, printer)
    browser = stand_before(chromium, desk, places)
    browser.go("/kios/aktif")
    scan(browser, places.card)
    paper = browser.page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert [(round(float(w)), round(float(h))) for w, h in sizes] == [(round(width * MM), round(90 * MM))]
    set_printer(desk, Printer.PAGE_80)
    browser.context.close()


def test_whatever_one_touches_is_64_pixels_high_and_wide(chromium, desk, places):
    visitor = stand_before(chromium, desk, places)
    small = {}

    def look(browser):
        if found := browser.page.evaluate(SMALL):
            small[browser.path] = found

    for url in OWN:
        visitor.go(url)
        look(visitor)
    visitor.go("/kios/masuk")
    visitor.press(_("Go on"))
    assert visitor.path == "/kios/tombol"
    look(visitor)
    visitor.go("/kios/aktif")
    scan(visitor, places.card)
    visitor.go("/kios/slip")
    assert visitor.path == "/kios/slip"
    look(visitor)
    visitor.context.close()
    member = stand_before(chromium, desk, places)
    sign_in(member, places.nik)
    for url in MEMBERS:
        member.go(url)
        assert member.path != "/masuk"
        look(member)
    member.context.close()
    assert small == {}


def test_each_page_of_a_kiosk_ends_by_itself_within_65_seconds(chromium, desk, places):
    """By what stands in the page, so without script as well; the question leaves twenty seconds to answer."""
    for is_signed_in, urls in ((False, OWN[1:5]), (True, MEMBERS)):
        browser = stand_before(chromium, desk, places, script=False)
        if is_signed_in:
            sign_in(browser, places.nik)
        for url in urls:
            browser.go(url)
            first, there = REFRESH.search(browser.page.content()).groups()
            assert there in ("/kios/masih", "/kios/selesai")
            if there == "/kios/masih" and is_signed_in:
                browser.go(there)
                second, last = REFRESH.search(browser.page.content()).groups()
                assert last == "/kios/selesai" and int(second) >= 20 and int(first) + int(second) <= 65
        browser.context.close()


def test_reload_history_and_fields_show_nothing_after_the_end(chromium, desk, places):
    browser = stand_before(chromium, desk, places)
    browser.go("/kios/masuk")
    scan(browser, places.card)
    keys(browser, PIN)
    browser.go("/data-saya")
    browser.page.evaluate("localStorage.setItem('a script of the page', 'keeps something')")
    browser.go("/keluar")
    browser.press(_("Yes, sign out"))
    assert browser.path == "/sampai-jumpa" and browser.page.evaluate(STORED) == [0, 0, 0, 0]
    assert [cookie["name"] for cookie in browser.context.cookies()] == ["k"]
    browser.page.reload()
    assert "KANARI" not in browser.page.content()
    browser.go("/kios/masuk")
    assert browser.page.evaluate("document.querySelector('form').autocomplete") == "off"
    assert browser.page.evaluate("document.querySelector('input[type=text],input[type=tel]').value") == ""
    assert browser.page.evaluate(STORED) == [0, 0, 0, 0]
    browser.context.close()


def test_back_shows_nothing_after_the_end_with_and_without_script(kiosk, places):
    kiosk.go("/kios/masuk")
    scan(kiosk, places.card)
    keys(kiosk, PIN)
    kiosk.go("/status")
    assert is_private(kiosk.page.content())
    kiosk.go("/keluar")
    kiosk.press(_("Yes, sign out"))
    back = BackButton(kiosk)
    for _page in range(4):
        assert not is_private(back.press())


def test_staff_beside_the_member_print_a_sheet_that_the_screen_never_shows(chromium, desk, places):
    with use(desk.database_url):
        clerk = Officer.get(Officer.role == Role.CLERK)
        by = Actor(officer_id=clerk.id, role=Role.CLERK, facility=clerk.facility)
        here, person = Kiosk.get(Kiosk.token_hash.is_null(False)), members.find_by_number(places.nik)
        code = staff.vouch(here, person, Errand.SHEET, by)
    browser = stand_before(chromium, desk, places)
    browser.go("/kios")
    browser.follow(_("4 With staff: new codes, first PIN"))
    browser.press(_("Staff: type the number"))
    keys(browser, code)
    assert browser.path == "/kios/petugas/kertas" and not re.search(r"\d{4} \d{4}", browser.text)
    assert browser.page.evaluate(SMALL) == []
    assert len(re.findall(rb"/MediaBox", browser.page.pdf(prefer_css_page_size=True))) == 1
    assert [url.removeprefix(browser.base) for url in browser.prints] == ["/kios/petugas/kertas"]
    browser.follow(_("Finish"))
    browser.go("/kios/petugas/kertas")
    assert browser.path == "/kios"
    browser.context.close()


def controlled(browser: Chromium) -> None:
    """What clears the site's data may still take a worker that has just come: then the next page brings another."""
    for _page in range(4):
        browser.go("/kios")
        with suppress(AssertionError):
            return wait_until(browser, "navigator.serviceWorker.controller !== null", seconds=5)
    raise AssertionError("no worker guards the kiosk")


def test_a_dead_line_is_said_in_plain_words_and_the_kiosk_goes_on_by_itself(chromium, serve, places):
    server = serve()
    browser = stand_before(chromium, server, places)
    controlled(browser)
    browser.go("/kios/selesai")  # Clear-Site-Data takes the worker too: it comes back with the page
    controlled(browser)
    server.stop()
    browser.go("/kios/aktif")
    assert _("Go to the counter: staff have numbers on paper.") in browser.text
    assert browser.page.evaluate("async () => (await caches.keys()).length") == 0
    assert browser.page.evaluate(SMALL) == []
    assert REFRESH.search(browser.page.content()).groups() == ("15", "/kios/selesai")
    server.restart(START)
    wait_until(browser, f"document.title.startsWith('{_('Finished')}')", seconds=25)
    assert browser.path == "/kios/selesai"
    browser.context.close()
    server.stop()


def test_the_broken_twin_without_the_worker_shows_the_browsers_own_error(chromium, serve, places):
    server = serve()
    browser = stand_before(chromium, server, places, script=False)
    browser.go("/kios")
    server.stop()
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        browser.go("/kios/aktif")
    browser.context.close()


@pytest.fixture
def text_kiosk(server, tmp_path):
    """w3m at a kiosk that it set up itself with its code."""
    with use(server.database_url):
        code = kiosks.prepare("0301R001", "Lobi", SYSTEM)
    browser = W3m(needed("w3m"), server.url, tmp_path)
    browser.go("/kios/pasang")
    browser.write(_("Enrolment code, 12 digits"), code)
    browser.press(_("Set up"))
    assert browser.path == "/kios"
    yield browser
    browser.close()


def test_a_text_browser_gets_its_slip(text_kiosk, places):
    text_kiosk.follow(_("1 Am I active?"))
    text_kiosk.write(_("Hold your card before the scanner"), places.card)
    text_kiosk.press(_("Go on"))
    assert text_kiosk.path == "/kios/slip" and re.search(r"^ *\d{3}$", text_kiosk.text, re.M)
    text_kiosk.follow(_("Finish"))
    assert text_kiosk.path == "/kios/selesai"


def test_a_text_browser_signs_in_by_the_keypad(text_kiosk, places):
    text_kiosk.follow(_("2 Sign in: status, bill, card"))
    text_kiosk.write(_("Hold your card before the scanner"), places.card)
    text_kiosk.press(_("Go on"))
    row = " ".join([*"1234567890", _("Erase"), _("Go on")])  # w3m shows buttons without brackets
    for digit in PIN:
        text_kiosk.follow(row[row.index(digit) :])
    assert _("%(count)s digits") % {"count": len(PIN)} in text_kiosk.text
    text_kiosk.follow(_("Go on"))
    text_kiosk.go("/status")
    assert text_kiosk.path == "/status"
