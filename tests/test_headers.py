"""Exactly the headers each answer needs and no byte more; cookies that no script and no other site can use."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256, sha384
from http.client import responses
from pathlib import Path

import pytest

from jkn.access import public
from tests.builders import PIN, post
from tests.crawl import PAGES, a_world, as_kiosk, as_member, fields, reader_of

ONE_WORLD = True
pytestmark = pytest.mark.any_engine

STYLE = Path("static/app.css").read_text().replace("\n", "")
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none';style-src 'sha256-{STYLE_HASH}' 'unsafe-inline';img-src data:;form-action 'self';"
    "base-uri 'none';frame-ancestors 'none'"
)
WITH_SHEET = POLICY.replace("style-src ", "style-src 'self' ")
WITH_SCRIPT = ";script-src 'self';connect-src 'self'"
PAGE = {
    "Cache-Control": "no-store, no-cache",
    "Content-Security-Policy": POLICY,
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FILES = [route for route in PAGES if route.url.endswith("/csv")]
NO_PAGES = ("/healthz", "/kader/tetap")  # one speaks JSON, to machines, the other says nothing
HTML = [route for route in PAGES if route.url not in NO_PAGES and route not in FILES]
RECEIPTS = ("/tunai/<int:cash_id>", "/wakil/<int:grant_id>/tanda-terima")
LEAVING = ("/sampai-jumpa", "/kios/selesai")
# https://unpkg.com/htmx.org@1.9.12/dist/htmx.min.js
HTMX = "ujb1lZYygJmzgSwoxRggbCHcjc0rB2XoQrxeTUQyRjrOnlCoYta87iKBWq3EsdM2"


def exact(response) -> dict:
    """The headers but those whose value is the body's: length, encoding, what it varies with, cookies."""
    varying = ("Content-Length", "Content-Encoding", "Vary", "Set-Cookie", "Location")
    return {name: value for name, value in response.headers if name not in varying}


def weight(response) -> int:
    """Bytes of the status line and the headers as HTTP/1.1 sends them."""
    status = f"HTTP/1.1 {response.status_code} {responses[response.status_code]}\r\n"
    return len(status) + sum(len(f"{name}: {value}\r\n") for name, value in response.headers) + 2


def expected(response, route=None) -> dict:
    script = "<script" in response.text
    has_sheet = "volunteer.css" in response.text or (route and route.url in RECEIPTS)
    policy = WITH_SHEET if has_sheet else POLICY
    headers = PAGE | {"Content-Security-Policy": policy + (WITH_SCRIPT if script else "")}
    return headers | ({"Clear-Site-Data": '"cache"'} if route and route.url in LEAVING else {})


@pytest.fixture(scope="module")
def page_of(app, standing_world):
    """The page of a route as its reader gets it, opened once for all tests of this file."""
    world = a_world()
    return cache(lambda route: reader_of(app, world, route).get(world.address(route)))


@pytest.mark.parametrize("route", HTML, ids=str)
def test_every_page_has_exactly_these_headers(app, page_of, route):
    world = a_world()
    answer = reader_of(app, world, route).get(world.address(route), headers={"Accept-Encoding": "gzip"})
    plain = page_of(route)
    if plain.status_code != 200:
        assert plain.status_code == 303
        assert {name for name, _value in exact(plain).items()} <= set(PAGE)
    else:
        assert exact(plain) == expected(plain, route)
        assert set(plain.vary) <= {"Cookie", "Accept-Encoding", "HX-Request"}
    limit = 800 if "Set-Cookie" in answer.headers else 650
    assert weight(answer) <= limit


@pytest.mark.parametrize("route", FILES, ids=str)
def test_a_file_is_kept_by_nobody_and_never_shown_as_a_page(app, route):
    world = a_world()
    answer = reader_of(app, world, route).get(world.address(route))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store, no-cache"


@pytest.mark.parametrize("route", HTML, ids=str)
def test_no_page_holds_script_or_style_of_its_own(page_of, route):
    html = page_of(route).text
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", html)
    assert re.findall(r"<style>(.*?)</style>", html, re.DOTALL) in ([STYLE], [])
    assert all(
        re.fullmatch(r'<script type="module" src="/s/(htmx\.min|outbox)\.js\?v=[0-9a-f]{8}">', tag)
        for tag in scripts(html)
    )
    assert len(scripts(html)) <= 1


def scripts(html: str) -> list[str]:
    return re.findall(r"<script[^>]*>", html)


@pytest.mark.parametrize("route", HTML, ids=str)
def test_script_comes_with_an_htmx_element_and_not_to_who_saves_data(app, page_of, route):
    world = a_world()
    html = page_of(route).text
    assert bool(scripts(html)) == ("data-hx-get" in html or 'id="outbox"' in html)
    saving = reader_of(app, world, route).get(world.address(route), headers={"Save-Data": "on"})
    assert scripts(saving.text) == []
    if saving.status_code == 200:
        assert "script-src" not in saving.headers["Content-Security-Policy"]


