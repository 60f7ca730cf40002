"""No other site, and no stale page, can send a form for somebody who is signed in."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import Role, public
from jkn.accounts.models import SignIn
from jkn.members.models import Person
from tests.builders import PIN, a_family, people, post
from tests.crawl import CATALOGUE, FORMS, a_world, as_member, as_staff, contents, fields, reader_of
from tests.offline.test_views import mark_of

ONE_WORLD = True


def token_of(client) -> str:
    """A token of this client's own session, from a page that everybody may open."""
    return fields(client.get("/masuk").text).hidden["csrf_token"]


@pytest.fixture(scope="module")
def anothers_token(app, standing_world):
    return token_of(app.test_client())


def attacks(client, anothers: str) -> Iterator[tuple[str, dict, dict]]:
    """Each kind of forgery with its form and its headers, one after the other."""
    yield "no token", {}, {}
    own = token_of(client)
    yield "a wrong token", {"csrf_token": own[:-4] + "AAAA"}, {}
    yield "another session's token", {"csrf_token": anothers}, {}
    yield "another site", {"csrf_token": own}, {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.any_engine
@pytest.mark.parametrize("route", FORMS, ids=str)
def test_every_forged_form_is_refused_with_a_page_and_changes_nothing(app, route, anothers_token):
    world = a_world()
    client = reader_of(app, world, route)
    before = contents()
    for kind, data, headers in attacks(client, anothers_token):
        answer = client.post(world.address(route), data=data, headers=headers)
        assert answer.status_code == 400, kind
        assert "Formulir ini sudah kedaluwarsa" in answer.text, kind
        assert contents() == before, kind


@pytest.mark.parametrize("route", [route for route in CATALOGUE if route.access == "signature"], ids=str)
def test_only_machines_need_no_token_and_their_doors_open_for_nobody_without_a_signature(app, client, route):
    assert route.url.startswith(("/snap/", "/laporan-kirim/", "/sms/", "/ussd"))
    before = contents()
    answer = client.post(route.at({}), json={})
    assert answer.status_code in (400, 401, 403, 404)
    assert answer.mimetype in ("application/json", "text/plain")
    assert contents() == before


OUTBOX = {"X-Outbox": "1", "Origin": "http://localhost"}
FOREIGN = {
    "no header": {"Origin": "http://localhost"},
    "another header": OUTBOX | {"X-Outbox": "0"},
    "no origin": {"X-Outbox": "1"},
    "a hidden origin": OUTBOX | {"Origin": "null"},
    "another origin": OUTBOX | {"Origin": "http://evil.example"},
    "another port": OUTBOX | {"Origin": "http://localhost:81"},
    "a name that begins alike": OUTBOX | {"Origin": "http://localhost.evil.example"},
    "another site": OUTBOX | {"Sec-Fetch-Site": "cross-site"},
    "a sister site": OUTBOX | {"Sec-Fetch-Site": "same-site"},
}


def outbox_form() -> dict:
    """Well-formed, so that whoever gets in leaves a row."""
    typed = {"c-number": "3578085708800001", "c-category": "money", "c-text": "Halo", "c-code": "12345678"}
    return {"rid": "x" * 24, "kind": "complaint", "age": 1} | typed


def test_the_outbox_is_the_only_form_without_a_token(app):
    exempt = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if hasattr(app.view_functions[rule.endpoint], "comes_from_outbox")
    }
    assert exempt == {"/kader/kirim"}


@pytest.mark.parametrize("kind", FOREIGN)
def test_the_outbox_takes_nothing_from_another_site(app, kind):
    client = as_staff(app, Role.VOLUNTEER)
    before = contents()
    answer = client.post("/kader/kirim", json=outbox_form(), headers=FOREIGN[kind])
    assert answer.status_code == 400
    assert contents() == before


def test_the_outbox_tells_a_visitor_by_status_and_others_that_they_may_not(app):
    member = as_member(app, a_world().person)
    before = contents()
    assert app.test_client().post("/kader/kirim", json=outbox_form(), headers=OUTBOX).status_code == 401
    assert member.post("/kader/kirim", json=outbox_form(), headers=OUTBOX).status_code == 403
    assert contents() == before


def test_an_outbox_that_does_not_ask_where_a_form_comes_from_is_noticed(app, monkeypatch):
    """The broken twin: what another site sends is taken."""
    from jkn import web

    monkeypatch.setattr(web, "refuse_foreign", lambda: None)
    client = as_staff(app, Role.VOLUNTEER)
    form = outbox_form() | {"whose": mark_of(client)}
    answer = client.post("/kader/kirim", json=form, headers=FOREIGN["another origin"])
    assert answer.status_code != 400


def test_nothing_but_get_and_post_comes_in(app):
    methods = {method for route in FORMS for method in route.methods}
    assert methods == {"GET", "POST"}


