"""A place for a drill, short enough for the name of a socket, and databases beside that of the run."""

import tempfile
from pathlib import Path

import pytest

from jkn.db import db
from tests.benchmarks.engines import Postgres, Sqlite
from tests.benchmarks.tables import Goals


@pytest.fixture
def goals():
    return Goals()


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="jkn-drill-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def only_postgres(engine):
    if engine != "postgres":
        pytest.skip("a drill of Postgres")


@pytest.fixture
def only_sqlite(engine):
    if engine != "sqlite":
        pytest.skip("a drill of SQLite")


@pytest.fixture
def databases(app, engine, database_url, folder):
    """The engine, for databases that a drill makes and copies; they are gone afterwards."""
    before, made = db.obj, []
    chosen = Sqlite(folder) if engine == "sqlite" else Postgres(database_url)
    create, copy = chosen.create, chosen.copy
    chosen.create = lambda name: made.append(name) or create(name)
    chosen.copy = lambda source, name: made.append(name) or copy(source, name)
    yield chosen
    db.close_all()
    db.initialize(before)
    for name in made:
        chosen.drop(name)
