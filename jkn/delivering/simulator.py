"""A stand-in for SMS gateways over real HTTP, with faults: a plain one that drops references it has, and Twilio's API.

What it took is kept in a SQLite file of its own, so that after any crash one can count what was really sent.
"""

import json
import sqlite3
from contextlib import suppress
from html import escape
from threading import Event, RLock, Thread
from urllib.parse import parse_qsl, urlsplit

import httpx

from jkn.faulty import FaultyHandler, FaultyServer
from jkn.notices.twilio import sign

# before it is taken: lost, error, busy, refuse. After it is taken: the rest; the last three concern the report.
FAULTS = (
    "lost",
    "error",
    "busy",
    "refuse",
    "drop",
    "error-after",
    "garbage",
    "slow",
    "drip",
    "twice",
    "mute",
    "undelivered",
)
BEFORE = {"error": 500, "busy": 429, "refuse": 400}
HTTP, TWILIO = "http", "twilio"


class Received:
    """Every message that was taken, and how often each reference came."""

    def __init__(self, path: str):
        self._lock = RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, shape TEXT, reference TEXT, number TEXT, "
            "text TEXT, came INTEGER DEFAULT 1, UNIQUE (shape, reference))"
        )

    def take(self, shape: str, reference: str | None, number: str, text: str) -> int:
        """The message's number here. A reference that is known is counted and not taken again."""
        add = "INSERT INTO message (shape, reference, number, text) VALUES (?, ?, ?, ?)"
        again = " ON CONFLICT (shape, reference) DO UPDATE SET came = came + 1 RETURNING id"
        with self._lock:
            return self._db.execute(add + again, (shape, reference, number, text)).fetchone()[0]

    def all(self, shape: str | None = None) -> list[tuple[int, str, str, str, int]]:
        """(id, reference, number, text, how often it came), in order."""
        columns = "SELECT id, reference, number, text, came FROM message"
        with self._lock:
            return self._db.execute(f"{columns} WHERE shape = ? OR ? IS NULL ORDER BY id", (shape, shape)).fetchall()

    def close(self) -> None:
        self._db.close()


class Simulator(FaultyServer):
    """`key` is the secret of both shapes. `faults` are `http:drop`, `twilio:slow` and the like."""

    request_queue_size = 128

    def __init__(self, received: Received, key: str = "kunci", port: int = 0, faults=()):
        super().__init__(_Handler, port, faults)
        self.received, self.key, self._reporters = received, key, []

    def server_close(self) -> None:
        """No report is left half sent."""
        super().server_close()
        for reporter in self._reporters:
            reporter.join()

    def report(self, url: str, form: dict, fault: str, headers: dict) -> None:
        """Tell what became of a message, beside the answer."""
        if url and fault != "mute":
            times = 2 if fault == "twice" else 1
            reporter = Thread(target=self._post, args=(url, form, headers, times), daemon=True)
            self._reporters.append(reporter)
            reporter.start()

    def _post(self, url: str, form: dict, headers: dict, times: int) -> None:
        with httpx.Client(timeout=self.seconds, trust_env=False) as http, suppress(httpx.HTTPError):
            for _time in range(times):
                http.post(url, data=form, headers=headers)


class _Handler(FaultyHandler):
    server: Simulator

    def do_GET(self):
        if self._is_twilio():
            rows = self.server.received.all(TWILIO)
            asked = dict(parse_qsl(urlsplit(self.path).query))
            mine = [row for row in reversed(rows) if row[2] == asked.get("To")]
            found = [_resource(row[0], row[3]) for row in mine[: int(asked.get("PageSize", "50"))]]
            return self._json(200, {"messages": found})
        lines = "".join(
            f"<li>{escape(number)}: {escape(text)} <small>{escape(reference or '')} {came}x</small></li>"
            for _id, reference, number, text, came in self.server.received.all()
        )
        head = '<!doctype html><html lang="id"><meta name="viewport" content="width=device-width"><title>SMS</title>'
        self.reply(200, f"{head}<h1>SMS</h1><ul>{lines}</ul>".encode(), kind="text/html; charset=utf-8")

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        typed = json.loads(raw) if self.headers.get_content_type() == "application/json" else dict(parse_qsl(raw))
        if self.path == "/control":
            self.server.faults += typed["faults"]
            return self._json(200, {"taken": len(self.server.received.all())})
        shape = TWILIO if self._is_twilio() else HTTP
        fault = self.server.next_fault(shape)
        if fault == "lost":
            return self.hang_up()
        if fault in BEFORE:
            return self._json(BEFORE[fault], {"status": "error", "code": 21211})
        answer = self._take_twilio(typed, fault) if shape == TWILIO else self._take_plain(typed, fault)
        if fault == "drop":
            return self.hang_up()
        if fault == "slow":
            Event().wait(self.server.seconds)
        if fault == "error-after":
            return self._json(500, {"status": "error"})
        content = b"<html>sedang gangguan</html>" if fault == "garbage" else json.dumps(answer).encode()
        self.reply(201 if shape == TWILIO else 200, content, slowly=fault == "drip")

    def _take_plain(self, typed: dict, fault: str) -> dict:
        number = self.server.received.take(HTTP, typed.get("id"), typed["to"], typed["text"])
        said = {"id": typed.get("id", ""), "status": "failed" if fault == "undelivered" else "delivered"}
        self.server.report(typed.get("report_url", ""), said, fault, {"X-Report-Secret": self.server.key})
        return {"status": "ok", "message_id": f"g{number}"}

    def _take_twilio(self, typed: dict, fault: str) -> dict:
        number = self.server.received.take(TWILIO, None, typed["To"], typed["Body"])
        url, answer = typed.get("StatusCallback", ""), _resource(number, typed["Body"])
        state = "undelivered" if fault == "undelivered" else "delivered"
        said = {"MessageSid": answer["sid"], "MessageStatus": state, "To": typed["To"]}
        signature = sign(self.server.key, url, said.items())
        self.server.report(url, said, fault, {"X-Twilio-Signature": signature})
        return answer

    def _is_twilio(self) -> bool:
        return urlsplit(self.path).path.startswith("/2010-04-01/")

    def _json(self, status: int, body: dict) -> None:
        self.reply(status, json.dumps(body).encode())


def _resource(number: int, text: str) -> dict:
    return {"sid": f"SM{number:032x}", "body": text, "status": "queued"}
