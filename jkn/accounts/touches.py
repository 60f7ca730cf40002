"""Who read or changed what of a member's (UU 27/2022): the audit log as the member may read it."""

from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice

from peewee import JOIN

from jkn import clock, numbers
from jkn.access import Actor
from jkn.accounts.models import Officer
from jkn.audit.models import Entry
from jkn.facilities.models import Facility
from jkn.members.models import Family, Person, Stay
from jkn.offices.models import Office

PAGE = 20
NAMED = ("volunteer",)  # staff whom members know by name; the others are shown by role and office


@dataclass(frozen=True)
class Touch:
    """One act on somebody's data. `name` is a person's, `place` the office or facility of staff."""

    entry: Entry
    name: str | None
    place: str | None


def of(mine, by: Actor, before: int = 0, only_others: bool = False) -> tuple[list[Touch], int | None]:
    """A page of what was done with a member's data, the newest first; where the next page begins.

    `mine` are the entries about the person. To them come those about what the family shares, since the person lives
    there, by anybody outside the family.
    """
    family = _household(by.family_id) if by.family_id else {}
    queries = [mine]
    if by.person_id in family:
        since = clock.start_of(family[by.person_id].since)
        shared = Entry.select().where(Entry.family_id == by.family_id, Entry.person_id.is_null(), Entry.at >= since)
        queries.append(shared.where(Entry.by_person.is_null() | Entry.by_person.not_in(list(family))))
    if before:
        queries = [query.where(Entry.id < before) for query in queries]
    if only_others:
        queries = [query.where(Entry.by_person.is_null() | (Entry.by_person != by.person_id)) for query in queries]
    newest = [query.order_by(Entry.id.desc()).limit(PAGE + 1) for query in queries]
    found = list(islice(merge(*newest, key=lambda entry: -entry.id), PAGE + 1))
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return with_names(found[:PAGE], {id: row.shown for id, row in family.items()}), more


def with_names(entries: list[Entry], family: dict[int, str] | None = None) -> list[Touch]:
    """Each entry with the name and place of who did it; `family` are names already known, by person."""
    names = dict(family or {})
    strangers = {entry.by_person for entry in entries if entry.by_person} - names.keys()
    if strangers:
        names |= {row.id: row.name for row in Person.select(Person.id, Person.name).where(Person.id.in_(strangers))}
    staff = {entry.by_officer for entry in entries if entry.by_officer}
    officers = {row.id: row for row in _officers(staff)} if staff else {}
    codes = {entry.office for entry in entries if entry.office}
    offices = {row.code: row.name for row in Office.select(Office.code, Office.name).where(Office.code.in_(codes))}
    return [
        Touch(
            entry,
            officers[entry.by_officer].name if entry.by_officer and entry.role in NAMED else names.get(entry.by_person),
            (officers[entry.by_officer].place if entry.by_officer else None) or offices.get(entry.office),
        )
        for entry in entries
    ]


@dataclass(frozen=True)
class _Member:
    since: date
    shown: str


def _household(family_id: int) -> dict[int, _Member]:
    """Everybody who ever lived there: since when, and the name as pages show it."""
    rows = Stay.select(Stay.person, Stay.since, Person.name, Family.proven_at)
    rows = rows.join_from(Stay, Person).join_from(Stay, Family).where(Stay.family == family_id).order_by(Stay.since)
    return {
        row.person_id: _Member(row.since, row.name if row.proven_at else numbers.mask_name(row.name))
        for row in rows.objects()
    }


def _officers(ids: set[int]):
    """Staff, with the name of the facility at whose counter they are."""
    rows = Officer.select(Officer.id, Officer.name, Facility.name.alias("place"))
    return (
        rows.join(Facility, JOIN.LEFT_OUTER, on=Facility.code == Officer.facility).where(Officer.id.in_(ids)).objects()
    )
