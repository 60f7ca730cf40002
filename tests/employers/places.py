"""Employers, governments and those they pay for, for tests."""

from datetime import date
from itertools import count

from jkn.employers.models import Employer, WageFloor, Worker
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Payer, PayerKind, Person, Relation, Segment
from tests.builders import a_nik

CODES = count(166)
JANUARY = date(2026, 1, 1)
SINCE = date(2025, 1, 1)


def an_employer(segment: Segment = Segment.PPU_BU, regency: str = "35.78", name: str = "PT MAJU") -> Payer:
    number = next(CODES)
    payer = Payer.create(kind=PayerKind.EMPLOYER, code=f"BU{number:08}", name=name)
    Employer.create(payer=payer, segment=segment, regency_code=regency, bu_code=f"{number:08}")
    return payer


def a_government(code: str = "PUSAT", name: str = "Pemerintah Pusat") -> Payer:
    Payer.insert(kind=PayerKind.GOVERNMENT, code=code, name=name).on_conflict_ignore().execute()
    return Payer.get(Payer.kind == PayerKind.GOVERNMENT, Payer.code == code)


def a_minimum_wage(amount: int, region: str = "35.78", year: int = 2026) -> None:
    WageFloor.create(region_code=region, year=year, amount=amount)


def somebody(name: str = "RINA", village: str | None = "35.78.08.1001") -> Person:
    """A person alone on a family card, covered by nobody."""
    family = members.enter_family(a_nik(date(2010, 5, 4)), village_code=village)
    person = members.enter_person(nik=a_nik(date(1990, 3, 4), "P"), name=name, born=date(1990, 3, 4), sex="P")
    members.settle_in(person, family, Relation.HEAD, SINCE)
    family.head_id = person.id
    family.save()
    members.prove(family.id)
    return person


def a_worker(payer: Payer, wage: int | None, extra: int = 0, since: date = SINCE, until: date | None = None) -> Person:
    """Somebody covered by this employer, at this wage; or a pensioner of this government."""
    person = somebody()
    employer = Employer.get_or_none(Employer.payer == payer)
    segment = employer.segment if employer else Segment.BP_PN
    members.cover(person, payer, segment, CareClass.II, since, until=until)
    Worker.create(payer=payer, person=person, wage=wage, extra_family=extra, since=since, until=until)
    return person


def a_subsidised(payer: Payer, segment: Segment, since: date = SINCE, until: date | None = None) -> Person:
    person = somebody()
    members.cover(person, payer, segment, CareClass.III, since, until=until)
    return person


def family_of(person: Person) -> Family:
    return members.family_of(person.id)
