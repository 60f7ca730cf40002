"""The end of a volunteer's sign-in in real browsers: seen coming, put off without losing a letter, or survived."""

import time
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from jkn.accounts.models import SignIn
from jkn.accounts.rules import LIMITS, WARNING
from jkn.complaints.models import Complaint
from tests.browser.journey import _
from tests.browser.serving import use
from tests.browser.test_doors import now
from tests.browser.test_forms import sign_in_as_a_volunteer
from tests.browser.test_outbox import STORED, WORDS, Day

SHOWN = (LIMITS["volunteer"][0] - WARNING).total_seconds() * 1000  # milliseconds after the page was opened
TOUCH = {"has_touch": True, "is_mobile": True}
# The time of the page's animations; reading the box leaves it alone.
AT = "(ms) => document.getAnimations().forEach((each) => { each.currentTime = ms })"
SECONDS = "() => getComputedStyle(document.querySelector('.w a'), '::before').content"


@pytest.fixture
def phone(chromium, serve, request):
    """A volunteer's phone, with a keypad and a mouse's cursor unless something else is asked for."""
    how = getattr(request, "param", {})
    day = Day(chromium, serve(), **how)
    day.browser.script = how.get("script", True)
    yield day
    day.context.close()
    day.server.stop()


def phones(*kinds: dict):
    return pytest.mark.parametrize("phone", kinds, ids=[" ".join(kind) or "plain" for kind in kinds], indirect=True)


def box(page: Page):
    return page.locator("div.w")


def last_seen(day: Day, **ago) -> None:
    """As if the volunteer had not touched anything for so long; the server's clock is a few seconds behind now()."""
    with use(day.server.database_url):
        seen = now(day.server) - timedelta(**ago)
        SignIn.update(seen_at=seen).where(SignIn.officer == day.kader).execute()


def idle_for(day: Day) -> float:
    with use(day.server.database_url):
        newest = SignIn.select().where(SignIn.officer == day.kader).order_by(SignIn.id.desc()).get()
        return (now(day.server) - newest.seen_at).total_seconds()


def type_until_warned(day: Day) -> Page:
    page = day.browser.page
    day.browser.go("/kader/bantu")
    day.browser.write(_("NIK or card number of the member"), "3578")
    page.evaluate(AT, SHOWN - 2000)
    assert box(page).is_hidden() or box(page).bounding_box()["height"] == 0
    page.evaluate(AT, SHOWN)
    expect(box(page)).to_be_visible()
    return page


