"""kill -9 in the middle of collect-autodebit: run again, and it is as if nothing had happened."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from jkn import clock
from jkn.collecting.models import Charge, Outcome
from jkn.contributions.models import Settlement
from jkn.db import db
from jkn.payments.models import Payment
from tests.collecting.conftest import SECRET, simulated
from tests.collecting.households import DEBIT_DAY, PRICE, assert_nothing_is_lost_or_doubled, bound
from tests.processes import Process

FAMILIES = 6
NOW = datetime(2026, 1, 20, 3, tzinfo=UTC)
PATIENCE = 60  # seconds


@pytest.fixture
def town(own_database, tmp_path, key_pairs, known):
    """Families with auto-debit in a database of their own, a wallet, and how to run the command in a process."""
    with simulated(key_pairs, tmp_path) as wallet, clock.frozen(NOW):
        known([wallet.provider])
        for _family in range(FAMILIES):
            bound(wallet)
        db.close()
        yield wallet, Command(own_database, tmp_path, wallet, key_pairs)


class Command:
    """The command as a process, which can be shot."""

    def __init__(self, url, folder: Path, wallet, key_pairs):
        (folder / "ours.pem").write_bytes(
            key_pairs.ours.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        public = key_pairs.theirs.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (folder / "theirs.pem").write_bytes(public)
        (folder / "providers.toml").write_text(
            f"""
            [[provider]]
            code = "dompet"
            name = "Dompet Uji"
            kind = "wallet"
            base_url = "{wallet.url}"
            client_id = "jkn-dompet"
            merchant_id = "JKN001"
            seconds = 1
            client_secret_env = "DOMPET_SECRET"
            private_key_file = "{folder}/ours.pem"
            public_key_file = "{folder}/theirs.pem"
            """
        )
        files = {"JKN_PROVIDERS": str(folder / "providers.toml"), "DOMPET_SECRET": SECRET}
        self.environ = {**os.environ, "DATABASE_URL": url, "JKN_NOW": NOW.isoformat(), **files}
        self.process = None

    def start(self, *options):
        self.process = Process("tests.collecting.collect", DEBIT_DAY.isoformat(), *options, environ=self.environ)

    def kill_when(self, condition):
        ends = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < ends and self.process.poll() is None, "the command ended, or does not get there"
            time.sleep(0.005)
        self.process.kill()

    def run(self, *options):
        self.start(*options)
        assert self.process.wait(PATIENCE) == 0


def as_undisturbed(wallet) -> None:
    """Each family debited once, booked once, settled once, and nothing left open."""
    assert_nothing_is_lost_or_doubled(wallet)
    assert [amount for _reference, amount in wallet.books.taken()] == [PRICE] * FAMILIES
    assert Payment.select().count() == Settlement.select().count() == FAMILIES
    assert [row.outcome for row in Charge.select()] == [Outcome.PAID] * FAMILIES


def kill_after_the_money_was_taken(wallet, command, *options):
    """The second family's money is taken, and the command dies before it hears of it."""
    wallet.faults += ["54:mute", "54:slow"]
    command.start(*options)
    command.kill_when(lambda: len(wallet.books.taken()) == 2)


def test_a_run_killed_after_the_money_was_taken_asks_and_does_not_take_it_again(town):
    wallet, command = town
    kill_after_the_money_was_taken(wallet, command)
    assert Payment.select().count() == 1
    before = len(wallet.asked)
    command.run()
    as_undisturbed(wallet)
    first = next(which for which, *_rest in wallet.asked[before:] if which != "73")
    assert first == "55"  # asked before anything else


def test_a_run_killed_before_the_call_went_out_sends_it_later(town):
    wallet, command = town
    wallet.faults += ["73:slow"]
    command.start()
    command.kill_when(lambda: "73:slow" not in wallet.faults)
    assert wallet.books.taken() == []
    command.run()
    as_undisturbed(wallet)


def test_a_run_killed_again_and_again_ends_as_one_that_was_not(town):
    wallet, command = town
    for shot in (1, 3):
        command.start()
        command.kill_when(lambda shot=shot: len(wallet.books.taken()) >= shot)
    command.run()
    as_undisturbed(wallet)


def test_twin_a_command_that_sends_again_without_asking_takes_twice(town):
    wallet, command = town
    kill_after_the_money_was_taken(wallet, command, "--hasty")
    command.run("--hasty")
    assert len(wallet.books.taken()) > FAMILIES
