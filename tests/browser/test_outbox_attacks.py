"""The outbox under attack in a real browser: hostile words, a worker that keeps too much, the next one on the phone."""

import re

import pytest
from playwright.sync_api import Error, expect

from jkn.access import Role
from jkn.accounts.models import Officer
from jkn.assisting import consents
from jkn.complaints.models import Complaint
from jkn.forms import tidy
from jkn.offline.models import OfflineForm
from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _
from tests.browser.serving import ROOT, START, use
from tests.browser.test_outbox import STORED, WORDS, Day
from tests.builders import a_family, an_officer, people
from tests.crawl import as_member

HOSTILE = (
    '"><img src=x onerror="window.pwned=1"><script>window.pwned=2</script></textarea><svg onload=window.pwned=3>'
    "javascript:alert(1) {{7*7}} {% x %} ${7*7} &lt;b&gt; \u202egnp.exe \u2066"
)
SHORT = '<img src=x onerror="window.pwned=4">{{7*7}}'
TAIL = "<hr>"  # of a number, all of it that the list shows
PLANTED = "main img, main svg, main hr, main b b, script:not([src])"
SCRIPT = (ROOT / "static/outbox.js").read_text()
WRITES_MARKUP = SCRIPT.replace("made.textContent = text", "made.innerHTML = text")
LEAVES_IT_OPEN = SCRIPT.replace("box.dataset.whose !== undefined", "false")
WAITS_FOR_THE_LINE = SCRIPT.replace("if (!send()) show() // ", "return send() // ")
FORGETS_BY_THE_CLOCK = SCRIPT.replace("(row.state || secretly && !row.form)", "true")
WROTE_IN_1970 = """new Promise((done) => {
  const opened = indexedDB.open('outbox', 1)
  opened.onsuccess = () => {
    const forms = opened.result.transaction('form', 'readwrite').objectStore('form')
    forms.getAll().onsuccess = (event) => event.target.result.forEach((row) => forms.put(Object.assign(row, {at: 1e6})))
    forms.transaction.oncomplete = () => { opened.result.close(); done() }
  }
})"""
REGISTER = """(scope) => navigator.serviceWorker.register(document.getElementById('outbox').dataset.sw, {scope})
  .then(() => 'taken', (why) => why.name)"""


@pytest.fixture(scope="module")
def village(serve):
    return serve()


@pytest.fixture
def start(chromium, village):
    """A volunteer's day; with a script of our own in the place of the outbox's, and no worker that would hide it."""
    days = []

    def start(script: str | None = None, **more) -> Day:
        day = Day(chromium, village, **more | ({"service_workers": "block"} if script else {}))
        if script:
            day.context.route(
                "**/s/outbox.js*", lambda route: route.fulfill(content_type="text/javascript", body=script)
            )
        days.append(day)
        return day

    yield start
    for day in days:
        day.context.close()


def fill(day: Day, kind: str, **typed: str) -> None:
    """A form of the page, and press on Keep."""
    page, form = day.browser.page, f"form[data-kind={kind}]"
    page.locator(f"details:has({form}) summary").click()
    for name, text in typed.items():
        page.locator(f'{form} [name="{kind[0]}-{name}"]').fill(text)
    if kind == "complaint":
        page.check("[name=c-category][value=money]")
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(form)).to_be_hidden()


def nothing_runs(browser: Chromium, *words: str) -> None:
    """The page holds the words as they were typed, and no element that they would make."""
    page = browser.page
    page.wait_for_timeout(100)  # an image that is not there fails a moment later
    assert page.evaluate("window.pwned") is None
    assert page.locator(PLANTED).count() == 0
    shown = " ".join(tidy(page.locator("body").text_content()).split())
    assert [word for word in words if " ".join(tidy(word).split()) not in shown] == []
    assert [said for said in browser.complaints if "Content Security" in said or "pageerror" in said] == []


def the_list_shows_words_as_words(day: Day) -> None:
    page = day.browser.page
    day.browser.go("/kader")
    day.browser.go("/kader/luring")
    fill(day, "data", number="35780857" + TAIL, address=HOSTILE)
    page.route("**/kader/kirim", lambda route: route.fulfill(status=422, json={"t": HOSTILE}))
    fill(day, "complaint", number=TAIL, text=HOSTILE, place=SHORT, code="123", witness=SHORT)
    fill(day, "registration", kk=SHORT, nik=SHORT, form=TAIL, witness=SHORT)
    day.counts(0, 3, 0)
    nothing_runs(day.browser, HOSTILE, "…" + TAIL)
    page.get_by_role("button", name=_("Mend")).nth(1).click()
    assert page.input_value("[name=c-text]") == HOSTILE and page.input_value("[name=c-place]") == SHORT
    nothing_runs(day.browser)


