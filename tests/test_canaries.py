"""The canary sweep: a family with a word of its own in every personal field, and everybody who may not see it."""

import logging
import re

import pytest

from jkn.access import Role
from jkn.commands import all_models
from jkn.db import db
from jkn.sealed import SealedField
from tests.builders import post
from tests.canaries import but, found_in, hits
from tests.crawl import PAGES, READERS, a_new_world, a_world, as_kiosk, as_member, as_staff, may, reader, reader_of
from tests.kiosks.keys import sign_in_by_keys

ONE_WORLD = True

# What people who serve others see of the family in their work, by page; of everything else not a letter.
SEEN_AT_WORK = {
    "/petugas/majikan/<int:employer_id>": ("name",),  # a worker of the list
    "/petugas/pekerja/<int:worker_id>": ("name",),
    "/petugas/pekerja/<int:worker_id>/selesai": ("name",),
    "/petugas/denda": ("name",),
    "/petugas/denda/<int:penalty_id>": ("name",),
    "/petugas/rawat-inap": ("name",),
    "/petugas/rawat-inap/<int:admission_id>": ("name",),
    "/petugas/pengaduan": ("name", "ticket"),
    "/petugas/pengaduan/<int:complaint_id>": ("name", "ticket", "complaint", "contact"),
    "/petugas/slip/<int:person_id>": ("name",),
    "/petugas/slip/cetak/<int:slip_id>": ("name",),
    "/petugas/pembayaran": ("receipt",),
    "/petugas/pengembalian/<int:refund_id>": ("name", "bank account"),
    "/petugas/surat/<int:letter_batch_id>": ("name", "mailing"),
}
# Which numbers the family's own pages show in full, because people copy them there.
OWN_NUMBERS = {
    "/data-saya": ("email",),
    "/data-saya/email": ("email",),
    "/bayar/saya": ("card",),  # the virtual account is made of it
}


@pytest.mark.parametrize("kind", READERS)
def test_nobody_else_sees_a_letter_of_a_family(app, kind, caplog):
    world = a_world()
    client = reader(app, kind)
    leaks = []
    with caplog.at_level(logging.DEBUG):
        for route in PAGES:
            answer = client.get(world.address(route))
            works_there = kind in list(Role) and route.shows == "staff" and may(Role(kind), route.access)
            allowed = SEEN_AT_WORK.get(route.url, ()) if works_there else ()
            leaks += [(route.url, name) for name in found_in(answer, but(world, *allowed))]
    assert leaks == []
    assert hits(no_sql(caplog), world.canaries) == []


