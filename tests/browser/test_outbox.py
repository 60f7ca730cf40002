"""The outbox in a real browser: written without a signal, sent once, readable by nobody after the sign-out."""

import re
from uuid import uuid4

import brotli
import pytest
from playwright.sync_api import expect

from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import service as accounts
from jkn.accounts import sheets
from jkn.accounts.models import Officer
from jkn.accounts.officers import PASSWORD_LENGTH, create_officer
from jkn.changes import service as changes
from jkn.complaints.models import Complaint
from jkn.members.models import Family
from jkn.offline.models import OfflineForm
from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _
from tests.browser.serving import ROOT, START, use
from tests.builders import a_family, people

FILES = ("outbox.js", "outbox-sw.js")
MOST = 3000  # bytes, brotli 5, the script and the service worker together
AN_HOUR_ON = "2026-01-15T11:00+07:00"
# Everything that the origin has stored, as text: databases, both storages, and the bodies in the caches.
STORED = """async () => {
  const found = [JSON.stringify(localStorage)]
  for (const {name} of await indexedDB.databases()) {
    const base = await new Promise((done) => { const o = indexedDB.open(name); o.onsuccess = () => done(o.result) })
    for (const store of base.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = base.transaction(store).objectStore(store).getAll(); asked.onsuccess = () => done(asked.result) })
      for (const row of rows) {
        found.push(JSON.stringify(row))
        found.push(new TextDecoder('latin1').decode(row.data))
      }
    }
    base.close()
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const asked of await cache.keys()) found.push(asked.url + await (await cache.match(asked)).text())
  }
  return found.join('\\n')
}"""
WORDS = "Diminta membayar kanari"


class Day:
    """The browser of a volunteer of its own, and the database behind the server."""

    def __init__(self, chromium, server, **more):
        self.server = server
        with use(server.database_url, START):
            name = f"kader-{uuid4().hex[:8]}"
            kader, _uri = create_officer(name, "Tini", Role.VOLUNTEER, "1301", password="x" * PASSWORD_LENGTH)
            kader.person = people(a_family(1, names=("TINI KADER",)))[0]
            kader.save()
            self.kader = kader.id
            self.member = people(a_family(1, names=("SITI AMINAH",)))[0]
            self.codes = sheets.codes(sheets.issue(self.member, SYSTEM))
        self.context = context_of(chromium, base=server.url, **more)
        self.browser = Chromium(self.context, server.url)
        self.enter()

    def enter(self) -> None:
        """Sign in, without the work of password and TOTP."""
        with use(self.server.database_url, START) as app:
            token = accounts.open_sign_in(officer=Officer.get_by_id(self.kader)).token
            client = app.test_client()
            with client.session_transaction() as session:
                session["_user_id"] = token
            cookie = client.get_cookie("s").value
        self.context.add_cookies([{"name": "s", "value": cookie, "url": self.server.url}])

    def start(self) -> None:
        """With a signal: the volunteer's page, and the worker behind it."""
        self.browser.go("/kader")
        self.browser.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")

    def write(self, code: str, words: str = WORDS) -> None:
        page = self.browser.page
        page.locator("summary", has_text=_("Complaint")).click()
        page.fill("[name=c-number]", self.member.nik)
        page.check("[name=c-category][value=money]")
        page.fill("[name=c-text]", words)
        page.fill("[name=c-code]", code)
        page.locator("form[data-kind=complaint] [type=submit]").click()
        expect(page.locator("form[data-kind=complaint]")).to_be_hidden()

    def counts(self, waiting: int, mend: int, sent: int) -> None:
        line = f"{waiting} menunggu, {mend} perlu diperbaiki, {sent} terkirim"
        expect(self.browser.page.locator("#outbox span")).to_have_text(line)

    def filed(self) -> int:
        with use(self.server.database_url, START):
            mine = Complaint.select().where(Complaint.person == self.member)
            assert mine.count() == OfflineForm.select().where(OfflineForm.person == self.member).count()
            return mine.count()


@pytest.fixture
def day(chromium, server):
    day = Day(chromium, server)
    yield day
    day.context.close()


@pytest.fixture
def lone_day(chromium, serve):
    """With a server that may go away."""
    day = Day(chromium, serve())
    yield day
    day.context.close()
    day.server.stop()


def test_a_day_without_a_signal_two_forms_queued_encrypted_and_sent_once(day):
    page = day.browser.page
    day.start()
    day.context.set_offline(True)
    day.browser.go("/kader/luring")
    page.reload()
    day.write(day.codes[0])
    day.write(day.codes[1], "Obat habis kanari")
    day.counts(2, 0, 0)
    day.browser.go("/kader")
    assert _("Outbox") in day.browser.text
    day.counts(2, 0, 0)
    stored = page.evaluate(STORED)
    for plain in (WORDS, "Obat habis", day.member.nik, *day.codes[:2], page.evaluate("sessionStorage.k")):
        assert plain not in stored
    assert '"iv"' in stored and "kader/luring" in stored
    assert day.filed() == 0
    day.browser.complaints.clear()  # the browser's own words about the line
    day.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    day.counts(0, 0, 2)
    assert day.filed() == 2
    assert WORDS not in page.evaluate(STORED)
    assert day.browser.complaints == []


def test_what_is_replayed_is_counted_once(day):
    """The answer got lost on the way: the browser sends the same again."""
    page = day.browser.page
    day.start()
    day.browser.go("/kader/luring")
    lost = []

    def swallow(route):
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/kader/kirim", swallow)
    day.write(day.codes[0])
    day.counts(1, 0, 0)
    expect(page.get_by_role("alert")).to_have_text(_("No signal. Everything is kept and sent later."))
    assert lost and set(lost) == {200} and day.filed() == 1
    page.unroute("**/kader/kirim")
    page.reload()
    day.counts(0, 0, 1)
    page.reload()
    day.counts(0, 0, 1)
    assert day.filed() == 1


