"""Entering people and families, and finding them by the numbers they know."""

import secrets
from datetime import date, timedelta

from peewee import JOIN

from jkn import clock, numbers, sealed
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members.models import (
    Card,
    CareClass,
    Family,
    KkIndex,
    NikIndex,
    Payer,
    PayerKind,
    Person,
    Relation,
    Segment,
    Spell,
    Stay,
)

PHONE_FRESH = timedelta(days=365)


@writing
def enter_family(kk: str, **place) -> Family:
    """A new family under its card number. Refused when the card is known already."""
    family = Family.create(kk=kk, **place)
    for number, hash in sealed.claims("kk", kk):
        if not KkIndex.insert(hash=hash, key_id=number, family=family).on_conflict_ignore().as_rowcount().execute():
            raise Refused(N_("This family card is already registered."))
    return family


@writing
def enter_person(*, nik: str | None, name: str, born: date, sex: str, card: str | None = None, **more) -> Person:
    """A new person with a card number of their own. Refused when the NIK or the card is known already."""
    person = Person.create(nik=nik, name=name, born=born, sex=sex, card=card or "", **_with_phone_index(more))
    for number, hash in sealed.claims("nik", nik) if nik else ():
        if not NikIndex.insert(hash=hash, key_id=number, person=person).on_conflict_ignore().as_rowcount().execute():
            raise Refused(N_("This person is already registered."))
    if card:
        if not _claim_card(person, card):
            raise Refused(N_("This card number is already in use."))
    else:
        while not _claim_card(person, card := f"000{secrets.randbelow(10**10):010d}"):
            pass
        Person.update(card=card).where(Person.id == person.id).execute()
        person.card = card
    return person


@writing
def settle_in(person: Person, family: Family, relation: Relation, since: date) -> Stay:
    """The person belongs to the family from this day; an open stay elsewhere ends. Living there already is enough."""
    living = Stay.get_or_none(Stay.person == person, Stay.family == family, Stay.until.is_null())
    if living:
        return living
    Stay.update(until=since).where(Stay.person == person, Stay.until.is_null()).execute()
    return Stay.create(family=family, person=person, relation=relation, since=since)


@writing
def family_payer(family: Family, name: str = "") -> Payer:
    """The one payer of a family, made when first needed."""
    Payer.insert(kind=PayerKind.FAMILY, family=family, name=name).on_conflict_ignore().execute()
    return Payer.get(Payer.family == family)


@writing
def cover(person: Person, payer: Payer, segment: Segment, care_class: CareClass | None, since: date, **more) -> Spell:
    """A spell of coverage from this day."""
    more.setdefault("class_since", since)
    return Spell.create(
        person=person,
        family_id=payer.family_id,
        payer=payer,
        segment=segment,
        care_class=care_class,
        since=since,
        **more,
    )


def find_by_nik(nik: str) -> Person | None:
    return Person.select().join(NikIndex).where(NikIndex.hash.in_(sealed.indexes("nik", nik))).first()


def find_by_card(card: str) -> Person | None:
    return Person.select().join(Card).where(Card.number == card).first()


def find_by_va(va: str) -> Person | None:
    """The person of whose card number the virtual account is made."""
    return Person.select().join(Card).where(Card.tail == numbers.card_tail_of_va(va)).first()


def find_by_number(number: str) -> Person | None:
    """By NIK (16 digits) or card (13)."""
    return find_by_nik(number) if len(number) == 16 else find_by_card(number)


def find_family(kk: str) -> Family | None:
    return Family.select().join(KkIndex).where(KkIndex.hash.in_(sealed.indexes("kk", kk))).first()


def family_of(person_id: int, on: date | None = None) -> Family | None:
    """Where the person lives on a day (today)."""
    day = on or clock.today()
    return (
        Family.select()
        .join(Stay)
        .where(Stay.person == person_id, Stay.open_on(day))
        .order_by(Stay.since.desc())
        .first()
    )


