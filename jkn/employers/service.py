"""Finding employers, and keeping their lists of workers: each change is dated, and nothing is rewritten."""

from collections.abc import Iterable
from datetime import date

from jkn import clock, law, numbers, search
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.employers import rules
from jkn.employers.models import Employer, Worker
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import EMPLOYED, CareClass, Payer, Person, Relation, Spell
from jkn.money import Rupiah

KIND_OF_WORDS = "employer"
LEFT = "left the employer"
COUPLE = (Relation.HEAD, Relation.SPOUSE)


def words_of(name: str, code: str, bu_code: str | None) -> list[str]:
    """The words under which an employer is found."""
    return [*search.telling(name), *search.words(code), *([bu_code] if bu_code else [])]


def matching(text: str) -> list[int] | None:
    """Numbers of the payers whose name or code the words mean; None when nothing was typed that could be looked for."""
    rarest = search.rare_first({KIND_OF_WORDS: search.typed(text)})[KIND_OF_WORDS]
    if not rarest:
        return None
    return [int(ref) for (ref,) in search.refs(KIND_OF_WORDS, [word for _count, word in rarest]).tuples()]


def employer_of_number(tail: str) -> Payer | None:
    """Whose virtual account ends in these eleven digits: 900 and the employer's eight."""
    if not tail.startswith(numbers.EMPLOYER_TAIL):
        return None
    return Payer.select().join(Employer).where(Employer.bu_code == tail[len(numbers.EMPLOYER_TAIL) :]).first()


@writing
def add(employer: Employer, person: Person, wage: Rupiah, extra_family: int, since: date, by: Actor) -> Worker:
    """Put somebody on the list from a month on, and cover them with spouse and children. Adding again is the same row.

    Refused for a month that was not reported in time, and for who is on the list already.
    """
    _take_the_list(employer)
    known = Worker.get_or_none(Worker.payer == employer.payer_id, Worker.person == person, Worker.since == since)
    if known and known.wage == wage and known.until is None:
        return known
    _check_month(since, rules.takes_effect(clock.today()), "since")
    busy = Worker.select().where(
        Worker.payer == employer.payer_id, Worker.person == person, Worker.until.is_null() | (Worker.until > since)
    )
    if busy.exists():
        raise Refused(N_("This person is on the list already."), field="number")
    row = {"payer": employer.payer_id, "person": person, "wage": wage, "extra_family": extra_family, "since": since}
    worker = Worker.create(**row)
    audit.record(Act.WORKER_ADDED, worker, by, since=since.isoformat())
    _cover(employer, person, rules.care_class_of(since, wage), since)
    return worker


@writing
def change(worker: Worker, wage: Rupiah, extra_family: int, since: date, by: Actor) -> Worker:
    """Another wage, or another number of further relatives, from a month on: a row of its own. Twice is once."""
    employer = _employer_of(worker)
    _take_the_list(employer)
    worker = Worker.get_by_id(worker.id)
    if worker.until == since:
        later = Worker.get_or_none(
            Worker.payer == worker.payer_id, Worker.person == worker.person_id, Worker.since == since
        )
        if later and (later.wage, later.extra_family) == (wage, extra_family):
            return later
    _check_open(worker, since)
    today = clock.today()
    only_relatives = wage == worker.wage
    first = rules.relatives_take_effect(today) if only_relatives else rules.takes_effect(today)
    _check_month(since, first, "since")
    if (wage, extra_family) == (worker.wage, worker.extra_family):
        return worker
    new = {"payer": worker.payer_id, "person": worker.person_id, "wage": wage, "extra_family": extra_family}
    if worker.since == since:
        Worker.update(wage=wage, extra_family=extra_family).where(Worker.id == worker.id).execute()
        changed = Worker.get_by_id(worker.id)
    else:
        Worker.update(until=since).where(Worker.id == worker.id).execute()
        changed = Worker.create(**new, since=since)
    audit.record(Act.WORKER_CHANGED, changed, by, since=since.isoformat())
    care_class = rules.care_class_of(since, wage)
    if care_class != rules.care_class_of(since, worker.wage):
        _change_class(employer, worker.person, care_class, since)
    return changed


@writing
def end(worker: Worker, until: date, by: Actor) -> None:
    """The person works there no longer from a month on, and the family's cover by this employer ends. Twice is once."""
    employer = _employer_of(worker)
    _take_the_list(employer)
    worker = Worker.get_by_id(worker.id)
    if worker.until == until:
        return
    _check_open(worker, until)
    _check_month(until, rules.takes_effect(clock.today()), "until")
    Worker.update(until=until).where(Worker.id == worker.id).execute()
    audit.record(Act.WORKER_ENDED, worker, by, until=until.isoformat())
    household = _household(worker.person, until)
    others = Worker.select().where(
        Worker.payer == employer.payer_id,
        Worker.person.in_([person.id for person in household]),
        Worker.until.is_null() | (Worker.until > until),
    )
    if not others.exists():  # who else works there keeps the family covered
        _end_cover(employer, household, until)


