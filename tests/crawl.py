"""Every way in, in one table, and those who walk through them: the ground on which the machines stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient

from jkn import clock
from jkn.access import SYSTEM, Actor, Can, Level, Role, allowed
from jkn.accounts import service as accounts
from jkn.accounts import sheets
from jkn.accounts.models import Grant, GrantBasis, SignIn
from jkn.accounts.officers import PASSWORD_LENGTH, create_officer
from jkn.assisting.models import Asking, SlipRequest
from jkn.cash import service as cash
from jkn.cash.models import Cash
from jkn.collecting.models import Charge, ChargeKind, ChargeReference, Mandate, Outcome, PayLink
from jkn.commands import all_models
from jkn.complaints import service as complaints
from jkn.complaints.models import Category
from jkn.contributions import holds, issuing_others
from jkn.contributions import service as contributions
from jkn.contributions.course import Step
from jkn.contributions.models import Bill, Hold
from jkn.db import BaseModel, db
from jkn.delivering import letters
from jkn.delivering.models import LetterBatch
from jkn.employers.models import Employer, Worker
from jkn.facilities.models import Facility, Section, Tier
from jkn.instalments.models import Plan, Variant
from jkn.kiosks.models import Kiosk
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Family, Payer, PayerKind, Person, Segment, Stay
from jkn.money import Rupiah
from jkn.notices import service as notices
from jkn.notices.models import Notice, State
from jkn.numbers import va_of
from jkn.offline.models import Kind, OfflineForm
from jkn.offline.models import State as Offline
from jkn.payments import account_numbers
from jkn.payments.models import Partner, Payment, Purpose
from jkn.penalties.models import Admission, Care, Penalty
from jkn.reconciliation import claiming, refunding
from jkn.reconciliation.models import Claim, Difference
from jkn.reconciliation.rules import Ground
from jkn.reconciliation.rules import Outcome as Found
from jkn.statements import service as statements
from tests.builders import PIN, a_family, people

# access   public, or the permission that the view needs; signature: machines prove themselves
# object   the table whose row the address names; - when it names nobody's
# shows    whose data may stand there: - nobody's, own the reader's, staff: other people's, for those who serve them
ROUTES = """
url                                    access             methods                    object     shows
/                                      public             GET                        -          own
/akses                                 touches:see        GET                        -          own
/aturan                                public             GET                        -          -
/aturan/<table>                        public             GET                        -          -
/autodebit                             autodebit:manage   GET POST                   -          own
/autodebit/<int:mandate_id>            autodebit:manage   GET POST                   Mandate    own
/autodebit/kembali                     autodebit:manage   GET POST                   -          own
/b/<token>                             public             GET POST                   -          -
/bahasa                                public             GET POST                   -          -
/bantuan                               public             GET                        -          -
/bayar                                 public             GET POST                   -          -
/bayar/bagikan                         bills:see          GET POST                   -          own
/bayar/dompet                          public             GET POST                   -          -
/bayar/lapor                           public             GET POST                   -          -
/bayar/lapor/<int:claim_id>            payments:claim     GET                        Claim      own
/bayar/lapor/kode                      public             GET                        -          -
/bayar/lapor/lacak                     public             GET POST                   -          -
/bayar/saya                            bills:see          GET                        -          own
/bayar/saya/dompet                     bills:see          GET POST                   -          own
/bayar/tautan/<token>                  public             GET                        -          -
/cek                                   public             GET POST                   -          -
/blokir                                public             GET POST                   -          -
/blokir/selesai                        public             GET                        -          -
/celengan                              pot:open           GET POST                   -          own
/cicilan                               bills:see          GET                        -          own
/cicilan/<int:number>/ikut             plan:join          GET POST                   -          own
/cicilan/<int:plan_id>/batal           plan:join          GET POST                   Plan       own
/cicilan/<int:plan_id>/perjanjian      bills:see          GET                        Plan       own
/daftar                                public             GET POST                   -          -
/daftar/anggota                        public             GET POST                   -          -
/daftar/autodebit                      public             GET POST                   -          -
/daftar/faskes                         public             GET POST                   -          -
/daftar/faskes/<int:number>            public             GET POST                   -          -
/daftar/kelas                          public             GET POST                   -          -
/daftar/keluarga                       public             GET POST                   -          -
/daftar/kontak                         public             GET POST                   -          -
/daftar/lanjut                         public             GET POST                   -          -
/daftar/lembar                         public             GET POST                   -          -
/daftar/majikan                        public             GET POST                   -          -
/daftar/pin                            public             GET POST                   -          -
/daftar/ringkasan                      public             GET POST                   -          -
/daftar/selesai                        public             GET                        -          -
/daftar/surat-majikan                  public             GET                        -          -
/data-saya                             profile:see        GET                        -          own
/data-saya/alamat                      profile:change     GET POST                   -          own
/data-saya/email                       contact:change     GET POST                   -          own
/data-saya/hp                          phone:change       GET POST                   -          own
/data-saya/hp/benar                    contact:change     GET POST                   -          own
/data-saya/kabar                       contact:change     GET POST                   -          own
/data-saya/kelas                       class:change       GET                        -          own
/data-saya/kelas/<int:care_class>      class:change       GET POST                   -          own
/data-saya/kelas/batal                 class:change       GET POST                   -          own
/data-saya/kode-sms                    pin:change         GET POST                   -          own
/data-saya/menunggu                    forms:decide       GET                        -          own
/data-saya/menunggu/<int:offline_form_id>  forms:decide       GET POST                   OfflineForm  own
/data-saya/menunggu/<int:offline_form_id>/tolak  forms:decide       GET POST                   OfflineForm  own
/data-saya/rahasia                     health:hide        GET POST                   -          own
/denda                                 bills:see          GET                        -          own
/denda/<int:penalty_id>                bills:see          GET                        Penalty    own
/faskes                                public             GET                        -          -
/faskes/<code>                         public             GET                        -          -
/faskes/desa                           public             GET                        -          -
/faskes/ganti                          clinic:change      GET                        -          own
/faskes/ganti/<int:person_id>/<code>   clinic:change      GET POST                   Person     own
/faskes/ganti/<int:person_id>/batal    clinic:change      GET POST                   Person     own
/formulir                              public             GET                        -          -
/formulir/<paper>                      public             GET                        -          -
/ganti-orang                           sign-ins:switch    GET POST                   -          own
/healthz                               public             GET                        -          -
/hitung                                public             GET                        -          -
/hitung/cicilan                        public             GET                        -          -
/hitung/denda                          public             GET                        -          -
/hitung/iuran                          public             GET                        -          -
/hitung/tunggakan                      public             GET                        -          -
/kabar                                 notices:read       GET POST                   -          own
/kader                                 members:help       GET                        -          staff
/kantor                                public             GET                        -          -
/kartu                                 card:see           GET                        -          own
/kader/bantu                           members:help       GET POST                   -          staff
/kader/daftar                          members:help       GET                        -          staff
/kader/ikut                            members:help       GET POST                   -          staff
/kader/kertas                          members:help       GET POST                   -          staff
/kader/kirim                           members:help       POST                       -          staff
/kader/lembar                          members:help       GET POST                   -          staff
/kader/tunai                           cash:settle        GET POST                   -          staff
/kader/tunai/terima                    members:help       GET POST                   -          staff
/kader/luring                          public             GET                        -          -
/kader/tetap                           public             GET                        -          -
/kader/usai                            public             GET                        -          -
/kader/slip                            members:help       GET POST                   -          staff
/kader/minta                           members:help       GET POST                   -          staff
/kader/minta/<int:asking_id>           members:help       GET POST                   Asking     staff
/kartu/<int:stay_id>                   card:see           GET                        Stay       own
/keluar                                sign-ins:end       GET POST                   -          own
/kios                                  public             GET                        -          -
/kios/aktif                            public             GET POST                   -          -
/kios/masih                            public             GET                        -          -
/kios/masuk                            public             GET POST                   -          -
/kios/pasang                           public             GET POST                   -          -
/kios/penjaga.js                       public             GET                        -          -
/kios/petugas                          public             GET POST                   -          -
/kios/petugas/escpos                   public             GET                        -          -
/kios/petugas/kertas                   public             GET POST                   -          -
/kios/selesai                          public             GET                        -          -
/kios/slip                             public             GET POST                   -          -
/kios/slip/cetak                       public             GET                        -          -
/kios/slip/escpos                      public             GET                        -          -
/kios/tombol                           public             GET POST                   -          -
/kuitansi/<int:payment_id>             bills:see          GET                        Payment    own
/laporan-kirim/gerbang/<gateway>       signature          POST                       -          -
/laporan-kirim/twilio/<gateway>/<reference>  signature          POST                       -          -
/lembar                                sheets:issue       GET POST                   -          own
/lembar/baru                           sheets:issue       GET                        -          own
/masuk                                 public             GET POST                   -          -
/masuk/kode                            public             GET POST                   -          -
/masuk/naik                            status:see         GET POST                   -          own
/masuk/naik/lanjut                     sign-ins:switch    GET                        -          own
/masuk/naik/petugas                    sign-ins:switch    GET POST                   -          own
/masuk/naik/sms                        sign-ins:switch    GET POST                   -          own
/masuk/naik/sms/kode                   sign-ins:switch    GET POST                   -          own
/masuk/pulih                           public             GET POST                   -          -
/masuk/pulih/saksi                     public             GET POST                   -          -
/pengaduan                             public             GET POST                   -          -
/pengaduan/<int:complaint_id>          complaints:follow  GET POST                   Complaint  own
/pengaduan/lacak                       public             GET POST                   -          -
/pengaduan/nomor                       public             GET POST                   -          -
/pengaduan/saya                        complaints:follow  GET                        -          own
/pengembalian                          refunds:ask        GET                        -          own
/pengembalian/<int:refund_id>          refunds:ask        GET                        Refund     own
/pengembalian/baru                     refunds:ask        GET POST                   -          own
/perangkat                             sign-ins:see       GET POST                   -          own
/petugas                               desk:see           GET                        -          staff
/petugas/audit                         audit:read         GET                        -          staff
/petugas/debit                         charges:review     GET POST                   -          staff
/petugas/denda                         penalties:cancel   GET                        -          staff
/petugas/denda/<int:penalty_id>        penalties:cancel   GET POST                   Penalty    staff
/petugas/kabar                         notices:review     GET                        -          staff
/petugas/kabar/<int:notice_id>         notices:review     GET POST                   Notice     staff
/petugas/kader                         volunteers:assign  GET POST                   -          staff
/petugas/kios                          kiosks:enrol       GET POST                   -          staff
/petugas/kader/<int:officer_id>        volunteers:assign  GET POST                   Officer    staff
/petugas/kader/<int:officer_id>/agen   volunteers:assign  GET POST                   Officer    staff
/petugas/kader/formulir                volunteers:assign  GET POST                   -          staff
/petugas/kader/slip                    slips:print        GET                        -          staff
/petugas/kader/tunai                   cash:resolve       GET                        -          staff
/petugas/kader/tunai/<int:cash_id>     cash:resolve       GET POST                   Cash       staff
/petugas/kader/slip/<int:slip_request_id>  slips:print        GET POST                   SlipRequest  staff
/petugas/kios/<int:kiosk_id>           kiosks:enrol       GET POST                   Kiosk      staff
/petugas/kios/<int:kiosk_id>/hadir     kiosks:serve       GET POST                   Kiosk      staff
/petugas/kios/<int:kiosk_id>/kertas    kiosks:serve       GET POST                   Kiosk      staff
/petugas/kios/<int:kiosk_id>/nomor     kiosks:serve       GET POST                   Kiosk      staff
/petugas/kios/kertas                   kiosks:serve       GET POST                   -          staff
/petugas/kios/kunci                    kiosks:enrol       GET                        -          staff
/petugas/kios/loket                    kiosks:serve       GET                        -          staff
/petugas/lembar                        sheets:bind        GET POST                   -          staff
/petugas/majikan                       workers:manage     GET                        -          staff
/petugas/majikan/<int:employer_id>     workers:manage     GET POST                   Employer   staff
/petugas/lapor/<int:claim_id>          payments:reconcile  GET POST                   Claim      staff
/petugas/masuk                         public             GET POST                   -          -
/petugas/naik                          levels:raise       GET POST                   -          staff
/petugas/pekerja/<int:worker_id>       workers:manage     GET POST                   Worker     staff
/petugas/pekerja/<int:worker_id>/selesai  workers:manage     GET POST                   Worker     staff
/petugas/pemulihan                     recoveries:see     GET                        -          staff
/petugas/pembayar                      payers:see         GET                        -          staff
/petugas/pembayar/<int:payer_id>       payers:see         GET                        Payer      staff
/petugas/pembayar/<int:payer_id>/<month>  payers:see         GET                        Payer      staff
/petugas/pembayar/<int:payer_id>/<month>/csv  payers:see         GET                        Payer      staff
/petugas/pembayar/<int:payer_id>/nomor  transfers:record   GET POST                   Payer      staff
/petugas/pembayar/<int:payer_id>/perjanjian  transfers:record   GET POST                   Payer      staff
/petugas/pembayaran                    payments:review    GET POST                   -          staff
/petugas/pengaduan                     complaints:answer  GET                        -          staff
/petugas/pengaduan/<int:complaint_id>  complaints:answer  GET POST                   Complaint  staff
/petugas/rawat-inap                    admissions:record  GET                        -          staff
/petugas/rawat-inap/<int:admission_id>  admissions:record  GET POST                   Admission  staff
/petugas/rawat-inap/baru               admissions:record  GET POST                   -          staff
/petugas/pengembalian                  refunds:decide     GET                        -          staff
/petugas/pengembalian/<int:refund_id>  refunds:decide     GET POST                   Refund     staff
/petugas/pengembalian/baru             refunds:decide     GET POST                   -          staff
/petugas/rekonsiliasi                  payments:reconcile  GET                        -          staff
/petugas/rekonsiliasi/<int:difference_id>  payments:reconcile  GET POST                   Difference  staff
/petugas/slip                          slips:print        GET POST                   -          staff
/petugas/slip/<int:person_id>          slips:print        GET POST                   Person     staff
/petugas/slip/cetak/<int:slip_id>      slips:print        GET                        Slip       staff
/petugas/surat                         letters:print      GET POST                   -          staff
/petugas/surat/<int:letter_batch_id>   letters:print      GET                        LetterBatch  staff
/petugas/transfer                      transfers:record   GET POST                   -          staff
/petugas/transfer/<int:transfer_id>    transfers:record   GET POST                   Transfer   staff
/petugas/wakil                         rights:record      GET POST                   -          staff
/pin                                   pin:change         GET POST                   -          own
/riwayat                               bills:see          GET                        -          own
/saksi                                 recoveries:witness  GET POST                   -          own
/sampai-jumpa                          public             GET                        -          -
/snap/<path:elsewhere>                 signature          DELETE GET PATCH POST PUT  -          -
/snap/v1.0/access-token/b2b            signature          DELETE GET PATCH POST PUT  -          -
/snap/v1.0/debit/notify                signature          DELETE GET PATCH POST PUT  -          -
/snap/v1.0/qr/qr-mpm-notify            signature          DELETE GET PATCH POST PUT  -          -
/snap/v1.0/transfer-va/inquiry         signature          DELETE GET PATCH POST PUT  -          -
/snap/v1.0/transfer-va/payment         signature          DELETE GET PATCH POST PUT  -          -
/snap/v1.0/transfer-va/status          signature          DELETE GET PATCH POST PUT  -          -
/simulator                             public             GET POST                   -          -
/sms/gerbang                           signature          POST                       -          -
/sms/twilio                            signature          POST                       -          -
/status                                status:see         GET                        -          own
/tagihan                               bills:see          GET                        -          own
/tagihan/<int:bill_id>                 bills:see          GET                        Bill       own
/tunai                                 bills:see          GET                        -          own
/tunai/<int:cash_id>                   cash:see           GET                        Cash       own
/ussd                                  signature          POST                       -          -
/wakil                                 rights:see         GET                        -          own
/wakil/<int:grant_id>                  rights:end         GET POST                   Grant      own
/wakil/<int:grant_id>/mulai            rights:use         GET POST                   Grant      own
/wakil/anak                            rights:give        GET POST                   -          own
/wakil/beri                            rights:give        GET POST                   -          own
/wakil/izin                            askings:answer     GET POST                   -          own
/wakil/izin/keluarga                   askings:answer     GET POST                   -          own
/wakil/selesai                         rights:leave       GET POST                   -          own
/wakil/<int:grant_id>/tanda-terima     receipts:see       GET                        Grant      own
"""


@dataclass(frozen=True)
class Route:
    """One line of the table."""

    url: str
    access: str
    methods: tuple[str, ...]
    object: str | None
    shows: str

    def __str__(self) -> str:
        return self.url

    def at(self, objects: dict) -> str:
        """The address, with these rows where it names some."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str((PUBLIC | objects)[name[1]]), self.url)

    @property
    def role(self) -> Role | None:
        """Somebody who may open it: a member where members may, else the first of the staff; None for a visitor."""
        if self.access == "public" or self.access == "signature":
            return None
        return next(role for role in Role if may(role, self.access))


