"""Run one of our commands in a process of its own: `python -m tests.benchmarks.command import-regions FOLDER`.

Its last line says how long the command took and how much memory the process ever held, the interpreter included.
"""

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

MARK = "MEASURED "


@dataclass(frozen=True)
class Run:
    """What one command took."""

    seconds: float
    peak: float  # MB
    said: str


def run(url: str, now: str, *words: str | Path) -> Run:
    """Run the command on a database, at a day; its progress goes to the terminal. Fails when the command does."""
    command = [sys.executable, "-m", "tests.benchmarks.command", *map(str, words)]
    done = subprocess.run(command, env=environment(url, now), stdout=subprocess.PIPE, text=True, check=False)
    said, _mark, measured = done.stdout.rpartition(MARK)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout[-2000:]}")
    return Run(**json.loads(measured), said=said)


def environment(url: str, now: str) -> dict[str, str]:
    """Our own, on a database, at a day."""
    return os.environ | {"DATABASE_URL": url, "JKN_NOW": now}


def main() -> None:
    from flask.cli import ScriptInfo

    from jkn import create_app

    app = create_app()
    start = time.perf_counter()
    app.cli.main(args=sys.argv[1:], obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
    seconds = time.perf_counter() - start
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1000
    print(MARK + json.dumps({"seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    main()
