"""The simulated provider on a port: SNAP, the member's pages, notices to us, a control for faults, and the faults."""

import json
from contextlib import suppress
from threading import Event, Thread
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from jkn import clock
from jkn.collecting.providers import Provider
from jkn.collecting.simulator import pages
from jkn.collecting.simulator.books import Books
from jkn.collecting.simulator.protocol import Protocol, as_json
from jkn.faulty import FaultyHandler, FaultyServer
from jkn.payments.snap.codes import Service
from jkn.payments.snap.signatures import digests, sign_rsa, string_to_sign

# before anything is done: lost, error. After it is done: the rest. On the order itself: pending and the refusals.
FAULTS = (
    "lost",
    "error",
    "drop",
    "error-after",
    "garbage",
    "slow",
    "drip",
    "pending",
    "insufficient",
    "blocked",
    "inactive",
    "duplicate",
    "reordered",
    "early",
    "mute",
)
DROPPED = ("lost", "drop")
NOTICE_PATHS = {"debit": "/v1.0/debit/notify", "qr": "/v1.0/qr/qr-mpm-notify"}
TRIES = 3
SUCCESS, PENDING = "00", "03"


class Simulator(FaultyServer):
    """`notify_url` is our SNAP prefix, such as http://127.0.0.1:5000/snap; empty: no notices are sent.

    `faults` are `service:kind`, such as `54:drop`; each spoils one call of its service, in turn.
    """

    def __init__(self, provider: Provider, their_key: RSAPrivateKey, books: Books, port=0, notify_url="", faults=()):
        super().__init__(_Handler, port, faults)
        self.provider, self.key, self.books, self.notify_url = provider, their_key, books, notify_url.rstrip("/")
        self.protocol, self.asked = Protocol(provider, books, self.url), []
        self.prefix, self._senders = urlsplit(provider.base_url).path, []

    def server_close(self) -> None:
        """No notice is left half sent."""
        super().server_close()
        for sender in self._senders:
            sender.join()

    def tell(self, reference: str, fault: str = "") -> None:
        """Send the notice of a closed order, beside the answer; an early one before it."""
        order = self.books.order(reference)
        if not self.notify_url or order is None or order["status"] == PENDING or fault == "mute":
            return
        bodies = [self.protocol.notice_of(reference)]
        if fault == "duplicate":
            bodies *= 2
        if fault == "reordered":
            bodies.append(self.protocol.notice_of(reference, PENDING))
        send = Thread(target=self._send_all, args=(NOTICE_PATHS[order["kind"]], bodies), daemon=True)
        self._senders.append(send)
        send.start()
        if fault == "early":
            send.join()

    def _send_all(self, path: str, bodies: list[dict]) -> None:
        with httpx.Client(timeout=self.seconds, trust_env=False) as http, suppress(httpx.HTTPError, ValueError):
            for body in bodies:
                for _attempt in range(TRIES):
                    if self._send(http, path, as_json(body)):
                        break
                    Event().wait(1)

    def _send(self, http: httpx.Client, path: str, raw: bytes) -> bool:
        """Stamped with the receiver's own time, so that a service set to another day takes it."""
        url = self.notify_url + path
        stamp = http.get(f"{url.removesuffix(urlsplit(url).path)}/healthz").json()["now"]
        text = string_to_sign("POST", urlsplit(url).path, digests(raw)[0], stamp)
        headers = {
            "Content-Type": "application/json",
            "X-TIMESTAMP": stamp,
            "X-SIGNATURE": sign_rsa(self.key, text),
            "X-PARTNER-ID": self.provider.client_id,
            "X-EXTERNAL-ID": uuid4().hex,
            "CHANNEL-ID": self.provider.channel_id,
        }
        return http.post(url, content=raw, headers=headers).is_success


class _Handler(FaultyHandler):
    server: Simulator

    def do_GET(self):
        address, books = urlsplit(self.path), self.server.books
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path.endswith(self.server.provider.paths[Service.AUTH_CODE]):
            self._page(pages.authorise(self.server.provider, books.accounts(), asked))
        elif address.path.startswith("/pay/") and (order := books.order(address.path.removeprefix("/pay/"))):
            self._page(pages.pay(self.server.provider, order, books.accounts()))
        elif address.path == "/settlement":
            day = asked.get("day") or clock.today().isoformat()
            self.reply(200, pages.settlement(books.moved_on(day)).encode(), kind="text/csv; charset=utf-8")
        elif address.path == "/":
            self._page(pages.front(self.server.provider, books.accounts(), books.orders(PENDING)))
        else:
            self.reply(404, b"")

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        which = self.server.protocol.service_at(self.path.removeprefix(self.server.prefix))
        if which:
            self._snap(which, raw)
        elif path == "/control":
            self._control(json.loads(raw))
        else:
            typed = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            self._decide(path, typed)

    def _snap(self, which: Service, raw: bytes) -> None:
        server, fault = self.server, self.server.next_fault(which)
        server.asked.append((which, self.path, dict(self.headers), raw))
        if fault == "lost":
            return self.hang_up()
        if fault == "error":
            return self.reply(500, as_json({"responseCode": f"500{which}00", "responseMessage": "General Error"}))
        status, body = server.protocol.answer(which, self.path, self.headers, raw, fault)
        reference = body.get("partnerReferenceNo") or body.get("originalPartnerReferenceNo") or ""
        if which in (Service.DEBIT, Service.DEBIT_STATUS):
            server.tell(reference, fault)
        if fault == "drop":
            return self.hang_up()
        if fault == "slow":
            Event().wait(server.seconds)
        if fault == "error-after":
            status, body = 500, {"responseCode": f"500{which}00", "responseMessage": "General Error"}
        content = b"<html>sedang gangguan</html>" if fault == "garbage" else as_json(body)
        self.reply(status, content, slowly=fault == "drip")

    def _control(self, order: dict) -> None:
        """`{"faults": […]}`, `{"account": "1", "balance": 0, "state": "blocked"}`, `{"give_back": reference}`.

        The answer counts what was taken.
        """
        server = self.server
        server.faults += order.get("faults", [])
        if "account" in order:
            server.books.change_account(order["account"], order.get("balance"), order.get("state"))
        if server.books.give_back(order.get("give_back", "")):
            server.tell(order["give_back"], server.next_fault(Service.DEBIT_NOTICE))
        self.reply(200, as_json({"taken": server.books.taken()}))

    def _decide(self, path: str, typed: dict[str, str]) -> None:
        """The member's answer on one of our pages."""
        server, agreed = self.server, typed.get("answer") == "yes"
        if path == "/authorise":
            more = {"authCode": server.books.authorise(typed["account"])} if agreed else {}
            return self._redirect(f"{typed['redirectUrl']}?{urlencode({**more, 'state': typed['state']})}")
        reference = path.removeprefix("/pay/")
        order = server.books.order(reference)
        if order is None:
            return self.reply(404, b"")
        if agreed:
            server.books.take(reference, typed.get("account", "1"))
        else:
            server.books.cancel(reference)
        server.tell(reference, server.next_fault(Service.DEBIT_NOTICE))
        self._redirect(order["back"] or "/")

    def _page(self, html: str) -> None:
        self.reply(200, html.encode(), kind="text/html; charset=utf-8")

    def _redirect(self, where: str) -> None:
        self.send_response(303)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()
