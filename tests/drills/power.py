"""G4: the power fails, on SQLite. What was not synced is gone, half of the time sector by sector; nothing acknowledged
may be lost and nothing broken. `synchronous=NORMAL`, the broken twin, loses payments."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from jkn import clock
from jkn.db import db
from tests.benchmarks.tables import Goals, table, title
from tests.drills.tills import Notice, Partner, a_partner, make_notices
from tests.processes import ROOT

FULL, SMALL = {"cuts": 500}, {"cuts": 20}
IN_A_LIFE = 10  # cuts until the process is started again, on what the last one left
TROUBLES = 10  # printed
EVERY = 400  # operations on the disk between two cuts, at most


class NoCompiler(Exception):
    """The shim is compiled where it is used."""


def run(url: str, goals: Goals, cuts: int, **pragmas: str) -> None:
    """`pragmas` are SQLite's, for the broken twins. Every second life moves its log into the database all the time."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    notices, partner = make_notices(cuts * 20), a_partner()
    db.close_all()
    shim, disk = build(folder), folder / "disk"
    disk.mkdir()
    shutil.copy(url.removeprefix("sqlite:///"), disk / "jkn.db")
    left, acknowledged, rows, lives = {notice.reference: notice for notice in notices}, set(), [], 1
    while len(rows) < cuts:
        life = folder / f"life-{len(rows)}"
        life.mkdir()
        busy = {"wal_autocheckpoint": "40"} if lives % 2 else {}
        lives += 1
        story = live(shim, disk, life, min(IN_A_LIFE, cuts - len(rows)), partner, list(left.values()), busy | pragmas)
        before = len(rows)
        for word in story:
            if not word.startswith("cut "):
                acknowledged.add(word)
                continue
            booked, troubles = look(life / word.removeprefix("cut "), notices[0].amount)
            torn = int(word.removeprefix("cut ")) % 2 == 0
            rows.append((torn, len(acknowledged - booked), troubles))
        if len(rows) == before:
            raise RuntimeError("the process lived through it: no cut was made")
        shutil.rmtree(disk)
        shutil.move(life / str(len(rows) - before), disk)
        shutil.rmtree(life)
        acknowledged &= booked  # what this life lost is counted once
        left = {reference: notice for reference, notice in left.items() if reference not in acknowledged}
    _show(goals, rows, pragmas)


def _show(goals: Goals, rows: list[tuple], pragmas: dict[str, str]) -> None:
    title(" ".join((f"The power cut {len(rows)} times", *map("=".join, pragmas.items()))))
    kinds = [(name, [row for row in rows if row[0] is torn]) for name, torn in (("all lost", False), ("torn", True))]
    table(
        ("what was not synced", "cuts", "that lost payments", "payments lost", "databases broken"),
        [
            (name, len(some), sum(lost > 0 for _torn, lost, _why in some), sum(row[1] for row in some), _broken(some))
            for name, some in kinds
        ],
    )
    for trouble in sorted({trouble for row in rows for trouble in row[2]})[:TROUBLES]:
        print(trouble.splitlines()[0])
    goals.hold("power cut: acknowledged payments lost", sum(row[1] for row in rows), 0)
    goals.hold("power cut: databases broken", _broken(rows), 0)


def _broken(rows: list[tuple]) -> int:
    return sum(bool(troubles) for _torn, _lost, troubles in rows)


def build(folder: Path) -> Path:
    """The shim, compiled."""
    compiler = next(filter(shutil.which, ("cc", "gcc", "clang")), None)
    if compiler is None:
        raise NoCompiler("The power cannot be cut without a C compiler (apt-get install gcc libc6-dev).")
    target = folder / "powercut.so"
    source = Path(__file__).with_name("powercut.c")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", target, source, "-ldl"], check=True)
    return target


def live(
    shim: Path, disk: Path, out: Path, cuts: int, partner: Partner, notices: list[Notice], pragmas: dict[str, str]
) -> list[str]:
    """Be paid until the last cut; each payment acknowledged and each cut, in order."""
    reading, writing = os.pipe()
    environ = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "POWERCUT_DIR": str(disk.resolve()),
        "POWERCUT_OUT": str(out),
        "POWERCUT_FD": str(writing),
        "POWERCUT_CUTS": str(cuts),
        "POWERCUT_EVERY": str(EVERY),
        "POWERCUT_SEED": str(len(notices)),
        "JKN_NOW": clock.now().isoformat(),
    }
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.drills.paying", f"sqlite:///{disk.resolve()}/jkn.db", str(writing)),
            *map("=".join, pragmas.items()),
        ],
        env=environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        pass_fds=[writing],
        text=True,
    )
    os.close(writing)
    process.stdin.write(json.dumps({"partner": asdict(partner), "notices": [asdict(notice) for notice in notices]}))
    process.stdin.close()
    with open(reading) as story:
        words = story.read().splitlines()
    if process.wait():
        raise RuntimeError(f"the process ended with {process.returncode}")
    return words


def look(folder: Path, price: int) -> tuple[set[str], list[str]]:
    """The payments that are there after the power is back, and what is wrong with the database. Looks at a copy: the
    next life begins with what the cut left, not with what we have mended by reading it."""
    copy = folder.with_name(f"{folder.name}-copy")
    shutil.copytree(folder, copy)
    try:
        connection = sqlite3.connect(copy / "jkn.db")
        troubles = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        troubles += [f"a foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
        references = [row[0] for row in connection.execute("SELECT reference FROM payment")]
        money = connection.execute("SELECT coalesce(sum(amount), 0) FROM movement WHERE debit = 'bank'").fetchone()[0]
        settled = connection.execute("SELECT count(*) FROM settlement").fetchone()[0]
        connection.close()
    except sqlite3.DatabaseError as error:
        return set(), [str(error)]
    finally:
        shutil.rmtree(copy)
    if len(set(references)) != len(references):
        troubles.append("a payment doubled")
    if (money, settled) != (price * len(references), len(references)):
        troubles.append("half a payment")
    return set(references), troubles
