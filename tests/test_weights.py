"""How light the pages are: every page that the table of routes names is opened and weighed, with its fragments."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256
from statistics import median

import brotli
import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import service as accounts
from jkn.accounts.rules import LIMITS, WARNING
from jkn.db import db
from tests.builders import PIN, a_family, people, post
from tests.conftest import NOW
from tests.crawl import as_kiosk
from tests.weighing import Weighed, get, header_bytes, weigh

pytestmark = pytest.mark.any_engine

KB = 1000
MEDIAN, LARGEST = 1.5 * KB, 6 * KB  # of a member's page, gzip 6
STYLE = 1.3 * KB
FRAGMENT_MEDIAN, LARGEST_FRAGMENT = 400, 700  # brotli 5
HEADERS, HEADERS_WITH_COOKIE = 650, 800
ERROR = 1 * KB
KIOSK_STYLE = 3 * KB
RECEIPT_STYLE = 0.5 * KB
RECEIPTS = re.compile(r"/tunai/\d+$|/wakil/\d+/tanda-terima$")
VOLUNTEER_STYLE = 0.4 * KB
KIOSK_SCRIPTS = 16 * 1024  # of them htmx is 15,238


@pytest.fixture(scope="module")
def answers(app):
    """Every page and fragment, weighed once; what had to exist for it is thrown away."""
    with clock.frozen(NOW), db.atomic() as transaction:
        found = weigh(app)
        transaction.rollback()
    return found


@pytest.fixture(scope="module")
def pages(answers):
    return [answer for answer in answers if not answer.fragment and answer.status == 200]


@pytest.fixture(scope="module")
def fragments(answers):
    return [answer for answer in answers if answer.fragment]


def test_the_walk_saw_pages_of_everybody_and_fragments(pages, fragments):
    assert {page.who for page in pages} >= {"visitor", "member", "large family", "kiosk", "officer"}
    assert {page.url for page in pages} >= {"/status", "/tagihan", "/kartu", "/daftar/ringkasan", "/daftar/selesai"}
    assert len(fragments) >= 4 and all(fragment.status == 200 for fragment in fragments)


def test_a_members_page_is_light(pages):
    sizes = {str(page): page.gzip for page in pages if page.is_for_members}
    assert not {name: size for name, size in sizes.items() if size > LARGEST}
    assert median(sizes.values()) <= MEDIAN


def test_errors_are_lighter(answers):
    errors = {str(page): page.gzip for page in answers if page.status >= 400 and page.is_for_members}
    assert errors
    assert not {name: size for name, size in errors.items() if size > ERROR}


def test_fragments_are_light(fragments):
    sizes = {str(fragment): fragment.brotli for fragment in fragments}
    assert not {name: size for name, size in sizes.items() if size > LARGEST_FRAGMENT}
    assert median(sizes.values()) <= FRAGMENT_MEDIAN


def test_headers_are_short(answers):
    long = {
        str(answer): answer.headers
        for answer in answers
        if answer.headers > (HEADERS_WITH_COOKIE if answer.sets_cookie else HEADERS)
    }
    assert not long


def test_signing_in_answers_with_short_headers_and_later_pages_set_no_cookie(app):
    person = people(a_family())[0]
    accounts.store_pin(person, accounts.hash_pin(PIN), SYSTEM)
    client = app.test_client()
    entered = post(client, "/masuk", number=person.card, pin=PIN)
    assert entered.status_code == 303
    assert header_bytes(entered) <= HEADERS_WITH_COOKIE
    for url in ("/status", "/pengaduan", "/keluar"):
        assert not get(client, url, "member").sets_cookie


def test_each_page_has_one_short_style_that_its_policy_names(pages):
    for page in pages:
        assert page.html.count("<style>") == 1
        assert 0 < len(page.style.encode()) <= STYLE
        assert f"'sha256-{b64encode(sha256(page.style.encode()).digest()).decode()}'" in page.policy


def test_a_page_is_one_request_and_brings_script_only_for_its_htmx_elements(pages):
    assert not {str(page): found for page in pages if (found := faults(page))}
    assert any(page.has_htmx for page in pages)


def test_who_saves_data_gets_no_script_at_all(app, client):
    for url in ("/faskes", "/pengaduan"):
        page = get(client, url, "visitor", **{"Save-Data": "on"})
        assert page.has_htmx and not page.scripts and "script-src" not in page.policy


def test_the_kiosks_own_sheet_is_small(client, app):
    with client.get("/s/kiosk.css") as sheet:
        assert len(gzip.compress(sheet.data, 6)) <= KIOSK_STYLE


def test_the_volunteers_own_sheet_is_smaller_and_warns_when_the_rules_say(client):
    with client.get("/s/volunteer.css") as sheet:
        assert len(gzip.compress(sheet.data, 6)) <= VOLUNTEER_STYLE
        shown = (LIMITS["volunteer"][0] - WARNING).total_seconds()
        assert re.findall(r"animation:w (\d+)s[;}]", sheet.text) == [f"{shown:.0f}"]


def test_the_kiosks_scripts_are_small_together(app):
    """Its own, htmx, and the worker with the page for a dead line, as they are sent."""
    kiosk, sizes = as_kiosk(app), []
    for url in ("/s/kiosk.js", "/s/htmx.min.js", "/kios/penjaga.js"):
        with kiosk.get(url, headers={"Accept-Encoding": "br"}) as script:
            assert script.status_code == 200
            sizes.append(len(script.data))
    assert sum(sizes) <= KIOSK_SCRIPTS


@pytest.mark.parametrize("accepted, packed", [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_a_page_is_sent_as_short_as_it_was_weighed(client, app, accepted, packed):
    answer = client.get("/bantuan", headers={"Accept-Encoding": accepted})
    whole = get(client, "/bantuan", "visitor")
    assert answer.headers["Content-Encoding"] == accepted
    assert packed(answer.data) == whole.body
    assert len(answer.data) == (whole.gzip if accepted == "gzip" else whole.brotli)


def test_the_sheet_of_receipts_is_small(client, app):
    with client.get("/s/receipt.css") as sheet:
        assert len(gzip.compress(sheet.data, 6)) <= RECEIPT_STYLE


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<script src="/s/htmx.min.js"></script>',
        '<p style="color:red">x</p>',
        '<img src="/s/logo.png">',
        '<link rel="stylesheet" href="/s/more.css">',
        '<link rel="stylesheet" href="/s/receipt.css?v=12345678" media="print">',
        '<p data-hx-get="/faskes">x</p>',
        '<p onclick="x()">x</p>',
        '<p hx-get="/faskes">x</p>',
    ],
)
def test_the_faults_are_found(html):
    assert faults(Weighed("/", "visitor", 200, 0, False, html.encode()))


@pytest.mark.parametrize("media, fine", [(' media="print"', True), ("", False)])
def test_a_receipt_may_bring_its_sheet_for_print_only(media, fine):
    html = f'<link rel="stylesheet" href="/s/receipt.css?v=12345678"{media}>'
    assert (faults(Weighed("/tunai/1", "member", 200, 0, False, html.encode())) == []) is fine


def faults(page: Weighed) -> list[str]:
    """What would cost a second request, or run where no script should."""
    found = [
        f"<{tag} {name}>" for tag, attributes in page.tags for name in attributes if re.match("on|hx-|style$", name)
    ]
    own_scripts = 0  # of a kiosk or of a volunteer's outbox
    for tag, attributes in page.tags:
        source = attributes.get("src") or (attributes.get("href") if tag == "link" else None) or "data:"
        own = [f"/s/{page.who}.css?v="] * (page.who in ("kiosk", "volunteer"))
        on_paper = page.who == "kiosk" or attributes.get("media") == "print"
        own += ["/s/receipt.css?v="] * bool(RECEIPTS.match(page.url) and on_paper)
        if not source.startswith("data:") and tag != "script" and not (tag == "link" and source.startswith(tuple(own))):
            found.append(f"fetches {source}")
        on_kiosk = page.who == "kiosk" and source.startswith("/s/kiosk.js?v=")
        if tag == "script" and (on_kiosk or (page.url.startswith("/kader") and source.startswith("/s/outbox.js?v="))):
            own_scripts += 1
        elif tag == "script" and not (attributes.get("type") == "module" and source.startswith("/s/htmx.min.js?v=")):
            found.append("a script of another kind")
    if len(page.scripts) - own_scripts != page.has_htmx:
        found.append(f"{len(page.scripts)} scripts, htmx elements: {page.has_htmx}")
    return found
