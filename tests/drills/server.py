"""G1, G2: the server is killed again and again under payments; nothing acknowledged is lost, nothing is doubled."""

import time

from jkn.db import db
from tests.benchmarks.tables import Goals, table, title
from tests.drills import judge
from tests.drills.shooting import Server
from tests.drills.tills import Tills, a_partner, lines, make_notices

FULL, SMALL = {"payments": 20_000, "kills": 20}, {"payments": 100, "kills": 2}
AFTERWARDS = 0.5  # seconds after a start that still count as the kill's


def run(url: str, goals: Goals, payments: int, kills: int, target: str = "wsgi:app") -> None:
    """`target` is the application that is served."""
    notices, partner = make_notices(payments), a_partner()
    amounts = {notice.reference: notice.amount for notice in notices}
    rows, windows, lost = [], [], 0
    with Server(url, target) as server, lines(server.url) as http:
        tills = Tills(http, partner, notices)
        with tills.open():
            for shot in range(1, kills + 1):
                tills.wait_for(shot / (kills + 1))
                struck = time.monotonic()
                server.kill()
                acknowledged = dict(tills.acknowledged)
                gone = judge.lost(acknowledged)
                db.close()
                server.start()
                back = time.monotonic()
                windows.append((struck, back + AFTERWARDS))
                lost += len(gone)
                rows.append((shot, len(acknowledged), len(gone), back - struck))
    title(f"The server killed {kills} times under {tills.total:,} notices of {payments:,} payments")
    table(("kill", "acknowledged", "lost", "seconds until it answers"), rows)
    outside = [code for moment, code in tills.broken if not any(start <= moment <= end for start, end in windows)]
    print(f"\n{tills.total / tills.seconds:,.0f} answers/s, the kills included")
    hold(goals, "server killed", tills, lost, amounts)
    goals.hold("server killed: HTTP 5xx outside the kills", len(outside), 0)


def hold(goals: Goals, drill: str, tills: Tills, lost: int, amounts: dict[str, int]) -> None:
    """What every drill of payments promises."""
    goals.hold(f"{drill}: acknowledged payments lost after a blow", lost, 0)
    goals.hold(f"{drill}: acknowledged payments lost in the end", len(judge.lost(tills.acknowledged)), 0)
    goals.hold(f"{drill}: payments doubled", judge.doubled(), 0)
    goals.hold(f"{drill}: rupiah and books that do not add up", judge.off(amounts), 0)
    goals.hold(f"{drill}: payments not acknowledged in the end", len(amounts) - len(tills.acknowledged), 0)
    db.close()
