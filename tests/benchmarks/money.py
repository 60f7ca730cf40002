"""A month's bills beside a bare INSERT of the same rows, and whether anybody notices while they are issued."""

import subprocess
import sys
import time
from datetime import date
from statistics import quantiles

from peewee import sort_models

from jkn import create_app
from jkn.access import Level
from jkn.accounts import service as accounts
from jkn.calendar import next_month
from jkn.commands import all_models, migrate
from jkn.contributions.issuing import CHUNK
from jkn.contributions.models import Bill
from jkn.db import db, on_sqlite, write
from jkn.members.models import Payer, Person
from tests.benchmarks import collecting, command, mass, visitors
from tests.benchmarks.cost import Line
from tests.benchmarks.engines import Postgres, Sqlite, served
from tests.benchmarks.tables import Goals, table, title

RATE = 0.4  # of the bare insert's
DISTURBED = 2  # times a bill page's p95
LARGE, SMALL = 3_000_000, 300_000  # families
GROWTH, MEMORY = 1.2, 25  # times; MB
VISITORS, CALM = 20, 400  # requests
PAUSE = 0.005  # seconds between two requests: members read


def run(engine: Sqlite | Postgres, families: int, now: str, month: date, goals: Goals) -> None:
    """In a database of its own."""
    url = engine.create("money")
    app, crowd, done = _issue(engine, "money", families, now, month)
    rows, bare = _bare()
    title(f"{engine.name}: bills of {families:,} families, {rows:,} rows")
    table(
        ("how", "seconds", "rows/s", "MB"),
        [
            ("flask issue-bills", done.seconds, int(rows / done.seconds), done.peak),
            ("the same rows, by a bare INSERT … SELECT", bare, int(rows / bare), ""),
        ],
    )
    goals.reach(f"{engine.name}: a month's bills, times the rate of a bare insert", bare / done.seconds, RATE)
    collecting.run(engine, url, crowd, now, goals)
    _disturb(engine, app, crowd, now, next_month(month), goals)
    engine.drop("money")


def run_large(engine: Sqlite | Postgres, now: str, month: date, goals: Goals) -> None:
    """Ten times as many families: ten times as long, with the same memory."""
    runs = {}
    for families in (SMALL, LARGE):
        engine.create("large")
        _app, _crowd, runs[families] = _issue(engine, "large", families, now, month)
        db.close_all()
        engine.drop("large")
    title(f"{engine.name}: bills of many families")
    each = {families: run.seconds / families * 1_000_000 for families, run in runs.items()}
    table(
        ("families", "seconds", "µs a family", "MB"),
        [(families, run.seconds, each[families], run.peak) for families, run in runs.items()],
    )
    goals.hold(f"{engine.name}: bills, time a family, times that among a tenth", each[LARGE] / each[SMALL], GROWTH)
    more = runs[LARGE].peak - runs[SMALL].peak
    goals.hold(f"{engine.name}: bills, memory beyond that for a tenth", more, MEMORY, " MB")


def _issue(engine, name: str, families: int, now: str, month: date) -> tuple:
    """A month's bills for so many new families: the application, the families, and what the command took."""
    app = create_app(DATABASE_URL=engine.url(name), JKN_NOW=now)
    migrate()
    begun = time.perf_counter()
    crowd = mass.fill(families, liable_from=month)
    print(f"\nMade {families:,} families in {time.perf_counter() - begun:.0f} s.", flush=True)
    db.close_all()
    done = command.run(engine.url(name), now, "issue-bills", f"{month:%Y-%m}")
    if Bill.select().where(Bill.family_id.is_null(False)).count() != families:
        raise RuntimeError("not every family has a bill")
    return app, crowd, done


def _bare() -> tuple[int, float]:
    """Take away what the command has made and put it back, chunk by chunk: rows, and seconds of putting back."""
    bills = Bill.select().count()
    models = [model for model in sort_models(all_models()) if _is_of_payers(model) and model.select().count() >= bills]
    tables = [model._meta.table_name for model in models]
    rows = sum(model.select().count() for model in models)
    last = Payer.select().order_by(Payer.id.desc()).get().id
    chunks = [(first, first + CHUNK - 1) for first in range(1, last + 1, CHUNK)]
    with write():
        for number, (first, end) in enumerate(chunks):
            for name in tables:
                chosen = f"SELECT * FROM {name} WHERE payer_id BETWEEN {first} AND {end}"
                db.execute_sql(f"CREATE TABLE bare_{name}_{number} AS {chosen}")
    _empty(tables)
    begun = time.perf_counter()
    for number in range(len(chunks)):
        with write():
            for name in tables:
                db.execute_sql(f"INSERT INTO {name} SELECT * FROM bare_{name}_{number}")
    seconds = time.perf_counter() - begun
    with write():
        for number in range(len(chunks)):
            for name in tables:
                db.execute_sql(f"DROP TABLE bare_{name}_{number}")
    db.close_all()
    return rows, seconds


def _is_of_payers(model) -> bool:
    return any(field.column_name == "payer_id" for field in model._meta.sorted_fields) and model.__name__ != "Spell"


def _empty(tables: list[str]) -> None:
    if not on_sqlite():
        db.execute_sql(f"TRUNCATE {', '.join(tables)} CASCADE")
        return
    db.execute_sql("PRAGMA foreign_keys = 0")
    with write():
        for name in tables:
            db.execute_sql(f"DELETE FROM {name}")
    db.execute_sql("PRAGMA foreign_keys = 1")


def _disturb(engine, app, crowd: mass.Crowd, now: str, month: date, goals: Goals) -> None:
    """A member's bills, calm and while the next month's are issued."""
    cookies = _sign_in(app, crowd)
    with served("wsgi:app", DATABASE_URL=engine.url("money"), JKN_NOW=now) as port:
        line = Line(port)
        _look(line, cookies, len(cookies) * 2)
        calm = _look(line, cookies, CALM)
        issuing = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "issue-bills", f"{month:%Y-%m}"],
            env=command.environment(engine.url("money"), now),
            stdout=subprocess.DEVNULL,
        )
        while Bill.select().where(Bill.month == month).count() == 0 and issuing.poll() is None:
            db.close()
            time.sleep(0.01)
        busy = []
        while issuing.poll() is None:
            busy += _look(line, cookies, len(cookies))
    db.close_all()
    title(f"{engine.name}: a member's bills while a month's are issued, ms")
    table(
        ("when", "requests", "p50", "p95", "p99"),
        [("calm", len(calm), *_percentiles(calm)), ("while issuing", len(busy), *_percentiles(busy))],
    )
    times = _percentiles(busy)[1] / _percentiles(calm)[1]
    goals.hold(f"{engine.name}: a member's bill page while bills are issued, times its p95", times, DISTURBED)


def _sign_in(app, crowd: mass.Crowd) -> list[str]:
    step = crowd.count // VISITORS
    with app.app_context():
        heads = [Person.get_by_id(crowd.head(family)) for family in crowd.families[::step]]
        cookies = [visitors.cookie(app, accounts.open_sign_in(person=head, level=Level.L1).token) for head in heads]
    db.close_all()
    return cookies


def _look(line: Line, cookies: list[str], times: int) -> list[float]:
    """Milliseconds of each."""
    taken = []
    for turn in range(times):
        status, spent = line.get("/tagihan", cookies[turn % len(cookies)])
        if status != 200:
            raise RuntimeError(f"/tagihan answered {status}")
        taken.append(spent)
        time.sleep(PAUSE)
    return taken


def _percentiles(taken: list[float]) -> tuple[float, float, float]:
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[94], cuts[98]
