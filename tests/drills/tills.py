"""A bank's tills: many at once, every notice sent three times in any order, again and again until it is answered."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Lock

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from jkn import clock
from jkn.contributions import rules
from jkn.payments import partners
from jkn.payments.bank import Bank, BankRefused
from jkn.payments.snap.values import format_amount, format_moment
from tests.benchmarks import mass

SENDS, CLIENTS = 3, 64
PATIENCE = 120  # seconds without an answer
PAUSE = 0.1  # before sending again
PAYMENT, DONE = "/v1.0/transfer-va/payment", "2002500"


@dataclass(frozen=True)
class Notice:
    """What the bank tells us: so much was paid for this number."""

    reference: str
    va: str
    amount: int

    def body(self, bank: Bank) -> dict:
        """Service 25's."""
        return {
            **bank.account(self.va),
            "paymentRequestId": self.reference,
            "paidAmount": format_amount(self.amount),
            "trxDateTime": format_moment(bank.now()),
            "flagAdvise": "N",
        }


@dataclass(frozen=True)
class Partner:
    """Who the bank is to us: client id, secret, private key."""

    client_id: str
    secret: str = field(repr=False)
    pem: str = field(repr=False)

    def bank(self, http: httpx.Client) -> Bank:
        key = serialization.load_pem_private_key(self.pem.encode(), None)
        return Bank(http, self.client_id, self.secret, key, partner_id=self.client_id)


def a_partner() -> Partner:
    """A new bank."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    partner, secret = partners.create("Bank Uji", "88888", key.public_key().public_bytes(pem, public).decode())
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Partner(partner.client_id, secret, private.decode())


def make_notices(count: int) -> list[Notice]:
    """One for each of so many new families, which owe this month."""
    month = clock.today().replace(day=1)
    crowd = mass.fill(count, month, alone=True)
    price = rules.price(month, crowd.care_class(0)).amount
    return [Notice(f"ref-{family}", crowd.va(family), price) for family in crowd.families]


@dataclass
class Tills:
    """Tills at work. What they were told is the bank's own list, against which the ledger is judged."""

    http: httpx.Client
    partner: Partner
    notices: list[Notice]
    clients: int = CLIENTS
    sends: int = SENDS
    acknowledged: dict[str, int] = field(default_factory=dict)  # reference: rupiah
    refused: dict[str, int] = field(default_factory=dict)  # by a code that no repetition changes
    broken: list[tuple[float, str]] = field(default_factory=list)  # moment and code of each 5xx
    took: list[float] = field(default_factory=list)  # seconds of each answer
    answered: int = 0

    def __post_init__(self):
        self.bank = self.partner.bank(self.http)
        self.work, self.lock, self.stopped = SimpleQueue(), Lock(), Event()
        orders = self.notices * self.sends
        random.Random(len(orders)).shuffle(orders)
        self.total = len(orders)
        for notice in orders:
            self.work.put(notice)

    @contextmanager
    def open(self) -> Iterator[None]:
        """The tills work while the block runs, and finish their work at its end."""
        self.bank.read_clock()
        self.bank.ask_token()
        self.begun = time.monotonic()
        with ThreadPoolExecutor(self.clients) as pool:
            self.running: list[Future] = [pool.submit(self._till) for _ in range(self.clients)]
            try:
                yield
                for till in self.running:
                    till.result()
            finally:
                self.stopped.set()
        self.seconds = time.monotonic() - self.begun

    def wait_for(self, share: float) -> None:
        """Until so much of the work is answered, or the tills have stopped."""
        while self.answered < self.total * share and not all(till.done() for till in self.running):
            time.sleep(0.005)

    def _till(self) -> None:
        try:
            while not self.stopped.is_set():
                self._send_until_answered(self.work.get_nowait())
        except Empty:
            pass

    def _send_until_answered(self, notice: Notice) -> None:
        body = notice.body(self.bank)
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and not self.stopped.is_set():
            code = self._send(body)
            if code == DONE or (code.startswith("4") and not code.startswith("401")):
                with self.lock:
                    self.answered += 1
                    (self.acknowledged if code == DONE else self.refused)[notice.reference] = notice.amount
                return
            if code.startswith("401"):  # what was lost may be the bank's token
                with suppress(BankRefused, httpx.TransportError):
                    self.bank.ask_token()
            body["flagAdvise"] = "Y"
            time.sleep(PAUSE)
        raise TimeoutError(notice.reference)

    def _send(self, body: dict) -> str:
        """The answer's code, or 000 when the line broke."""
        begun, token = time.monotonic(), self.bank.token
        try:
            code = self.bank.call(PAYMENT, body)["responseCode"]
        except httpx.TransportError:
            return "000"
        except BankRefused as refused:
            code = refused.code
        now = time.monotonic()
        self.took.append(now - begun)
        if code.startswith("5"):
            self.broken.append((now, code))
        elif code.startswith("401"):
            self._ask_token(token)
        return code

    def _ask_token(self, old: str) -> None:
        """A token lives a quarter of an hour: one till asks for the next."""
        with self.lock:
            if self.bank.token == old:
                with suppress(httpx.TransportError, BankRefused):
                    self.bank.ask_token()


def lines(url: str, clients: int = CLIENTS) -> httpx.Client:
    """As many connections as there are tills."""
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    return httpx.Client(base_url=url, timeout=PATIENCE, limits=limits)
