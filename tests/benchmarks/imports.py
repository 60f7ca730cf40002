"""How fast data gets in and with how much memory, what sealing costs, and what a month's bills cost."""

import itertools
import time
from pathlib import Path

from jkn import create_app
from jkn.db import db, on_sqlite, write
from jkn.imports import execute_many
from jkn.population.imports import CHUNK
from jkn.population.models import Resident
from jkn.sealed import SealedField
from tests.benchmarks import command
from tests.benchmarks.engines import Postgres, Sqlite
from tests.benchmarks.files import Files
from tests.benchmarks.tables import Goals, table, title

TIMES_BARE = 20
TENTH = 0.1
GROWTH = 25  # MB: the codes of a whole country fit in that, a million people do not
SMALL = 1000  # families in the small database


def run(engine: Sqlite | Postgres, files: Files, now: str, month: str, folder: Path, goals: Goals) -> None:
    """Fill the databases `large` and `small`, and measure on the way."""
    tenth = files.beginning(folder / f"tenth-{engine.name}", TENTH)
    small = files.beginning(folder / f"small-{engine.name}", files.share_of(SMALL))

    def load(url: str, source: Files, *steps: int) -> list[command.Run]:
        return [command.run(url, now, name, path) for name, path, _lines in (source.steps[step] for step in steps)]

    def empty(name: str) -> str:
        url = engine.create(name)
        command.run(url, now, "db-migrate")
        return url

    part = load(empty("tenth_of_places"), tenth, 0, 1)
    whole = load(empty("places"), files, 0, 1)
    part += load(engine.copy("places", "tenth"), tenth, 2, 3)
    engine.drop("tenth")
    engine.drop("tenth_of_places")
    load(engine.copy("places", "small"), small, 2, 3)
    large = engine.copy("places", "large")
    whole += load(large, files, 2, 3)
    _show(engine, files, part, whole, goals)
    _compare_with_bare(engine, large, whole[2].seconds, goals)
    _issue_bills(large, now, month)


def _show(engine, files: Files, part: list, whole: list, goals: Goals) -> None:
    title(f"{engine.name}: imports (memory of the command itself, in MB)")
    rows = []
    for (name, _path, lines), little, much in zip(files.steps, part, whole, strict=True):
        growth = much.peak - little.peak
        rows.append((name, lines, much.seconds, int(lines / much.seconds), little.peak, much.peak, growth))
        goals.hold(f"{engine.name}: {name}, memory for the file beyond that for a tenth", growth, GROWTH, " MB")
    table(("command", "lines", "seconds", "lines/s", "MB, a tenth", "MB, all", "more"), rows)


def _compare_with_bare(engine, url: str, seconds: float, goals: Goals) -> None:
    """The same rows, sealed and in memory already, by executemany into a table without any index."""
    create_app(DATABASE_URL=url)
    fields = [field for field in Resident._meta.sorted_fields if field.name != "id"]
    columns = ", ".join(field.column_name for field in fields)
    sealed = "BLOB" if on_sqlite() else "BYTEA"
    kinds = [f"{field.column_name} {sealed if isinstance(field, SealedField) else 'TEXT'}" for field in fields]
    insert = f"INSERT INTO bare ({columns}) VALUES ({', '.join('?' * len(fields))})"
    select = f"SELECT {columns} FROM resident WHERE id > {db.param} AND id <= {db.param}"
    with write():
        db.execute_sql(f"CREATE TABLE bare ({', '.join(kinds)})")
    bare, rows = 0.0, 0
    for start in itertools.count(0, CHUNK):
        found = db.execute_sql(select, (start, start + CHUNK)).fetchall()
        if not found:
            break
        found = [tuple(value if isinstance(value, bytes) else str(value) for value in row) for row in found]
        begun = time.perf_counter()
        with write():
            execute_many(insert, found)
        bare, rows = bare + time.perf_counter() - begun, rows + len(found)
    with write():
        db.execute_sql("DROP TABLE bare")
    db.close_all()
    print(f"\n{rows:,} sealed registry rows: {seconds:.1f} s; a bare insert of the same rows: {bare:.1f} s", flush=True)
    goals.hold(f"{engine.name}: sealed registry rows, times a bare insert of them", seconds / bare, TIMES_BARE)


def _issue_bills(url: str, now: str, month: str) -> None:
    done = command.run(url, now, "issue-bills", month)
    bills = int(done.said.split()[-3])
    each = done.seconds / max(bills, 1) * 100_000
    print(f"issue-bills {month}: {bills:,} bills in {done.seconds:.1f} s; 100,000 take {each:.1f} s", flush=True)
