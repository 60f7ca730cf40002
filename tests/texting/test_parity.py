"""One set of services: what web, USSD and SMS do leaves the same rows, and they say the same facts."""

import re
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import service as accounts
from jkn.accounts.models import Account, Grant, GrantBasis
from jkn.assisting import askings
from jkn.complaints import rules as tickets
from jkn.complaints.models import Complaint
from jkn.facilities.models import ClinicChoice
from jkn.members.models import Person
from jkn.permissions import Scope
from tests.assisting.helping import by_of
from tests.builders import PIN, a_family, an_officer, people, post, sign_in
from tests.crawl import a_facility
from tests.texting.conftest import Phone, with_phone

DOORS = ("web", "ussd", "sms")


@pytest.fixture
def three(gates):
    """The same person three times over, each behind a door of their own."""
    a_facility("0301R002")
    found = []
    for number, door in enumerate(DOORS):
        person = with_phone(people(a_family(1))[0], f"+628129876540{number}")
        accounts.store_pin(person, accounts.hash_pin(PIN), by=SYSTEM)
        code = accounts.issue_sheet(person, SYSTEM)[0]
        found.append((door, Person.get_by_id(person.id), Phone(gates.test_client(), person.phone), code))
    return found


def test_a_clinic_chosen(gates, three):
    for door, person, phone, code in three:
        if door == "web":
            post(sign_in(gates, person), f"/faskes/ganti/{person.id}/0301R002", pin=PIN)
        elif door == "ussd":
            phone.dial("4", "0301R002", code)
        else:
            phone.text(f"FASKES 0301R002 {code}")
    rows = [ClinicChoice.get(ClinicChoice.person == person) for _door, person, _phone, _code in three]
    assert len({(row.facility_code, row.since) for row in rows}) == 1


def test_a_complaint_filed(gates, three):
    for door, person, phone, _code in three:
        if door == "web":
            post(sign_in(gates, person), "/pengaduan", category="question", text="Antrean lama", contact="")
        elif door == "ussd":
            phone.dial("5", "Antrean lama")
        else:
            phone.text("ADU Antrean lama")
    rows = list(Complaint.select().order_by(Complaint.id))
    assert [row.person_id for row in rows] == [person.id for _door, person, _phone, _code in three]
    assert len({(row.category, row.text, row.stage, row.due_on) for row in rows}) == 1


def test_an_account_stopped(gates, three):
    for door, person, phone, _code in three:
        if door == "web":
            born = {"born-d": "17", "born-m": "8", "born-y": "1980"}
            post(gates.test_client(), "/blokir", number=person.card, **born)
        elif door == "ussd":
            phone.dial("7", person.card, "17081980")
        else:
            phone.text(f"BLOKIR {person.card} 17081980")
    assert Account.select().where(Account.stopped_at.is_null(False)).count() == 3


def test_a_language_chosen(gates, three):
    for door, person, phone, _code in three:
        if door == "web":
            post(sign_in(gates, person), "/bahasa", language="en")
        elif door == "ussd":
            phone.dial("8", "2")
        else:
            phone.text("BAHASA EN")
    assert {person.language for person in Person.select().where(Person.phone_hash.is_null(False))} == {"en"}


def test_a_volunteer_allowed_to_help(gates, three):
    kader = an_officer(Role.VOLUNTEER, "tini")
    kader.person = people(a_family(1))[0]
    kader.save()
    for door, person, phone, _code in three:
        asking = askings.ask(person.nik, [Scope.STATUS], 15, door, by_of(kader))
        if door == "web":
            post(sign_in(gates, person), "/wakil/izin", which=asking.id, answer="yes", pin=PIN)
        elif door == "ussd":
            phone.dial("0", asking.word, "1")
        else:
            code = re.search(r"IZIN \d{4} (\d{4})", phone.text(f"IZIN {asking.word}"))[1]
            phone.text(f"IZIN {asking.word} {code}")
    grants = list(Grant.select().order_by(Grant.id))
    assert [grant.person_id for grant in grants] == [person.id for _door, person, _phone, _code in three]
    assert len({(each.scopes, each.until - each.since, each.holder_officer_id) for each in grants}) == 1


def test_every_right_taken_back(gates, three):
    holder = people(a_family(1))[0]
    for door, person, phone, _code in three:
        grant = Grant.create(
            person=person,
            holder=holder,
            scopes="status",
            basis=GrantBasis.NAMED,
            key=door,
            until=clock.now() + timedelta(days=9),
        )
        if door == "web":
            post(sign_in(gates, person), f"/wakil/{grant.id}")
        elif door == "ussd":
            phone.dial("9")
        else:
            phone.text("BATAL")
    assert Grant.select().where(Grant.revoked_at.is_null(False)).count() == 3


def test_the_same_pot_and_the_same_complaint_read_through_every_door(gates, three):
    _door, person, _phone, _code = three[0]
    phone, web = Phone(gates.test_client(), person.phone), sign_in(gates, person)
    saved = re.search(r"Rp[\d.]*\d", web.get("/celengan").text)[0]
    assert saved in phone.dial("3") and saved in phone.text("CELENGAN")
    phone.text("ADU Antrean lama")
    ticket = tickets.show_ticket(Complaint.get().ticket)
    for said in (phone.dial("6", ticket), phone.text(f"ADU? {ticket}")):
        assert ticket in said and "diterima" in said


def test_the_same_bill_read_through_every_door(gates, three):
    _door, person, _phone, _code = three[0]
    phone = Phone(gates.test_client(), person.phone)
    web = sign_in(gates, person).get("/bayar/saya").text
    amount = re.search(r"Rp[\d.]+\d", web)[0]
    va = re.search(r"88888\d{11}", re.sub(r"(?<=\d) (?=\d)", "", web))[0]
    for said in (phone.dial("2"), phone.text("TAGIHAN")):
        assert amount in said and va in said


def test_the_same_verdict_through_every_door(gates, three):
    _door, person, _phone, _code = three[0]
    phone = Phone(gates.test_client(), person.phone)
    served = (
        "TIDAK" not in re.search(r'class="v[^"]*"><b>(.*?)</b>', sign_in(gates, person).get("/status").text)[1].upper()
    )
    for said in (phone.dial("1"), phone.text("STATUS")):
        assert ("TIDAK AKTIF" not in said) == served
