"""G17: a month's bills for a million families on Postgres in a minute; twice bills nobody twice; shot on the way and
started again it comes to the same as undisturbed. The governments' aid follows: five million lines more.
"""

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor

from jkn import clock, create_app
from jkn.calendar import next_month
from jkn.commands import migrate
from jkn.contributions.models import Bill, Issuing
from jkn.db import db
from tests.benchmarks import command, mass
from tests.benchmarks.engines import Postgres, Sqlite
from tests.benchmarks.tables import Goals, table, title
from tests.drills.sums import counts, sums
from tests.processes import Process

FULL, SMALL = {"families": 1_000_000}, {"families": 6_000}
SECONDS, FOR = 60, 1_000_000  # on Postgres
STRIKE = 0.1  # of the month is billed


def run(engine: Sqlite | Postgres, goals: Goals, families: int) -> None:
    month, now = next_month(clock.today()), clock.now().isoformat()
    words = ("issue-bills", f"{month:%Y-%m}", "--workers", str(os.cpu_count()))
    use(engine.create("whole"))
    migrate()
    mass.fill(families, month.replace(month=1))
    before = counts()
    db.close_all()
    engine.copy("whole", "shot")
    use(engine.url("whole"))
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(command.run, engine.url("whole"), now, *words)
        families_billed = seconds_until_others_begin(running)
        undisturbed = running.result()
    bills, expected = Bill.select().count(), sums(before)
    again = command.run(engine.url("whole"), now, *words)
    twice = Bill.select().count()
    db.close_all()
    billed = shoot(engine, now, words, families)
    rest = command.run(engine.url("shot"), now, *words)
    use(engine.url("shot"))
    in_the_end, found = Bill.select().count(), sums(before)
    db.close_all()
    title(f"{engine.name}: a month's bills for {families:,} families")
    table(
        ("run", "bills", "seconds", "MB"),
        [
            ("families alone", "", families_billed, ""),
            ("undisturbed", bills, undisturbed.seconds, undisturbed.peak),
            ("again", twice - bills, again.seconds, again.peak),
            ("shot", billed, "", ""),
            ("and started again", in_the_end - billed, rest.seconds, rest.peak),
        ],
    )
    names = sorted(set(expected) | set(found))
    table(
        ("table", "rows", "the same"), [(name, found.get(name, (0,))[0], same(name, expected, found)) for name in names]
    )
    goals.hold("month: families without a bill", max(0, families - bills), 0)
    goals.hold("month: new bills of a second run", twice - bills, 0)
    goals.hold("month: bills before the shot, none", billed == 0, 0)
    goals.hold("month: bills after the shot, none", billed == bills, 0)
    goals.hold("month: tables that differ after a shot", sum(expected.get(n) != found.get(n) for n in names), 0)
    if isinstance(engine, Postgres) and families >= FOR:
        seconds = families_billed * FOR / families
        goals.hold("month: seconds for a million families' bills", seconds, SECONDS, " s")


def seconds_until_others_begin(running: Future) -> float:
    """Employers and governments are billed when each family has its bill."""
    start = time.perf_counter()
    while not running.done() and not Issuing.select().exists():
        db.close()
        time.sleep(0.1)
    db.close()
    return time.perf_counter() - start


def use(url: str) -> None:
    create_app(TESTING=True, DATABASE_URL=url)


def same(name: str, expected: dict, found: dict) -> str:
    return "yes" if expected.get(name) == found.get(name) else "NO"


def shoot(engine: Sqlite | Postgres, now: str, words: tuple[str, ...], families: int) -> int:
    """kill -9 in the middle of the command; how many bills there are then."""
    environ = command.environment(engine.url("shot"), now)
    with open(os.devnull, "wb") as nothing:
        process = Process("flask", "--app", "wsgi", *words, environ=environ, stdout=nothing.fileno())
    use(engine.url("shot"))
    while process.poll() is None and Bill.select().count() < families * STRIKE:
        db.close()
        time.sleep(0.01)
    process.kill()
    count = Bill.select().count()
    db.close_all()
    return count
