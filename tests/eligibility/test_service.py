from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts.models import Attempt
from jkn.audit.models import Act, Entry
from jkn.eligibility import service
from jkn.eligibility.rules import Reason
from jkn.errors import Refused
from jkn.members import service as members
from jkn.members.models import CareClass, Payer, PayerKind, Person, Segment, Spell
from tests.builders import a_family, counted, people

TODAY = date(2026, 1, 15)


@pytest.fixture
def employer(app):
    return Payer.create(kind=PayerKind.EMPLOYER, code="00012345", name="PT SUMBER REZEKI")


def test_a_family_that_pays_as_one_has_one_answer(app):
    family = a_family(3)
    (group,) = service.of_family(family.id, TODAY)
    assert group.verdict.reason == Reason.LATE and len(group.people) == 3
    assert (group.verdict.cost, group.verdict.months) == (105_000, 1)


def test_a_worker_in_a_suspended_family_is_served(app, employer):
    family = a_family(3, liable_from=date(2025, 11, 1))
    worker = people(family)[1]
    Spell.delete().where(Spell.person == worker).execute()
    members.cover(worker, employer, Segment.PPU_BU, CareClass.II, date(2025, 1, 1))
    own, others = service.of_family(family.id, TODAY, first=worker.id)
    assert [person.id for person in own.people] == [worker.id]
    assert own.verdict.reason == Reason.ELSEWHERE and own.verdict.payer == "PT SUMBER REZEKI"
    assert others.verdict.reason == Reason.SUSPENDED and (others.verdict.cost, others.verdict.months) == (210_000, 3)


def test_who_is_paid_for_by_others_is_served_beside_old_arrears(app, employer):
    family = a_family(1, liable_from=date(2025, 1, 1))
    members.cover(people(family)[0], employer, Segment.PPU_BU, CareClass.I, TODAY)
    assert service.verdict(people(family)[0], TODAY).reason == Reason.ELSEWHERE
    assert service.verdict(people(family)[0], TODAY - timedelta(days=1)).reason == Reason.SUSPENDED


def test_one_person_gets_the_same_answer_as_in_the_family(app):
    for family in (a_family(2), a_family(2, liable_from=None, registered_on=date(2026, 1, 10))):
        (group,) = service.of_family(family.id, TODAY)
        assert {service.verdict(person, TODAY) for person in people(family)} == {group.verdict}


def test_who_was_removed_reads_when_it_ended(app):
    family = a_family(1, segment=Segment.PBI_JK)
    Spell.update(until=date(2026, 1, 1)).execute()
    verdict = service.verdict(people(family)[0], TODAY)
    assert (verdict.reason, verdict.segment, verdict.until) == (Reason.NOT_COVERED, "PBI_JK", date(2026, 1, 1))


def test_the_dead_are_not_served(app):
    (person,) = people(a_family(1))
    Person.update(died_on=date(2026, 1, 10)).execute()
    assert service.verdict(Person.get_by_id(person.id), TODAY).reason == Reason.NOT_COVERED


@pytest.mark.parametrize("size", [1, 12])
def test_the_answer_costs_at_most_six_queries_whatever_the_family(app, size, employer):
    family = a_family(size, liable_from=date(2025, 6, 1))
    members.cover(people(family)[-1], employer, Segment.PPU_BU, CareClass.II, date(2025, 12, 1))
    with counted() as queries:
        service.of_family(family.id, TODAY)
    assert len(queries) <= 6, queries


def test_anybody_may_ask_whether_somebody_is_active(app):
    (person,) = people(a_family(1))
    assert service.check(person.nik, person.born, TODAY, SYSTEM)
    assert Entry.get(Entry.act == Act.DATA_SEEN).person_id == person.id


def test_a_wrong_birth_date_and_an_unknown_nik_are_not_active(app):
    (person,) = people(a_family(1))
    assert not service.check(person.nik, date(1980, 8, 18), TODAY, SYSTEM)
    assert not service.check("3578081708809998", date(1980, 8, 17), TODAY, SYSTEM)
    assert not Entry.select().where(Entry.act == Act.DATA_SEEN).exists()


@pytest.mark.parametrize("known", [True, False])
def test_checks_are_counted_for_known_and_unknown_alike(app, known):
    (person,) = people(a_family(1))
    nik = person.nik if known else "3578081708809998"
    for _ in range(service.CHECKS):
        service.check(nik, person.born, TODAY, SYSTEM)
    with pytest.raises(Refused):
        service.check(nik, person.born, TODAY, SYSTEM)
    assert nik not in {attempt.key for attempt in Attempt.select()}
    with clock.frozen(clock.now() + service.SPAN + timedelta(minutes=1)):
        service.check(nik, person.born, TODAY, SYSTEM)
