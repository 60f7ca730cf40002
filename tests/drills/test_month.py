"""The month's bills, shot on the way: between chunks, and after any word to the database."""

import subprocess
import sys

import pytest

from jkn import clock
from jkn.calendar import next_month
from jkn.commands import migrate
from jkn.db import db
from tests.benchmarks import command, mass
from tests.drills import month
from tests.drills.sums import counts, sums
from tests.processes import ROOT

SIGKILL = -9


def test_a_month_shot_on_the_way_and_started_again_is_complete(databases, goals):
    month.run(databases, goals, **month.SMALL)
    assert goals.met, goals.rows


@pytest.fixture
def world(databases):
    """A few families whose January no bill has been issued for; how many rows each table has."""
    month.use(databases.create("untouched"))
    migrate()
    mass.fill(40, clock.today().replace(day=1))
    before = counts()
    db.close_all()
    return before


def now() -> str:
    return clock.now().isoformat()


def bill(databases, name, before, *shots):
    """The sums after each of these runs of issue-bills on a copy: shot after so many writes, or (the last) not."""
    url = databases.copy("untouched", name)
    words, environ = ("issue-bills", f"{next_month(clock.today()):%Y-%m}"), command.environment(url, now())
    for shot in shots:
        dying = [sys.executable, "-m", "tests.drills.dying", *shot, *words]
        assert subprocess.run(dying, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL).returncode == SIGKILL
    command.run(url, now(), *words)
    month.use(url)
    found = sums(before)
    db.close_all()
    return found


def test_a_command_shot_again_and_again_and_started_again_comes_to_the_same(databases, world):
    undisturbed = bill(databases, "undisturbed", world)
    assert undisturbed["bill"][0] > 40  # the families', and the governments' for state aid
    assert bill(databases, "shot", world, ["1"], ["3"]) == undisturbed


def test_twin_bills_committed_without_their_lines_do_not_come_to_the_same(databases, world):
    assert bill(databases, "halved", world, ["1", "--unguarded"]) != bill(databases, "undisturbed", world)
