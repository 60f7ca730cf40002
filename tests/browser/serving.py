"""A real server with a database of its own, and the small world that stands in it."""

import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import httpx

from jkn import clock, commands, create_app
from jkn.db import db
from tests.databases import another_name, name_of, on_server
from tests.processes import ROOT, Process, flask

START = "2026-01-15T10:00+07:00"
FIFTEEN_DAYS_ON = "2026-01-30T10:00+07:00"
PATIENCE = 30  # seconds until a server must answer


@dataclass
class Databases:
    """Filled once, then copied: each server gets the same world, and nobody sees what another did."""

    engine: str
    folder: Path
    admin_url: str = ""
    count: int = field(default=0, init=False)

    def migrated(self) -> str:
        """The address of a new database with all its tables."""
        url = self._new()
        with use(url):
            commands.migrate()
        return url

    def copy(self, url: str) -> str:
        """Another database with the same rows; nobody may be connected to the first."""
        if self.engine == "postgres":
            return self._new(template=name_of(url))
        other = self._new()
        shutil.copy(url.removeprefix("sqlite:///"), other.removeprefix("sqlite:///"))
        return other

    def drop(self) -> None:
        if self.engine == "postgres":
            for number in range(1, self.count + 1):
                on_server(self.admin_url, f"DROP DATABASE IF EXISTS {self._name(number)} WITH (FORCE)")

    def _new(self, template: str = "template1") -> str:
        self.count += 1
        if self.engine == "sqlite":
            return f"sqlite:///{self.folder}/{self.count}.db"
        on_server(self.admin_url, f"CREATE DATABASE {self._name(self.count)} TEMPLATE {template}")
        return another_name(self.admin_url, self._name(self.count))

    def _name(self, number: int) -> str:
        return f"browser_{os.getpid()}_{number}"


@contextmanager
def use(url: str, now: str = START) -> Iterator:
    """An app on this database, at the server's time; afterwards the models use again what they used before."""
    before = db.obj
    app, own = _app_on(url)
    db.initialize(own)
    try:
        with clock.frozen(datetime.fromisoformat(now)):
            yield app
    finally:
        own.close_all()  # SQLite's last connection moves its log into the file, so that a copy is whole
        db.initialize(before)


@cache
def _app_on(url: str):
    app = create_app(TESTING=True, DATABASE_URL=url)
    return app, db.obj


class Server:
    """Granian as in production, on a free port; `restart` sets its clock to another day."""

    def __init__(self, database_url: str, folder: Path, now: str = START):
        self.database_url, self.folder = database_url, folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.restart(now)

    def restart(self, now: str) -> None:
        self.stop()
        self.now, self.started = now, time.monotonic()
        arguments = ["--no-ws", "--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(self.port)]
        with open(self.folder / "server.log", "ab") as log:
            command = ("granian", "--interface", "wsgi", "wsgi:app", *arguments)
            self.process = Process(*command, environ=self._environ(), stdout=log.fileno(), stderr=log.fileno())
        self._wait()

    def stop(self) -> None:
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            process.send(signal.SIGTERM)
            try:
                process.wait(10)
            except TimeoutError:
                process.kill()

    def flask(self, *arguments: str) -> str:
        """A flask command on the server's database, in a folder where it may leave files; what it printed."""
        return flask(*arguments, environ=self._environ(), folder=self.folder)

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def _environ(self) -> dict[str, str]:
        ours = {"DATABASE_URL": self.database_url, "JKN_NOW": self.now, "PYTHONPATH": str(ROOT)}
        return {name: value for name, value in os.environ.items() if name != "JKN_ENV"} | ours

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log()}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
