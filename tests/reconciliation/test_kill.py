"""kill -9 in the middle of a list: run again, and everything is as if nothing had happened."""

import json
import os
import signal
import time
from contextlib import ExitStack

import pytest

from jkn import clock
from jkn.db import db, write
from jkn.reconciliation.models import Difference, SettlementFile, SettlementLine
from tests.builders import a_family
from tests.databases import own_database
from tests.processes import Process
from tests.reconciliation.conftest import BankList, a_partner, notified

FAMILIES, LINES = 6, 3_000
PLACES = ("before", "amid", "late")
STABLE = ("settlement_file", "settlement_line", "difference", "difference_step")


@pytest.fixture
def make(app, empty_database, tmp_path):
    """A world of its own, made the same way each time; the list beside it."""
    opened = ExitStack()

    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        url = opened.enter_context(own_database(empty_database, folder))
        with write():
            partner = a_partner()
            families = [a_family(size=1) for _ in range(FAMILIES)]
            bank_list = BankList(folder)
            for number, family in enumerate(families[:5]):
                notified(partner, family, f"real-{number}", 35_000)
            for number in range(LINES):
                bank_list.add(f"r{number:05}", f"88888{number % 97:011}", 35_000)
        db.close()
        return url, bank_list.write()

    with opened:
        yield make


def start(url, path, *options):
    environ = {**os.environ, "DATABASE_URL": url, "JKN_NOW": clock.now().isoformat()}
    return Process("tests.reconciliation.reading", str(path), "bank-1", *options, environ=environ)


def kill_when(process, count):
    """kill -9 as soon as so many lines are committed."""
    ends = time.monotonic() + 60
    while SettlementLine.select().count() < count and process.poll() is None and time.monotonic() < ends:
        db.close()
        time.sleep(0.002)
    process.kill()
    db.close()


def outcome():
    """What is in the books, without the moments and keys that differ between runs."""
    lines = SettlementLine.select().order_by(SettlementLine.reference)
    found = [(row.reference, row.line, row.amount, row.outcome.value, row.payment_id) for row in lines]
    differences = Difference.select().order_by(Difference.kind, Difference.line, Difference.payment)
    reference = {row.id: row.reference for row in lines}
    kinds = sorted((row.kind.value, reference.get(row.line_id), row.payment_id, row.stage) for row in differences)
    file = SettlementFile.get()
    return json.dumps([found, kinds, file.lines, file.days, file.done_at is not None])


def test_a_killed_reading_run_again_equals_an_undisturbed_one(make):
    url, path = make("undisturbed")
    assert start(url, path).wait() == 0
    expected = outcome()
    url, path = make("killed")
    for committed in (300, 1_500):
        process = start(url, path, "--slowly")
        kill_when(process, committed)
        assert process.returncode == -signal.SIGKILL
        assert 0 < SettlementLine.select().count() < LINES and SettlementFile.get().done_at is None
    assert start(url, path).wait() == 0
    assert outcome() == expected
    assert Difference.select().count() == LINES + 5


def test_twin_a_reading_that_stores_the_line_before_its_difference_loses_some(make):
    url, path = make("twin")
    kill_when(start(url, path, "--slowly", "--apart"), 1_500)
    assert start(url, path).wait() == 0
    assert Difference.select().count() < LINES + 5
