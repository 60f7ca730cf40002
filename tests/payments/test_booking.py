"""Money that arrived is booked once, settles what it covers, and is never given back."""

from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.contributions.models import Settlement
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.payments import booking
from jkn.payments.models import Payment
from tests.builders import a_family

PRICE, JANUARY, FEBRUARY = 35_000, date(2026, 1, 1), date(2026, 2, 1)


@pytest.fixture
def payer(app):
    return members.payer_of(a_family(1).id)


def take(payer, amount=PRICE, reference="ref-1", months=None):
    return booking.take(payer, amount, "Dompet Uji", reference, clock.now(), SYSTEM, months)


def settled(payer):
    return [row.month for row in Settlement.select().where(Settlement.payer == payer).order_by(Settlement.month)]


def test_money_settles_what_is_owed(payer):
    payment = take(payer)
    assert (settled(payer), payment.covers, ledger.credit_of(payer.id)) == ([JANUARY], [JANUARY], 0)


def test_the_same_money_again_is_the_first_payment(payer):
    assert take(payer) == take(payer) and Payment.select().count() == 1


def test_money_for_months_ahead_settles_them(payer):
    take(payer, 2 * PRICE, months=[JANUARY, FEBRUARY])
    assert settled(payer) == [JANUARY, FEBRUARY]


def test_money_for_a_month_settled_meanwhile_stays_credit(payer):
    take(payer)
    payment = take(payer, reference="ref-2", months=[JANUARY])
    assert (settled(payer), payment.covers, ledger.credit_of(payer.id)) == ([JANUARY], [], PRICE)


def test_money_that_does_not_reach_stays_credit(payer):
    payment = take(payer, PRICE - 1)
    assert (settled(payer), payment.covers, ledger.credit_of(payer.id)) == ([], [], PRICE - 1)
