"""`python -m tests.year [--engine sqlite|postgres]`: tell the year as a table; exit 1 at the first wrong amount."""

import argparse
import signal
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from tests.benchmarks.engines import engine
from tests.benchmarks.tables import table, title
from tests.year.life import living
from tests.year.story import START, live


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.year", description="A year of one family's life.")
    ask.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    asked = ask.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: what was started ends too
    begun, rows = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="jkn-year-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (
            engine(asked.engine, folder) as databases,
            living(databases.create("year"), folder, date.fromisoformat(START)) as life,
        ):
            try:
                rows.extend(live(life))
            except AssertionError as wrong:
                sys.exit(f"WRONG: {wrong}")
    title(f"A family's year on {databases.name}, in {time.monotonic() - begun:.0f} seconds")
    table(("day", "what happened", "rupiah", "why"), rows)


if __name__ == "__main__":
    main()
