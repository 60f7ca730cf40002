"""The clinic each person goes to: which, since when, and changing it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from jkn import clock, law, numbers
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.facilities import rules
from jkn.facilities.finding import Found, near
from jkn.facilities.finding import search_facilities as search
from jkn.facilities.models import ClinicChoice, Exemption, Facility, Section
from jkn.members import service as members
from jkn.members.models import Family, Person
from jkn.notices import service as notices

__all__ = ["Found", "Standing", "change", "choose_first", "clinic_of", "clinics_of", "get", "near", "search", "undo"]


@dataclass(frozen=True)
class Standing:
    """A person's clinic on a day: the choice in force, the one to come, and from when it may be changed."""

    now: ClinicChoice | None
    coming: ClinicChoice | None
    free_from: date | None  # None: at any time
    basis: str

    @property
    def latest(self) -> ClinicChoice | None:
        return self.coming or self.now

    def is_free(self, day: date) -> bool:
        return self.free_from is None or day >= self.free_from


def get(code: str) -> Facility | None:
    """The facility with this code, however it was typed; None for anything else."""
    return Facility.get_or_none(Facility.code == numbers.plain(code)) if numbers.is_facility(code) else None


def home_village(family_id: int | None) -> str | None:
    """The code of the village where the family lives."""
    return Family.select(Family.village_code).where(Family.id == family_id).scalar() if family_id else None


def by_codes(codes: Collection[str]) -> dict[str, Facility]:
    """The facilities that are known, by code."""
    return {row.code: row for row in Facility.select().where(Facility.code.in_(list(codes)))} if codes else {}


def choices_of(people: Collection[int]) -> dict[int, list[ClinicChoice]]:
    """Each person's choices that were not undone, oldest first."""
    found = {person: [] for person in people}
    rows = (
        ClinicChoice.select()
        .where(ClinicChoice.person.in_(list(people)), ClinicChoice.undone_at.is_null())
        .order_by(ClinicChoice.since)
    )
    for choice in rows:
        found[choice.person_id].append(choice)
    return found


def standings_of(people: Collection[int], on: date) -> dict[int, Standing]:
    """Each person's clinic on a day; one query."""
    rule = law.at(on).fktp_change
    standings = {}
    for person, choices in choices_of(people).items():
        now = next((choice for choice in reversed(choices) if choice.since <= on), None)
        coming = next((choice for choice in choices if choice.since > on), None)
        latest = coming or now
        free = rules.free_from(latest.since, rule.min_months) if latest else None
        standings[person] = Standing(now, coming, free, rule.basis)
    return standings


def clinics_of(people: Collection[int], on: date) -> dict[int, Facility]:
    """Each person's clinic on a day, for those who have one; two queries."""
    codes = {person: found.now.facility_code for person, found in standings_of(people, on).items() if found.now}
    known = by_codes(set(codes.values()))
    return {person: known[code] for person, code in codes.items() if code in known}


def clinic_of(person_id: int, on: date) -> Facility | None:
    """The person's clinic on a day."""
    return clinics_of([person_id], on).get(person_id)


@writing
def choose_first(person: Person, facility_code: str, since: date, by: Actor, family_id: int | None = None) -> None:
    """The clinic named when joining. Naming it twice names it once; an earlier choice stays."""
    facility = _choosable(facility_code)
    added = (
        ClinicChoice.insert(
            person=person,
            family_id=family_id or _family_id(person),
            facility_code=facility.code,
            since=since,
            key="first",
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if added:
        audit.record(Act.CLINIC_CHOSEN, "clinic_choice", by, person=person.id, clinic=facility.code)


@writing
def change(
    person: Person,
    facility_code: str,
    by: Actor,
    key: str,
    exemption: Exemption | None = None,
    letter: str | None = None,
) -> ClinicChoice:
    """Another clinic from the first of next month, once in three months; the same key gives the same choice.

    An exemption is for officers, who saw the letter and name its number. Refused when too early, when nothing would
    change, or when the clinic cannot be chosen.
    """
    if sent := ClinicChoice.get_or_none(ClinicChoice.person == person, ClinicChoice.key == key):
        return sent
    today = clock.today()
    rule = law.at(today).fktp_change
    facility = _choosable(facility_code)
    standing = standings_of([person.id], today)[person.id]
    if standing.coming:
        if standing.coming.key == key:  # sent at the same moment, stored since we looked
            return standing.coming
        raise Refused(N_("A change is already under way. Undo it first."), basis=rule.basis)
    if standing.now and standing.now.facility_code == facility.code:
        raise Refused(N_("This is already the clinic."))
    if exemption and not (by.officer_id and letter):
        raise Refused(N_("Only a branch can allow an earlier change, on a letter."), basis=rule.basis)
    if not exemption and not standing.is_free(today):
        raise Refused(N_("The clinic can be changed again from %(day)s."), basis=rule.basis, day=standing.free_from)
    since = rules.effective_from(today, rule.effective_months)
    undone = ClinicChoice.select().where(
        ClinicChoice.person == person, ClinicChoice.since == since, ClinicChoice.undone_at.is_null(False)
    )
    added = (
        ClinicChoice.insert(
            person=person,
            family_id=_family_id(person),
            facility_code=facility.code,
            since=since,
            attempt=undone.count(),
            exemption=exemption,
            letter=letter,
            key=key,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    choice = ClinicChoice.get_or_none(ClinicChoice.person == person, ClinicChoice.key == key)
    if choice is None:  # another choice got in
        raise Refused(N_("A change is already under way. Undo it first."), basis=rule.basis)
    if not added:
        return choice
    audit.record(Act.CLINIC_CHOSEN, choice, by, clinic=facility.code, exemption=exemption and exemption.value)
    notices.tell(person, "clinic_changed", str(choice.id), clinic=facility.title, since=since.isoformat())
    return choice


@writing
def undo(choice: ClinicChoice, by: Actor) -> bool:
    """Take a change back before it holds; True for exactly one of many who do. Refused once it holds."""
    if not rules.may_undo(choice.since, clock.today()):
        raise Refused(N_("This change already holds. It can no longer be undone."))
    undone = (
        ClinicChoice.update(undone_at=clock.now())
        .where(ClinicChoice.id == choice.id, ClinicChoice.undone_at.is_null())
        .execute()
    )
    if undone:
        audit.record(Act.CLINIC_UNDONE, choice, by, clinic=choice.facility_code)
        notices.tell(choice.person, "clinic_undone", str(choice.id))
    return bool(undone)


def _choosable(code: str) -> Facility:
    facility = get(code)
    if facility is None or facility.section != Section.CLINIC:
        raise Refused(N_("This facility cannot be chosen as a clinic."), field="clinic")
    return facility


def _family_id(person: Person) -> int | None:
    family = members.family_of(person.id)
    return family.id if family else None