def may(role: Role, can: str) -> bool:
    """Does the policy give this role the permission for some row?"""
    return allowed(Actor(person_id=1, family_id=1, role=role), Can(can))


# What an address may name and nobody owns.
PUBLIC = {
    "paper": "daftar",
    "code": "0301R001",
    "number": 1,
    "care_class": 2,
    "elsewhere": "x",
    "table": "pbpu_tariff",
    "token": "x",
    "month": "2026-01",
    "gateway": "x",
    "reference": "jkn-1-1",
}


def _read(table: str) -> list[Route]:
    rows = [re.split(r"\s{2,}", line.strip()) for line in table.strip().splitlines()[1:]]
    return [
        Route(url, access, tuple(methods.split()), None if named == "-" else named, shows)
        for url, access, methods, named, shows in rows
    ]


CATALOGUE = _read(ROUTES)
FOR_PEOPLE = [route for route in CATALOGUE if route.access != "signature"]
PAGES = [route for route in FOR_PEOPLE if "GET" in route.methods]
# Forms of a page; what a script sends (the outbox) has tests of its own.
FORMS = [route for route in FOR_PEOPLE if {"GET", "POST"} <= set(route.methods)]
OWNED = [route for route in CATALOGUE if route.object]
GUARDED = [route for route in PAGES if route.access != "public"]