def _take_the_list(employer: Employer) -> None:
    """From here to the transaction's end nobody else changes this employer's list."""
    Payer.update(name=Payer.name).where(Payer.id == employer.payer_id).execute()


def _employer_of(worker: Worker) -> Employer:
    employer = Employer.get_or_none(Employer.payer == worker.payer_id)
    if employer is None:
        raise Refused(N_("This person's payer keeps no list here."))
    return employer


def _check_month(month: date, first: date, field: str) -> None:
    if month < first or month.day != 1:
        raise Refused(
            N_("What is reported today counts from %(day)s at the earliest."),
            field=field,
            basis=law.at(clock.today()).ppu_changes.basis,
            day=first,
        )


def _check_open(worker: Worker, since: date) -> None:
    if worker.until or since < worker.since:
        raise Refused(N_("This line of the list has changed meanwhile. Look at the list again."))


def _household(person: Person, on: date) -> list[Person]:
    """The person and whoever lives on the same family card."""
    return [person, *(other for other in _relatives(person, on) if other.id != person.id)]


def _relatives(person: Person, on: date) -> list[Person]:
    """All on the person's family card, the person included, each with `relation`; nobody without a card."""
    family = members.family_of(person.id, on)
    return members.people_of(family.id, on) if family else []


def _covered_with(person: Person, on: date) -> list[Person]:
    """Spouse and children, the eldest first, as many as one contribution covers (1.5); no child that is too old.

    A family card tells both only for its head and the head's spouse: a grown child's parents are further relatives.
    """
    rule, child = law.at(on).ppu, law.at(on).child
    people = _relatives(person, on)
    parents, children = [], []
    if not any(other.id == person.id and other.relation in COUPLE for other in people):
        return []
    for other in people:
        if other.id == person.id:
            continue
        if other.relation in COUPLE:
            parents.append(other)
        elif other.relation == Relation.CHILD and numbers.age_on(on, other.born) < child.max_age:
            children.append(other)
    return [*parents[:1], *children[: rule.covered_lives - 2]]


def _cover(employer: Employer, person: Person, care_class: int, since: date) -> None:
    """A spell for the worker and the family; what covered them before ends, but for what other employers cover."""
    family = _covered_with(person, since)
    employed = Spell.select(Spell.person).where(
        Spell.person.in_([other.id for other in family]), Spell.segment.in_(EMPLOYED), Spell.open_on(since)
    )
    taken = {number for (number,) in employed.tuples()}
    people = [person, *(other for other in family if other.id not in taken)]
    numbers_of = [other.id for other in people]
    before = (Spell.person.in_(numbers_of), Spell.open_on(since), Spell.payer != employer.payer_id)
    Spell.update(until=since, reason=f"works for {employer.payer.code}"[:60]).where(*before).execute()
    for other in people:
        spell = {"person": other, "payer": employer.payer, "segment": employer.segment, "since": since}
        Spell.insert(**spell, care_class=CareClass(care_class), class_since=since).on_conflict(
            conflict_target=[Spell.person, Spell.segment, Spell.since],
            update={Spell.payer: employer.payer, Spell.care_class: CareClass(care_class), Spell.until: None},
        ).execute()


def _change_class(employer: Employer, person: Person, care_class: int, since: date) -> None:
    """The wage gives another class: the family's spells by this employer end, and others begin."""
    household = [other.id for other in _household(person, since)]
    mine = (Spell.payer == employer.payer_id, Spell.person.in_(household), Spell.open_on(since))
    for spell in list(Spell.select().where(*mine)):
        if spell.since == since:
            Spell.update(care_class=CareClass(care_class), class_since=since).where(Spell.id == spell.id).execute()
            continue
        Spell.update(until=since, reason="another class").where(Spell.id == spell.id).execute()
        row = {"person": spell.person_id, "payer": spell.payer_id, "segment": spell.segment, "since": since}
        Spell.create(**row, care_class=CareClass(care_class), class_since=since, until=spell.until)


def _end_cover(employer: Employer, household: Iterable[Person], until: date) -> None:
    """End the cover by this employer. What was to begin later never does."""
    mine = (Spell.payer == employer.payer_id, Spell.person.in_([person.id for person in household]))
    Spell.update(until=Spell.since, reason=LEFT).where(*mine, Spell.until.is_null(), Spell.since > until).execute()
    still = (Spell.since <= until, Spell.until.is_null() | (Spell.until > until))
    Spell.update(until=until, reason=LEFT).where(*mine, *still).execute()
