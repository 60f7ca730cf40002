"""A run of the outbox: what is due goes out, once however many runs there are, and again where an answer was lost."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from flask import current_app

from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import is_unavailable, write
from jkn.delivering import senders, service
from jkn.delivering.messages import Outcome, Receipt
from jkn.delivering.service import Limits, Ready
from jkn.delivering.writing import compose
from jkn.notices.models import Channel, Notice

log = logging.getLogger("jkn")

AT_ONCE = 100
IN_A_ROW = 12  # failures, after which a gateway rests
PAUSE = 1  # second


class Gateways:
    """How the gateways do in this run: one that fails again and again rests, and what waits for it is not tried."""

    def __init__(self):
        self._failed, self._lock = Counter(), Lock()

    def note(self, channel: Channel, outcome: Outcome) -> None:
        with self._lock:
            self._failed[channel] = 0 if outcome in (Outcome.ACCEPTED, Outcome.REFUSED) else self._failed[channel] + 1

    @property
    def resting(self) -> list[Channel]:
        with self._lock:
            return [channel for channel, failed in self._failed.items() if failed >= IN_A_ROW]


def run(threads: int = 1, keep_on: float = 0, tick: Callable[[int], None] = lambda _steps: None) -> Counter:
    """Send everything that is due, and for so many seconds what becomes due meanwhile; how each try ended."""
    app, tally = current_app._get_current_object(), Counter()
    ends = time.monotonic() + keep_on

    def work(notice_id: int) -> Outcome | None:
        with app.app_context():
            return _send(notice_id, gateways)

    with ThreadPoolExecutor(threads) as pool:
        while True:
            gateways = Gateways()  # each look at the outbox gives a resting gateway another chance
            while ids := service.due(AT_ONCE):
                for outcome in pool.map(work, ids) if threads > 1 else map(work, ids):
                    tally[outcome or "waiting"] += 1
                    tick(1)
            if time.monotonic() >= ends:
                break
            time.sleep(PAUSE)
    if sent := tally[Outcome.ACCEPTED]:
        with write():
            audit.record(Act.NOTICES_SENT, "outbox", SYSTEM, count=sent)
    return tally


def limits() -> Limits:
    config = current_app.config
    return Limits(config["NOTICE_QUIET"], config["NOTICE_DAY_CAP"], config["NOTICE_BUDGET"])


def _send(notice_id: int, gateways: Gateways) -> Outcome | None:
    """One try; None when there was none to make. A fault of ours in one notice does not stop the others."""
    try:
        ready = service.claim(notice_id, limits(), senders.offered(), gateways.resting)
    except Exception as error:
        if is_unavailable(error):
            raise
        log.error("notice %s: %s", notice_id, type(error).__name__)
        service.set_aside(notice_id, _ours(error))
        return None
    if ready is None:
        return None
    receipt = _ask(ready)
    gateways.note(ready.channel, receipt.outcome)
    service.note(ready, receipt)
    if receipt.outcome is not Outcome.ACCEPTED:
        log.warning("%s by %s: %s", ready.notice.our_reference, ready.channel, receipt.error)
    return receipt.outcome


def _ask(ready: Ready) -> Receipt:
    """The call itself, in no transaction; an earlier try that may have been taken is asked after first."""
    sender = senders.find(ready.channel)
    try:
        message = compose(ready)
    except Exception as error:
        return Receipt(Outcome.REFUSED, error=_ours(error))
    known = _known_at_gateway(ready.notice) if ready.notice.tries > 1 else None
    try:
        return (sender.find(message, known) if known is not None else None) or sender.send(message)
    except Exception as error:
        return Receipt(Outcome.UNSURE, error=_ours(error))


def _known_at_gateway(notice: Notice) -> set[str]:
    """The gateway's numbers of everything that went to the same phone."""
    same = (Notice.number_hash == notice.number_hash) & (Notice.gateway_id != "")
    return {row.gateway_id for row in Notice.select(Notice.gateway_id).where(same)}


def _ours(error: Exception) -> str:
    """By kind only, because its text may carry personal data."""
    return f"ours: {type(error).__name__}"