@dataclass
class World:
    """One family with a word of its own in every personal field, and a row of theirs in every table with a page."""

    family: Family
    person: Person
    canaries: dict[str, str]
    objects: dict[str, int]

    @property
    def people(self) -> list[Person]:
        return people(self.family)

    def address(self, route: Route) -> str:
        """The page about this family."""
        return route.at(self.objects)

    def nowhere(self, route: Route) -> str:
        """The page about a row that does not exist."""
        return route.at(dict.fromkeys(self.objects, 987_654_321))


_kept: list[World] = []


def keep_world() -> None:
    """From now on a_world() gives the one made here."""
    _kept.append(a_new_world())


def forget_world() -> None:
    _kept.clear()


def a_world() -> World:
    """The world of the file's tests, each of which undoes what it does to it; else a new one."""
    return _kept[0] if _kept else a_new_world()


def a_new_world() -> World:
    family = a_family(2, names=("KANARIWATI SUKACITA", "KANARITO SUKACITA"))
    family.address, family.mailing_address = "JL. EMASKANARI NO. 71", "JL. PERAKKANARI NO. 72"
    family.save()
    person = people(family)[0]
    members_phone, email = "+6281298765401", "kanari@contoh.example"
    Person.update(phone=members_phone, email=email, phone_confirmed_at=clock.now()).where(
        Person.id == person.id
    ).execute()
    person = Person.get_by_id(person.id)
    accounts.store_pin(person, accounts.hash_pin(PIN), by=SYSTEM)
    by = Actor(person_id=person.id, family_id=family.id, role=Role.MEMBER)
    complaint = complaints.file(
        key="kanari", category=Category.MONEY, text="Keluhankanari saya", contact="0812-9876-5402", by=by
    )
    payer = members.payer_of(family.id)
    contributions.issue_bills(date(2026, 1, 1))
    money = Movement.create(
        payer=payer,
        debit=Account.BANK,
        credit=Account.CREDIT,
        amount=35_000,
        source="payment:1",
        booked_on=clock.today(),
    )
    payment = Payment.create(
        payer=payer,
        family_id=family.id,
        number="K4N4R1K4N4R1K4N4",
        amount=money.amount,
        paid_on=clock.today(),
        paid_at=clock.now(),
        via="Bank Kanari",
        reference="ref-1",
        source="ref-1",
        months=["2026-01"],
    )
    worker, employer = a_worker_of(person)
    mandate = Mandate.create(
        payer=payer,
        family_id=family.id,
        person=person,
        provider="dompet",
        key="kanari",
        state="kanari",
        device="kanari",
        label="****KANARI",
        bound_at=clock.now(),
    )
    # one word opens both public pages: how a charge stands, and the bill of somebody who asks others to pay
    charge = Charge.create(
        payer=payer,
        family_id=family.id,
        mandate=mandate,
        provider="dompet",
        kind=ChargeKind.DEBIT,
        slot="debit:2026-01:1",
        reference="K4N4R1T4UT4N",
        amount=35_000,
        day=clock.today(),
        valid_until=clock.now(),
        outcome=Outcome.REFUSED,
    )
    ChargeReference.create(reference=charge.reference, charge=charge)
    PayLink.create(
        payer=payer,
        family_id=family.id,
        person_id=person.id,
        token=charge.reference,
        key="kanari",
        expires_at=clock.now() + timedelta(days=1),
    )
    claim, difference, refund = a_missed_payment(person, payer, payment)
    a_facility()
    penalty = a_penalty(person, payer)
    desk = Actor(officer_id=_officer(Role.OFFICER).id, role=Role.OFFICER, channel="desk")
    notices.tell(person, "pin_changed", "kanari", day=clock.today().isoformat())
    canaries = {
        "nik": person.nik,
        "kk": family.kk,
        "card": person.card,
        "phone": members_phone.removeprefix("+62"),
        "email": email,
        "name": "KANARIWATI",
        "relative": "KANARITO",
        "address": "EMASKANARI",
        "mailing": "PERAKKANARI",
        "complaint": "Keluhankanari",
        "contact": "81298765402",
        "offline form": "Formulirkanari",
        "ticket": complaint.ticket,
        "receipt": payment.number,
        "account": mandate.label,
        "bank account": "7100987654321",
        "claim": Claim.get_by_id(claim).code,
    }
    objects = {
        "person_id": person.id,
        "stay_id": Stay.get(Stay.person == person).id,
        "bill_id": Bill.get(Bill.family_id == family.id).id,
        "payment_id": payment.id,
        "plan_id": a_plan(payer).id,
        "complaint_id": complaint.id,
        "worker_id": worker.id,
        "employer_id": employer.id,
        "payer_id": employer.payer_id,
        "mandate_id": mandate.id,
        "token": charge.reference,
        "admission_id": penalty.admission_id,
        "penalty_id": penalty.id,
        "claim_id": claim,
        "difference_id": difference,
        "refund_id": refund,
        "grant_id": a_right(person, people(family)[1]).id,
        "asking_id": Asking.create(
            person=person,
            officer=_officer(Role.VOLUNTEER),
            word="4831",
            scopes="status",
            minutes=15,
            key="kanari",
            expires_at=clock.now() + timedelta(hours=1),
        ).id,
        "slip_request_id": SlipRequest.create(person=person, officer=desk.officer_id, key="kanari").id,
        "offline_form_id": a_form_that_waits(person).id,
        "officer_id": _officer(Role.VOLUNTEER).id,
        "slip_id": sheets.print_slip(person, desk).id,
        "notice_id": Notice.get(Notice.person_id == person.id).id,
        "letter_batch_id": a_letter(person, desk).id,
        "cash_id": a_cash(person, payer).id,
        "transfer_id": a_transfer(employer.payer),
        "kiosk_id": Kiosk.create(facility_code="0301R001", place="Lobi", enrolled_by=desk.officer_id).id,
    }
    return World(family, person, canaries, objects)


