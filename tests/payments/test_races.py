"""Many at once, on a real database: exactly one. Each race is also run by a variant that must lose it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from jkn.contributions.models import Settlement
from jkn.db import db
from jkn.ledger.models import Account, Movement
from jkn.payments import owing, service
from jkn.payments.bank import BankRefused
from jkn.payments.models import BankNotice, Payment
from jkn.payments.snap.values import format_amount
from tests.builders import a_family

PRICE, MANY, FEW = 105_000, 64, 16


@pytest.fixture
def banks(own_app, make_bank):
    """Two banks with tokens, on the app whose database is its own."""
    made = [make_bank(own_app, name=f"Bank {number}") for number in (1, 2)]
    for bank in made:
        bank.ask_token()
    return made


def at_once(count, act):
    """Call act(number) in so many threads that start together; the results."""
    barrier = Barrier(count)

    def run(number):
        barrier.wait()
        try:
            return act(number)
        finally:
            db.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def send(bank, va, reference):
    """The answer, or the code of the refusal."""
    body = {**bank.account(va), "paymentRequestId": reference, "paidAmount": format_amount(PRICE)}
    try:
        return bank.call("/v1.0/transfer-va/payment", body)
    except BankRefused as refused:
        return refused.code


def race_of_one_payment(banks, times=MANY):
    """The same payment so many times at once: how many payments there are then, and the answers."""
    va = owing.va_of(a_family())
    results = at_once(times, lambda _number: send(replace(banks[0]), va, "same"))
    return Payment.select().count(), results


def race_of_two_banks(banks, each=8):
    """Two banks, several times each, pay the same bill at once."""
    va = owing.va_of(a_family())
    return at_once(2 * each, lambda number: send(replace(banks[number % 2]), va, f"ref-{number}"))


def codes(results):
    return sorted(result if isinstance(result, str) else result["responseCode"] for result in results)


def test_the_same_payment_64_times_at_once_is_one(banks):
    count, results = race_of_one_payment(banks)
    assert count == 1 and all(result == results[0] for result in results) and codes(results)[0] == "2002500"
    booked = [row.amount for row in Movement.select().where(Movement.debit == Account.BANK)]
    assert (booked, Settlement.select().count(), BankNotice.select().count()) == ([PRICE], 1, 1)


def test_two_banks_paying_the_same_bill_at_once_is_one(banks):
    results = race_of_two_banks(banks)
    assert codes(results) == ["2002500"] + ["4042514"] * 15
    assert Payment.select().count() == 1
    assert Movement.select().where(Movement.debit == Account.BANK).count() == 1


def test_twin_a_notice_looked_up_before_the_transaction_books_twice(banks, monkeypatch):
    """Check, then insert: every sender that looked before the first one wrote goes on."""
    looked = Barrier(FEW, timeout=30)
    enter, take, numbers = service._enter_notice, service.booking.take, iter(range(10_000))

    def check_first(partner, request, external_id):
        known = BankNotice.get_or_none(BankNotice.partner == partner, BankNotice.reference == request.request_id)
        looked.wait()
        return known.answer if known else book(partner, request, external_id)

    def enter_unguarded(partner, request, amount, is_late):
        return enter(partner, replace(request, request_id=f"{request.request_id}-{next(numbers)}"), amount, is_late)

    def take_unguarded(*args, source, **rest):
        return take(*args, source=f"{source}-{next(numbers)}", **rest)

    book = service.receive
    monkeypatch.setattr(service.booking, "take", take_unguarded)
    monkeypatch.setattr(service, "receive", check_first)
    monkeypatch.setattr(service, "_enter_notice", enter_unguarded)
    trust_the_first_look(monkeypatch)
    count, _results = race_of_one_payment(banks, FEW)
    assert count > 1


def test_twin_a_bill_read_before_the_transaction_is_paid_twice(banks, monkeypatch):
    """What settle() says is not asked, and the bill is what it was when everybody looked."""
    trust_the_first_look(monkeypatch)
    assert codes(race_of_two_banks(banks)).count("2002500") > 1


def trust_the_first_look(monkeypatch):
    settle = service.booking.contributions.settle

    def bill_of_then(_partner, target, request, _paid_at, _is_late):
        return [target.payer.liable_from], request.rupiah()

    def settle_unasked(payer, months, *rest, **more):
        settle(payer, months, *rest, **more)
        return months

    monkeypatch.setattr(service, "_bill_for", bill_of_then)
    monkeypatch.setattr(service.booking.contributions, "still_open", lambda _payer, months: months)
    monkeypatch.setattr(service.booking.contributions, "settle", settle_unasked)
