"""Issue a month's bills in a process of its own, which can be shot: python -m tests.contributions.issue MONTH CHUNK."""

import sys
from datetime import date

from jkn import create_app
from jkn.contributions import issuing_others, service


def main(month: date, chunk: int, eager: bool, workers: int) -> None:
    create_app()
    service.issue_bills(month)
    if eager:
        write, payers = issuing_others.write_lines, issuing_others.OTHERS

        def write_and_bill(*args):
            write(*args)
            for kind in payers:
                found = issuing_others._payers_after(kind, "")
                issuing_others.issue_for(month, [number for number, _code in found])

        issuing_others.write_lines = write_and_bill
    for done, _bills in issuing_others.run(month, chunk, workers):
        print(done, flush=True)
    print("done", flush=True)


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]), int(sys.argv[2]), "--eager" in sys.argv, 3 if "--at-once" in sys.argv else 1)