def a_right(holder: Person, person: Person) -> Grant:
    """The holder may act for the person."""
    until = clock.now() + timedelta(days=9)
    terms = {"scopes": "status", "basis": GrantBasis.NAMED, "key": "kanari", "until": until}
    return Grant.create(person=person, holder=holder, **terms)


def a_cash(person: Person, payer: Payer) -> Cash:
    """Cash that the person gave to an agent who has not paid it."""
    volunteer = _officer(Role.VOLUNTEER)
    cash.appoint(volunteer, Rupiah(100_000), SYSTEM)
    terms = {"grant_id": 1, "key": "kanari", "number": f"{payer.id:012}", "amount": 35_000, "purpose": Purpose.BILL}
    taken = clock.now() - timedelta(days=2)
    owner = {"person": person, "family_id": payer.family_id, "payer": payer, "officer": volunteer}
    return Cash.create(**owner, **terms, months=["2026-01"], taken_at=taken)


def a_form_that_waits(person: Person, turn: int = 0) -> OfflineForm:
    """A volunteer wrote a complaint for the person without a consent that fits."""
    return OfflineForm.create(
        officer=_officer(Role.VOLUNTEER),
        rid=f"kanari-{person.id}-{turn}",
        kind=Kind.COMPLAINT,
        state=Offline.WAITS,
        person=person,
        family_id=members.family_of(person.id).id,
        content='{"category": "money", "text": "Formulirkanari saya", "place": null}',
        answer="{}",
        written_at=clock.now(),
        expires_at=clock.now() + timedelta(days=30),
    )


