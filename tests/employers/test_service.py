"""Keeping a list of workers: each change dated, reported in time, done once; cover follows the list."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.calendar import add_months, first_of_month
from jkn.contributions import issuing_others
from jkn.contributions.models import BillLine
from jkn.db import db, write
from jkn.employers import rules, service
from jkn.employers.models import Employer, Worker
from jkn.errors import Refused
from jkn.members.models import CareClass, Relation, Segment, Spell, Stay
from tests.builders import a_family, people
from tests.employers.places import a_worker, an_employer, somebody

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def employer(app):
    return Employer.get(Employer.payer == an_employer())


def add(employer, person, wage=3_000_000, extra=0, since=FEBRUARY):
    return service.add(employer, person, wage, extra, since, SYSTEM)


def rows():
    return [(row.wage, row.extra_family, row.since, row.until) for row in Worker.select().order_by(Worker.since)]


def covered(person, on=FEBRUARY):
    spells = Spell.select().where(Spell.person == person, Spell.open_on(on))
    return [(spell.segment, spell.care_class) for spell in spells]


def test_who_is_added_is_covered_with_spouse_and_three_children(employer):
    family = a_family(6)
    worker, spouse, *children = people(family)
    Stay.update(relation=Relation.SPOUSE).where(Stay.person == spouse).execute()
    add(employer, worker)
    young = [child for child in children if child.born > date(2005, 2, 1)]
    assert [covered(person) for person in (worker, spouse)] == [[(Segment.PPU_BU, CareClass.II)]] * 2
    for child in children:
        by_work, before = [(Segment.PPU_BU, CareClass.II)], [(Segment.PBPU, CareClass.III)]
        assert covered(child) == (by_work if child in young[:3] else before)


def test_a_grown_child_who_works_covers_neither_parents_nor_siblings(employer):
    head, worker, sibling = people(a_family(3))
    add(employer, worker)
    assert covered(worker) == [(Segment.PPU_BU, CareClass.II)]
    assert [covered(person) for person in (head, sibling)] == [[(Segment.PBPU, CareClass.III)]] * 2


def test_what_covered_them_before_ends_and_the_family_is_billed_no_longer(employer):
    (worker,) = people(a_family(1))
    add(employer, worker)
    assert covered(worker, date(2026, 1, 31)) == [(Segment.PBPU, CareClass.III)]
    issuing_others.issue(FEBRUARY)
    assert [line.payer_id for line in BillLine.select()] == [employer.payer_id]


def test_adding_again_is_the_same_row_and_another_wage_is_refused(employer):
    person = somebody()
    assert add(employer, person).id == add(employer, person).id
    with pytest.raises(Refused, match="on the list already"):
        add(employer, person, wage=4_000_000, since=MARCH)
    assert Entry.select().where(Entry.act == Act.WORKER_ADDED).count() == 1


def test_a_new_wage_closes_one_row_and_opens_another(employer):
    worker = add(employer, somebody())
    changed = service.change(worker, 5_000_000, 1, MARCH, SYSTEM)
    assert service.change(worker, 5_000_000, 1, MARCH, SYSTEM).id == changed.id
    assert rows() == [(3_000_000, 0, FEBRUARY, MARCH), (5_000_000, 1, MARCH, None)]
    assert [covered(worker.person, day) for day in (FEBRUARY, MARCH)] == [
        [(Segment.PPU_BU, CareClass.II)],
        [(Segment.PPU_BU, CareClass.I)],
    ]


def test_a_row_that_was_changed_is_changed_no_more(employer):
    worker = add(employer, somebody())
    service.change(worker, 5_000_000, 0, MARCH, SYSTEM)
    with pytest.raises(Refused, match="has changed meanwhile"):
        service.change(worker, 6_000_000, 0, add_months(MARCH, 1), SYSTEM)


def test_who_leaves_is_covered_until_the_month_ends_and_billed_no_more(employer):
    worker = add(employer, somebody())
    for _ in range(2):
        service.end(worker, MARCH, SYSTEM)
    assert covered(worker.person, date(2026, 2, 28)) and not covered(worker.person, MARCH)
    for month in (FEBRUARY, MARCH):
        issuing_others.issue(month)
    assert [line.month for line in BillLine.select()] == [FEBRUARY]


def test_a_family_stays_covered_while_the_other_parent_works_there(employer):
    first, second = people(a_family(2))
    workers = [add(employer, person) for person in (first, second)]
    service.end(workers[0], MARCH, SYSTEM)
    assert covered(first, MARCH)
    service.end(workers[1], MARCH, SYSTEM)
    assert not covered(first, MARCH) and not covered(second, MARCH)


@pytest.mark.parametrize("since", [date(2026, 1, 1), date(2026, 2, 2)])
def test_what_was_not_reported_in_time_is_refused_with_its_basis(employer, since):
    with pytest.raises(Refused) as refused:
        add(employer, somebody(), since=since)
    assert (refused.value.values, refused.value.basis) == ({"day": FEBRUARY}, "BPJS Kesehatan, panduan e-Dabu")


def test_a_worker_is_reported_by_the_last_day_but_one_and_relatives_by_the_twentieth():
    assert rules.takes_effect(date(2026, 1, 30)) == FEBRUARY
    assert rules.takes_effect(date(2026, 1, 31)) == MARCH
    assert rules.relatives_take_effect(date(2026, 1, 20)) == FEBRUARY
    assert rules.relatives_take_effect(date(2026, 1, 21)) == MARCH


@given(st.dates(date(2014, 1, 1), date(2040, 1, 1)))
def test_nothing_counts_before_the_next_month_nor_later_than_the_one_after(day):
    for first in (rules.takes_effect(day), rules.relatives_take_effect(day)):
        assert first in (add_months(first_of_month(day), 1), add_months(first_of_month(day), 2))


def test_relatives_alone_keep_their_own_last_day(employer):
    worker = Worker.get(Worker.person == a_worker(employer.payer, 3_000_000))
    with clock.frozen(datetime(2026, 1, 25, 3, tzinfo=UTC)):
        with pytest.raises(Refused):
            service.change(worker, 3_000_000, 2, FEBRUARY, SYSTEM)
        assert service.change(worker, 3_000_000, 2, MARCH, SYSTEM).extra_family == 2


def add_at_once(wages) -> int:
    """Two officers add the same person from different months on; how many rows hold."""
    with write():
        employer, person = Employer.get(Employer.payer == an_employer()), somebody()

    def add_one(what):
        try:
            add(employer, person, wage=what[0], since=what[1])
        except Refused:
            pass
        finally:
            db.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add_one, wages))
    return Worker.select().count()


TWO = ((3_000_000, FEBRUARY), (4_000_000, MARCH))


def test_two_officers_add_one_person_once(own_database):
    assert add_at_once(TWO) == 1


def test_twin_without_taking_the_list_the_person_is_there_twice(engine, own_database, monkeypatch):
    if engine == "sqlite":
        pytest.skip("SQLite writes one at a time")
    monkeypatch.setattr(service, "_take_the_list", lambda employer: None)
    monkeypatch.setattr(service, "_cover", lambda *args: time.sleep(0.4))
    assert add_at_once(TWO) == 2
