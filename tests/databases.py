"""Databases of a test's own, on either engine: copies of one that was migrated once for the whole run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from jkn.db import connect, db, is_sqlite


@contextmanager
def own_database(empty: str, folder: Path) -> Iterator[str]:
    """A copy of `empty`: what is committed in it, many threads and (by the URL given) other processes see."""
    before = db.obj
    if is_sqlite(empty):
        url = f"sqlite:///{folder}/own.db"
        shutil.copy(empty.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
    else:
        url = another_name(empty, f"own_{uuid4().hex[:12]}")
        on_server(empty, f"CREATE DATABASE {name_of(url)} TEMPLATE {name_of(empty)}")
    db.initialize(connect(url))
    try:
        yield url
    finally:
        db.close_all()
        db.initialize(before)
        if not is_sqlite(empty):
            on_server(empty, f"DROP DATABASE {name_of(url)} WITH (FORCE)")


def on_server(url: str, statement: str) -> None:
    """Tell this database's server something; nobody is connected to the database itself afterwards or meanwhile."""
    with psycopg.connect(another_name(url, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


def another_name(url: str, name: str) -> str:
    """The same Postgres server, another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