def test_hostile_words_stay_words_in_the_list_of_the_outbox(start):
    the_list_shows_words_as_words(start(SCRIPT))


def test_twin_whose_list_is_markup_runs_them(start):
    day = start(WRITES_MARKUP, bypass_csp=True)
    with pytest.raises(AssertionError):
        the_list_shows_words_as_words(day)
    assert day.browser.page.evaluate("window.pwned") in (1, 3)


def test_hostile_words_from_the_outbox_stay_words_for_member_and_officer(start, chromium, village, places):
    day = start()
    day.start()
    with use(village.database_url, START):
        paper = consents.print_forms(1, consents.Actor(officer_id=day.kader))[0].number
    day.browser.go("/kader/luring")
    number = day.member.nik
    fill(day, "complaint", number=number, text=HOSTILE, place=SHORT, code=day.codes[0])
    fill(day, "complaint", number=number, text=HOSTILE, place=SHORT, form=paper, witness=SHORT)
    fill(day, "data", number=number, address=HOSTILE, code=day.codes[1])
    fill(day, "complaint", number=number, text=HOSTILE, place=SHORT, code="00000000")
    fill(day, "data", number=number, address=HOSTILE, code="00000000")
    day.counts(0, 2, 3)
    with use(village.database_url, START) as app:
        member = as_member(app, day.member).get_cookie("s").value
        filed = [row.id for row in Complaint.select().where(Complaint.person == day.member).order_by(Complaint.id)]
        waiting = [
            row.id
            for row in OfflineForm.select().where(OfflineForm.person == day.member, OfflineForm.content.is_null(False))
        ]
    assert len(filed) == len(waiting) == 2
    own = [f"/pengaduan/{id}" for id in filed] + [f"/data-saya/menunggu/{id}" for id in waiting]
    readers = [
        ({"s": member}, [*own, f"{own[-1]}/tolak", "/data-saya/alamat"]),
        (places.cookies["officer"], [f"/petugas/pengaduan/{id}" for id in filed]),
    ]
    for cookies, paths in readers:
        context = context_of(chromium, base=village.url, cookies=cookies)
        reader = Chromium(context, village.url)
        for path in paths:
            assert reader.go(path).status == 200
            nothing_runs(reader, HOSTILE)
        context.close()


def kept_by_the_worker(page) -> list[str]:
    return page.evaluate(
        "caches.open('outbox').then((kept) => kept.keys()).then((all) => all.map((asked) => asked.url.split('?')[0]))"
    )


def the_worker_keeps_a_page_of_nobody(day: Day) -> None:
    page, url = day.browser.page, day.server.url
    assert sorted(kept_by_the_worker(page)) == [f"{url}/kader/luring", f"{url}/s/outbox.js"]
    kept = page.evaluate("caches.match('/kader/luring').then((page) => page.text())")
    assert not re.search(r"data-k=|data-whose|csrf|<!--", kept)
    stored = page.evaluate(STORED)
    for plain in (page.evaluate("sessionStorage.k"), *NAMES):
        assert plain is None or plain not in stored


NAMES = ("SITI", "AMINAH", "KADER")


def test_the_worker_answers_for_volunteers_pages_alone_and_keeps_nobodys_words(start):
    day = start()
    day.start()
    page, browser = day.browser.page, day.browser
    assert page.evaluate(REGISTER, "/kader") == "taken"
    for scope in ("/", "/k", "/data-saya", "/masuk"):
        assert page.evaluate(REGISTER, scope) == "SecurityError"
    known = "navigator.serviceWorker.getRegistrations().then((all) => all.map((each) => each.scope))"
    assert page.evaluate(known) == [f"{day.server.url}/kader"]
    browser.go("/kader/bantu")
    browser.write(_("NIK or card number of the member"), day.member.nik)
    browser.page.check("[name=scopes][value=status]")
    browser.write(_("One code of their sheet, typed by the member"), day.codes[0])
    browser.press(_("Begin"))
    browser.go("/status")
    assert "SITI" in browser.text
    browser.go("/kader")
    the_worker_keeps_a_page_of_nobody(day)
    browser.go("/keluar")
    browser.press(_("Yes, sign out"))
    day.context.set_offline(True)
    for path in ("/kader", "/kader/bantu", "/kader/daftar"):
        browser.go(path)
        assert _("Outbox") in browser.text
        assert [name for name in NAMES if name in page.content()] == []
    for path in ("/status", "/", "/pengaduan"):
        with pytest.raises(Error):
            browser.go(path)
    day.context.set_offline(False)


