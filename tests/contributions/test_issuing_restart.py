"""A run that is killed, again and again, ends as one that was never disturbed; two runs at once are one."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from jkn import clock
from jkn.contributions import issuing_others, service
from jkn.contributions.models import Bill
from jkn.db import db, write
from jkn.employers.models import Worker
from jkn.members.models import Segment
from tests.builders import a_family
from tests.contributions.test_others import everything
from tests.employers.places import JANUARY, a_government, a_subsidised, a_worker, an_employer
from tests.processes import Process

CHUNK = 3


class Undo(Exception):
    pass


def a_small_country():
    with write():
        for size in (1, 2, 3):
            a_family(size)
        employer = an_employer()
        for wage in (2_000_000, 3_000_000, 5_000_000, 13_000_000):
            a_worker(employer, wage, extra=1)
        a_worker(an_employer(Segment.PPU_PN), 6_000_000)
        a_worker(a_government(), None)
        for code, segment in (("PUSAT", Segment.PBI_JK), ("35.78", Segment.PBPU_PEMDA)):
            for _ in range(4):
                a_subsidised(a_government(code), segment)


def undisturbed() -> tuple:
    """What a run would write, taken back again."""
    found = []
    try:
        with write():
            service.issue_bills(JANUARY)
            issuing_others.issue(JANUARY)
            found.append(everything())
            raise Undo
    except Undo:
        return found[0]


def shoot(url: str, after: int, *options) -> bool:
    """Run in another process and kill it after so many pieces; did it come to its end before?"""
    environ = {**os.environ, "DATABASE_URL": url, "JKN_NOW": clock.now().isoformat()}
    words = (JANUARY.isoformat(), str(CHUNK), *options)
    said, saying = os.pipe()
    process = Process("tests.contributions.issue", *words, environ=environ, stdout=saying)
    os.close(saying)
    with open(said) as lines:
        for number, line in enumerate(lines, 1):
            if line == "done\n" or number >= after:
                break
        process.kill()
    return line == "done\n"


def run_through_kills(url: str, *options) -> int:
    """Kill the run after ever more pieces until one comes to its end; how many were killed."""
    for kills, after in enumerate((1, 2, 3, 5, 1_000)):
        if shoot(url, after, *options):
            return kills
    raise AssertionError("it never ends")


@pytest.fixture
def country(own_database):
    a_small_country()
    expected = undisturbed()
    db.close()
    return own_database, expected


def test_killed_runs_end_as_one_that_was_never_disturbed(country):
    url, expected = country
    assert run_through_kills(url) >= 3
    assert everything() == expected


def test_killed_runs_of_several_workers_end_the_same(country):
    url, expected = country
    assert run_through_kills(url, "--at-once") >= 3
    assert everything() == expected


def test_twin_a_run_that_bills_before_all_lines_are_written_bills_too_little(country):
    url, expected = country
    run_through_kills(url, "--eager")
    assert everything() != expected


def bill_while_lines_are_written(monkeypatch) -> int:
    """One process writes a payer's last line while another makes the bill; what the bill comes to."""
    with write():
        payer = an_employer()
        first, second = (Worker.get(Worker.person == a_worker(payer, wage)).id for wage in (2_000_000, 4_000_000))
    issuing_others.write_lines(JANUARY, 0, range(first, first + 1))
    step, *others = issuing_others.STEPS

    def slowly(*args):
        written = step.write(*args)
        time.sleep(0.6)
        return written

    monkeypatch.setattr(issuing_others, "STEPS", (replace(step, write=slowly), *others))

    def lines():
        issuing_others.write_lines(JANUARY, 0, range(second, second + 1))
        db.close()

    def bill():
        time.sleep(0.2)
        issuing_others.issue_for(JANUARY, [payer.id])
        db.close()

    with ThreadPoolExecutor(2) as threads:
        for done in (threads.submit(lines), threads.submit(bill)):
            done.result()
    return Bill.get(Bill.payer == payer).amount


def test_a_bill_waits_for_the_lines_that_are_being_written(own_database, monkeypatch):
    assert bill_while_lines_are_written(monkeypatch) == 300_000


def test_twin_without_its_turn_a_bill_misses_a_line(engine, own_database, monkeypatch):
    if engine == "sqlite":
        pytest.skip("SQLite writes one at a time")
    monkeypatch.setattr(issuing_others, "_take_turn", lambda *args: None)
    assert bill_while_lines_are_written(monkeypatch) == 100_000
