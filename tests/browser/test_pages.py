"""Every page of the table of routes, and those of joining, in Chromium at 240 pixels."""

import re
from collections.abc import Iterator

import pytest

from jkn.access import SYSTEM, Can, Role
from jkn.accounts import sheets
from jkn.accounts.models import Grant, Officer
from jkn.members import service as members
from jkn.numbers import VA_PREFIXES
from jkn.permissions import GIVEN, opened_by
from tests.assisting.helping import help_of
from tests.browser.browsing import KEYPAD, Chromium, context_of
from tests.browser.conftest import judges_are_here
from tests.browser.journey import Journey, _
from tests.browser.looking import Look, Looking, invalid
from tests.browser.serving import use
from tests.browser.world import SESSION
from tests.builders import a_family, people
from tests.crawl import PAGES, as_staff, fields

ASKED = ("/faskes?q=gubeng", "/faskes/desa?q=gubeng", "/pengaduan?place=gubeng", "/kartu/1?tampil=1", "/tidak-ada")
# A form sent empty shows every error it has.
SENT_EMPTY = {
    "/cek": _("Check"),
    "/masuk": _("Sign in"),
    "/masuk/kode": _("Save the PIN and sign in"),
    "/pengaduan": _("Send"),
    "/petugas/masuk": _("Sign in"),
}
LIST = "/petugas/pembayar/<int:payer_id>/<month>/csv"
# for machines; no page; a file; seen at a kiosk below
LEFT_OUT = ("/healthz", "/kader/tetap", LIST, "/kios", "/kios/masih", "/kios/selesai")
AT_A_KIOSK = (
    "/kios",
    "/kios/aktif",
    "/kios/masuk",
    "/kios/tombol",
    "/kios/petugas",
    "/cek",
    "/bayar",
    "/bantuan",
    "/kios/masih",
    "/kios/selesai",
)
# Those who see people's numbers only in part; officers and clerks compare them with papers.
HELPER = "volunteer who helps"
MASKED = ("visitor", "newcomer", "member", "volunteer", HELPER, "kiosk", "member at a kiosk")
GIVES_NUMBERS = "/daftar/selesai"  # a new family's, once
WHO_ASKED = "member who asked"
WHOLE = re.compile(r"(?<!\d)(?:\d ?){12}(?:(?:\d ?){3})?\d(?! ?\d)")
# What a volunteer opens under a consent for everything: their own pages for it, and the member's that it covers.
UNDER_A_CONSENT = ("/", "/pengaduan", "/kader/ikut", "/kader/lembar", "/kader/slip", "/kader/tunai/terima")
COVERED = [route for route in PAGES if route.role == Role.MEMBER and Can(route.access) in opened_by(GIVEN)]
NOT_COVERED = "/wakil"
OWN_AT_A_KIOSK = ("/", "/status", "/tagihan", "/bayar/saya", "/kartu", "/keluar")


@pytest.fixture(scope="module")
def looks(chromium, serve, server, places) -> list[Look]:
    judges_are_here()

    def reader(who: str, *cookies: dict[str, str], server=server) -> Looking:
        together = {name: value for some in cookies for name, value in some.items()}
        return Looking(context_of(chromium, cookies=together, base=server.url), server.url, who)

    def close(browser: Looking) -> list[Look]:
        browser.context.close()
        return browser.looks

    found = []
    for who in ("visitor", "member", "agent", "officer", "auditor", "clerk", "volunteer"):
        browser = reader(who, places.cookies.get(who, {}))
        for route in PAGES:
            if who == (str(route.role) if route.role else "visitor") and route.url not in LEFT_OUT:
                browser.go(route.at(places.objects))
        if who == "visitor":
            for url in ASKED:
                browser.go(url)
            for url, button in SENT_EMPTY.items():
                browser.go(url)
                browser.press(button)
        if who == "member":
            browser.go("/")
        found += close(browser)
    asking = reader(WHO_ASKED, places.cookies["member"])
    asking.go(f"/kartu/{places.objects['stay_id']}?tampil=1")
    found += close(asking)
    theirs = serve()
    cookies, consent = begin_to_help(theirs, places)
    helping = reader(HELPER, cookies, server=theirs)
    for url in (*UNDER_A_CONSENT, f"/wakil/{consent}/tanda-terima", NOT_COVERED):
        helping.go(url)
    for route in COVERED:
        helping.go(route.at(places.objects))
    found += close(helping)
    joining = reader("newcomer")
    journey = Journey(joining, server, places.newcomer)
    journey.join()
    journey.copy_the_sheet()
    journey.is_not_served_yet()
    found += close(joining)
    kiosk = reader("kiosk", places.cookies["kiosk"])
    for url in AT_A_KIOSK:
        kiosk.go(url)
    found += close(kiosk)
    at_kiosk = reader("member at a kiosk", places.cookies["member at a kiosk"])
    for url in OWN_AT_A_KIOSK:
        at_kiosk.go(url)
    return found + close(at_kiosk)


def begin_to_help(server, places) -> tuple[dict[str, str], int]:
    """The volunteer's cookie under a consent of the member for everything, and the consent's number."""
    with use(server.database_url) as app:
        own = people(a_family(1, names=("TINI KADER",)))[0]  # who has no card of their own helps nobody
        Officer.update(person=own).where(Officer.role == Role.VOLUNTEER).execute()
        kader, person = as_staff(app, Role.VOLUNTEER), members.find_by_number(places.nik)
        code = sheets.codes(sheets.issue(person, SYSTEM))[0]
        assert help_of(kader, person, code, *GIVEN, minutes=60).status_code == 303
        consent = Grant.select().where(Grant.holder_officer.is_null(False)).order_by(Grant.id.desc()).get()
        return {SESSION: kader.get_cookie(SESSION).value}, consent.id


