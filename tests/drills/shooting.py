"""The service as processes of its own, which can be shot and started again."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server

import httpx

from jkn import clock

ROOT = Path(__file__).parents[2]
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
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("granian"), "--interface", "wsgi", self.target, *options],
            env=environ,
            cwd=ROOT,
            stderr=subprocess.DEVNULL,  # what it says while the database is away
            start_new_session=True,  # so that its workers can be shot with it
        )
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
        self.process.wait()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error) -> None:
        self.kill()
