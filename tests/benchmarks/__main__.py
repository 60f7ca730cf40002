"""`python -m tests.benchmarks`: make a country, load it, weigh the pages and race them; exit 1 if a goal is missed.

Real files instead of made ones: BENCH_REGIONS (a folder), BENCH_FACILITIES, BENCH_POPULATION and BENCH_MEMBERS, as the
import commands read them; the last two of one civil registry. JKN_NOW says which day it is in them.
"""

import argparse
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from jkn.calendar import next_month
from tests.benchmarks import cost, files, imports, kiosks, money, texting, weights
from tests.benchmarks.engines import engine
from tests.benchmarks.tables import Goals

NOW = "2026-11-15T10:00+07:00"


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Speed and size of everything.")
    ask.add_argument("--families", type=int, default=300_000, help="how many to make: more than a million people")
    ask.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parts = ("weights", "kiosks", "speed", "money", "texting")
    ask.add_argument("--only", choices=parts, help="only bytes, a kiosk visit, pages and imports, money, or messages")
    ask.add_argument("--large", action="store_true", help="nothing but the bills of three million families")
    asked = ask.parse_args()
    now, goals = os.environ.get("JKN_NOW") or NOW, Goals()
    today = datetime.fromisoformat(now).date()
    with tempfile.TemporaryDirectory(prefix="jkn-bench-", ignore_cleanup_errors=True) as folder:
        folder = Path(folder)
        wanted = ("large",) if asked.large else (asked.only,) if asked.only else parts
        if "weights" in wanted:
            weights.run(folder, goals)
        if "kiosks" in wanted:
            kiosks.run(folder, now, goals)
        loaded = files.ready(folder, asked.families, today) if "speed" in wanted else None
        for name in ("sqlite", "postgres") if asked.engine == "both" else (asked.engine,):
            with engine(name, folder) as chosen:
                if loaded:
                    imports.run(chosen, loaded, now, f"{next_month(today):%Y-%m}", folder, goals)
                    cost.run(chosen, loaded.members, now, goals)
                if "money" in wanted:
                    money.run(chosen, asked.families, now, today.replace(day=1), goals)
                if "texting" in wanted:
                    texting.run(chosen, now, goals)
                if "large" in wanted:
                    money.run_large(chosen, now, today.replace(day=1), goals)
    goals.show()
    sys.exit(not goals.met)


if __name__ == "__main__":
    main()