def test_the_walk_saw_the_pages(looks):
    seen = {look.name.partition(" ")[0] for look in looks if look.status == 200}
    public = {route.url for route in PAGES if "<" not in route.url}
    elsewhere = {
        "/healthz",
        "/bayar/lapor/kode",
        "/pengaduan/nomor",
        "/daftar/majikan",
        "/data-saya/kelas/batal",
        "/kader/tetap",
        "/kios/penjaga.js",
        "/kios/petugas/escpos",
        "/kios/petugas/kertas",
        "/kios/slip",
        "/kios/slip/cetak",
        "/kios/slip/escpos",
        "/kios/tombol",
        "/masuk/naik/lanjut",
        "/masuk/pulih/saksi",
        "/daftar/surat-majikan",
        "/kios/pasang",
    }
    assert public - elsewhere - seen == set()
    assert len(looks) > 70
    helping = {look.name.partition(" ")[0]: look.status for look in looks if look.who == HELPER}
    assert helping.pop(NOT_COVERED) == 403
    assert set(helping.values()) == {200} and len(helping) > 30


def test_axe_finds_nothing(looks):
    assert {str(look): look.violations for look in looks if look.violations} == {}


def test_the_markup_is_valid(looks, tmp_path):
    wrong = invalid({str(look): look.html for look in looks}, tmp_path)
    assert not wrong, "\n".join(wrong)


def test_only_a_kiosk_goes_on_by_itself_and_a_volunteers_page_on_which_nothing_can_be_typed(looks):
    leaving = [look for look in looks if "http-equiv" in look.html]
    assert {look.who for look in leaving} == {"kiosk", "member at a kiosk", "volunteer", "volunteer who helps"}
    assert {str(look) for look in leaving if "volunteer" in look.who} == {
        str(look) for look in looks if "volunteer" in look.who and not fields(look.html).typed
    }


def test_nothing_is_wider_than_the_screen(looks):
    assert {str(look): look.width for look in looks if look.width > KEYPAD["width"]} == {}


def test_nobody_hears_a_complaint_of_the_console(looks):
    heard = {str(look): look.complaints for look in looks if look.complaints and look.status == 200}
    assert heard == {}


def test_what_one_touches_is_large_enough(looks):
    assert dict(_small(looks)) == {}


def _small(looks: list[Look]) -> Iterator[tuple[str, list]]:
    for look in looks:
        row, least = (64, 64) if "kiosk" in look.who else (44, 44) if "volunteer" in look.who else (40, 24)
        small = [
            (round(target["height"]), target["what"])
            for target in look.targets
            if target["height"] < (row if target["row"] else least)
        ]
        if small:
            yield str(look), small


def test_a_page_asks_for_itself_and_its_script_only(looks):
    wrong = {}
    for look in looks:
        if look.asked[:1] == (look.name.removesuffix(" after GET"),):  # not sent here from another page
            files = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script type="module" src="([^"]+)"', look.html)
            if list(look.asked[1:]) != [sheet or script for sheet, script in files] or len(files) > 2:
                wrong[str(look)] = look.asked
    assert wrong == {}


def test_no_whole_nik_or_card_stands_on_a_page_until_it_is_asked_for(looks):
    """Digits of a virtual account lead to no person's pages: whoever pays types them."""
    shown = {}
    for look in looks:
        found = [number.replace(" ", "") for number in WHOLE.findall(re.sub(r"<[^>]+>", "|", look.html))]
        whole = [number for number in found if not number.startswith(VA_PREFIXES)]
        if whole and look.status == 200 and not look.name.startswith(GIVES_NUMBERS):
            shown.setdefault(look.who, []).append((str(look), whole))
    assert shown.pop(WHO_ASKED)
    assert {who: pages for who, pages in shown.items() if who in MASKED} == {}


# (who, page, requests of a browser that was never here, of one that was)
FIRST_AND_AGAIN = (
    ("visitor", "/masuk", 1, 1),
    ("member", "/status", 1, 1),
    ("visitor", "/faskes", 2, 1),
    ("kiosk", "/kios", 3, 1),
    ("volunteer", "/kader", 3, 1),
)


@pytest.mark.parametrize("who, path, first, again", FIRST_AND_AGAIN, ids=[row[1] for row in FIRST_AND_AGAIN])
def test_a_second_visit_is_one_request(chromium, server, places, who, path, first, again):
    with context_of(chromium, cookies=places.cookies.get(who), base=server.url) as context:
        browser = Chromium(context, server.url)
        line, sent, kept = context.new_cdp_session(browser.page), {}, set()
        line.send("Network.enable")
        line.on("Network.responseReceived", lambda said: sent.update({said["requestId"]: said["response"]}))
        line.on("Network.requestServedFromCache", lambda said: kept.add(said["requestId"]))
        asked = []
        for _visit in range(2):
            sent.clear()
            browser.go(path)
            browser.page.wait_for_timeout(500)  # what comes of itself has come
            news = {number: answer for number, answer in sent.items() if number not in kept}
            asked.append([answer["url"] for answer in news.values() if not answer["fromDiskCache"]])
    over_the_line = [[url for url in urls if url.startswith("http")] for urls in asked]
    assert [len(urls) for urls in over_the_line] == [first, again], over_the_line


def test_titles_tell_pages_apart(looks):
    assert all(look.title.endswith(" - JKN") and len(look.title) > 8 for look in looks)
