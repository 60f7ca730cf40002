"""The database: one handle, one door for writes, one base model, two field types of our own."""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from urllib.parse import urlsplit

from flask import Flask
from peewee import (
    BigAutoField,
    BigIntegerField,
    DatabaseProxy,
    DateTimeField,
    InterfaceError,
    Model,
    OperationalError,
)
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

db = DatabaseProxy()

# FULL: with NORMAL a power cut loses payments that were already acknowledged.
PRAGMAS = {
    "foreign_keys": 1,
    "journal_mode": "wal",
    "synchronous": "full",
    "busy_timeout": 10_000,
    "cache_size": -16_000,
}
RETRIES = 5
_thread_lock = threading.RLock()
_door = threading.local()


class BaseModel(Model):
    """A table of ours: a 64-bit key and snake_case names."""

    id = BigAutoField()

    class Meta:
        database = db
        legacy_table_names = False

    @classmethod
    def enter(cls, **values):
        """A new row, made by this call; None when a unique index knows it already."""
        row = cls(**values)
        made = list(cls.insert(row.__data__).on_conflict_ignore().returning(cls.id).tuples().execute())
        if not made:
            return None
        ((row.id,),) = made
        row._dirty.clear()
        return row


class MomentField(DateTimeField):
    """An aware moment, stored as naive UTC so that both engines agree."""

    def db_value(self, value):
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a moment needs a time zone: use clock.now()")
            value = value.astimezone(UTC).replace(tzinfo=None)
        return super().db_value(value)

    def python_value(self, value):
        value = super().python_value(value)
        return value.replace(tzinfo=UTC) if value else None


class RupiahField(BigIntegerField):
    """Whole rupiah; a float is a mistake."""

    def db_value(self, value):
        if isinstance(value, float):
            raise TypeError("rupiah are whole numbers")
        return super().db_value(value)


def init_app(app: Flask) -> None:
    db.initialize(connect(app.config["DATABASE_URL"]))

    @app.teardown_appcontext
    def close(_error):
        stop_reading()
        let_go()


def let_go() -> None:
    """Give this thread's connection back, unless a transaction is still using it."""
    if not db.is_closed() and not db.in_transaction():
        db.close()


def connect(url: str):
    """A pool for `sqlite:///file` or `postgresql://user:password@host/name`."""
    if is_sqlite(url):
        return PooledSqliteDatabase(
            url.removeprefix("sqlite:///"),
            pragmas=PRAGMAS,
            max_connections=64,
            timeout=10,
            check_same_thread=False,
        )
    # libpq reads the URL itself, so every one of its options may stand in it (sslmode, host=/socket, …)
    return PooledPostgresqlDatabase(url, prefer_psycopg3=True, max_connections=64, stale_timeout=300, timeout=10)


def is_sqlite(url: str) -> bool:
    return urlsplit(url).scheme == "sqlite"


def on_sqlite() -> bool:
    return isinstance(db.obj, PooledSqliteDatabase)


def is_unavailable(error: BaseException) -> bool:
    """Did the database itself fail (away, full, locked), rather than our code?"""
    return isinstance(error, (OperationalError, InterfaceError))


@contextmanager
def write() -> Iterator[None]:
    """The one door for writes: a transaction that waits its turn instead of failing.

    SQLite: a thread lock and a file lock (fair, unlike SQLite's own waiting) around BEGIN IMMEDIATE. Inside another
    write, or a test's transaction, it is a savepoint. Postgres: an ordinary transaction; `@writing` repeats a function
    when the engine asks for it.
    """
    if db.in_transaction():
        with db.atomic():
            yield
    elif on_sqlite():
        with _thread_lock, _file_lock(f"{db.database}.lock"), db.atomic("IMMEDIATE"):
            yield
    else:
        with db.atomic():
            yield


def writing(function):
    """Make a service function one write, run again when Postgres asks for it (40001, 40P01)."""

    @wraps(function)
    def in_one_write(*args, **kwargs):
        for attempt in range(RETRIES):
            try:
                with write():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == RETRIES - 1 or db.in_transaction() or not _asks_for_retry(error):
                    raise
                time.sleep(0.01 * 2**attempt)

    return in_one_write


def _asks_for_retry(error: OperationalError) -> bool:
    cause = error.__cause__ or error.__context__
    return getattr(cause, "sqlstate", None) in ("40001", "40P01")


@contextmanager
def _file_lock(path: str) -> Iterator[None]:
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file gives the lock back


def start_reading() -> None:
    """From here to stop_reading() this thread's connection refuses to write: a GET changes nothing."""
    if on_sqlite():
        db.execute_sql("PRAGMA query_only = 1")
    elif db.in_transaction():
        db.execute_sql("SAVEPOINT reading")
        db.execute_sql("SET TRANSACTION READ ONLY")
    else:
        db.execute_sql("SET default_transaction_read_only = on")
    _door.reading = True  # only now: a database that is away has nothing to give back


def stop_reading() -> None:
    if not getattr(_door, "reading", False):
        return
    _door.reading = False
    if on_sqlite():
        db.execute_sql("PRAGMA query_only = 0")
    elif db.in_transaction():
        db.execute_sql("ROLLBACK TO SAVEPOINT reading")
        db.execute_sql("RELEASE SAVEPOINT reading")
    else:
        db.execute_sql("SET default_transaction_read_only = off")


@contextmanager
def bookkeeping() -> Iterator[None]:
    """The one exception to "a GET changes nothing": after the answer is made, note who looked at what."""
    stop_reading()
    with write():
        yield
