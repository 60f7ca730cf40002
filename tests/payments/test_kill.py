"""kill -9 in the middle of payments: what was acknowledged is there, and nothing is there twice."""

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

import httpx
import pytest

from jkn import clock
from jkn.contributions.models import Settlement
from jkn.db import write
from jkn.ledger.models import Account, Movement
from jkn.payments import owing, partners
from jkn.payments.bank import Bank, BankRefused
from jkn.payments.models import Payment
from jkn.payments.snap.values import format_amount, format_moment
from tests.builders import a_family
from tests.processes import Process

PRICE, TELLERS, PATIENCE = 35_000, 8, 60  # seconds without an answer


class Server:
    """The service as a process of its own, which can be shot and started again."""

    def __init__(self, database_url, *options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url, self.options = f"http://127.0.0.1:{self.port}", options
        self.environ = {**os.environ, "DATABASE_URL": database_url}
        self.offset = clock.now() - datetime.now(UTC)
        self.start()

    def start(self):
        environ = self.environ | {"JKN_NOW": (datetime.now(UTC) + self.offset).isoformat()}
        self.process = Process("tests.payments.serve", str(self.port), *self.options, environ=environ)
        for _ in range(PATIENCE * 10):
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz").status_code == 200:
                    return
            time.sleep(0.1)
        raise TimeoutError("the server does not start")

    def kill(self):
        self.process.kill()


def pay_until_acknowledged(bank, va, reference):
    """Send, and send again marked as a repetition, until the bank has its receipt."""
    body = {
        **bank.account(va),
        "paymentRequestId": reference,
        "paidAmount": format_amount(PRICE),
        "trxDateTime": format_moment(bank.now()),
        "flagAdvise": "N",
    }
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            return bank.call("/v1.0/transfer-va/payment", body)["responseCode"]
        except httpx.TransportError:
            time.sleep(0.1)
        except BankRefused as refused:
            if not refused.code.startswith("5"):
                return refused.code
        body["flagAdvise"] = "Y"
    raise TimeoutError(reference)


def play(database_url, key, public_key, payments, kills, *options):
    """So many payments by eight tellers while the server is killed so often; the bank's own list {reference: code}."""
    with write():
        accounts = [owing.va_of(a_family(size=1)) for _ in range(payments)]
        partner, secret = partners.create("Bank Uji", "88888", public_key)
    work, acknowledged = SimpleQueue(), {}
    for number, va in enumerate(accounts):
        work.put((va, f"ref-{number}"))
    server = Server(database_url, *options)
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as http:
        bank = Bank(http, partner.client_id, secret, key, partner_id=partner.client_id)
        bank.read_clock()
        bank.ask_token()

        def teller(_number):
            with suppress(Empty):
                while True:
                    va, reference = work.get_nowait()
                    acknowledged[reference] = pay_until_acknowledged(replace(bank), va, reference)

        try:
            with ThreadPoolExecutor(TELLERS) as pool:
                tellers = [pool.submit(teller, number) for number in range(TELLERS)]
                for shot in range(1, kills + 1):
                    wait_for(lambda shot=shot: len(acknowledged) >= payments * shot // (kills + 1), tellers)
                    server.kill()
                    server.start()
                for done in tellers:
                    done.result()
        finally:
            server.kill()
    return acknowledged


def wait_for(condition, tellers):
    while not condition() and not all(teller.done() for teller in tellers):
        time.sleep(0.005)


def lost_and_doubled(acknowledged):
    """The bank's list against the ledger."""
    booked = [row.reference for row in Payment.select(Payment.reference)]
    lost = [reference for reference, code in acknowledged.items() if code == "2002500" and reference not in booked]
    money = Movement.select().where(Movement.debit == Account.BANK)
    assert sum(row.amount for row in money) == PRICE * len(booked)
    assert Settlement.select().count() == len(booked)
    return lost, len(booked) - len(set(booked))


def assert_the_lists_agree(acknowledged, payments):
    assert list(acknowledged.values()) == ["2002500"] * payments
    assert lost_and_doubled(acknowledged) == ([], 0)
    assert Payment.select().count() == payments


def test_a_hundred_payments_survive_two_kills(own_database, key, public_key):
    assert_the_lists_agree(play(own_database, key, public_key, 100, 2), 100)


@pytest.mark.slow
def test_a_thousand_payments_survive_ten_kills(own_database, key, public_key):
    assert_the_lists_agree(play(own_database, key, public_key, 1000, 10), 1000)


def test_twin_a_server_that_answers_before_it_books_loses_payments(own_database, key, public_key):
    lost, _doubled = lost_and_doubled(play(own_database, key, public_key, 60, 1, "--forgetful"))
    assert lost
