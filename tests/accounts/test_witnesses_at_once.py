"""Witnesses' limits hold however many vouch at the same moment."""

import threading

import pytest

from jkn.access import Actor, Role
from jkn.accounts import recovery
from jkn.accounts.models import Recovery, Witness
from jkn.db import db
from jkn.errors import Refused
from tests.accounts.test_recovery import begun, staff
from tests.builders import a_family, people
from tests.test_db import in_threads

VICTIMS = recovery.STAFF_LIMIT + 6


@pytest.fixture
def victims(own_database) -> list[Recovery]:
    waiting = [begun(people(a_family(1))[0])[1] for _ in range(VICTIMS)]
    db.close()
    return waiting


@pytest.fixture
def pair(victims) -> tuple[Actor, Actor]:
    both = staff(), staff(Role.VILLAGE, "desa")
    db.close()
    return both


def vouch(waiting: Recovery, by: Actor) -> bool:
    try:
        recovery.vouch(waiting, by)
    except Refused:
        return False
    return True


def vouched_by_one(victims, volunteer) -> int:
    return sum(vouched is True for vouched in in_threads(VICTIMS, lambda place: vouch(victims[place], volunteer)))


def witnessed_by_both(victims, pair) -> int:
    """Six victims, each witnessed by the same two at the same moment; how many got both."""
    in_threads(12, lambda place: vouch(victims[place // 2], pair[place % 2]))
    return sum(recovery.is_witnessed(each) for each in victims[:6])


def test_one_witness_at_once_vouches_for_no_more_than_one_by_one(victims, pair):
    assert vouched_by_one(victims, pair[0]) == Witness.select().count() == recovery.STAFF_LIMIT


def test_two_who_vouch_together_at_once_come_no_further_than_one_by_one(victims, pair):
    assert witnessed_by_both(victims, pair) == recovery.PAIR_LIMIT


def careless(engine, monkeypatch, count: int) -> None:
    """The broken twin: each looked before any of the others had vouched."""
    if engine == "sqlite":
        pytest.skip("one writer at a time: nobody looks before another has vouched")
    together, whole = threading.Barrier(count), recovery._check_witness

    def late(*witness):
        whole(*witness)
        together.wait(60)

    monkeypatch.setattr(recovery, "_take_turns", lambda *_witness: None)
    monkeypatch.setattr(recovery, "_check_witness", late)


def test_twin_that_looks_without_taking_its_turn_vouches_for_more(victims, pair, engine, monkeypatch):
    careless(engine, monkeypatch, VICTIMS)
    assert vouched_by_one(victims, pair[0]) > recovery.STAFF_LIMIT


def test_twin_that_looks_without_taking_its_turn_lets_the_pair_on(victims, pair, engine, monkeypatch):
    careless(engine, monkeypatch, 12)
    assert witnessed_by_both(victims, pair) > recovery.PAIR_LIMIT
