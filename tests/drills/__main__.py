"""`python -m tests.drills NAME`: run a drill in its full size, or in its short form; exit 1 if its goal is missed."""

import argparse
import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from jkn import clock, create_app
from jkn.commands import migrate
from jkn.db import db
from tests.benchmarks.engines import engine
from tests.benchmarks.tables import Goals, title
from tests.conftest import NOW
from tests.drills import power
from tests.drills.list import DRILLS


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.drills", description="What must survive.")
    ask.add_argument("drill", choices=(*DRILLS, "all"))
    ask.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    ask.add_argument("--small", action="store_true", help="the short form, as the ordinary tests run it")
    asked = ask.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: what was started ends too
    goals, impossible = Goals(), []
    for name in DRILLS if asked.drill == "all" else (asked.drill,):
        for kind in DRILLS[name].engines:
            if asked.engine in (kind, "both"):
                title(f"{name}, on {kind}")
                try:
                    _run(name, kind, asked.small, goals)
                except power.NoCompiler as missing:
                    impossible.append(str(missing))
    goals.show()
    print(*impossible, sep="\n")
    sys.exit(bool(impossible) or not (goals.met and goals.rows))


def _run(name: str, kind: str, small: bool, goals: Goals) -> None:
    drill = import_module(f"tests.drills.{name}")
    sizes = drill.SMALL if small else drill.FULL
    with clock.frozen(NOW), tempfile.TemporaryDirectory(prefix="jkn-drill-", ignore_cleanup_errors=True) as folder:
        if DRILLS[name].takes == "folder":
            drill.run(Path(folder), goals, **sizes)
            return
        with engine(kind, Path(folder)) as chosen:
            if DRILLS[name].takes == "engine":
                drill.run(chosen, goals, **sizes)
                return
            url = chosen.create("drill")
            create_app(TESTING=True, DATABASE_URL=url)
            migrate()
            db.close()
            try:
                drill.run(url, goals, **sizes)
            finally:
                db.close_all()


if __name__ == "__main__":
    main()
