"""A million entries: sealed, verified and listed in time, and in memory that does not grow with them."""

import resource
import time
from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.accounts import breach
from jkn.audit import sealing
from jkn.audit.models import Entry
from jkn.audit.verifying import Verification
from jkn.db import db, on_sqlite, write
from tests.benchmarks import mass

ENTRIES, FAMILIES = 1_000_000, 100_000
SECONDS = 60  # for the list, with which letters are written
GROWTH = 150  # MB


@pytest.mark.slow
def test_a_million_entries_are_sealed_verified_and_listed(own_database, now, capsys):
    crowd = mass.fill(FAMILIES, date(2025, 1, 1))
    a_million_entries(crowd)
    memory = used()
    with clock.frozen(now + timedelta(hours=1)):
        sealed, sealing_took = timed(lambda: sum(1 for _block in sealing.seal()))
        walk = Verification()
        found, verifying_took = timed(lambda: list(walk.run()))
    assert (found, walk.entries, sealed) == ([], ENTRIES, ENTRIES // sealing.SIZE)
    since = now - timedelta(days=1)
    listed, listing_took = timed(lambda: sum(1 for _row in breach.touched(since, since + timedelta(days=2), officer=7)))
    assert listed >= FAMILIES
    with capsys.disabled():
        print(
            f"\n{ENTRIES} entries: sealed in {sealing_took:.0f} s, verified in {verifying_took:.0f} s, "
            f"{listed} people listed in {listing_took:.0f} s, {used() - memory:.0f} MB more"
        )
    assert listing_took <= SECONDS
    assert used() - memory <= GROWTH


def a_million_entries(crowd: mass.Crowd) -> None:
    """An officer read everybody's data; every tenth time what a family shares."""
    base, json = crowd.base + 1, "'{}'" if on_sqlite() else "'{}'::json"
    family, is_shared = f"({base} + n % {FAMILIES})", "n % 10 = 0"
    columns = "act, at, family_id, person_id, subject, by_officer, role, level, channel, office, count, details"
    whose = f"CASE WHEN {is_shared} THEN {family} END, CASE WHEN NOT {is_shared} THEN {family} * {mass.MOST} END"
    values = f"'data:seen', %s, {whose}, 'person:1', 7, 'officer', 1, 'desk', '1301', 1, {json}"
    numbers = f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {ENTRIES})"
    sql = f"INSERT INTO entry ({columns}) {numbers} SELECT {values} FROM counted"
    with write():
        db.execute_sql(sql.replace("%s", db.param).replace("n % ", "n % " if on_sqlite() else "n %% "), (moment(),))
    assert Entry.select().count() == ENTRIES


def moment():
    naive = clock.now().replace(tzinfo=None)
    return str(naive) if on_sqlite() else naive


def timed(work):
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def used() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