def test_a_server_that_is_away_loses_nothing(lone_day):
    day, page = lone_day, lone_day.browser.page
    day.start()
    day.server.stop()
    day.browser.go("/kader/bantu")
    day.write(day.codes[0])
    day.counts(1, 0, 0)
    day.server.restart(START)
    page.reload()
    day.start()
    day.counts(0, 0, 1)
    assert day.filed() == 1


def test_a_sign_in_that_ran_out_is_said_and_nothing_is_lost(day):
    page = day.browser.page
    day.start()
    day.context.clear_cookies(name="s")
    day.browser.go("/kader/luring")
    day.write(day.codes[0])
    day.counts(1, 0, 0)
    expect(page.get_by_role("alert")).to_have_text(_("Sign in again. Then everything is sent."))
    day.enter()
    day.browser.go("/kader")
    day.counts(0, 0, 1)
    assert day.filed() == 1


def test_after_the_sign_out_only_ciphertext_is_left_and_the_next_sign_in_reads_it_again(day):
    page = day.browser.page
    day.start()
    day.browser.go("/kader/luring")
    page.route("**/kader/kirim", lambda route: route.abort())
    day.write(day.codes[0])
    day.counts(1, 0, 0)
    day.browser.go("/keluar")
    day.browser.press(_("Yes, sign out"))
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    stored = page.evaluate(STORED)
    assert '"iv"' in stored
    for plain in (WORDS, day.member.nik, day.codes[0]):
        assert plain not in stored
    day.browser.go("/kader/luring")
    expect(page.locator("#outbox-list li")).to_have_text(_("Locked. Whoever wrote it must sign in."))
    page.unroute("**/kader/kirim")
    day.enter()
    day.browser.go("/kader")
    day.counts(0, 0, 1)
    assert day.filed() == 1


def test_what_does_not_fit_is_said_in_words_and_can_be_mended(day):
    page = day.browser.page
    day.start()
    day.browser.go("/kader/luring")
    day.write("00000000")
    day.counts(0, 1, 0)
    assert "Izinnya tidak cocok" in day.browser.text
    page.get_by_role("button", name=_("Mend")).click()
    assert page.input_value("[name=c-text]") == WORDS
    page.fill("[name=c-code]", day.codes[0])
    page.locator("form[data-kind=complaint] [type=submit]").click()
    day.counts(0, 0, 1)
    with use(day.server.database_url, START):
        assert Complaint.select().where(Complaint.person == day.member).count() == 1
    assert [said for said in day.browser.complaints if "422" not in said] == []


def test_a_conflict_is_said_in_words(day):
    page = day.browser.page
    day.start()
    day.context.set_offline(True)
    day.browser.go("/kader/luring")
    page.locator("summary", has_text=_("Address for letters")).click()
    page.fill("[name=d-number]", day.member.nik)
    page.fill("[name=d-address]", "JL. LAMA NO. 1")
    page.fill("[name=d-code]", day.codes[0])
    page.locator("form[data-kind=data] [type=submit]").click()
    day.counts(1, 0, 0)
    with use(day.server.database_url, AN_HOUR_ON):
        family = Family.get(Family.head_id == day.member.id)
        changes.change_address(family.id, "JL. BARU NO. 2", Actor(person_id=day.member.id, family_id=family.id))
    day.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    day.counts(0, 1, 0)
    assert "Alamat sudah diubah" in day.browser.text


def test_no_policy_is_broken_and_the_pages_fit_a_small_screen(day):
    page = day.browser.page
    day.start()
    for path in ("/kader", "/kader/luring"):
        day.browser.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 240
    page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 240
    assert day.browser.complaints == []


@pytest.mark.parametrize("kind", ["an engine of 2016", "without script"])
def test_without_service_workers_the_pages_with_a_signal_work_as_before(chromium, server, kind):
    day = Day(chromium, server, gecko48=kind == "an engine of 2016", script=kind != "without script")
    if kind == "an engine of 2016":
        day.context.add_init_script(
            "delete Navigator.prototype.serviceWorker; Object.defineProperty(window, 'indexedDB', {value: undefined})"
        )
    browser = day.browser
    browser.go("/kader/luring")
    assert _("No list here? With a signal the other pages work in every browser.") in browser.text
    assert browser.page.locator("form[data-kind]:visible").count() == 0
    browser.go("/kader/bantu")
    browser.write(_("NIK or card number of the member"), day.member.nik)
    browser.pick("Pengaduan")
    browser.write(_("One code of their sheet, typed by the member"), day.codes[0])
    browser.press(_("Begin"))
    browser.go("/pengaduan")
    browser.page.check("[name=category][value=money]")
    browser.page.fill("[name=text]", WORDS)
    browser.page.locator("main form [type=submit]").first.click()
    browser.page.wait_for_load_state()
    with use(day.server.database_url, START):
        assert Complaint.select().where(Complaint.person == day.member).count() == 1
    assert browser.complaints == []
    day.context.close()


@pytest.mark.any_engine
def test_script_and_worker_are_small():
    sizes = {name: len(brotli.compress((ROOT / "static" / name).read_bytes(), quality=5)) for name in FILES}
    assert sum(sizes.values()) <= MOST, sizes


@pytest.mark.parametrize("name", FILES)
def test_no_syntax_newer_than_2015(name):
    source = re.sub("//.*", "", (ROOT / "static" / name).read_text())
    newer = r"\basync\b|\bawait\b|\?\.|\?\?|\*\*|\.\.\.|catch\s*\{|\bpadStart\b|\.(flat|entries|values|includes)\("
    assert re.findall(newer, source) == []
