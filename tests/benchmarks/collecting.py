"""Banks at work over HTTP: how many payments go through while so many inquiries would, and how long one takes."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles

import httpx

from jkn import create_app
from jkn.db import db
from jkn.payments.bank import Bank
from tests.benchmarks.engines import Postgres, Sqlite, served
from tests.benchmarks.mass import Crowd
from tests.benchmarks.tables import Goals, table, title
from tests.drills.tills import a_partner

CLIENTS = 16
ROUNDS, EACH = 4, 400  # so many inquiries, then the payments of the same bills, and again
RATE, P99 = 0.2, 500  # of the inquiries'; ms


def run(engine: Sqlite | Postgres, url: str, crowd: Crowd, now: str, goals: Goals) -> None:
    """Every bill of a family of its own, quoted and paid."""
    create_app(DATABASE_URL=url, JKN_NOW=now)
    partner = a_partner()
    db.close_all()
    rounds = min(ROUNDS, crowd.count // EACH)
    vas = iter([crowd.va(family) for family in crowd.families[:: crowd.count // (rounds * EACH)]])
    asked, paid, seconds = [], [], {"asked": 0.0, "paid": 0.0}
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    with (
        served("wsgi:app", DATABASE_URL=url, JKN_NOW=now) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, limits=limits) as http,
        ThreadPoolExecutor(CLIENTS) as tills,
    ):
        bank = partner.bank(http)
        bank.read_clock()
        bank.ask_token()
        for _round in range(rounds):
            begun = time.perf_counter()
            quotes = list(tills.map(lambda va: _timed(_inquire, bank, va), [next(vas) for _ in range(EACH)]))
            between = time.perf_counter()
            receipts = list(tills.map(lambda quote: _timed(_pay, bank, quote[0]), quotes))
            seconds["asked"] += between - begun
            seconds["paid"] += time.perf_counter() - between
            asked += [spent for _answer, spent in quotes]
            paid += [spent for _answer, spent in receipts]
    title(f"{engine.name}: banks over HTTP, {CLIENTS} clients")
    rows = [("inquiry 24", asked, seconds["asked"]), ("payment 25", paid, seconds["paid"])]
    table(
        ("service", "count", "a second", "p50, ms", "p99, ms"),
        [(name, len(took), len(took) / spent, *_middle_and_p99(took)) for name, took, spent in rows],
    )
    ratio = seconds["asked"] / seconds["paid"]
    goals.reach(f"{engine.name}: payments, times the rate of inquiries", ratio, RATE)
    goals.hold(f"{engine.name}: payments at {CLIENTS} clients, p99", _middle_and_p99(paid)[1], P99, " ms")


def _inquire(bank: Bank, va: str) -> dict:
    return bank.inquire(va)


def _pay(bank: Bank, quote: dict) -> dict:
    rupiah = int(quote["totalAmount"]["value"].removesuffix(".00"))
    return bank.pay(quote["virtualAccountNo"].strip(), quote["inquiryRequestId"], rupiah)


def _timed(act, bank: Bank, what) -> tuple[dict, float]:
    """The answer, and milliseconds."""
    begun = time.perf_counter()
    return act(bank, what), (time.perf_counter() - begun) * 1000


def _middle_and_p99(taken: list[float]) -> tuple[float, float]:
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[98]