def test_a_view_without_the_check_is_noticed(another_app):
    """The broken twin: exempt from the token, a forged form gets through."""
    from jkn.web import csrf

    world = a_world()

    @public
    def careless():
        Person.update(name="CHANGED").where(Person.id == world.person.id).execute()
        return "done"

    careless.speaks_for_itself = True
    other = another_app(csrf.exempt(careless))
    before = contents()
    assert other.test_client().post("/careless").status_code == 200
    assert contents() != before


# A page behind the sign-in with a form, and what is typed there.
INTERRUPTED = [
    ("/data-saya/alamat", "address", "JL. MELATI NO. 9"),
    ("/pengaduan", "text", "Obat habis di klinik."),
]


@pytest.mark.parametrize("url, field, typed", INTERRUPTED)
def test_a_sign_in_that_ended_mid_form_comes_back_to_the_filled_form(app, url, field, typed):
    world = a_world()
    client = as_member(app, world.person)
    page = client.get(url)
    if page.status_code == 303:
        url = page.location
    data = fields(client.get(url).text).hidden | {field: typed}
    SignIn.update(revoked_at=clock.now()).execute()
    answer = client.post(url, data=data)
    if answer.status_code == 200:  # open to visitors too: the page stays, with what was typed
        assert typed in answer.text
        return
    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert "tersimpan" in client.get("/masuk").text
    back = post(client, "/masuk", number=world.person.nik, pin=PIN)
    assert (back.status_code, back.location) == (303, url)
    assert typed in client.get(url).text
    assert typed not in client.get(url).text  # once


def test_the_token_of_a_page_left_open_over_a_sign_in_is_refused_with_a_way_on(app):
    world = a_world()
    client = app.test_client()
    stale = token_of(client)
    post(client, "/masuk", number=world.person.nik, pin=PIN)
    answer = client.post("/keluar", data={"csrf_token": stale})
    assert answer.status_code == 400
    assert "<h1>" in answer.text
    assert client.get("/perangkat").status_code == 200


def test_pins_and_codes_are_not_kept_with_the_interrupted_form(app):
    from jkn.drafts.models import Draft

    world = a_world()
    client = as_member(app, world.person)
    client.get("/pin")
    SignIn.update(revoked_at=clock.now()).execute()
    client.post("/pin", data={"pin": "730164", "again": "730164", "note": "halo", "code": "12345678"})
    kept = Draft.get(Draft.purpose == "held").answers
    assert "halo" in kept
    assert "730164" not in kept and "12345678" not in kept


def test_what_one_person_typed_is_not_shown_to_the_next(app):
    """The sign-in ran out at a shared phone; somebody else signs in."""
    world = a_world()
    client = as_member(app, world.person)
    url = "/data-saya/alamat"
    data = fields(client.get(url).text).hidden | {"address": "JL. RAHASIA NO. 9"}
    SignIn.update(revoked_at=clock.now()).execute()
    client.post(url, data=data)
    other = people(a_family())[0]
    from jkn.access import SYSTEM
    from jkn.accounts import service as accounts

    accounts.store_pin(other, accounts.hash_pin(PIN), by=SYSTEM)
    post(client, "/masuk", number=other.nik, pin=PIN)
    assert "RAHASIA" not in client.get(url).text


def test_what_was_sent_after_a_sign_out_is_kept_for_nobody(app):
    """A page left open in a second window: nobody can say any more whose words these are."""
    world = a_world()
    client = as_member(app, world.person)
    url = "/data-saya/alamat"
    data = fields(client.get(url).text).hidden | {"address": "JL. RAHASIA NO. 9"}
    post(client, "/keluar")
    assert client.post(url, data=data).location == "/masuk"
    with client.session_transaction() as session:
        assert "held" not in session


def test_going_back_after_the_sign_in_stays_in_the_house(app):
    """Only our own address, put into the signed cookie by us, is gone back to."""
    world = a_world()
    client = app.test_client()
    for url in ("/perangkat?next=https://evil.example", "//evil.example/perangkat", "/perangkat"):
        client.get(url)
    answer = post(client, "/masuk", number=world.person.nik, pin=PIN)
    assert answer.status_code == 303
    assert re.match(r"/(?!/)", answer.location)
    assert "evil" not in answer.location.split("?")[0]


def test_a_form_that_lacks_a_fresh_proof_comes_back_filled_after_it(app):
    world = a_world()
    client = as_member(app, world.person)
    data = fields(client.get("/data-saya/hp").text).hidden | {"phone": "081234567890"}
    SignIn.update(fresh_until=clock.now()).execute()
    assert client.post("/data-saya/hp", data=data).location == "/masuk/naik"
    SignIn.update(fresh_until=clock.now() + timedelta(minutes=5)).execute()
    assert "081234567890" in client.get("/data-saya/hp").text