def a_letter(person: Person, by: Actor) -> LetterBatch:
    """A printed letter to the person."""
    notices.tell(person, "email_changed", "kanari", day=clock.today().isoformat())
    Notice.update(state=State.LETTER).where(Notice.name == "email_changed", Notice.person_id == person.id).execute()
    return letters.make_batch("kanari", by)


def a_worker_of(person: Person) -> tuple[Worker, Employer]:
    """The person on an employer's list, billed for January."""
    payer = Payer.create(kind=PayerKind.EMPLOYER, code="BU00000166", name="PT MAJU")
    employer = Employer.create(payer=payer, segment=Segment.PPU_BU, regency_code="35.78", bu_code="00000166")
    worker = Worker.create(payer=payer, person=person, wage=4_500_000, since=date(2025, 1, 1))
    issuing_others.issue(date(2026, 1, 1))
    return worker, employer


def a_transfer(payer: Payer) -> int:
    """Money that the employer sent, as an officer found it."""
    by = Actor(officer_id=_officer(Role.OFFICER).id, role=Role.OFFICER, channel="desk")
    return statements.record_transfer(payer, Rupiah(1_000), clock.today(), f"SP2D-{payer.id}", by).id


def a_plan(payer: Payer) -> Plan:
    """A plan that the family has ended already."""
    hold = holds.open_hold(payer, clock.today(), [date(2026, 1, 1)], [Step(date(2026, 1, 1), 70_000)])
    Hold.update(cancelled_on=clock.today()).where(Hold.id == hold.id).execute()
    terms = {"variant": Variant.PBPU, "per_month": 70_000, "arrears": 70_000, "last_month": date(2026, 1, 1)}
    return Plan.create(payer=payer, family_id=payer.family_id, hold=hold, basis="REHAB", key="kanari", **terms)


