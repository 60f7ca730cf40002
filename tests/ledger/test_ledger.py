from datetime import date

import pytest
from peewee import IntegrityError

from jkn.db import db
from jkn.ledger import service
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from tests.builders import a_family

DAY = date(2026, 1, 15)


@pytest.fixture
def payer(app):
    return members.payer_of(a_family().id)


def test_credit_is_what_came_in_less_what_was_used(payer):
    service.book(payer.id, Account.BANK, Account.CREDIT, 300_000, "payment:1", DAY)
    service.book(payer.id, Account.CREDIT, Account.DUE, 105_000, "settle:2026-01", DAY)
    assert (service.credit_of(payer.id), service.due_of(payer.id)) == (195_000, -105_000)


def test_nobody_has_a_balance_without_movements(payer):
    assert (service.credit_of(payer.id), service.due_of(payer.id)) == (0, 0)


def test_only_payers_with_money_left_have_credit(payer):
    other = members.payer_of(a_family().id)
    for each, used in ((payer, 100), (other, 99)):
        service.book(each.id, Account.BANK, Account.CREDIT, 100, "payment:1", DAY)
        service.book(each.id, Account.CREDIT, Account.DUE, used, "settle:2026-01", DAY)
    assert service.payers_with_credit(payer.id, other.id) == [other.id]


def test_one_cause_is_booked_once_for_a_payer(payer):
    service.book(payer.id, Account.BANK, Account.CREDIT, 100, "payment:1", DAY)
    with pytest.raises(IntegrityError), db.atomic():
        service.book(payer.id, Account.BANK, Account.CREDIT, 100, "payment:1", DAY)
    assert Movement.select().count() == 1


@pytest.mark.parametrize("amount", [0, -5])
def test_a_movement_moves_something(payer, amount):
    with pytest.raises(IntegrityError), db.atomic():
        service.book(payer.id, Account.BANK, Account.CREDIT, amount, "payment:1", DAY)


def test_a_movement_goes_from_one_account_to_another(payer):
    with pytest.raises(IntegrityError), db.atomic():
        service.book(payer.id, Account.DUE, Account.DUE, 5, "payment:1", DAY)


def test_a_float_is_no_money(payer):
    with pytest.raises(TypeError):
        service.book(payer.id, Account.BANK, Account.CREDIT, 1.5, "payment:1", DAY)
