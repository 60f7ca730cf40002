"""G3: the database server itself is killed under payments; nothing is lost or doubled, and it is back in seconds."""

import time
from pathlib import Path

from peewee import PeeweeException

from jkn.db import db
from tests.benchmarks.tables import Goals, table, title
from tests.drills import judge
from tests.drills.cluster import cluster
from tests.drills.server import hold
from tests.drills.shooting import Server
from tests.drills.tills import Tills, a_partner, lines, make_notices

FULL, SMALL = {"payments": 6_000, "kills": 8}, {"payments": 60, "kills": 1, "timed": False}
BACK = 10  # seconds


def run(
    folder: Path,
    goals: Goals,
    payments: int,
    kills: int,
    timed: bool = True,
    settings: dict[str, str] | None = None,
) -> None:
    """`timed`: is the machine ours? `settings` are Postgres' own, for the broken twin."""
    rows, lost, slowest = [], 0, 0.0
    with cluster(folder) as postgres:
        for name, value in (settings or {}).items():
            postgres.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        postgres.execute("SELECT pg_reload_conf()")
        notices, partner = make_notices(payments), a_partner()
        db.close()
        with Server(postgres.url) as server, lines(server.url) as http:
            tills = Tills(http, partner, notices)
            with tills.open():
                for shot in range(1, kills + 1):
                    tills.wait_for(shot / (kills + 1))
                    struck = time.monotonic()
                    postgres.kill()
                    acknowledged, answered = dict(tills.acknowledged), tills.answered
                    postgres.start()
                    up = time.monotonic() - struck
                    reconnect()
                    gone = judge.lost(acknowledged)
                    db.close()
                    tills.wait_for((answered + 1) / tills.total)
                    back = time.monotonic() - struck
                    lost, slowest = lost + len(gone), max(slowest, back)
                    rows.append((shot, len(acknowledged), len(gone), up, back))
        title(f"The database killed {kills} times under {tills.total:,} notices of {payments:,} payments")
        table(("kill", "acknowledged", "lost", "seconds until it is up", "until a payment is booked"), rows)
        print(f"\n{len(tills.broken)} answers said meanwhile: later")
        amounts = {notice.reference: notice.amount for notice in notices}
        hold(goals, "database killed", tills, lost, amounts)
        if timed:
            goals.hold("database killed: longest time without payments", slowest, BACK, " s")


def reconnect() -> None:
    """The pool's own connections died with the server."""
    try:
        db.close_all()
    except PeeweeException:
        db.close_all()
