"""G15: a gateway that fails three calls in ten, and kill -9 of the worker again and again: none lost, none doubled."""

import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jkn import clock
from jkn.db import db, write
from jkn.notices import service as notices
from jkn.notices.models import Notice, State
from tests.delivering.conftest import SECONDS, simulated, somebody
from tests.processes import Process

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)
TURN = timedelta(minutes=31)  # longer than the longest pause
PATIENCE = 900  # seconds
FAULTS = ("lost", "error", "busy", "drop", "error-after", "garbage")
THREADS = 8


class Town:
    """People who are told things, a gateway with faults, and the worker as a process that can be shot."""

    def __init__(self, url: str, folder: Path, gateway, people: int, each: int, seed: int):
        self.gateway, self.turn = gateway, 0
        with clock.frozen(NOW):
            for person in [somebody() for _person in range(people)]:
                with write():
                    for number in range(each):
                        notices.tell(person, "complaint_answered", f"{number}")
        self.references = {row.our_reference for row in Notice.select(Notice.id, Notice.round)}
        db.close()
        (folder / "senders.toml").write_text(
            f"""
            [[sender]]
            name = "gerbang"
            channel = "sms"
            kind = "http"
            url = "{gateway.url}/send"
            accepted = '"status": "ok"'
            seconds = {SECONDS}
            fields = {{ to = "{{to}}", text = "{{text}}", id = "{{reference}}" }}
            """
        )
        self.environ = {
            **os.environ,
            "DATABASE_URL": url,
            "JKN_SENDERS": str(folder / "senders.toml"),
            "JKN_QUIET": "00:00-00:00",
            "JKN_NOTICES_PER_NUMBER": "1000000",
        }
        chance, seen = random.Random(seed), []
        gateway.next_fault = lambda _shape: seen.append(1) or (chance.choice(FAULTS) if chance.random() < 0.3 else "")
        self.calls = seen

    def start(self, *options):
        """The next run, half an hour later."""
        self.turn += 1
        return self.start_at_once(*options)

    def start_at_once(self, *options):
        environ = self.environ | {"JKN_NOW": (NOW + TURN * self.turn).isoformat()}
        with open(os.devnull, "wb") as nothing:
            return Process("tests.delivering.send", str(THREADS), *options, environ=environ, stderr=nothing.fileno())

    def run(self, *options):
        assert self.start(*options).wait(PATIENCE) == 0

    def run_and_kill(self, after: int, *options):
        """kill -9 when the gateway was called so many more times."""
        process, until, ends = self.start(*options), len(self.calls) + after, time.monotonic() + PATIENCE
        while len(self.calls) < until and process.poll() is None:
            assert time.monotonic() < ends
            time.sleep(0.002)
        process.kill()

    def finish(self, *options):
        for _turn in range(60):
            if not Notice.select().where(Notice.state == State.WAITING).exists():
                return
            db.close()
            self.run(*options)
        raise AssertionError("something still waits")

    def live_through(self, kills: int, after: int, *options):
        for _kill in range(kills):
            self.run_and_kill(after, *options)
        self.finish(*options)

    def received(self) -> list[str]:
        return [row[1] for row in self.gateway.received.all()]


@pytest.fixture
def town(own_database, tmp_path):
    with simulated(tmp_path) as gateway:
        yield lambda people, each, seed=7: Town(own_database, tmp_path, gateway, people, each, seed)


def assert_none_is_lost_or_doubled(town):
    received = town.received()
    assert set(received) == town.references and len(received) == len(town.references)
    assert {row.state for row in Notice.select()} == {State.SENT}


def test_g15_none_is_lost_and_none_doubled_through_faults_and_kills(town):
    town = town(30, 10)
    town.live_through(2, 70)
    assert_none_is_lost_or_doubled(town)


@pytest.mark.slow
def test_g15_in_full_size(town):
    """10,000 messages, ten kills."""
    seed = random.randrange(10**6)
    print("seed", seed)
    town = town(100, 100, seed)
    town.live_through(10, 900)
    assert_none_is_lost_or_doubled(town)
    again = sum(row[4] - 1 for row in town.gateway.received.all())
    print(f"{len(town.calls)} calls, {again} dropped by the gateway as known, {town.turn} runs")


def two_at_once(town, *options) -> list[int]:
    """How often each message came, when two workers run at the same time and nothing fails."""
    town.gateway.next_fault = lambda _shape: ""
    both = [town.start_at_once(*options), town.start_at_once(*options)]
    assert [worker.wait(PATIENCE) for worker in both] == [0, 0]
    assert_none_is_lost_or_doubled(town)
    return [row[4] for row in town.gateway.received.all()]


def test_two_workers_at_once_send_each_message_once(town):
    assert set(two_at_once(town(6, 10))) == {1}


def test_twin_that_sends_what_it_has_not_claimed_sends_again_and_again(town):
    assert max(two_at_once(town(6, 10), "--greedy")) > 1


def test_twin_without_one_reference_for_all_tries_messages_are_doubled(town):
    town = town(4, 10)
    town.live_through(1, 15, "--nameless")
    assert len(town.received()) > len(town.references)


def test_twin_that_counts_as_sent_what_it_has_not_sent_loses_messages(town):
    town = town(4, 10)
    town.live_through(1, 15, "--hasty")
    assert len(town.received()) < len(town.references)
