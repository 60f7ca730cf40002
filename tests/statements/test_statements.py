"""Statements, transfers and account numbers of employers and governments."""

import csv
import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from jkn import clock, exports, numbers
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.calendar import add_months
from jkn.contributions import corrections, issuing_others
from jkn.contributions import service as contributions
from jkn.contributions.models import Bill
from jkn.db import db, write
from jkn.employers.models import Employer
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import CareClass, Payer, PayerKind, Person, Segment
from jkn.payments import account_numbers, booking, owing
from jkn.payments.models import Payment, Purpose
from jkn.penalties.models import Admission, Care, Penalty
from jkn.statements import download, service
from jkn.statements.models import Transfer
from tests.builders import a_family, counted, officer_client, people, post
from tests.employers.places import JANUARY, a_government, a_subsidised, a_worker, an_employer

TODAY = date(2026, 1, 15)


@pytest.fixture
def desk(app):
    return officer_client(app)


@pytest.fixture
def government(app):
    """Two people for two months: Rp84.000 each."""
    payer = a_government("35.78", "Pemerintah Kota Surabaya")
    for _ in range(2):
        a_subsidised(payer, Segment.PBPU_PEMDA)
    for month in (add_months(JANUARY, -1), JANUARY):
        issuing_others.issue(month)
    return payer


def transfer(payer, amount=84_000, reference="SP2D-1", paid_on=TODAY):
    return service.record_transfer(payer, amount, paid_on, reference, SYSTEM)


def typed(payer, **more):
    day = {"paid_on-d": "15", "paid_on-m": "1", "paid_on-y": "2026"}
    return {"code": payer.code, "amount": "84.000", "reference": "SP2D-1"} | day | more


def test_a_transfer_pays_the_oldest_bills_and_the_rest_is_credit(government):
    done = transfer(government, 100_000)
    assert done.payment.months == ["2025-12"]
    assert ledger.credit_of(government.id) == 16_000
    assert [item.month for item in contributions.owed(government, TODAY).months] == [JANUARY]
    assert Entry.select().where(Entry.act == Act.TRANSFER_RECORDED).count() == 1


def test_credit_and_the_next_transfer_together_pay_a_bill(government):
    transfer(government, 100_000)
    assert transfer(government, 68_000, "SP2D-2").payment.months == ["2026-01"]
    assert (ledger.credit_of(government.id), ledger.due_of(government.id)) == (0, 0)


def test_the_same_transfer_again_is_the_same_and_another_under_its_reference_is_refused(government):
    assert transfer(government).id == transfer(government).id
    for wrong in ({"amount": 1}, {"paid_on": date(2026, 1, 14)}):
        with pytest.raises(Refused, match="recorded before"):
            transfer(government, **wrong)
    with pytest.raises(Refused, match="recorded before"):
        transfer(a_government())
    assert (Transfer.select().count(), Payment.select().count()) == (1, 1)


def test_only_money_that_is_there_from_payers_that_transfer_is_booked(government):
    with pytest.raises(Refused, match="not come yet"):
        transfer(government, paid_on=date(2026, 1, 16))
    a_family(1)
    with pytest.raises(Refused, match="Only employers and governments"):
        transfer(Payer.get(Payer.family.is_null(False)))


def record_at_once() -> int:
    with write():
        payer = a_government("35.78")

    def record(_number):
        transfer(payer)
        db.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(record, range(4)))
    return Payment.select().count()


def test_four_officers_record_one_transfer_once(own_database):
    assert record_at_once() == 1


def test_twin_that_looks_first_and_then_records_books_it_more_than_once(engine, own_database, monkeypatch):
    if engine == "sqlite":
        pytest.skip("SQLite writes one at a time")

    def look_then_record(payer, amount, paid_on, reference, by):
        if Payment.select().where(Payment.reference == reference).exists():
            return
        time.sleep(0.3)
        service.booking.take(payer, amount, "Treasury", reference, clock.now(), by, source=f"{time.monotonic_ns()}")

    monkeypatch.setattr(service, "record_transfer", look_then_record)
    assert record_at_once() > 1


