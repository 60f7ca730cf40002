"""Two tabs, or two people of one family, join at the same moment: one plan."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from jkn.access import SYSTEM
from jkn.contributions.models import Hold
from jkn.db import db
from jkn.errors import Refused
from jkn.instalments import service
from jkn.instalments.models import Plan
from jkn.members.models import Payer
from tests.builders import a_family

TABS = 8


def join_at_once() -> int:
    """How many plans eight tabs make that each offer a plan of their own."""
    a_family(1, liable_from=date(2025, 5, 1))
    payer, start = Payer.get(), Barrier(TABS)

    def join(tab):
        start.wait()
        try:
            service.join(payer, 2 + tab % 3, SYSTEM, f"tab-{tab}")
        except Refused:
            pass
        finally:
            db.close()

    with ThreadPoolExecutor(TABS) as threads:
        list(threads.map(join, range(TABS)))
    return Plan.select().count()


def test_of_many_tabs_one_joins(own_database):
    assert join_at_once() == 1 and Hold.select().count() == 1


def test_the_broken_twin_that_does_not_look_whether_a_plan_runs_joins_again(own_database, monkeypatch):
    monkeypatch.setattr(service, "running", lambda payer, on: None)
    assert join_at_once() > 1
