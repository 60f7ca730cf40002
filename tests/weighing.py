"""Every page as it goes over the wire: its bytes, its script, the fragments that htmx would fetch from it."""

import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

import brotli
from flask import Flask
from flask.testing import FlaskClient

from jkn import clock
from jkn.access import Actor, Role
from jkn.collecting.models import Charge, ChargeKind, Mandate, Outcome
from jkn.complaints import service as complaints
from jkn.complaints.models import Category
from jkn.contributions import service as contributions
from jkn.contributions.models import Bill
from jkn.facilities import service as facilities
from jkn.members import service as members
from jkn.members.models import Stay
from jkn.notices import service as notices
from jkn.payments.models import Payment
from tests.builders import PIN, a_family, pay_in, people, post
from tests.crawl import (
    PAGES,
    World,
    a_cash,
    a_form_that_waits,
    a_missed_payment,
    a_penalty,
    a_plan,
    a_right,
    a_world,
    as_member,
    as_member_at_kiosk,
    fields,
    reader_of,
)
from tests.facilities.places import load_facilities
from tests.registration.conftest import Card

# What the server adds to every answer, and how the body is packed; here it is not.
ADDED = len("HTTP/1.1 200 OK\r\nserver: granian\r\ndate: Thu, 15 Jan 2026 03:00:00 GMT\r\ncontent-encoding: br\r\n\r\n")
PADDING = re.compile(rb"<!--[0-9a-f]*-->$")
# What the table of routes does not say: the same pages once somebody has asked them something.
ASKED = ("/faskes?q=gubeng", "/faskes?q=klinik", "/faskes/desa?q=gubeng", "/pengaduan?place=gubeng", "/tidak-ada")
ASKED += (
    "/hitung/iuran?segmen=PPU&upah=15000000&keluarga_tambahan=1&batas_bawah=4200479.19",
    "/hitung/tunggakan?kelas=3&jiwa=4&sejak=2018-10&tanggal=2020-06-15",
    "/hitung/denda?biaya=10000000&bulan=15",
    "/hitung/cicilan?kelas=1&bulan_tunggakan=24&alih=1",
    "/aturan/arrears_cap",
)
TYPED = "gubeng"
# What a family answers at each step of joining; what finds it in the registry comes from its card.
JOINING = {
    "/daftar": {"agree": "y"},
    "/daftar/majikan": {"employer": "no"},
    "/daftar/anggota": {},
    "/daftar/kelas": {"care_class": "3"},
    "/daftar/autodebit": {"autodebit": "later"},
    "/daftar/faskes": {"clinic": "0217B005"},
    "/daftar/kontak": {"phone": "", "email": ""},
    "/daftar/pin": {"pin": PIN, "again": PIN},
    "/daftar/ringkasan": {},
}


@dataclass(frozen=True)
class Weighed:
    """One answer. `who` got it; of a fragment also the id it was asked by."""

    url: str
    who: str
    status: int
    headers: int
    sets_cookie: bool
    body: bytes = field(repr=False)
    fragment: str = ""
    policy: str = ""
    mimetype: str = "text/html"

    def __str__(self) -> str:
        return f"{self.url}{'#' if self.fragment else ''}{self.fragment} ({self.who})"

    @property
    def is_for_members(self) -> bool:
        """Not for staff, and not on a kiosk's large screen."""
        return self.who in ("visitor", "member", "large family") and not self.url.startswith(("/petugas", "/kios"))

    @property
    def raw(self) -> int:
        return len(self.body)

    @cached_property
    def gzip(self) -> int:
        return len(gzip.compress(self.body, 6, mtime=0))

    @cached_property
    def brotli(self) -> int:
        return len(brotli.compress(self.body, quality=5))

    @property
    def html(self) -> str:
        return self.body.decode()

    @cached_property
    def tags(self) -> list[tuple[str, dict]]:
        return fields(self.html).tags

    @property
    def style(self) -> str:
        return "".join(re.findall("<style>(.*?)</style>", self.html, re.DOTALL))

    @property
    def scripts(self) -> list[dict]:
        return [attributes for tag, attributes in self.tags if tag == "script"]

    @property
    def has_htmx(self) -> bool:
        return any("data-hx-get" in attributes for _tag, attributes in self.tags)


def get(client: FlaskClient, url: str, who: str, fragment: str = "", **headers) -> Weighed:
    """The page as a browser gets it that takes no compression; the padding against BREACH at its mean length."""
    if fragment:
        headers |= {"HX-Request": "true", "HX-Target": fragment}
    answer = client.get(url, headers={"Accept-Encoding": "identity", **headers})
    return Weighed(
        url=url,
        who=who,
        status=answer.status_code,
        headers=header_bytes(answer),
        sets_cookie="Set-Cookie" in answer.headers,
        body=PADDING.sub(b"<!--0123456789abcdef-->", answer.data),
        fragment=fragment,
        policy=answer.headers.get("Content-Security-Policy", ""),
        mimetype=answer.mimetype,
    )


def header_bytes(answer) -> int:
    """Status line and headers as HTTP/1.1 sends them, with the line that says how the body is packed."""
    return ADDED + sum(len(f"{name}: {value}\r\n".encode()) for name, value in answer.headers)