def a_missed_payment(person: Person, payer: Payer, payment: Payment) -> tuple[int, int, int]:
    """A report of a payment that does not show, a difference with a bank, a refund: the numbers of their rows."""
    bank, _ = Partner.get_or_create(client_id="kanari", name="Bank Uji", service_id="88888", public_key="-")
    by = Actor(person_id=person.id, family_id=payer.family_id, role=Role.MEMBER)
    day, key = clock.today(), f"kanari-{person.id}"
    missed = {"va": va_of(person.card), "amount": 70_000, "paid_on": day, "partner": bank, "reference": "ref-9"}
    claim = claiming.make(key=key, by=by, **missed)
    difference = Difference.create(partner=bank, day=day, kind=Found.MISSING_THERE, payment=payment)
    account = {"bank": "Bank Uji", "account": "7100987654321", "holder": person.name}
    refund = refunding.ask(payer, key=key, ground=Ground.OVERPAID, amount=1_000, by=by, **account)
    return claim.id, difference.id, refund.id


def a_facility(code: str = "0301R001") -> Facility:
    """A clinic that everybody may choose."""
    place = {"regency_code": "35.78", "regency": "Kota Surabaya", "address": "Jl. Mawar 1"}
    what = {"name": "Klinik Sehat", "kind": "Klinik Pratama", "tier": Tier.FKTP, "section": Section.CLINIC}
    Facility.insert(code=code, **what, **place).on_conflict_ignore().execute()
    return Facility.get(Facility.code == code)


