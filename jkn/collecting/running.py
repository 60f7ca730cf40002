"""The runs: debits on the providers' days, asking after what is not over or went back. Safe to stop and run twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from threading import Event

from jkn.access import SYSTEM
from jkn.collecting import charging, mandates, providers, returning, rules
from jkn.collecting.models import Charge, Mandate
from jkn.collecting.providers import Provider, ProviderKind

CHUNK = 500
PAUSE = 1  # second
SLACK = timedelta(seconds=5)
RETURNED = "given back"

Tick = Callable[[int], None]


def collect(day: date, tick: Tick = lambda _steps: None) -> Counter:
    """Debit every active mandate whose provider debits on this day and whose payer owes something; how each ended.

    First whatever an earlier run left open is asked about: no second debit goes out while one may be under way.
    """
    tally, unclear = check_open(tick), []
    for provider in on_day(day):
        attempt = rules.attempt_on(day, provider.days_on(day))
        for mandate in _mandates_of(provider):
            charge = charging.ask_by_mandate(mandate, day, attempt, SYSTEM)
            if charge:
                charge = charging.work_on(charge)
                tally[charge.outcome or "open"] += 1
                if charge.outcome is None and charge.answered_at is None:
                    unclear.append(charge.id)
            tick(1)
    _settle_the_rest(tally, unclear)
    return tally


def check_open(tick: Tick = lambda _steps: None) -> Counter:
    """Ask after every charge that is not over or is said to have gone back, and tell providers of mandates that ended.

    How many of each end.
    """
    mandates.release_ended()
    tally = Counter()
    for charge in list(Charge.select().where(returning.unsettled()).order_by(Charge.id)):
        tally[RETURNED] += returning.follow(charge).payment.reversed_on is not None
    for charge in _open_charges():
        tally[charging.work_on(charge).outcome or "open"] += 1
        tick(1)
    return tally


def steps(day: date | None = None) -> int:
    """How many ticks a run gives at most."""
    count = Charge.select().where(Charge.opened()).count()
    codes = [provider.code for provider in on_day(day)] if day else []
    return count + (Mandate.select().where(Mandate.live(), Mandate.provider.in_(codes)).count() if codes else 0)


def on_day(day: date) -> list[Provider]:
    """The providers that debit on this day."""
    offered = providers.offered(ProviderKind.WALLET, ProviderKind.BANK)
    return [provider for provider in offered if rules.attempt_on(day, provider.days_on(day))]


def _mandates_of(provider: Provider) -> Iterator[Mandate]:
    """All that are on, read in chunks: a run may take hours, and no query does."""
    last = 0
    while True:
        mine = (Mandate.provider == provider.code) & Mandate.live() & (Mandate.id > last)
        rows = list(Mandate.select().where(mine).order_by(Mandate.id).limit(CHUNK))
        yield from rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _open_charges() -> Iterator[Charge]:
    last = 0
    while True:
        rows = list(Charge.select().where(Charge.opened(), Charge.id > last).order_by(Charge.id).limit(CHUNK))
        yield from rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _settle_the_rest(tally: Counter, unclear: list[int]) -> None:
    """A second look at what this run could not learn; and charges that somebody else has in hand are waited for, until
    they let go or, having been killed, have had them for too long."""
    for charge_id in unclear:
        _look_again(Charge.get_by_id(charge_id), tally)
    longest = rules.grows_stale(max((each.seconds for each in providers.everybody()), default=0)) + SLACK
    for _second in range(longest.seconds):
        held = list(Charge.select().where(Charge.opened(), Charge.held_at.is_null(False)))
        if not held:
            return
        Event().wait(PAUSE)
        for charge in held:
            _look_again(charge, tally)


def _look_again(charge: Charge, tally: Counter) -> None:
    if outcome := charging.work_on(charge).outcome:
        tally.subtract(["open"])
        tally[outcome] += 1
