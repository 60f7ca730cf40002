"""A bank before the app, and databases of their own for what needs several connections at once."""

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from threading import Thread

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.serving import make_server

from jkn import clock
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
