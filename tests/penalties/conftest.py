"""Families whose cover came back, a hospital, and officers who record admissions there."""

from contextlib import contextmanager
from datetime import date, datetime

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.calendar import add_months, first_of_month
from jkn.contributions import service as contributions
from jkn.facilities.models import Facility, Section, Tier
from jkn.members import service as members
from jkn.members.models import Payer, Person
from jkn.payments import booking
from jkn.penalties import service
from jkn.penalties.models import Admission, Care, Penalty
from tests.builders import a_family, people

HOSPITAL, CLINIC = "0301R001", "0301B002"
OFFICER, SECOND = (Actor(officer_id=number, role=Role.OFFICER, channel="desk") for number in (71, 72))
_keys = iter(range(10_000))


@contextmanager
def on(day: date):
    with clock.frozen(datetime(day.year, day.month, day.day, 10, tzinfo=clock.JAKARTA)):
        yield


def a_hospital(code: str = HOSPITAL, tier: Tier = Tier.FKRTL) -> str:
    section = Section.HOSPITAL if tier == Tier.FKRTL else Section.CLINIC
    place = {"regency_code": "35.78", "regency": "Kota Surabaya", "address": "Jl. Melati 1"}
    row = {"code": code, "name": "RS Harapan", "kind": "RS Kelas C", "tier": tier, "section": section, **place}
    Facility.insert(**row).on_conflict_ignore().execute()
    return code


@pytest.fixture
def hospital(app):
    return a_hospital()


def suspended(months: int, until: date, size: int = 2, **more) -> Payer:
    """A family that has so many months in arrears on a day, besides the running one."""
    first = add_months(first_of_month(until), -months)
    return members.payer_of(a_family(size, liable_from=first, since=first, **more).id)


def pay_all(payer: Payer, day: date, via: str = "Bank Uji"):
    """Everything owed arrives on the day."""
    with on(day):
        owed = contributions.owed(payer, day)
        return booking.take(payer, owed.total, via, f"ref-{next(_keys)}", clock.now(), SYSTEM)


def reactivated(months: int, day: date, size: int = 2, **more) -> Payer:
    """A family that paid so many months in arrears on the day."""
    payer = suspended(months, day, size, **more)
    pay_all(payer, day)
    return payer


def head_of(payer: Payer) -> Person:
    from jkn.members.models import Family

    return people(Family.get_by_id(payer.family_id))[0]


def admit(person: Person, day: date, cost: int = 5_000_000, *, typed_on: date | None = None, by=OFFICER, **more):
    """An officer records that the person was admitted on the day; the admission, and its penalty if there is one."""
    with on(typed_on or day):
        admission = draft(person, day, cost, **more)
        recorded = service.record(admission, f"key-{next(_keys)}", by)
    return recorded, recorded.penalty


def draft(person: Person, day: date, cost: int = 5_000_000, **more) -> Admission:
    row = {"facility_code": HOSPITAL, "care": Care.HOSPITAL, "admitted_on": day, "estimate": cost} | more
    return service.drafted(person, **row)


def amounts() -> list[int]:
    return [penalty.amount for penalty in Penalty.select().order_by(Penalty.id)]
