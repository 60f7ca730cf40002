"""Whatever is sent to a form, a person reads a clear sentence and finds what they typed: never a stack trace."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.db import db
from tests.builders import PIN
from tests.crawl import FORMS, OWNED, PAGES, a_world, fields, reader, reader_of
from tests.registration.conftest import Card, a_village

ONE_WORLD = True

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"
HOSTILE = {
    "nothing": "",
    "spaces": " \t\r\n ",
    "script": SCRIPT,
    "a null byte": "a\0b",
    "an escape": "\x1b[31m\x7f\x08",
    "long": "9" * 5_000,
    "very long words": "kata " * 4_000,
    "other digits": "３５７８٠٨",
    "emoji and right to left": "👩‍👩‍👧‍👦 \u202eabc",
    "half a pair": "\ud800",
    "sql": "'; DROP TABLE person; --",
    "a template": "{{ 7 * 7 }}{% raw %}%(name)s",
    "a minus": "-1",
    "a huge number": "9" * 30,
    "a huge negative number": "-" + "9" * 30,
    "a fraction": "1e400",
    "a path": "../../etc/passwd",
    "a header": "x\r\nSet-Cookie: a=b",
}
STEPS = {
    "/daftar": {"agree": "y"},
    "/daftar/majikan": {"employer": "no"},
    "/daftar/kelas": {"care_class": "3"},
    "/daftar/autodebit": {"autodebit": "later"},
    "/daftar/faskes": {"clinic": "13010001"},
    "/daftar/pin": {"pin": PIN, "again": PIN},
}
# Steps that a family may pass by, and where somebody who came so far may look.
BESIDE = {"/daftar/majikan": "/daftar/kelas", "/daftar/faskes/<int:number>": "/daftar/ringkasan"}


def a_joiner(app, until: str):
    """A visitor who has come as far as a page of joining."""
    a_village()
    client, card, here = app.test_client(), Card(), "/daftar"
    answers = STEPS | {"/daftar/keluarga": card.typed()}
    for _ in range(12):
        if here == until:
            break
        page = fields(client.get(here).text)
        here = client.post(here, data=page.hidden | _checked(client, here) | answers.get(here, {})).location or here
    return client


def _checked(client, url: str) -> dict:
    """What is ticked already on a page: everybody joins."""
    html = client.get(url).text
    return dict(re.findall(r'<input checked[^>]*name="([^"]+)"[^>]*value="([^"]+)"', html))


def somebody_at(app, world, route):
    """A client in front of the form, and the form's address."""
    if route.url.startswith("/daftar") and route.url not in ("/daftar/lanjut", "/daftar/lembar"):
        return a_joiner(app, BESIDE.get(route.url, route.url)), world.address(route)
    return reader_of(app, world, route), world.address(route)


def is_calm(answer) -> None:
    """No fault of ours, and nothing of a fault on the page."""
    assert answer.status_code < 500
    text = answer.get_data().decode("utf-8")
    assert "Traceback" not in text and "Error:" not in text
    assert not re.search(r"<script(?! type=\"module\" src=\"/s/(?:htmx|outbox))|<img src=x", text)
    assert "\0" not in text
    assert "a=b" not in answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("route", FORMS, ids=str)
def test_hostile_input_in_every_field_of_every_form(app, route):
    world = a_world()
    client, url = somebody_at(app, world, route)
    form = fields(client.get(url).text)
    for kind, text in HOSTILE.items():
        data = form.hidden | dict.fromkeys(form.typed, text)
        if "csrf_token" not in data:
            data |= fields(client.get("/masuk").text).hidden
        if kind == "half a pair":
            data = {name: value.encode("utf-8", "surrogatepass") for name, value in data.items()}
        shown = client.post(url, data=data)
        is_calm(shown)
        if kind != "half a pair" and (ours := {"key", "seen"} & data.keys()):
            shown = client.post(url, data=data | dict.fromkeys(ours, text))
            is_calm(shown)
        again = fields(shown.text)
        form = again if set(again.typed) == set(form.typed) else fields(client.get(url).text)


