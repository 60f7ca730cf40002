"""A reading to be killed: `python -m tests.reconciliation.reading FILE CLIENT_ID [--slowly] [--apart]`."""

import sys
import time
from pathlib import Path

from jkn import create_app, db
from jkn.imports import Report
from jkn.payments import partners
from jkn.reconciliation import settling

if __name__ == "__main__":
    create_app()
    settling.CHUNK = 250
    if "--slowly" in sys.argv:
        insert = settling._insert

        def insert_slowly(*args):
            insert(*args)
            time.sleep(0.1)

        settling._insert = insert_slowly
    if "--apart" in sys.argv:  # the broken twin: the lines are committed first, their differences a little later
        store, opened = settling._store.__wrapped__, settling._open

        def store_apart(*args):
            kept = []
            settling._open = lambda partner, lines: kept.append((partner, lines))
            with db.write():
                found = store(*args)
            time.sleep(0.2)
            with db.write():
                for partner, lines in kept:
                    opened(partner, lines)
            return found

        settling._store = store_apart
    settling.read_file(Path(sys.argv[1]), partners.find(sys.argv[2]), Report())
