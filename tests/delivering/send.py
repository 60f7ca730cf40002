"""`flask send-notices`, to be killed: `python -m tests.delivering.send THREADS [--nameless | --hasty | --greedy]`."""

import sys
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from jkn import create_app
from jkn.delivering import running, service
from jkn.delivering.messages import Outcome, Receipt


def be_nameless():
    """A broken twin: each try has a reference of its own, so no gateway can know it again."""
    compose = running.compose
    running.compose = lambda ready: replace(compose(ready), reference=f"jkn-{uuid4().hex}")


def be_hasty():
    """A broken twin: a message counts as sent before it is."""
    claim = service.claim

    def claim_and_close(*given):
        ready = claim(*given)
        if ready:
            service.note(ready, Receipt(Outcome.ACCEPTED))
        return ready

    service.claim = claim_and_close


def be_greedy():
    """A broken twin: what it takes in hand stays there for others to take."""
    service.LEASE = timedelta()


if __name__ == "__main__":
    app = create_app()
    if "--nameless" in sys.argv:
        be_nameless()
    if "--hasty" in sys.argv:
        be_hasty()
    if "--greedy" in sys.argv:
        be_greedy()
    app.test_cli_runner(catch_exceptions=False).invoke(args=["send-notices", "--threads", sys.argv[1]])
