"""Relatives for whom a worker pays, beyond spouse and three children: taken off the list when they die (1.5)."""

from dataclasses import dataclass
from datetime import date

from jkn import law
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.employers.models import Employer, Worker
from jkn.members import service as members
from jkn.members.models import Person, Relation, Spell, Stay

PARENTS = (Relation.PARENT, Relation.PARENT_IN_LAW)
HEADS = (Relation.HEAD, Relation.SPOUSE)


@dataclass(frozen=True)
class OneLess:
    """A worker pays for one relative less in the months from `since` until `until` (exclusive; None: still)."""

    payer_id: int
    person_id: int
    since: date
    until: date | None


def one_less(dead: Person, died_on: date, since: date, by: Actor) -> list[OneLess]:
    """Take a dead relative off the lists from a month on, in the caller's write; whose line it was.

    Up to the row in which the employer counts fewer relatives already.
    """
    family = members.family_of(dead.id, died_on)
    relation, worker_is = (None, ()) if family is None else _counts_beyond(dead, family.id, died_on)
    if not relation:
        return []
    rows = (
        Worker.select()
        .join(Employer, on=(Employer.payer == Worker.payer))
        .join(Stay, on=(Stay.person == Worker.person) & (Stay.family == family))
        .where(Stay.since <= died_on, Stay.until.is_null() | (Stay.until > died_on), Stay.relation.in_(worker_is))
        .where(Worker.until.is_null() | ((Worker.until >= since) & (Worker.until > Worker.since)))
        .order_by(Worker.payer, Worker.person, Worker.since)
    )
    lists: dict[tuple[int, int], list[Worker]] = {}
    for row in rows:
        lists.setdefault((row.payer_id, row.person_id), []).append(row)
    paying = {key: jobs for key, jobs in lists.items() if jobs[0].extra_family and jobs[0].since < since}
    if len(paying) > 1:
        covering = {payer for (payer,) in Spell.select(Spell.payer).where(Spell.person == dead).tuples()}
        paying = dict([(key, jobs) for key, jobs in paying.items() if key[0] in covering][:1])
    return [_take_off(jobs, since, by) for jobs in paying.values()]


def _counts_beyond(dead: Person, family_id: int, on: date) -> tuple[Relation | None, tuple]:
    """The relation of a relative who is none of the five lives, and what the worker then is in the family."""
    stays = Stay.select(Stay.person, Stay.relation).join(Person)
    here = stays.where(
        Stay.family == family_id,
        Stay.since <= on,
        Stay.until.is_null() | (Stay.until > on),
        Person.died_on.is_null() | (Person.id == dead.id),
    )
    relations = dict(here.tuples())
    relation = relations.get(dead.id)
    children = sum(each == Relation.CHILD for each in relations.values())
    if relation in PARENTS or (relation == Relation.CHILD and children > law.at(on).ppu.covered_lives - 2):
        return relation, HEADS
    return (relation, (Relation.CHILD,)) if relation in HEADS else (None, ())


def _take_off(jobs: list[Worker], since: date, by: Actor) -> OneLess:
    first = jobs[0]
    until = next((job.since for job in jobs if job.extra_family < first.extra_family), None)
    for job in jobs:
        if until and job.since >= until:
            break
        if job.until == since:  # another row begins then
            continue
        if job.since < since:
            Worker.update(until=since).where(Worker.id == job.id).execute()
            row = {"payer": job.payer_id, "person": job.person_id, "wage": job.wage, "since": since, "until": job.until}
            job = Worker.create(**row, extra_family=job.extra_family - 1)
        else:
            Worker.update(extra_family=job.extra_family - 1).where(Worker.id == job.id).execute()
        audit.record(Act.WORKER_CHANGED, job, by, since=since.isoformat())
    ends = [job.until for job in jobs if until is None]
    return OneLess(first.payer_id, first.person_id, since, until or (ends[-1] if ends else None))
