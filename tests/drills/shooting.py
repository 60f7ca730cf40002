"""The service as processes of its own, which can be shot and started again."""

import os
import signal
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from socket import create_server

import httpx

from jkn import clock
from tests.processes import Process

PATIENCE = 60  # seconds until a server must answer


class Server:
    """Granian as in production; its clock goes on where ours stands."""

    def __init__(self, database_url: str, target: str = "wsgi:app"):
        with closing(create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self.url, self.target, self.database_url = f"http://127.0.0.1:{self.port}", target, database_url
        self.offset = clock.now() - datetime.now(UTC)
        self.start()

    def start(self) -> None:
        options = ["--no-ws", "--no-log", "--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(self.port)]
        environ = {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "JKN_NOW": (datetime.now(UTC) + self.offset).isoformat(),
        }
        with open(os.devnull, "wb") as nothing:  # for what it says while the database is away
            command = ("granian", "--interface", "wsgi", self.target, *options)
            self.process = Process(*command, environ=environ, stderr=nothing.fileno(), group=True)
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and self.process.poll() is None:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return
            time.sleep(0.05)
        self.kill()
        raise TimeoutError("the server does not start")

    def kill(self) -> None:
        """kill -9 of the whole group: nobody can finish anything."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error) -> None:
        self.kill()
