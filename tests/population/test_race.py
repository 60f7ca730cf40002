"""Thirty-two questions at the same moment, on a real file and a real server: only as many as the limit allows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from jkn import clock
from jkn.db import db, write
from jkn.errors import Refused
from jkn.population import service
from jkn.population.models import LookUpCount
from tests.builders import a_nik
from tests.population.registries import KK

MANY = 32


def asked_at_once(ask) -> int:
    """How many of the questions were let through to the registry."""
    start, nik = Barrier(MANY), a_nik()

    def run(_number):
        start.wait()
        try:
            ask(KK, nik)
        except Refused as refused:
            return "too often" not in refused.message
        finally:
            db.close()
        return True

    with ThreadPoolExecutor(MANY) as threads:
        return sum(threads.map(run, range(MANY)))


@pytest.mark.usefixtures("own_database")
def test_parallel_questions_do_not_pass_the_limit():
    assert asked_at_once(lambda kk, nik: service.ask_family(kk, nik, date(1980, 8, 17))) == service.per_day


@pytest.mark.usefixtures("own_database")
def test_the_broken_twin_that_looks_before_it_counts_lets_more_through(monkeypatch):
    looked = Barrier(MANY)

    def count(_kk, nik):
        row = LookUpCount.get_or_none(LookUpCount.key == nik)
        looked.wait()
        if row and row.count >= service.per_day:
            raise Refused("too often")
        with write():
            LookUpCount.insert(key=nik, day=clock.today()).on_conflict_ignore().execute()
            LookUpCount.update(count=LookUpCount.count + 1).where(LookUpCount.key == nik).execute()

    assert asked_at_once(count) == MANY > service.per_day