@pytest.mark.parametrize("route", FORMS, ids=str)
def test_bytes_that_are_no_text_are_no_fault(app, route):
    world = a_world()
    client, url = somebody_at(app, world, route)
    form = fields(client.get(url).text)
    token = form.hidden.get("csrf_token") or fields(client.get("/masuk").text).hidden["csrf_token"]
    names = form.typed or ["x"]
    body = f"csrf_token={token}&".encode() + b"&".join(name.encode() + b"=%ff%fe%00\xff" for name in names)
    is_calm(client.post(url, data=body, content_type="application/x-www-form-urlencoded"))
    is_calm(client.post(url, data=b"\xff\xfe{", content_type="application/json"))
    is_calm(client.post(url, data=b"--x\r\nbroken", content_type="multipart/form-data; boundary=x"))


@pytest.mark.any_engine
@pytest.mark.parametrize("route", FORMS, ids=str)
def test_a_body_above_the_limit_gets_a_page(app, route):
    world = a_world()
    client = reader_of(app, world, route)
    answer = client.post(world.address(route), data={"text": "x" * 140_000})
    assert answer.status_code == 413
    assert "<h1>" in answer.text


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_hostile_words_behind_the_question_mark(app, route):
    world = a_world()
    client = reader_of(app, world, route)
    for text in HOSTILE.values():
        if text == HOSTILE["half a pair"]:
            continue
        names = ("q", "place", "desa", "jenis", "dari", "sebelum", "mulai", "bulan", "tampil", "klinik", "next")
        names += ("segmen", "kelas", "jiwa", "upah", "keluarga_tambahan", "batas_bawah", "sejak", "tanggal", "biaya")
        names += ("bulan_tunggakan", "angsuran", "alih")
        is_calm(client.get(world.address(route), query_string=dict.fromkeys(names, text[:500])))
    is_calm(client.get(world.address(route) + "?q=%ff%00&sebelum=%ff&dari=%00"))


@pytest.mark.parametrize("route", OWNED, ids=str)
@pytest.mark.parametrize("value", ["0", "-1", "9" * 19, "9" * 30, "1.0", "x", "%00", "1%00", "१"])
def test_strange_numbers_in_an_address(app, route, value):
    world = a_world()
    name = route.object.lower() + "_id"
    address = re.sub(rf"<(?:\w+:)?{name}>", value, route.url)
    client = reader_of(app, world, route)
    answer = client.get(re.sub(r"<[^>]+>", "0301R001", address))
    assert answer.status_code == 404


LOOK_UPS = ("/masuk", "/cek", "/bayar", "/pengaduan/lacak", "/daftar/lanjut", "/masuk/kode", "/petugas/masuk")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), url=st.sampled_from(LOOK_UPS))
def test_any_text_in_a_look_up(app, text, url):
    client = app.test_client()
    form = fields(client.get(url).text)
    is_calm(client.post(url, data=form.hidden | {name: text.encode("utf-8", "surrogatepass") for name in form.typed}))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headers=st.dictionaries(
        st.sampled_from(
            ["Cookie", "Accept-Language", "Accept-Encoding", "Save-Data", "HX-Request", "HX-Target", "Referer"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80),
    )
)
def test_any_header(app, headers):
    client = app.test_client(use_cookies=False)
    for url in ("/", "/masuk", "/faskes", "/kios/masih"):
        assert client.get(url, headers=headers).status_code < 400 or url == "/"


def test_what_was_typed_stays_and_is_escaped(app):
    world = a_world()
    client = reader(app, "visitor")
    form = fields(client.get("/pengaduan").text)
    answer = client.post("/pengaduan", data=form.hidden | {"text": SCRIPT, "contact": "budi & siti"})
    assert "&lt;script&gt;" in answer.text
    assert "budi &amp; siti" in answer.text
    assert world.canaries["name"] not in answer.text


def test_a_complaint_full_of_markup_is_shown_as_words_to_everybody(app):
    from jkn.access import Actor, Role
    from jkn.complaints import service as complaints
    from jkn.complaints.models import Category

    world = a_world()
    by = Actor(person_id=world.person.id, family_id=world.family.id, role=Role.MEMBER)
    filed = complaints.file(key="k2", category=Category.IDEA, text=SCRIPT, place=SCRIPT[:90], contact=SCRIPT, by=by)
    for client, url in (
        (reader(app, "officer"), f"/petugas/pengaduan/{filed.id}"),
        (reader(app, "officer"), "/petugas/pengaduan"),
    ):
        is_calm(client.get(url))


def test_the_tables_are_still_there(app):
    a_world()
    assert len(db.get_tables()) > 30
