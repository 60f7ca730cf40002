"""Another ward class for a self-paying family: all of it together, once a year, from next month (Perpres 82/2018)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from peewee import Value, fn

from jkn import clock, law
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import first_of_month
from jkn.changes import rules
from jkn.contributions import corrections
from jkn.contributions import rules as dues
from jkn.contributions import service as contributions
from jkn.contributions.models import Reason
from jkn.contributions.standing import State
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import SELF_PAYING, CareClass, Family, Payer, Person, Spell
from jkn.money import Rupiah
from jkn.notices import service as notices

ANOTHER = "another class"


@dataclass(frozen=True)
class ClassStanding:
    """The class of the people on a family's bill, since when, and the one that is coming; `since` when a change asked
    for today would hold. `is_new`: before the first payment, when it holds at once.
    """

    now: CareClass
    held_since: date
    joined: date
    people: int
    since: date
    is_new: bool
    coming: CareClass | None = None
    coming_since: date | None = None


def look(payer: Payer | None, on: date) -> ClassStanding | None:
    """How the family's class stands on a day; None where nobody pays for themselves."""
    current, coming = _spells(payer, on) if payer else ([], [])
    if not current:
        return None
    newest = max(current, key=lambda spell: (spell.class_since, spell.id))
    is_new = payer.liable_from is None
    return ClassStanding(
        newest.care_class,
        newest.class_since,
        min(spell.since for spell in current),
        len(current),
        on if is_new else rules.class_holds_from(on),
        is_new,
        coming[0].care_class if coming else None,
        coming[0].since if coming else None,
    )


def monthly(standing: ClassStanding, care_class: CareClass) -> Rupiah:
    """What the family would pay for the month from which a change would hold, in rupiah."""
    price = dues.price(first_of_month(standing.since), care_class)
    return Rupiah(price.amount * standing.people)


def check(payer: Payer, standing: ClassStanding | None, care_class: CareClass, on: date) -> None:
    """Refused unless the family may change to this class on the day (C01)."""
    rule = law.at(on).class_change
    if standing is None:
        raise Refused(N_("Your class follows from who pays for you. It cannot be chosen."), basis=rule.basis)
    if law.at(on).kris.in_force:
        raise Refused(N_("There is only one class now."), basis=law.at(on).kris.basis)
    if standing.coming:
        raise Refused(N_("A change is already under way. Undo it first."), basis=rule.basis)
    if standing.now == care_class:
        raise Refused(N_("Your family is in this class already."))
    stands = contributions.standing(payer, on)
    if standing.is_new:
        if stands.state == State.LAPSED:
            raise Refused(N_("The time for the first payment is over. Register again."), basis=stands.basis)
        return
    if rule.no_arrears and [*stands.lapsed, *(month for month in stands.unpaid if month < first_of_month(on))]:
        raise Refused(N_("Pay the arrears first. Then the class can be changed."), basis=rule.basis)
    steps_down = care_class > standing.now
    free_from = rules.class_free_from(standing.held_since, standing.joined, on, steps_down=steps_down)
    if on < free_from:
        raise Refused(N_("The class can be changed again from %(day)s."), basis=rule.basis, day=free_from)


@writing
def change(payer: Payer, care_class: CareClass, by: Actor) -> date:
    """The whole family is in another class from a day on, which it gives; asking for the same again is the same change.

    Months paid ahead cost what the new class costs: what was too much is credit, what was too little is open again.
    """
    contributions.take_the_book(payer)
    payer, today = Payer.get_by_id(payer.id), clock.today()
    standing = look(payer, today)
    _check_head(payer, by)
    if standing and standing.coming == care_class:
        return standing.coming_since
    check(payer, standing, care_class, today)
    since = standing.since
    for spell in _spells(payer, today)[0]:
        if standing.is_new:
            Spell.update(care_class=care_class, class_since=today).where(Spell.id == spell.id).execute()
        elif spell.until is None or spell.until > since:
            _follow(spell, care_class, since)
    audit.record(Act.CLASS_CHANGED, payer, by, since=since.isoformat(), to=int(care_class))
    if not standing.is_new:
        corrections.correct(payer, since, Reason.CHANGE, by)
    _tell(payer, "class_changed", care_class, since)
    return since


@writing
def undo(payer: Payer, by: Actor) -> bool:
    """Take a change back before it holds; True for exactly one of many who do."""
    contributions.take_the_book(payer)
    _check_head(payer, by)
    current, coming = _spells(payer, clock.today())
    if not coming:
        return False
    since = coming[0].since
    for spell in coming:
        Spell.update(until=since, reason="undone").where(Spell.id == spell.id).execute()
        before = Spell.person == spell.person_id, Spell.payer == payer, Spell.segment == spell.segment
        Spell.update(until=spell.until, reason=None).where(
            *before, Spell.until == since, Spell.since < since, Spell.reason == ANOTHER
        ).execute()
    audit.record(Act.CLASS_UNDONE, payer, by, since=since.isoformat())
    corrections.correct(payer, since, Reason.CHANGE, by)
    _tell(payer, "class_undone", current[0].care_class if current else coming[0].care_class, since)
    return True


def _follow(spell: Spell, care_class: CareClass, since: date) -> None:
    """The person's spell ends, and one in the other class begins."""
    Spell.update(until=since, reason=ANOTHER).where(Spell.id == spell.id).execute()
    row = {"person": spell.person_id, "family_id": spell.family_id, "payer": spell.payer_id, "segment": spell.segment}
    new = {"care_class": care_class, "class_since": since, "until": spell.until, "reason": None}
    Spell.insert(**row, **new, since=since).on_conflict(
        conflict_target=[Spell.person, Spell.segment, Spell.since],
        update={
            Spell.payer: spell.payer_id,
            Spell.care_class: care_class,
            Spell.until: spell.until,
            Spell.reason: None,
        },
    ).execute()


def _spells(payer: Payer, on: date) -> tuple[Sequence[Spell], Sequence[Spell]]:
    """The spells of living people on the family's own bill: those that cover the day, and those of a coming class."""
    rows = (
        Spell.select()
        .join(Person, on=(Person.id == Spell.person))
        .where(
            Spell.payer == payer,
            Spell.segment.in_(SELF_PAYING),
            Spell.care_class.is_null(False),
            Person.died_on.is_null(),
            Spell.until.is_null() | ((Spell.until > on) & (Spell.until > Spell.since)),
        )
        .order_by(Spell.since, Spell.id)
    )
    spells = list(rows)
    changing = {spell.person_id for spell in spells if spell.since <= on and spell.reason == ANOTHER}
    later = [spell for spell in spells if spell.since > on and spell.person_id in changing]
    return [spell for spell in spells if spell.since <= on], later


def _check_head(payer: Payer, by: Actor) -> None:
    """The head decides for the family; where it has none that lives, whoever belongs to it."""
    is_head = fn.EXISTS(Person.select(Value(1)).where(Person.id == Family.head_id, Person.died_on.is_null()))
    head = Family.select(Family.head_id).where(Family.id == payer.family_id, is_head).scalar()
    if head and by.person_id and by.person_id != head:
        raise Refused(N_("The head of the family changes the class."))


def _tell(payer: Payer, name: str, care_class: CareClass, since: date) -> None:
    people = members.people_of(payer.family_id)
    if people:
        reference = clock.now().isoformat()
        notices.tell(people[0], name, reference, care_class=care_class.name, since=since.isoformat())