def no_sql(caplog) -> str:
    """What was logged, less peewee's debug lines: those are off outside tests."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "peewee")


@pytest.mark.any_engine
@pytest.mark.parametrize("route", [route for route in PAGES if route.shows == "-"], ids=str)
def test_a_page_about_nobody_shows_nobody_even_to_themselves(app, route):
    world = a_world()
    answer = as_member(app, world.person).get(world.address(route))
    assert found_in(answer, world.canaries) == []


@pytest.mark.any_engine
@pytest.mark.parametrize("route", [route for route in PAGES if route.shows == "own"], ids=str)
def test_numbers_are_masked_on_the_familys_own_pages_too(app, route):
    """Somebody looks over the shoulder: 13 and 16 digits in full only after "show"."""
    world = a_world()
    answer = as_member(app, world.person).get(world.address(route))
    secret = {name: world.canaries[name] for name in ("nik", "kk", "card", "phone", "email", "contact")}
    assert [name for name in found_in(answer, secret) if name not in OWN_NUMBERS.get(route.url, ())] == []
    if "card" not in OWN_NUMBERS.get(route.url, ()):
        assert re.findall(r"\b\d{13}\b|\b\d{16}\b", answer.text) == []


@pytest.mark.any_engine
@pytest.mark.parametrize("route", PAGES, ids=str)
def test_no_page_links_to_an_address_that_holds_a_number(app, route):
    world = a_world()
    html = reader_of(app, world, route).get(world.address(route)).text
    addresses = re.findall(r'(?:href|action|src|data-hx-get)="([^"]*)"', html)
    # a QR code is a picture; the rest of an address has no place for a NIK, card or phone
    plain = [address for address in addresses if not address.startswith("data:")]
    assert hits(" ".join(plain), {name: world.canaries[name] for name in ("nik", "kk", "card", "phone", "name")}) == []
    assert [address for address in plain if re.search(r"\d{10,}", address)] == []


LEAKED = ("nik", "card", "kk", "phone", "name")


@pytest.mark.parametrize("url, field", [("/cek", "nik"), ("/bayar", "number"), ("/masuk", "number")])
def test_whoever_knows_the_leaked_numbers_learns_nothing_more(app, url, field):
    """Typed numbers may come back on the page; names stay masked and nothing else is told."""
    world = a_world()
    born = {"born-d": "17", "born-m": "8", "born-y": "1980"}
    client = app.test_client()
    for typed in ("nik", "card"):
        number = world.canaries[typed]
        answer = post(client, url, **{field: number, "pin": "295817"} | born)
        if answer.status_code == 303:
            assert hits(answer.location, world.canaries) == []
            answer = client.get(answer.location)
        assert found_in(answer, but(world, "nik", "card")) == []


def test_registering_a_family_that_is_in_the_scheme_tells_nothing_of_it(app):
    world = a_world()
    client = app.test_client()
    post(client, "/daftar", agree="y", consent="y", agreed="y")
    typed = {"kk": world.canaries["kk"], "nik": world.canaries["nik"], "born-d": "17", "born-m": "8", "born-y": "1980"}
    answer = post(client, "/daftar/keluarga", **typed)
    page = client.get(answer.location) if answer.status_code == 303 else answer
    assert found_in(page, but(world, "nik", "kk")) == []


@pytest.mark.parametrize("url", ["/masuk", "/masuk/kode", "/cek", "/bayar", "/daftar/keluarga", "/pengaduan/lacak"])
def test_what_was_typed_never_stands_in_an_address(app, url):
    world = a_world()
    names = ("number", "nik", "kk", "ticket", "code", "pin", "again")
    typed = dict.fromkeys(names, world.canaries["nik"])
    answer = post(app.test_client(), url, **typed)
    assert hits(answer.headers.get("Location", ""), world.canaries) == []


def test_a_fault_logs_its_place_and_not_its_words(another_app, caplog):
    from jkn.access import public

    world = a_world()

    @public
    def breaks():
        raise ValueError(f"no bill for {world.canaries['nik']} {world.canaries['name']}")

    other = another_app(breaks)
    answer = other.test_client().get("/breaks")
    assert answer.status_code == 500
    assert "ValueError" in no_sql(caplog)
    assert hits(no_sql(caplog), world.canaries) == []
    assert found_in(answer, world.canaries) == []


SEALED = ("nik", "kk", "phone", "email", "complaint", "contact", "ticket")


def test_no_row_of_the_database_holds_a_sealed_word(app):
    world = a_world()
    post(app.test_client(), "/data-saya/alamat", mailing_address="Keluhankanari")
    dump = []
    for model in all_models():
        for row in db.execute_sql(f'SELECT * FROM "{model._meta.table_name}"').fetchall():
            dump += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    everything = "\n".join(dump)
    assert hits(everything, {name: world.canaries[name] for name in SEALED}) == []
    assert hits(everything, {"address": world.canaries["address"]}) == ["address"]  # so that the search finds


def test_the_files_on_disk_hold_no_sealed_word(own_database, engine, tmp_path):
    """The database file, its log and whatever else lies beside it."""
    if engine != "sqlite":
        pytest.skip("the rows of Postgres are searched in the test above")
    world = a_new_world()
    db.close_all()
    stored = "".join(path.read_bytes().decode("latin-1") for path in tmp_path.iterdir() if path.is_file())
    assert hits(stored, {"address": world.canaries["address"]}) == ["address"]
    assert hits(stored, {name: world.canaries[name] for name in SEALED}) == []


def test_every_personal_column_is_sealed():
    """Names and addresses are searched by officers; the columns that lead elsewhere are not in clear."""
    personal = {"nik", "kk", "phone", "email", "contact", "totp"}
    fields = [field for model in all_models() for field in model._meta.sorted_fields if field.name in personal]
    public = {"office", "facility"}  # whose telephone numbers are for everybody
    in_clear = [
        str(field)
        for field in fields
        if not isinstance(field, SealedField) and field.model._meta.table_name not in public
    ]
    assert len(fields) > 4
    assert in_clear == []


def test_the_sweep_finds_a_word_however_it_is_written(app):
    world = a_world()
    nik = world.canaries["nik"]
    for text in (nik, f"{nik[:4]} {nik[4:8]} {nik[8:12]} {nik[12:]}", "%2F" + "".join(f"%3{d}" for d in nik)):
        assert hits(text, world.canaries) == ["nik"]
    assert hits("kanariwati", world.canaries) == ["name"]
    assert hits("K********* S*******", world.canaries) == []


def test_the_audit_log_shows_acts_and_no_canary(app):
    world = a_world()
    as_staff(app, Role.OFFICER).get(f"/petugas/slip/{world.person.id}")
    answer = as_staff(app, Role.AUDITOR).get("/petugas/audit")
    assert "data:seen" in answer.text
    assert found_in(answer, world.canaries) == []


def test_a_kiosk_keeps_nothing_of_the_person_before(app):
    """Signed in, looked around, signed out: the next one at the same device sees no letter of it."""
    world = a_world()
    client = as_kiosk(app)
    sign_in_by_keys(client, world.person)
    assert found_in(client.get("/kartu"), world.canaries)
    post(client, "/keluar")
    leaks = [
        (route.url, found) for route in PAGES if (found := found_in(client.get(world.address(route)), world.canaries))
    ]
    assert leaks == []