def people_of(family_id: int, on: date | None = None) -> list[Person]:
    """The living people of a family on a day, head first, then by age; each carries `relation`."""
    day = on or clock.today()
    rows = (
        Person.select(Person, Stay.relation)
        .join(Stay)
        .where(Stay.family == family_id, Stay.open_on(day), Person.died_on.is_null())
        .objects()
    )
    return sorted(rows, key=lambda person: (person.relation != Relation.HEAD, person.born, person.id))


def head_of(family_id: int) -> Person | None:
    """The first of people_of() today; of the person only name and card are read."""
    return (
        Person.select(Person.id, Person.name, Person.card)
        .join(Stay)
        .where(Stay.family == family_id, Stay.open_on(clock.today()), Person.died_on.is_null())
        .order_by(Stay.relation != Relation.HEAD, Person.born, Person.id)
        .first()
    )


def payer_of(family_id: int) -> Payer | None:
    return Payer.get_or_none(Payer.family == family_id)


def payer_of_card(tail: str, alive: bool) -> Payer | None:
    """The payer of the family in which a card's person lives today, by the card's last eleven digits.

    With `alive` not of who has died.
    """
    rows = (
        Payer.select()
        .join(Stay, on=(Stay.family == Payer.family))
        .join(Card, on=(Card.person == Stay.person))
        .where(Card.tail == tail, Stay.open_on(clock.today()))
        .order_by(Stay.since.desc())
    )
    if alive:
        rows = rows.join(Person, on=(Person.id == Card.person)).where(Person.died_on.is_null())
    return rows.first()


def spells_of(people: list[int], on: date) -> dict[int, Spell]:
    """Each person's spell that covers the day, with its payer; the latest to begin wins."""
    rows = (
        Spell.select(Spell, Payer)
        .join(Payer, JOIN.INNER)
        .where(Spell.person.in_(people), Spell.open_on(on))
        .order_by(Spell.since)
    )
    return {spell.person_id: spell for spell in rows}


def people_at(phone: str) -> list[Person]:
    """The living people who confirmed this number as theirs within a year; families share phones."""
    hashes = sealed.indexes("phone", phone)
    rows = Person.select().where(Person.phone_hash.in_(hashes), Person.died_on.is_null()).order_by(Person.id)
    return [person for person in rows if is_phone_fresh(person)]


@writing
def choose_language(person_id: int, language: str, by: Actor) -> None:
    """Remembered for the person, on whatever phone they sign in next. Choosing it again changes nothing."""
    other = Person.language.is_null() | (Person.language != language)
    if Person.update(language=language).where(Person.id == person_id, other).execute():
        audit.record(Act.PROFILE_CHANGED, "person", by, person=person_id, family=by.family_id, what="language")


def is_phone_fresh(person: Person) -> bool:
    """Was the number confirmed within a year? Else it may be somebody else's: it identifies nobody, gets no codes."""
    return person.phone_confirmed_at is not None and person.phone_confirmed_at > clock.now() - PHONE_FRESH


def prove(family_id: int) -> None:
    """Somebody was seen in person, or the first payment arrived: from now on pages show full names.

    In the caller's write.
    """
    Family.update(proven_at=clock.now()).where(Family.id == family_id, Family.proven_at.is_null()).execute()


def shown_name(person: Person, family: Family) -> str:
    """The full name once the family is proven, masked before: the registry is no oracle."""
    return person.name if family.proven_at else numbers.mask_name(person.name)


def _claim_card(person: Person, card: str) -> bool:
    return bool(Card.insert(number=card, tail=card[-11:], person=person).on_conflict_ignore().as_rowcount().execute())


def _with_phone_index(more: dict) -> dict:
    if not more.get("phone"):
        return more
    return {"phone_confirmed_at": clock.now()} | more | {"phone_hash": sealed.index("phone", more["phone"])}
