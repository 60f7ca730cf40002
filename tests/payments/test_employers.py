"""Employers pay by a number of their own: the bill, or a multiple."""

from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.calendar import add_months
from jkn.contributions import issuing_others
from jkn.contributions import service as contributions
from jkn.employers.models import Employer
from jkn.ledger import service as ledger
from jkn.members.models import Payer
from jkn.payments import booking, partners
from jkn.payments.owing import Why
from tests.builders import post
from tests.employers.places import JANUARY, a_worker, an_employer
from tests.payments.test_service import ask, pay, refusal

PRICE = 225_000  # five percent of 4.5 million


@pytest.fixture
def partner(app, public_key):
    return partners.create("Bank Uji", "88888", public_key)[0]


@pytest.fixture
def payer(app):
    payer = an_employer()
    a_worker(payer, 4_500_000)
    for back in (-2, -1, 0):
        issuing_others.issue(add_months(JANUARY, back))
    return payer


@pytest.fixture
def va(payer):
    return f"88888900{Employer.get(Employer.payer == payer).bu_code}"


def open_months(payer):
    return [item.month for item in contributions.owed(Payer.get_by_id(payer.id), clock.today()).months]


def test_a_bank_is_told_all_bills_that_are_not_paid_and_the_employers_name(partner, payer, va):
    quote = ask(partner, va)
    assert (quote.amount, quote.payer.name) == (3 * PRICE, "PT MAJU")
    assert quote.months == [date(2025, 11, 1), date(2025, 12, 1), JANUARY]


def test_all_of_them_are_paid_at_once(partner, payer, va):
    pay(partner, va, 3 * PRICE)
    assert open_months(payer) == []
    assert (ledger.due_of(payer.id), ledger.credit_of(payer.id)) == (0, 0)
    assert refusal(ask, partner, va, "inq-2") == Why.PAID


@pytest.mark.parametrize("asked_before", [True, False])
def test_the_oldest_may_be_paid_alone(partner, payer, va, asked_before):
    if asked_before:
        ask(partner, va, "pay-1")
    pay(partner, va, 2 * PRICE)
    assert open_months(payer) == [JANUARY]


@pytest.mark.parametrize("amount", [1, PRICE - 1, PRICE + 1, 4 * PRICE])
def test_another_amount_is_refused(partner, payer, va, amount):
    assert refusal(pay, partner, va, amount) == Why.AMOUNT
    assert len(open_months(payer)) == 3


def test_a_number_that_no_employer_has_is_unknown(partner):
    assert refusal(ask, partner, "8888890099999999") == Why.UNKNOWN


def test_money_that_came_otherwise_pays_the_oldest_bills_and_the_rest_is_credit(payer):
    payment = booking.take(payer, PRICE + 5, "Treasury", "SP2D-1", clock.now(), SYSTEM)
    assert payment.covers == [date(2025, 11, 1)]
    assert ledger.credit_of(payer.id) == 5
    booking.reverse(payment, "wrong account", SYSTEM)
    assert len(open_months(payer)) == 3


def test_months_outside_the_cap_are_not_asked_for_and_lapse_when_the_rest_is_paid(app):
    payer = an_employer()
    a_worker(payer, 4_500_000, since=date(2023, 1, 1))
    for back in range(-27, 1):
        issuing_others.issue(add_months(JANUARY, back))
    assert len(open_months(payer)) == 25
    booking.take(payer, 25 * PRICE, "Treasury", "SP2D-1", clock.now(), SYSTEM)
    assert open_months(payer) == []
    assert (ledger.due_of(payer.id), ledger.credit_of(payer.id)) == (0, 0)


def test_anybody_finds_the_bill_by_the_employers_number(app, payer, va):
    page = post(app.test_client(), "/bayar", number=va).text
    assert "PT MAJU" in page and f'<data value="{3 * PRICE}">' in page
    assert "keluarga PT" not in page
