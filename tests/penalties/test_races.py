"""Many at once, on a real database: one admission, one penalty, paid once. Each race has a twin that must lose it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.db import db
from jkn.errors import Refused
from jkn.ledger.models import Account, Movement
from jkn.payments import booking
from jkn.payments.models import Purpose
from jkn.penalties import billing, judging, service
from jkn.penalties.models import Admission, Penalty
from tests.penalties.conftest import OFFICER, SECOND, a_hospital, admit, draft, head_of, reactivated

MANY = 16
TODAY = date(2026, 1, 15)


def at_once(act, count=MANY) -> list:
    """What each of so many threads got; they start together. A refusal is an answer too."""
    barrier = Barrier(count)

    def run(number):
        barrier.wait()
        try:
            return act(number)
        except Refused as refused:
            return refused
        finally:
            db.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def person(own_database):
    a_hospital()
    person = head_of(reactivated(3, TODAY))
    db.close()
    return person


def record_at_once(person):
    """Two officers record the same admission, each from a page of their own."""
    admissions = [draft(person, TODAY) for _ in range(MANY)]
    by = [OFFICER, SECOND]
    return at_once(lambda number: service.record(admissions[number], f"page-{number}", by[number % 2]).id)


def owed() -> list[int]:
    return [row.amount for row in Movement.select().where(Movement.debit == Account.PENALTY_DUE)]


def test_officers_who_record_one_admission_at_once_make_one_penalty(person):
    assert len(set(record_at_once(person))) == 1
    assert (Admission.select().count(), Penalty.select().count(), owed()) == (1, 1, [750_000])


def test_twin_a_record_that_looks_before_it_writes_makes_more(person, monkeypatch):
    looked = Barrier(MANY, timeout=30)

    def look_first(admission, key, by):
        known = Admission.get_or_none(Admission.person == admission.person)
        looked.wait()
        return known or enter(moved(admission, key), key, by)

    def moved(admission, key):
        """Without the unique index: as if each were another admission."""
        admission.facility_code = key
        return admission

    enter = service.record
    monkeypatch.setattr(service, "record", look_first)
    record_at_once(person)
    assert Admission.select().count() > 1


def two_admissions(person) -> list[Admission]:
    """Of the same person in one window, stored but not yet billed."""
    rows = []
    for number, day in enumerate((TODAY, date(2026, 1, 14))):
        admission = draft(person, TODAY)
        admission.admitted_on, admission.key, admission.recorded_by = day, f"k{number}", 1
        admission.save()
        rows.append(admission)
    Admission.update(admitted_on=TODAY, facility_code="0301R002").where(Admission.id == rows[1].id).execute()
    return [Admission.get_by_id(row.id) for row in rows]


def test_of_two_admissions_billed_at_once_one_costs(person):
    admissions = two_admissions(person)
    db.close()
    at_once(lambda number: billing.bill(admissions[number % 2], TODAY, SYSTEM))
    assert owed() == [750_000]


def test_twin_a_bill_by_what_was_seen_before_the_book_was_taken_costs_twice(person, monkeypatch):
    admissions = two_admissions(person)
    seen = {row.id: judging.judge(row, TODAY) for row in admissions}
    db.close()
    monkeypatch.setattr(billing.judging, "judge", lambda admission, _on: seen[admission.id])
    at_once(lambda number: billing.bill(admissions[number % 2], TODAY, SYSTEM))
    assert owed() == [750_000, 750_000]


@pytest.fixture
def penalty(person):
    penalty = admit(person, TODAY)[1]
    db.close()
    return penalty


def pay_at_once(penalty):
    payer = penalty.payer

    def pay(number):
        reference = f"bank-{number}"
        more = {"purpose": Purpose.PENALTY, "subject": penalty.id}
        booking.take(payer, penalty.amount, "Bank Uji", reference, clock.now(), SYSTEM, **more)

    at_once(pay)
    return [row.amount for row in Movement.select().where(Movement.credit == Account.PENALTY_DUE)]


def test_sixteen_payments_at_once_pay_it_once_and_the_rest_is_credit(penalty):
    assert pay_at_once(penalty) == [750_000]
    assert Movement.sum_of(penalty.payer_id, Account.PENALTY_DUE) == 0
    assert Movement.sum_of(penalty.payer_id, Account.CREDIT) == -15 * 750_000


def test_twin_a_payment_that_trusts_what_it_saw_before_pays_it_again(penalty, monkeypatch):
    looked = Barrier(MANY, timeout=30)
    take = booking.take

    def look_first(*args, **more):
        is_payable = Penalty.get_by_id(penalty.id).is_payable
        looked.wait()
        seen.append(is_payable)
        return take(*args, **more)

    def settle_unasked(penalty_id, payment_id, money, on, _by):
        if seen.pop():
            source = f"penalty-paid:{penalty_id}:{payment_id}"
            billing.ledger.book(penalty.payer_id, Account.CREDIT, Account.PENALTY_DUE, money, source, on)
        return True

    seen = []
    monkeypatch.setattr(booking, "take", look_first)
    monkeypatch.setattr(billing, "settle", settle_unasked)
    assert len(pay_at_once(penalty)) > 1


def test_two_officers_and_one_who_asked_cancel_at_once_and_it_is_cancelled_once(penalty):
    billing.dispute(penalty, "another person", OFFICER)
    db.close()
    answers = at_once(lambda number: billing.cancel(penalty, (OFFICER, SECOND)[number % 2]))
    assert sum(answer is None for answer in answers) == 1
    cancelled = Movement.select().where(Movement.source == f"penalty-cancelled:{penalty.id}")
    assert cancelled.count() == 1 and Penalty.get().cancelled_by == SECOND.officer_id