@phones({}, {"script": False}, TOUCH, TOUCH | {"script": False})
def test_the_warning_comes_half_a_minute_before_and_one_press_stays_with_what_was_typed(phone):
    page = type_until_warned(phone)
    assert "30 detik" in page.evaluate(SECONDS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 240
    page.evaluate("scrollTo(0, 400)")
    assert 0 <= box(page).bounding_box()["y"] < 20
    last_seen(phone, minutes=9, seconds=40)
    link = box(page).locator("a")
    with page.expect_response("**/kader/tetap") as answer:
        link.tap() if phone.context.pages[0].evaluate("matchMedia('(hover:none)').matches") else link.click()
    assert answer.value.status == 204
    page.get_by_label(_("NIK or card number of the member")).click()
    expect(box(page)).to_be_hidden()
    assert phone.browser.path == "/kader/bantu"
    assert page.get_by_label(_("NIK or card number of the member")).input_value() == "3578"
    assert idle_for(phone) < 60
    page.evaluate(AT, SHOWN)
    expect(box(page)).to_be_visible()
    assert "30 detik" in page.evaluate(SECONDS)


def test_an_answer_with_a_page_would_lose_what_was_typed(phone):
    page = type_until_warned(phone)
    page.route("**/kader/tetap", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>ya</p>"))
    box(page).locator("a").click()
    page.wait_for_load_state()
    assert page.get_by_label(_("NIK or card number of the member")).count() == 0


def test_pressed_with_the_enter_key_the_words_that_stay_are_true(phone):
    page = type_until_warned(phone)
    with page.expect_response("**/kader/tetap"):
        box(page).locator("a").press("Enter")
    expect(box(page)).to_contain_text("Anda keluar setelah 10 menit tanpa tindakan.")
    assert page.evaluate(SECONDS) == "none"


def test_where_nothing_can_be_hidden_for_a_while_the_words_are_true_from_the_start(phone):
    """The sheet did not come, or the engine knows no animation: no word of the seconds that are left."""
    phone.context.route("**/volunteer.css*", lambda route: route.abort())
    phone.browser.go("/kader/bantu")
    expect(box(phone.browser.page)).to_be_visible()
    expect(box(phone.browser.page)).to_contain_text("Anda keluar setelah 10 menit tanpa tindakan. Tetap masuk")
    assert phone.browser.page.evaluate(SECONDS) == "none"


@phones({}, {"script": False})
def test_a_complaint_sent_after_the_end_survives_the_sign_in_and_is_filed_for_the_member(phone):
    browser = phone.browser
    browser.go("/kader/bantu")
    browser.write(_("NIK or card number of the member"), phone.member.nik)
    browser.pick("Pengaduan")
    browser.write(_("One code of their sheet, typed by the member"), phone.codes[0])
    browser.press(_("Begin"))
    browser.go("/pengaduan")
    browser.page.check("[name=category][value=money]")
    browser.page.fill("[name=text]", WORDS)
    last_seen(phone, minutes=11)
    browser.page.locator("main form [type=submit]").first.click()
    browser.page.wait_for_load_state()
    assert browser.path == "/petugas/masuk"
    sign_in_as_a_volunteer(phone)
    assert browser.path == "/pengaduan"
    assert browser.page.input_value("[name=text]") == WORDS
    assert browser.page.is_checked("[name=category][value=money]")
    browser.page.locator("main form [type=submit]").first.click()
    browser.page.wait_for_load_state()
    with use(phone.server.database_url):
        assert Complaint.select().where(Complaint.person == phone.member).count() == 1


def a_form_in(day: Day) -> Page:
    """Something typed on a second page; with it the server notes by its own clock that the volunteer is here. From now
    on six seconds without an action end the sign-in."""
    last_seen(day, minutes=1)
    form = day.context.new_page()
    form.goto(f"{day.server.url}/kader/bantu")
    form.fill("[name=number]", "3578")
    with use(day.server.database_url):
        SignIn.update(idle_seconds=6).where(SignIn.officer == day.kader).execute()
    return form


@phones({}, {"script": False})
def test_a_page_on_which_nothing_can_be_typed_leaves_the_screen_and_a_form_stays(phone):
    form, page = a_form_in(phone), phone.browser.page
    phone.browser.go("/kader")
    page.wait_for_url("**/kader/usai", timeout=20_000)
    assert "Anda sudah keluar" in phone.browser.text and "TINI" not in phone.browser.text
    time.sleep(1)
    assert form.url.endswith("/kader/bantu") and form.input_value("[name=number]") == "3578"
    page.go_back()
    page.wait_for_load_state()
    assert phone.browser.path == "/petugas/masuk"


def test_without_a_signal_the_page_that_leaves_becomes_the_outbox_and_a_form_stays_when_pressed(phone):
    page = phone.browser.page
    phone.start()
    phone.browser.go("/kader/luring")
    assert "http-equiv" not in page.content()
    stored = page.evaluate(STORED)
    assert "kader/luring" in stored and "http-equiv" not in stored and 'class="w"' not in stored
    form = a_form_in(phone)
    phone.browser.go("/kader")
    phone.server.stop()
    page.wait_for_selector("#outbox-list", timeout=20_000, state="attached")
    assert _("Outbox") in phone.browser.text and "TINI" not in phone.browser.text
    form.evaluate(AT, SHOWN)
    box(form).locator("a").click()
    time.sleep(1)
    assert form.url.endswith("/kader/bantu") and form.input_value("[name=number]") == "3578"
    time.sleep(7)
    assert page.locator("#outbox-list").count() == 1  # for hours: the kept page goes nowhere