@pytest.mark.parametrize("route", HTML, ids=str)
def test_a_fragment_is_small_and_carries_few_headers(app, page_of, route):
    client = reader_of(app, a_world(), route)
    for tag, attributes in fields(page_of(route).text).tags:
        if "data-hx-get" in attributes:
            target = attributes["data-hx-target"].removeprefix("#")
            asked = {"HX-Request": "true", "HX-Target": target}
            part = client.get(attributes["data-hx-get"], headers=asked)
            assert part.status_code == 200, tag
            assert re.match(rf'\s*<\w+[^>]*\bid="{target}"', part.text), f"{target} is not what {tag} gets"
            assert "<html" not in part.text
            assert "Content-Security-Policy" not in part.headers
            assert weight(part) <= 350
            restored = client.get(attributes["data-hx-get"], headers=asked | {"HX-History-Restore-Request": "true"})
            assert "<html" in restored.text


ERRORS = {
    400: ("post", "/masuk", {"data": {}}),
    403: ("get", "/petugas/audit", {}),
    404: ("get", "/tidak-ada", {}),
    405: ("post", "/sampai-jumpa", {}),
    413: ("post", "/masuk", {"data": {"number": "9" * 200_000}}),
}


@pytest.mark.parametrize("status", ERRORS)
def test_every_error_page_has_exactly_these_headers_too(app, status):
    client = as_member(app, a_world().person)
    method, url, more = ERRORS[status]
    if status == 405:  # past the form's token
        more = {"data": {"csrf_token": fields(client.get("/masuk").text).hidden["csrf_token"]}}
    answer = getattr(client, method)(url, **more)
    assert answer.status_code == status
    assert {name: value for name, value in exact(answer).items() if name != "Allow"} == PAGE
    assert "<h1>" in answer.text


def test_a_page_that_broke_has_exactly_these_headers_too(another_app):
    @public
    def breaks():
        raise RuntimeError

    answer = another_app(breaks).test_client().get("/breaks")
    assert (answer.status_code, exact(answer)) == (500, PAGE)
    assert "Traceback" not in answer.text and "RuntimeError" not in answer.text


def test_a_kiosk_may_load_its_own_sheet_and_script_and_nothing_else(app):
    client = as_kiosk(app)
    answer = client.get("/kios")
    assert answer.status_code == 200
    assert exact(answer)["Content-Security-Policy"] == WITH_SHEET + ";script-src 'self'"
    assert [tag.split("?")[0] for tag in scripts(answer.text)] == ['<script type="module" src="/s/kiosk.js']
    sheet = re.search(r'<link rel="stylesheet" href="([^"]+)"', answer.text)[1]
    assert client.get(sheet).status_code == 200


@pytest.mark.parametrize("route", HTML, ids=str)
def test_receipts_alone_bring_a_sheet_for_print(page_of, route):
    """Beside the one with which a volunteer's page warns."""
    links = [
        link for link in re.findall(r"<link [^>]*stylesheet[^>]*>", page_of(route).text) if "volunteer" not in link
    ]
    sheet = r'<link rel="stylesheet" href="/s/receipt\.css\?v=[0-9a-f]{8}" media="print">'
    assert [bool(re.fullmatch(sheet, link)) for link in links] == [True] * (route.url in RECEIPTS)


def test_the_style_block_is_the_one_the_policy_allows(client):
    block = re.search(r"<style>(.*?)</style>", client.get("/masuk").text, re.DOTALL)[1]
    assert b64encode(sha256(block.encode()).digest()).decode() == STYLE_HASH
    assert len(block.encode()) <= 1300


def test_htmx_is_the_published_file():
    assert b64encode(sha384(Path("static/htmx.min.js").read_bytes()).digest()).decode() == HTMX


@pytest.mark.parametrize("name", sorted(path.name for path in Path("static").iterdir()))
def test_a_static_file_is_kept_for_ever_under_an_address_of_its_content(app, client, name):
    with app.test_request_context():
        from jkn.web import asset

        address = asset(name)
    assert address.endswith(sha256(Path("static", name).read_bytes()).hexdigest()[:8])
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_cookies_are_out_of_reach(app):
    world = a_world()
    client = app.test_client()
    answer = post(client, "/masuk", number=world.person.nik, pin=PIN)
    set_here = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in set_here} == {"s", "d"}
    for cookie in set_here:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
        assert "Domain" not in cookie


PRODUCTION = {
    "JKN_ENV": "production",
    "SECRET_KEY": "a secret key that only this test knows, long enough",
    "JKN_SEAL_KEYS": "1:" + b64encode(b"1" * 32).decode(),
    "JKN_INDEX_KEYS": "1:" + b64encode(b"2" * 32).decode(),
    "JKN_PEPPER": "a pepper that only this test knows, long enough",
}


def test_in_production_cookies_want_https_and_the_browser_is_told_to_stay_there(another_app):
    client = another_app(**PRODUCTION).test_client()
    answer = client.get("/masuk", base_url="https://jkn.example")
    assert exact(answer) == PAGE | {"Strict-Transport-Security": "max-age=31536000"}
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-s=")
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert weight(answer) <= 800


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity"])
def test_pages_are_compressed_as_the_browser_can(client, encoding):
    answer = client.get("/masuk", headers={"Accept-Encoding": encoding})
    assert answer.headers.get("Content-Encoding") == (None if encoding == "identity" else encoding)
    assert "Accept-Encoding" in answer.vary
    assert len(answer.data) == int(answer.headers["Content-Length"])


def test_the_length_of_a_personal_page_tells_nothing(app):
    """A comment of random length: the same page is never sure to weigh the same (BREACH)."""
    client = as_member(app, a_world().person)
    lengths = {len(client.get("/perangkat", headers={"Accept-Encoding": "gzip"}).data) for _ in range(40)}
    assert len(lengths) > 5