def a_penalty(person: Person, payer: Payer) -> Penalty:
    """A stay in a hospital that costs the family a penalty."""
    stay = {"facility_code": "0301R001", "care": Care.HOSPITAL, "admitted_on": date(2026, 1, 10), "key": "kanari"}
    admission = Admission.create(person=person, family_id=payer.family_id, estimate=5_000_000, recorded_by=1, **stay)
    law = {"months": 3, "counted": 3, "rate": 500, "cap": 20_000_000, "basis": "Perpres 59/2024"}
    penalty = Penalty.create(
        payer=payer,
        family_id=payer.family_id,
        person=person,
        admission=admission,
        reactivated_on=date(2026, 1, 5),
        billed_on=date(2026, 1, 10),
        cost=5_000_000,
        amount=750_000,
        **law,
    )
    account_numbers.number_of(payer.id, Purpose.PENALTY, penalty.id)
    return penalty


def as_member(app: Flask, person: Person) -> FlaskClient:
    """Somebody who signed in and showed a sheet code a moment ago."""
    opened = accounts.open_sign_in(person=person, level=Level.L2)
    SignIn.update(fresh_until=clock.now() + timedelta(minutes=10)).where(SignIn.id == opened.row.id).execute()
    return _with_token(app, opened.token)


def as_staff(app: Flask, role: Role) -> FlaskClient:
    officer = _officer(role)
    return _with_token(app, accounts.open_sign_in(officer=officer, level=Level.L1).token)