def test_twin_whose_worker_keeps_what_it_fetched_is_noticed(start):
    day = start()
    day.start()
    page = day.browser.page
    the_worker_keeps_a_page_of_nobody(day)
    page.evaluate("caches.open('outbox').then((kept) => kept.add('/kader?again'))")
    with pytest.raises(AssertionError):
        the_worker_keeps_a_page_of_nobody(day)


def another_on_the_phone(day: Day) -> None:
    """Whoever signs in next, in the same tab, while the first one's form waits there."""
    with use(day.server.database_url, START):
        next_one = Officer.get_or_none(Officer.username == "joko") or an_officer(Role.VOLUNTEER, "joko")
        if next_one.person_id is None:
            next_one.person = people(a_family(1))[0]
            next_one.save()
    first, day.kader = day.kader, next_one.id
    day.enter()
    day.kader = first


def the_next_one_finds_nothing(day: Day) -> None:
    browser, page = day.browser, day.browser.page
    browser.go("/kader")
    browser.go("/kader/luring")
    page.route("**/kader/kirim", lambda route: route.abort())
    day.write(day.codes[0])
    day.counts(1, 0, 0)
    another_on_the_phone(day)
    page.unroute("**/kader/kirim")
    page.evaluate("dispatchEvent(new Event('online'))")  # the page of the first one, still open
    expect(page.get_by_role("alert")).to_have_text(_("Sign in again. Then everything is sent."))
    for path in ("/kader/daftar", "/kader/luring"):
        browser.go(path)
        day.counts(0, 0, 0)
    assert page.evaluate("sessionStorage.length") == 0
    expect(page.locator("#outbox-list li")).to_have_text(_("Locked. Whoever wrote it must sign in."))
    browser.go("/kader")
    day.counts(0, 0, 0)
    assert day.filed() == 0 and WORDS not in page.evaluate(STORED)
    day.enter()
    browser.go("/kader")
    day.counts(0, 0, 1)
    assert day.filed() == 1


def test_the_next_volunteer_on_the_phone_neither_reads_nor_sends_nor_counts_what_waits_and_it_survives(start):
    the_next_one_finds_nothing(start(SCRIPT))


def test_twin_that_leaves_the_key_to_the_next_page_shows_them(start):
    with pytest.raises(AssertionError):
        the_next_one_finds_nothing(start(LEAVES_IT_OPEN))


def a_form_survives_a_clock_that_jumps(day: Day) -> None:
    """The phone began in 1970, and heard the time only with the signal."""
    browser, page = day.browser, day.browser.page
    browser.go("/kader")
    browser.go("/kader/luring")
    page.route("**/kader/kirim", lambda route: route.abort())
    day.write(day.codes[0])
    day.counts(1, 0, 0)
    page.evaluate(WROTE_IN_1970)
    page.unroute("**/kader/kirim")
    page.reload()
    day.counts(0, 1, 0)
    assert "lebih dari tiga hari" in browser.text
    page.get_by_role("button", name=_("Mend")).click()
    assert page.input_value("[name=c-text]") == WORDS
    page.locator("form[data-kind=complaint] [type=submit]").click()
    day.counts(0, 0, 1)
    assert day.filed() == 1


def test_a_form_survives_a_clock_that_jumps(start):
    a_form_survives_a_clock_that_jumps(start(SCRIPT))


def test_twin_that_forgets_by_the_clock_alone_loses_it(start):
    with pytest.raises(AssertionError):
        a_form_survives_a_clock_that_jumps(start(FORGETS_BY_THE_CLOCK))


def the_next_form_is_kept_while_one_is_on_its_way(day: Day) -> None:
    held = []
    day.browser.go("/kader")
    day.browser.go("/kader/luring")
    day.browser.page.route("**/kader/kirim", lambda route: route.continue_() if held else held.append(route))
    day.browser.page.set_default_timeout(3000)
    fill(day, "complaint", number=day.member.nik, text=WORDS, code=day.codes[0])
    fill(day, "complaint", number=day.member.nik, text=WORDS, code=day.codes[1])
    day.counts(2, 0, 0)
    assert len(held) == 1
    held[0].continue_()
    day.counts(0, 0, 2)
    assert day.filed() == 2


def test_the_next_form_is_kept_while_one_is_on_its_way(start):
    the_next_form_is_kept_while_one_is_on_its_way(start(SCRIPT))


def test_twin_that_waits_for_the_line_takes_no_next_form(start):
    with pytest.raises(AssertionError):
        the_next_form_is_kept_while_one_is_on_its_way(start(WAITS_FOR_THE_LINE))
