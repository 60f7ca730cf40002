"""G5: the database's whole disk is taken away under payments. What brings it back: a base backup, and every record of
the log received on a second disk before a payment is acknowledged (`pg_receivewal --synchronous`)."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jkn.db import db
from tests.benchmarks.tables import Goals, table, title
from tests.drills import judge
from tests.drills.cluster import Cluster, cluster
from tests.drills.database import reconnect
from tests.drills.server import hold
from tests.drills.shooting import Server
from tests.drills.tills import Tills, a_partner, lines, make_notices

FULL, SMALL = {"payments": 15_000}, {"payments": 40, "timed": False}
RESTORED = 60  # seconds; for 10 GB
# The segment that was being received is called .partial: it holds the newest payments.
WHOLE = "cp {0}/%f %p 2>/dev/null || cp {0}/%f.partial %p"
TWIN = "cp {0}/%f %p"  # the broken twin: like archive_command, it knows full segments only


def run(folder: Path, goals: Goals, payments: int, timed: bool = True, restore: str = WHOLE) -> None:
    with cluster(folder) as postgres:
        notices, partner = make_notices(payments), a_partner()
        db.close()
        with second_disk(postgres) as copies, Server(postgres.url) as server, lines(server.url) as http:
            tills = Tills(http, partner, notices)
            with tills.open():
                tills.wait_for(0.6)
                shutil.rmtree(postgres.data, ignore_errors=True)  # under the running server
                postgres.kill()
                shutil.rmtree(postgres.data, ignore_errors=True)  # what was written between the two
                acknowledged, size = dict(tills.acknowledged), _size(copies)
                struck = time.monotonic()
                bring_back(postgres, copies, restore)
                seconds = time.monotonic() - struck
                reconnect()
                gone = judge.lost(acknowledged)
                db.close()
        title(f"The database's disk lost under {tills.total:,} notices of {payments:,} payments")
        table(("acknowledged", "lost", "MB brought back", "seconds"), [(len(acknowledged), len(gone), size, seconds)])
        hold(goals, "disk lost", tills, len(gone), {notice.reference: notice.amount for notice in notices})
        if timed:
            goals.hold("disk lost: seconds until it is back", seconds, max(10.0, RESTORED * size / 10_000), " s")


@contextmanager
def second_disk(postgres: Cluster) -> Iterator[Path]:
    """A folder with a base backup and a log that goes on growing; from then on nothing is committed without it."""
    copies = postgres.folder / "second"
    copies.mkdir()
    postgres.give(copies)
    at = ("-h", postgres.socket, "-U", "postgres")
    postgres.run("pg_receivewal", *at, "-S", "second", "--create-slot")
    log = copies / "log"
    log.mkdir()
    postgres.give(log)
    words = ("-S", "second", "--synchronous", "--no-loop", "-D", log)
    receiver = subprocess.Popen(
        postgres.command("pg_receivewal", *at, *words), user=postgres.user, stderr=subprocess.DEVNULL
    )
    try:
        postgres.run("pg_basebackup", *at, "-D", copies / "base", "-X", "none", "-c", "fast", "--no-sync")
        postgres.execute("ALTER SYSTEM SET synchronous_standby_names = 'pg_receivewal'")
        postgres.execute("SELECT pg_reload_conf()")
        yield copies
    finally:
        receiver.kill()
        receiver.wait()


def bring_back(postgres: Cluster, copies: Path, restore: str) -> None:
    """The base backup, then the log until its end."""
    shutil.copytree(copies / "base", postgres.data)
    with open(postgres.data / "postgresql.auto.conf", "a") as settings:
        settings.write(f"restore_command = '{restore.format(copies / 'log')}'\n")
    (postgres.data / "recovery.signal").touch()
    for path in (postgres.data, *postgres.data.rglob("*")):
        postgres.give(path)
    postgres.start()


def _size(folder: Path) -> float:
    """In MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1_000_000
