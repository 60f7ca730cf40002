"""A bank before the app, and databases of their own for what needs several connections at once."""

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from threading import Thread
from uuid import uuid4

import httpx
import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.serving import make_server

from jkn import clock, create_app
from jkn.commands import migrate
from jkn.db import db, is_sqlite
from jkn.payments import partners
from jkn.payments.bank import Bank


@pytest.fixture(scope="session")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def public_key(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


@pytest.fixture
def make_bank(key, public_key):
    """Make a partner and the bank that uses it, over WSGI."""
    opened = []

    def make(app, service_id="88888", name="Bank Uji"):
        partner, secret = partners.create(name, service_id, public_key)
        opened.append(httpx.Client(transport=httpx.WSGITransport(app), base_url="http://jkn.example"))
        bank = Bank(opened[-1], partner.client_id, secret, key, partner_id=partner.client_id, service_id=service_id)
        return in_step(bank)

    yield make
    for http in opened:
        http.close()


@pytest.fixture
def a_bank(app, make_bank):
    return partial(make_bank, app)


@pytest.fixture
def bank(a_bank):
    """A bank with a token."""
    bank = a_bank()
    bank.ask_token()
    return bank


def in_step(bank: Bank) -> Bank:
    """The bank's clock shows what ours does, also while ours stands still."""
    bank.offset = clock.now() - datetime.now(UTC)
    return bank


@contextmanager
def own_database(database_url, folder):
    """An empty, migrated database that no other test sees; yields its URL. The one of the run comes back after."""
    before = db.obj
    if is_sqlite(database_url):
        url, drop = f"sqlite:///{folder}/own.db", None
    else:
        drop = f"own_{uuid4().hex[:12]}"
        _on_server(database_url, f"CREATE DATABASE {drop}")
        url = _named(database_url, drop)
    app = create_app(TESTING=True, DATABASE_URL=url)
    try:
        migrate()
        yield app, url
    finally:
        db.close()
        db.obj.close_all()
        db.initialize(before)
        if drop:
            _on_server(database_url, f"DROP DATABASE {drop} WITH (FORCE)")


@pytest.fixture
def own_app(database_url, tmp_path):
    """An app on a database of its own, for threads: nothing is rolled back, nothing is shared."""
    with own_database(database_url, tmp_path) as (app, _url):
        yield app


def _on_server(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _named(url, name):
    """The same server, another database; works for a socket's URL too."""
    start, _, options = url.partition("?")
    return start.rsplit("/", 1)[0] + f"/{name}" + (f"?{options}" if options else "")


@contextmanager
def served(app):
    """The app on a port of its own, threads and all; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