def test_an_employers_number_is_made_of_its_code_and_a_governments_is_given_out(app, government):
    employer = an_employer()
    assert service.account_of(employer) == f"900{Employer.get(Employer.payer == employer).bu_code}"
    assert service.account_of(government) is None
    tail = service.give_account(government, SYSTEM)
    assert tail == service.give_account(government, SYSTEM) and tail.startswith("91")
    assert owing.target_of_va(f"88888{tail}").payer == government
    assert owing.due_under(owing.target_of_va(f"89888{tail}"), TODAY).amount == 168_000


def test_the_list_shows_who_owes_what(desk, government):
    page = desk.get("/petugas/pembayar").text
    assert "Pemerintah Kota Surabaya" in page and '<data value="168000">' in page
    employer = an_employer(name="PT MAJU")
    assert "PT MAJU" in desk.get("/petugas/pembayar?jenis=majikan").text
    assert employer.code not in page


def test_the_statement_has_totals_payments_where_to_pay_and_the_law(desk, government):
    transfer(government)
    service.give_account(government, SYSTEM)
    page = desk.get(f"/petugas/pembayar/{government.id}/2025-12").text
    for text in ("Iuran", ">2<", '<data value="84000">', "SP2D-1", "8888 8", "Perpres 75/2019", "Lunas"):
        assert text in page
    assert "RINA" not in page and "R***" in page
    assert desk.get(f"/petugas/pembayar/{government.id}/2024-12").status_code == 404
    assert desk.get(f"/petugas/pembayar/{government.id}/x").status_code == 404


def test_an_officer_records_a_transfer_a_number_and_an_agreement(desk, government):
    base = f"/petugas/pembayar/{government.id}"
    done = post(desk, "/petugas/transfer", **typed(government))
    assert (done.status_code, done.location) == (303, base)
    assert post(desk, f"{base}/nomor").location == base
    since = {"since-d": "1", "since-m": "1", "since-y": "2026"}
    assert post(desk, f"{base}/perjanjian", suspends="yes", basis="PKS 1/2026", **since).location == base
    page = desk.get(base).text
    assert "PKS 1/2026" in page and "SP2D-1" in page


@pytest.mark.parametrize(
    "wrong", [{"code": "99.99"}, {"amount": "0"}, {"amount": "1,5"}, {"paid_on-y": "2027"}, {"reference": ""}]
)
def test_what_is_wrong_about_a_transfer_is_said_and_what_was_typed_stays(desk, government, wrong):
    answer = post(desk, "/petugas/transfer", **typed(government, **wrong))
    assert answer.status_code == 200 and 'role="alert"' in answer.text
    assert not Transfer.select().exists()
    for name in {"code", "amount", "reference"} - set(wrong):
        assert f'value="{typed(government)[name]}"' in answer.text


def test_the_file_has_every_line_and_no_formula(desk, monkeypatch):
    monkeypatch.setattr(service, "CHUNK", 3)
    payer = an_employer()
    workers = [a_worker(payer, 4_500_000, extra=1) for _ in range(7)]
    Person.update(name="=HYPERLINK(1)").where(Person.id == workers[0].id).execute()
    issuing_others.issue(JANUARY)
    answer = desk.get(f"/petugas/pembayar/{payer.id}/2026-01/csv")
    assert answer.mimetype == "text/csv" and payer.code in answer.headers["Content-Disposition"]
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert header == list(download.COLUMNS) and len(rows) == 7
    assert rows[0][0].startswith("'=")
    assert rows[1][2:] == ["contribution", "I", "4500000", "180000", "90000", "270000", "", ""]
    assert workers[1].card not in answer.text and workers[1].name not in answer.text


def test_a_person_with_two_lines_stands_in_the_file_twice(app, monkeypatch):
    monkeypatch.setattr(service, "CHUNK", 2)
    payer = a_government()
    family = a_family(3)
    contributions.issue_bills(JANUARY)
    for person in people(family):
        members.cover(person, payer, Segment.PBI_JK, CareClass.III, date(2025, 1, 1))
    issuing_others.issue(JANUARY)
    bill = service.bill_of(payer, JANUARY).bill
    assert len(list(service.every_line(bill))) == 6


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_only_text(text):
    assert exports.safe(text) == f"'{text}"
    assert exports.safe("SITI") == "SITI"


