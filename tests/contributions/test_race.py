"""One credit, two months settled from it at the same moment: it is spent once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.contributions import service
from jkn.contributions.models import Settlement
from jkn.db import db, write
from jkn.errors import Refused
from jkn.ledger import service as ledger
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
