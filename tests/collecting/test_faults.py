"""Every fault of a provider, with its notices, over real sockets; and many runs at once."""

import time
from datetime import UTC, datetime
from itertools import count
from threading import Barrier

import pytest

from jkn import clock
from jkn.collecting import charging, running
from jkn.collecting.models import Charge, Outcome
from jkn.db import writing
from jkn.payments.models import Payment
from tests.collecting.conftest import simulated
from tests.collecting.households import (
    DEBIT_DAY,
    PRICE,
    assert_nothing_is_lost_or_doubled,
    booked,
    bound,
    in_the_bank,
    settled,
    told,
)
from tests.payments.conftest import served
from tests.payments.test_races import at_once

TAKEN = ("lost", "error", "drop", "error-after", "garbage", "slow", "drip", "pending", "duplicate", "reordered")
REFUSED = ("insufficient", "blocked", "inactive")
RUNS = 6


@pytest.fixture
def town(own_app, tmp_path, key_pairs, known):
    """Our service on a port, in a database of its own, and a wallet that sends it notices."""
    with (
        clock.frozen(datetime(2026, 1, 20, 3, tzinfo=UTC)),
        served(own_app) as address,
        simulated(key_pairs, tmp_path, notify_url=f"{address}/snap") as wallet,
    ):
        known([wallet.provider])
        yield wallet


def until(condition, seconds=20):
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.02)
    assert condition()


def test_a_debit_day_on_which_everything_fails_loses_and_doubles_nothing(town):
    faults = [*TAKEN, *REFUSED, "early", "mute"]
    families = {fault: bound(town) for fault in faults}
    town.faults += [f"54:{fault}" for fault in faults]
    running.collect(DEBIT_DAY)
    running.check_open()
    until(lambda: not Charge.select().where(Charge.opened()).exists())
    for fault, mandate in families.items():
        is_taken = fault not in REFUSED
        assert booked(mandate.payer) == ([("Dompet Uji", PRICE)] if is_taken else []), fault
        assert (in_the_bank(mandate.payer), len(settled(mandate.payer))) == ((PRICE, 1) if is_taken else (0, 0)), fault
    assert_nothing_is_lost_or_doubled(town)
    names = [told(mandate.person.stays.get().family)[-1] for mandate in map(families.get, REFUSED)]
    assert names == ["autodebit_failed", "autodebit_stopped", "autodebit_stopped"]


def test_a_notice_alone_is_enough(town):
    """The answer to the debit is lost, and nobody asks: the notice settles it."""
    mandate = bound(town)
    town.faults += ["54:drop"]
    charge = charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, by()))
    until(lambda: Charge.get_by_id(charge.id).outcome is Outcome.PAID)
    assert "55" not in [which for which, *_rest in town.asked]
    assert_nothing_is_lost_or_doubled(town)


def test_a_notice_before_the_answer_is_taken_and_the_answer_changes_nothing(town):
    mandate = bound(town)
    town.faults += ["54:early"]
    charge = charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, by()))
    assert charge.outcome is Outcome.PAID and Payment.select().count() == 1


def test_many_runs_at_once_debit_each_family_once(town):
    for _family in range(4):
        bound(town)
    at_once(RUNS, lambda _number: running.collect(DEBIT_DAY))
    assert Payment.select().count() == 4
    assert_nothing_is_lost_or_doubled(town)


def test_twin_a_run_that_looks_before_it_enters_debits_twice(town, monkeypatch):
    """Check, then insert: every run that looked before the first one wrote goes on."""
    looked, enter, numbers = Barrier(RUNS, timeout=30), charging._enter, count()
    mandate = bound(town)

    def check_first(mandate, day, attempt, actor):
        slot = f"debit:{day:%Y-%m}:{attempt}"
        known = Charge.get_or_none(Charge.payer == mandate.payer_id, Charge.slot == slot)
        due = charging.owing.due(mandate.payer, day)
        looked.wait()
        return known or enter_unguarded(mandate, due, slot, day, actor)

    @writing
    def enter_unguarded(mandate, due, slot, day, actor):
        ends = clock.start_of(replace_day(day))
        slot = f"{slot}-{next(numbers)}"
        return enter(mandate.payer, town.provider, "debit", slot, due, ends, actor, mandate=mandate, day=day)

    monkeypatch.setattr(charging, "ask_by_mandate", check_first)
    monkeypatch.setattr(charging, "_is_wanted", lambda charge: True)
    at_once(RUNS, lambda _number: running.collect(DEBIT_DAY))
    assert len(town.books.taken()) > 1
    assert in_the_bank(mandate.payer) == PRICE * len(town.books.taken())  # even so, no rupiah is lost


def replace_day(day):
    return day.replace(day=day.day + 1)


def by():
    from jkn.access import SYSTEM

    return SYSTEM