def test_the_pages_ask_little_whatever_the_payer(desk, government):
    base = f"/petugas/pembayar/{government.id}"
    for url in ("/petugas/pembayar", base, f"{base}/2026-01", "/petugas/transfer"):
        with counted() as selects:
            assert desk.get(url).status_code == 200
        assert len(selects) <= 8, url


def test_a_familys_account_is_no_payers_page(desk):
    a_family(1)
    family = Payer.get(Payer.family.is_null(False))
    assert desk.get(f"/petugas/pembayar/{family.id}").status_code == 404


def test_an_employers_page_asks_for_no_month_that_has_lapsed(app):
    employer = Payer.create(kind=PayerKind.EMPLOYER, code="E-LATE", name="PT LAMBAT")
    for back in range(30):
        month = add_months(date(2026, 1, 1), -back)
        Bill.create(payer=employer, month=month, amount=100_000, due_on=month, basis="x")
    asked = owing.due(employer, clock.today()).amount
    assert service.owing_of([employer.id])[employer.id] == service.Owing(25, asked)


@pytest.fixture
def fined(app):
    """An employer with a bill of January, and a penalty from the 12th that it has to pay."""
    payer = an_employer()
    worker, _other = a_worker(payer, 6_000_000), a_worker(payer, 5_000_000)
    issuing_others.issue(JANUARY)
    admission = Admission.create(
        person=worker,
        facility_code="0301R001",
        care=Care.HOSPITAL,
        admitted_on=date(2026, 1, 11),
        estimate=5_000_000,
        key="k",
        recorded_by=1,
    )
    numbers_of = {"months": 2, "counted": 2, "rate": 500, "cap": 20_000_000, "amount": 500_000}
    days = {"reactivated_on": date(2026, 1, 5), "billed_on": date(2026, 1, 12)}
    row = {"payer": payer, "person": worker, "admission": admission, "cost": 5_000_000, "basis": "x"}
    penalty = Penalty.create(**row, **numbers_of, **days)
    account_numbers.number_of(payer.id, Purpose.PENALTY, penalty.id)
    return penalty


def test_the_statement_has_the_penalties_that_an_employer_pays_with_number_and_last_day(desk, fined):
    tail = account_numbers.number_of(fined.payer_id, Purpose.PENALTY, fined.id)
    page = desk.get(f"/petugas/pembayar/{fined.payer_id}/2026-01").text
    assert "Denda rawat inap" in page and 'value="500000"' in page and "10 Februari 2026" in page
    assert numbers.group("88888" + tail) in page and numbers.group("89888" + tail) in page
    text = desk.get(f"/petugas/pembayar/{fined.payer_id}/2026-01/csv").text
    (row,) = [row for row in csv.reader(io.StringIO(text)) if row[2] == "penalty"]
    assert row[-3:] == ["500000", "88888" + tail, "2026-02-10"]


def test_an_open_penalty_stays_on_later_statements_and_a_paid_one_on_that_of_its_month(desk, fined):
    issuing_others.issue(add_months(JANUARY, 1))
    payer = fined.payer
    assert [item.penalty.id for item in service.penalties_of(payer, add_months(JANUARY, 1))] == [fined.id]
    assert service.penalties_of(payer, add_months(JANUARY, -1)) == []
    booking.take(payer, 500_000, "B", "r", clock.now(), SYSTEM, purpose=Purpose.PENALTY, subject=fined.id)
    assert service.penalties_of(payer, add_months(JANUARY, 1)) == []
    page = desk.get(f"/petugas/pembayar/{payer.id}/2026-01").text
    assert "dibayar pada 15 Januari 2026" in page
    assert ",penalty," not in desk.get(f"/petugas/pembayar/{payer.id}/2026-01/csv").text


def test_corrections_stand_on_the_statement_and_in_the_file(desk, fined):
    corrections.report_death(fined.person, date(2025, 12, 20), SYSTEM)
    page = desk.get(f"/petugas/pembayar/{fined.payer_id}/2026-01").text
    assert 'value="-300000"' in page and "Meninggal" in page
    rows = list(csv.reader(io.StringIO(desk.get(f"/petugas/pembayar/{fined.payer_id}/2026-01/csv").text)))
    billed = sum(int(row[7]) for row in rows[1:] if row[2] != "penalty")
    assert billed == service.bill_of(fined.payer, JANUARY).amount == 250_000
