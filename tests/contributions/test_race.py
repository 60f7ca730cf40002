"""One credit, two months settled from it at the same moment: it is spent once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.contributions import service
from jkn.contributions.models import Settlement
from jkn.db import db, write
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer
from tests.builders import a_family, pay_in


def spend_at_once() -> tuple[int, int]:
    """How many of two months were settled from a credit for one, and what is left of it."""
    a_family(1)
    payer = Payer.get()
    pay_in(payer, 35_000, date(2026, 1, 1), "1")

    def spend(month):
        try:
            with write():
                service.take_the_book(payer)
                service.settle(payer, [month], clock.today(), clock.now(), SYSTEM)
                time.sleep(0.3)
        except Refused:
            pass
        finally:
            db.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(spend, (date(2026, 1, 1), date(2026, 2, 1))))
    return Settlement.select().count(), ledger.credit_of(payer.id)


def test_a_credit_is_spent_once(own_database):
    assert spend_at_once() == (1, 0)


def test_the_broken_twin_that_does_not_take_the_book_spends_it_twice(engine, own_database, monkeypatch):
    if engine == "sqlite":
        pytest.skip("SQLite writes one at a time")
    monkeypatch.setattr(service, "take_the_book", lambda payer: None)
    assert spend_at_once() != (1, 0)


def use_credit_while_it_is_given_back() -> tuple[int, int]:
    """How many months were settled from a credit that leaves at the same moment, and what is left of it."""
    a_family(1)
    payer, leaving = Payer.get(), Event()
    pay_in(payer, 35_000, date(2026, 1, 1), "1")

    def give_back():
        with write():
            service.take_the_book(payer)
            ledger.book(payer.id, Account.CREDIT, Account.REFUND, 35_000, "refund:1", clock.today())
            leaving.set()
            time.sleep(0.3)
        db.close()

    def use():
        leaving.wait()
        service.pay_from_credit(payer, clock.today())
        db.close()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(give_back), threads.submit(use)]:
            done.result()
    return Settlement.select().count(), ledger.credit_of(payer.id)


def test_credit_that_is_given_back_meanwhile_settles_nothing_and_stops_no_run(own_database):
    assert use_credit_while_it_is_given_back() == (0, 0)


def test_the_broken_twin_uses_credit_that_is_given_back(engine, own_database, monkeypatch):
    if engine == "sqlite":
        pytest.skip("SQLite writes one at a time")
    monkeypatch.setattr(service, "take_the_book", lambda payer: None)
    with pytest.raises((AssertionError, Refused)):  # the money is spent twice, or the run stops
        test_credit_that_is_given_back_meanwhile_settles_nothing_and_stops_no_run(own_database)
