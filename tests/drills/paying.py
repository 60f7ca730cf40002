"""A process that is paid and says so: `python -m tests.drills.paying URL DESCRIPTOR [NAME=VALUE…]`, work on its input.

One line on the descriptor for each payment that the bank was told is booked. The whole way is walked, signatures and
all, but inside one process, so that its disk can be watched. Further words change pragmas: `synchronous=normal`.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx

from jkn import create_app
from jkn import db as door
from tests.drills.tills import DONE, PAYMENT, Notice, Partner

TELLERS = 4


def main() -> None:
    url, descriptor, *options = sys.argv[1:]
    door.PRAGMAS.update(option.split("=") for option in options)
    asked = json.load(sys.stdin)
    notices = [Notice(**notice) for notice in asked["notices"]]
    with httpx.Client(
        transport=httpx.WSGITransport(create_app(DATABASE_URL=url)), base_url="http://jkn.example"
    ) as http:
        bank = Partner(**asked["partner"]).bank(http)
        bank.read_clock()
        bank.ask_token()

        def pay(notice: Notice) -> None:
            if bank.call(PAYMENT, notice.body(bank))["responseCode"] == DONE:
                os.write(int(descriptor), f"{notice.reference}\n".encode())
            door.db.close()

        with ThreadPoolExecutor(TELLERS) as pool:
            list(pool.map(pay, notices))


if __name__ == "__main__":
    main()