def weigh(app: Flask) -> list[Weighed]:
    """Every page that the table of routes names, as those see it who may, and every fragment; redirects left out."""
    load_facilities()
    world, large = a_world(), a_large_world()
    found = list(_joining(app))
    for route in PAGES:
        who = "visitor" if route.role is None else str(route.role)
        client = _member(app, world) if route.role == Role.MEMBER else reader_of(app, world, route)
        found += _with_fragments(client, [world.address(route)], who)
        if route.access == "public":
            found += _with_fragments(_member(app, world), [world.address(route)], "member")
        elif route.role == Role.MEMBER:
            found += _with_fragments(_member(app, large), [large.address(route)], "large family")
    found += _with_fragments(app.test_client(), ASKED, "visitor")
    found += _with_fragments(_member(app, world), ASKED, "member")
    at_kiosk = as_member_at_kiosk(app, world.person)
    found += _with_fragments(at_kiosk, [world.address(route) for route in PAGES if route.role == Role.MEMBER], "kiosk")
    unique = {str(one): one for one in found if one.status not in (302, 303) and one.mimetype == "text/html"}
    return list(unique.values())


def a_large_world() -> World:
    """A family of eight that has a year of bills, some paid, and complaints, notices and receipts of its own."""
    family = a_family(8, liable_from=date(2025, 1, 1))
    person, payer = people(family)[0], members.payer_of(family.id)
    by = Actor(person_id=person.id, family_id=family.id, role=Role.MEMBER)
    for month in range(1, 13):
        contributions.issue_bills(date(2025, month, 1))
    for number in range(8):
        complaint = complaints.file(key=f"large-{number}", category=Category.CLINIC, text="Antre lama. " * 20, by=by)
        notices.tell(person, "pin_changed", f"large-{number}", day="2026-01-15")
        payment = Payment.create(
            payer=payer,
            family_id=family.id,
            number=f"{number:012}",
            amount=280_000,
            paid_on=date(2025, number + 1, 9),
            paid_at=clock.now(),
            via="Bank Contoh",
            reference=f"large-{number}",
            source=f"large-{number}",
            months=[f"2025-{number + 1:02}"],
        )
    mandate = Mandate.create(
        payer=payer,
        family_id=family.id,
        person=person,
        provider="dompet",
        key="large",
        state="large",
        device="large",
        label="0812****5401",
        bound_at=clock.now(),
    )
    for number in range(12):
        Charge.create(
            payer=payer,
            family_id=family.id,
            mandate=mandate,
            provider="dompet",
            kind=ChargeKind.DEBIT,
            slot=f"debit:{number}",
            reference=f"LARGE{number}",
            amount=280_000,
            day=date(2025, number + 1, 5),
            valid_until=clock.now(),
            outcome=Outcome.PAID,
            payment=payment,
        )
    for one in people(family):
        facilities.choose_first(one, "0217B005", date(2025, 6, 1), by)
    penalty = a_penalty(person, payer)
    pay_in(payer, 1_000, clock.today(), "large")
    claim, difference, refund = a_missed_payment(person, payer, payment)
    objects = {
        "penalty_id": penalty.id,
        "admission_id": penalty.admission_id,
        "person_id": person.id,
        "stay_id": Stay.get(Stay.person == person).id,
        "bill_id": Bill.get(Bill.family_id == family.id).id,
        "plan_id": a_plan(payer).id,
        "payment_id": payment.id,
        "complaint_id": complaint.id,
        "mandate_id": mandate.id,
        "claim_id": claim,
        "difference_id": difference,
        "refund_id": refund,
        "cash_id": a_cash(person, payer).id,
        "grant_id": [a_right(person, one) for one in people(family)[1:]][0].id,
        "offline_form_id": [a_form_that_waits(person, turn) for turn in range(5)][0].id,
    }
    return World(family, person, {}, objects)


def _joining(app: Flask) -> Iterator[Weighed]:
    """The pages of joining, each as a family meets it on its way."""
    client, card, here = app.test_client(), Card(), "/daftar"
    answers = JOINING | {"/daftar/keluarga": card.typed()}
    while here in answers:
        yield from _with_fragments(client, [here], "visitor")
        here = post(client, here, **answers[here]).location
    yield from _with_fragments(client, [here, "/daftar/lembar"], "visitor")


def _member(app: Flask, world: World) -> FlaskClient:
    """Signed in as the sign-in page does it: the cookie is kept, and holds the forms' token already."""
    client = as_member(app, world.person)
    with client.session_transaction() as session:
        session.permanent, session["csrf_token"] = True, "a" * 22
    return client


def _with_fragments(client: FlaskClient, urls: Iterable[str], who: str) -> Iterator[Weighed]:
    for url in urls:
        whole = get(client, url, who)
        yield whole
        for address, fragment in dict.fromkeys(asks_for(whole.tags)):
            yield get(client, address, who, fragment)


def asks_for(tags: list[tuple[str, dict]]) -> Iterator[tuple[str, str]]:
    """(address, id) of each fragment that htmx would fetch from the page."""
    for _tag, attributes in tags:
        if address := attributes.get("data-hx-get"):
            name = attributes.get("name")
            if name and "value" in attributes and attributes.get("type") in ("radio", "checkbox"):
                address += f"?{urlencode({name: attributes['value']})}"
            elif name:
                address += f"?{urlencode({name: TYPED})}"
            yield address, attributes.get("data-hx-target", "").removeprefix("#")
