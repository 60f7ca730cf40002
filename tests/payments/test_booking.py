"""Money that arrived is booked once, settles what it covers, and is never given back."""

from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.contributions.models import Settlement
from jkn.db import write
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.payments import booking, owing
from jkn.payments.models import Payment
from jkn.payments.owing import NotPayable, Why
from tests.builders import a_family

PRICE = 35_000
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture
def payer(app):
    return members.payer_of(a_family(1).id)


def take(payer, amount=PRICE, reference="ref-1", months=None):
    return booking.take(payer, amount, "Dompet Uji", reference, clock.now(), SYSTEM, months)


def settled(payer):
    return [row.month for row in Settlement.select().where(Settlement.payer == payer).order_by(Settlement.month)]


def settled_now(payer):
    held = Settlement.payer == payer, Settlement.reversed_on.is_null()
    return [row.month for row in Settlement.select().where(*held).order_by(Settlement.month)]


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


def a_bill_paid_after_older_money_went_back(payer):
    """A bill of March was asked for when January and February were paid; then a bank takes these back."""
    older = take(payer, 2 * PRICE, months=[JANUARY, FEBRUARY])
    booking.reverse(older, "bank error", SYSTEM)
    return take(payer, reference="ref-2", months=[MARCH])


def test_the_oldest_month_is_settled_first_also_when_its_money_went_back_meanwhile(payer):
    payment = a_bill_paid_after_older_money_went_back(payer)
    assert (settled_now(payer), payment.covers, ledger.credit_of(payer.id)) == ([JANUARY], [JANUARY], 0)


def test_twin_without_turns_january_stays_open_and_march_is_paid(payer, monkeypatch):
    monkeypatch.setattr(booking.turns, "in_turn", lambda *args: True)
    a_bill_paid_after_older_money_went_back(payer)
    assert settled_now(payer) == [MARCH]


def test_money_for_just_those_months_is_not_taken_out_of_turn(payer):
    booking.reverse(take(payer, 2 * PRICE, months=[JANUARY, FEBRUARY]), "bank error", SYSTEM)
    with pytest.raises(NotPayable) as refusal, write():
        booking.take(payer, PRICE, "Bank Uji", "ref-2", clock.now(), SYSTEM, [MARCH], asked_on=clock.today())
    assert (refusal.value.why, Payment.select().count()) == (Why.AMOUNT, 1)


def test_months_ahead_are_those_not_settled_already(payer, monkeypatch):
    monkeypatch.setattr(booking.turns, "in_turn", lambda *args: True)  # as books of before may be
    a_bill_paid_after_older_money_went_back(payer)
    assert owing.due(payer, clock.today(), 3).months == [JANUARY, FEBRUARY, APRIL]


def test_a_hole_in_months_paid_ahead_is_asked_for_first(payer, monkeypatch):
    monkeypatch.setattr(booking.turns, "in_turn", lambda *args: True)
    take(payer)
    take(payer, reference="ref-2", months=[MARCH])
    assert owing.due(payer, clock.today(), 3).months == [FEBRUARY, APRIL]
