"""Providers on free ports, with keys of this run, and what they really took."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from jkn.collecting import providers
from jkn.collecting.providers import Keys, Provider, ProviderKind, Signing
from jkn.collecting.simulator.books import Books
from jkn.collecting.simulator.server import Simulator

SECRET = "rahasia dompet untuk uji"
SECONDS = 1  # a call may take so long in these tests


@dataclass(frozen=True)
class KeyPairs:
    ours: rsa.RSAPrivateKey
    theirs: rsa.RSAPrivateKey

    def keys(self) -> Keys:
        return Keys(SECRET, self.ours, self.theirs.public_key())


@pytest.fixture(scope="session")
def key_pairs():
    return KeyPairs(*(rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)))


def a_provider(key_pairs, url: str, code="dompet", kind=ProviderKind.WALLET, **more) -> Provider:
    return Provider(
        code=code,
        name={"dompet": "Dompet Uji", "bank": "Bank Uji", "qris": "QRIS Uji"}[code],
        kind=kind,
        base_url=url,
        client_id=f"jkn-{code}",
        merchant_id="JKN001",
        keys=key_pairs.keys,
        **{"seconds": SECONDS} | more,
    )


@contextmanager
def simulated(key_pairs, folder, code="dompet", kind=ProviderKind.WALLET, notify_url="", port=0, **more):
    """A provider's simulator on a free port; `simulator.provider` is how we know it."""
    books = Books(str(folder / f"{code}.db"))
    simulator = Simulator(a_provider(key_pairs, "", code, kind, **more), key_pairs.theirs, books, port, notify_url)
    simulator.provider = a_provider(key_pairs, simulator.url, code, kind, **more)
    simulator.seconds = 3 * SECONDS
    thread = threading.Thread(target=partial(simulator.serve_forever, 0.01))
    thread.start()
    try:
        yield simulator
    finally:
        simulator.shutdown()
        thread.join()
        simulator.server_close()
        books.close()


@pytest.fixture
def known():
    """Whoever a test configures is forgotten after it."""
    before = list(providers._known.values())
    yield providers.configure
    providers.configure(before)


@pytest.fixture
def wallet(key_pairs, tmp_path, known):
    """A wallet that signs with HMAC."""
    with simulated(key_pairs, tmp_path) as simulator:
        known([simulator.provider])
        yield simulator


@pytest.fixture
def bank(key_pairs, tmp_path, known):
    """A bank that signs with RSA, without a token."""
    with simulated(key_pairs, tmp_path, "bank", ProviderKind.BANK, signing=Signing.RSA) as simulator:
        known([simulator.provider])
        yield simulator


@pytest.fixture
def qris_house(key_pairs, tmp_path, known):
    with simulated(key_pairs, tmp_path, "qris", ProviderKind.QRIS) as simulator:
        known([simulator.provider])
        yield simulator