def as_kiosk(app: Flask) -> FlaskClient:
    """An enrolled device at which nobody has signed in."""
    from jkn.kiosks import service as kiosks
    from jkn.kiosks.views import COOKIE

    token = kiosks.join(kiosks.prepare(a_facility().code, "Lobi", Actor(officer_id=_officer(Role.OFFICER).id)))
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client


def as_member_at_kiosk(app: Flask, person: Person) -> FlaskClient:
    """Somebody who signed in at an enrolled device."""
    client = as_kiosk(app)
    device = Kiosk.select().where(Kiosk.token_hash.is_null(False)).order_by(Kiosk.id.desc()).get().id
    token = accounts.open_sign_in(person=person, by=Actor(channel="kiosk", device=device)).token
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def _officer(role: Role):
    from jkn.accounts.models import Officer

    name = f"kru-{role}"
    known = Officer.get_or_none(Officer.username == name)
    facility = "0301R001" if role == Role.CLERK else None
    return known or create_officer(name, "Kru", role, "1301", facility, password="x" * PASSWORD_LENGTH)[0]


def _with_token(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def reader_of(app: Flask, world: World, route: Route) -> FlaskClient:
    """Somebody whom the table lets in, so that what comes after the door is tested too."""
    if route.role is None:
        return app.test_client()
    return as_member(app, world.person) if route.role == Role.MEMBER else as_staff(app, route.role)


READERS = ("visitor", "other member", "kiosk", *(role.value for role in Role if role != Role.MEMBER))


def reader(app: Flask, kind: str) -> FlaskClient:
    """Somebody who is not of the world's family."""
    if kind == "visitor":
        return app.test_client()
    if kind == "other member":
        return as_member(app, people(a_family(2))[0])
    return as_kiosk(app) if kind == "kiosk" else as_staff(app, Role(kind))


def steady(html: str) -> str:
    """A page without what differs each time: the form's token and one-time key, the comment of random length."""
    html = re.sub(r'name="(csrf_token|key)"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="(csrf_token|key)"', "", html)
    return re.sub(r"<!--[0-9a-f]*-->", "", html)


class _Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.hidden, self.typed, self.tags = {}, [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag in ("input", "textarea", "select") and attrs.get("name"):
            if attrs.get("type") == "hidden":
                self.hidden[attrs["name"]] = attrs.get("value") or ""
            else:
                self.typed.append(attrs["name"])


def fields(html: str) -> _Fields:
    """The form fields of a page: the hidden ones with their values, the names of the others, and all tags."""
    found = _Fields()
    found.feed(html)
    return found


# Written after the answer is made: who looked at what, and when a sign-in was last used (db.bookkeeping).
BOOKKEEPING = {
    "entry": lambda row: row["act"] == "data:seen",
    "sign_in": lambda row: row.pop("seen_at", None) and False,
}


def contents() -> dict[str, list]:
    """Every row of every table, but the bookkeeping."""
    return {model._meta.table_name: sorted(_rows(model)) for model in sorted(all_models(), key=str)}


def _rows(model: type[BaseModel]) -> Iterator[str]:
    skip = BOOKKEEPING.get(model._meta.table_name, lambda row: False)
    cursor = db.execute_sql(f'SELECT * FROM "{model._meta.table_name}"')
    names = [column[0] for column in cursor.description]
    for values in cursor.fetchall():
        row = dict(zip(names, (bytes(v) if isinstance(v, memoryview) else v for v in values), strict=True))
        if not skip(row):
            yield repr(row)


def rules_of(app: Flask) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Address, endpoint and methods of every route of the app but the static files."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield rule.rule, rule.endpoint, frozenset(rule.methods - {"HEAD", "OPTIONS"})


def access_of(view) -> str:
    """What a view declares."""
    if getattr(view, "speaks_for_itself", False):
        return "signature"
    return str(getattr(view, "access", None))
