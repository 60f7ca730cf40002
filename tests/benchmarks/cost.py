"""What a page costs in the server, as a multiple of Flask's bare "hello" served the same way in the same minute.

The requests alternate: large database, small one, hello. What slows the machine for a moment slows all three.
"""

import re
import socket
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from jkn import create_app
from jkn.access import Role
from jkn.db import db
from tests.asking import asked, read_whole
from tests.benchmarks import visitors
from tests.benchmarks.engines import Postgres, Sqlite, served
from tests.benchmarks.tables import Goals, table, title
from tests.crawl import PAGES
from tests.test_queries import MOST

ROUNDS, WARM_UP = 200, 20
LARGE_TO_SMALL = 1.2
# Open to all, and what members use most of it.
PUBLIC = ("/", "/faskes", "/faskes?q=puskesmas", "/faskes?q=suka+maju", "/pengaduan", "/bantuan")


class Line:
    """A connection that stays open."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, cookie: str = "") -> tuple[int, float]:
        """Status and milliseconds until the last byte."""
        status, spent, _body = self._ask(f"GET {path}", ("Accept-Encoding: gzip, br", f"Cookie: {cookie}"))
        return status, spent

    def post(self, path: str, form: dict[str, str], *heads: str) -> tuple[int, float, bytes]:
        """Status, milliseconds until the last byte, and the answer."""
        body = urlencode(form)
        kind = "Content-Type: application/x-www-form-urlencoded"
        return self._ask(f"POST {path}", (*heads, kind, f"Content-Length: {len(body)}"), body)

    def _ask(self, what: str, heads: tuple[str, ...], body: str = "") -> tuple[int, float, bytes]:
        start = time.perf_counter()
        self.socket.sendall("\r\n".join((f"{what} HTTP/1.1", "Host: localhost", *heads, "", body)).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        return int(head[9:12]), (time.perf_counter() - start) * 1000, body

    def _receive(self) -> bytes:
        if not (part := self.socket.recv(65536)):
            raise ConnectionError("the server hung up")
        return part


def run(engine: Sqlite | Postgres, members_file: Path, now: str, goals: Goals) -> None:
    """Measure the pages of a signed-in member in `large` and `small`, but those about rows that nobody there has."""
    crowds = {}
    for name in ("small", "large"):
        app = create_app(DATABASE_URL=engine.url(name), JKN_NOW=now)
        crowds[name] = visitors.enter(app, members_file)
    first = crowds["large"][0]
    routes = {route.url: route for route in PAGES}
    owned = (url for url, route in routes.items() if route.role == Role.MEMBER and _named(url) <= {*first.objects})
    addresses = [*PUBLIC, *owned]
    questions = {address: _questions(app, first, _at(routes, address, first)) for address in addresses}
    db.close_all()
    rows = []
    with (
        served("tests.benchmarks.hello:app") as hello,
        served("wsgi:app", DATABASE_URL=engine.url("large"), JKN_NOW=now) as large,
        served("wsgi:app", DATABASE_URL=engine.url("small"), JKN_NOW=now) as small,
    ):
        lines = {"hello": Line(hello), "large": Line(large), "small": Line(small)}
        for address in addresses:
            rows.append((address, *_measure(lines, crowds, routes, address), *questions[address]))
    _show(engine, rows, goals)


def _measure(lines, crowds, routes, address) -> tuple:
    """(status, ms, times hello, times small)."""
    taken = {name: [] for name in lines}
    statuses = set()
    for turn in range(-WARM_UP, ROUNDS):
        for name, line in sorted(lines.items(), reverse=turn % 2 == 0):
            if name == "hello":
                _status, spent = line.get("/")
            else:
                visitor = crowds[name][turn % len(crowds[name])]
                status, spent = line.get(_at(routes, address, visitor), visitor.cookie)
                statuses.add(status)
            if turn >= 0:
                taken[name].append(spent)
    middle = {name: median(spent) for name, spent in taken.items()}
    pairs = zip(taken["large"], taken["small"], strict=True)  # of the same visitor, in the same moment
    growth = median(large / small for large, small in pairs)
    status = "/".join(map(str, sorted(statuses)))
    return status, middle["large"], middle["large"] / middle["hello"], growth


def _named(url: str) -> set[str]:
    """The rows that an address names."""
    return set(re.findall(r"<(?:\w+:)?(\w+)>", url))


def _at(routes, address: str, visitor: visitors.Visitor) -> str:
    return routes[address].at(visitor.objects) if address in routes else address


def _questions(app, visitor, address: str) -> tuple[int, str]:
    """How many queries the page takes, and the tables it reads without an index."""
    client = app.test_client()
    name, _, value = visitor.cookie.partition("=")
    client.set_cookie(name, value)
    client.get(address)
    with asked() as found:
        client.get(address)
    with app.app_context():
        return len(found), " ".join(table for sql, values in found for table in read_whole(sql, values))


def _show(engine, rows: list[tuple], goals: Goals) -> None:
    title(f"{engine.name}: a signed-in member's pages, medians of {ROUNDS}")
    heads = ("page", "status", "ms", "x hello", "x small", "queries", "without an index")
    table(heads, sorted(rows, key=lambda row: -row[3]))
    name = engine.name
    goals.hold(f"{name}: dearest page, times hello", max(row[3] for row in rows), engine.times_hello)
    goals.hold(f"{name}: large database, times the small", max(row[4] for row in rows), LARGE_TO_SMALL)
    goals.hold(f"{name}: most queries of a page", max(row[5] for row in rows), MOST)
    goals.hold(f"{name}: pages with a query without an index", sum(bool(row[6]) for row in rows), 0)
