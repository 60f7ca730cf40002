"""Many at once, in a database of the test's own. Each race has a variant that must lose it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Barrier

import pytest

from jkn import clock
from jkn.access import Actor, Role
from jkn.contributions import service as contributions
from jkn.db import db, write
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.payments import owing
from jkn.payments.models import Payment
from jkn.reconciliation import refunding, rules, service
from jkn.reconciliation.models import Difference, Refund, RefundStage
from jkn.reconciliation.rules import Ground, Step
from tests.builders import a_family
from tests.reconciliation.conftest import MAKER, PRICE, BankList, a_partner, notified, reconcile

MANY = 16


def at_once(act):
    """Call act(number) in many threads that start together; how many were not refused."""
    barrier = Barrier(MANY)

    def run(number):
        barrier.wait()
        try:
            with suppress(Refused):
                act(number)
                return 1
            return 0
        finally:
            db.close()

    with ThreadPoolExecutor(MANY) as pool:
        return sum(pool.map(run, range(MANY)))


def an_officer(number):
    return Actor(officer_id=100 + number, role=Role.OFFICER)


@pytest.fixture
def refunds(own_database):
    """So many requests, each of them for all the credit there is, each proposed."""
    with write():
        family = a_family()
        contributions.issue_bills(date(2026, 1, 1))
        notified(a_partner(), family, "r1", PRICE + 20_000)
        payer = members.payer_of(family.id)
        found = []
        for number in range(MANY):
            refund = refunding.ask(payer, key=f"k{number}", ground=Ground.OVERPAID, amount=20_000, by=MAKER)
            refunding.note_papers(refund, list(rules.PAPERS[refund.ground]), seen=1, by=MAKER)
            refunding.propose(refund, seen=2, by=MAKER)
            found.append(Refund.get_by_id(refund.id))
    db.close()
    return found


def given():
    rows = Movement.select().where(Movement.debit == Account.CREDIT, Movement.credit == Account.REFUND)
    return sum(row.amount for row in rows)


def test_one_request_approved_by_many_at_once_is_granted_once(refunds):
    assert at_once(lambda number: refunding.grant(refunds[0], seen=3, by=an_officer(number))) == 1
    assert given() == 20_000


def test_many_requests_approved_at_once_never_give_more_than_the_credit(refunds):
    assert at_once(lambda number: refunding.grant(refunds[number], seen=3, by=an_officer(number))) == 1
    assert given() == 20_000


def test_twin_an_approval_that_looks_first_gives_it_many_times(refunds):
    looked = Barrier(MANY, timeout=60)

    def looks_first(number):
        refund = Refund.get_by_id(refunds[number].id)
        enough = ledger.credit_of(refund.payer_id) >= refund.amount
        looked.wait()
        if enough and refund.stage == RefundStage.PROPOSED:
            with write():
                ledger.book(
                    refund.payer_id, Account.CREDIT, Account.REFUND, refund.amount, f"refund:{number}", clock.today()
                )

    at_once(looks_first)
    assert given() > 20_000


@pytest.fixture
def missing(own_database, tmp_path):
    """A difference that several officers want to book."""
    with write():
        family = a_family()
        partner = a_partner()
    path = BankList(tmp_path).add("r1", owing.va_of(members.payer_of(family.id))).write()
    reconcile(path, partner)
    difference = Difference.get()
    db.close()
    return difference


def test_a_difference_booked_by_many_at_once_is_booked_once(missing):
    at_once(lambda number: service.take_step(missing, Step.BOOK, seen=0, by=an_officer(number)))
    assert [row.amount for row in Payment.select()] == [PRICE]


def test_twin_a_booking_without_the_count_of_steps_books_it_again(missing, monkeypatch):
    numbers = iter(range(1_000))
    take = service.booking.take
    monkeypatch.setattr(service, "_advance", lambda *args, **changes: None)
    monkeypatch.setattr(
        service.booking,
        "take",
        lambda *args, source, **more: take(*args, source=f"{source}.{next(numbers)}", **more),
    )
    monkeypatch.setattr(
        service, "book_line", lambda line, target, by: service._book_line(line, target, line.amount, by)
    )
    at_once(lambda number: service.take_step(missing, Step.BOOK, seen=0, by=an_officer(number)))
    assert Payment.select().count() > 1
