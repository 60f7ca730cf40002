"""Changing one's phone, e-mail address and mailing address. Setting what is set already changes nothing."""

from jkn import clock, sealed
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.members.models import Family, Person
from jkn.notices import service as notices


@writing
def change_address(family_id: int, address: str | None, by: Actor) -> bool:
    """Where letters go; None: to the family card's address. False when it was so already."""
    if address is None:
        other = Family.mailing_address.is_null(False)
    else:
        other = Family.mailing_address.is_null() | (Family.mailing_address != address)
    if not Family.update(mailing_address=address).where(Family.id == family_id, other).execute():
        return False
    audit.record(Act.PROFILE_CHANGED, Family.get_by_id(family_id), by, what="mailing_address")
    return True


@writing
def change_email(person: Person, email: str | None, by: Actor) -> bool:
    """The person's own address, or none."""
    if Person.get_by_id(person.id).email == email:
        return False
    Person.update(email=email).where(Person.id == person.id).execute()
    audit.record(Act.PROFILE_CHANGED, person, by, what="email", family=by.family_id)
    _tell(person, "email_changed")
    return True


@writing
def change_phone(person: Person, phone: str | None, by: Actor) -> bool:
    """The person's mobile number as +628…, or none. A family may share one: several people may have the same."""
    hash = sealed.index("phone", phone) if phone else None
    other = Person.phone_hash.is_null() | (Person.phone_hash != hash) if hash else Person.phone_hash.is_null(False)
    before = Person.get_by_id(person.id).phone
    values = {"phone": phone, "phone_hash": hash, "phone_confirmed_at": clock.now() if phone else None}
    if not Person.update(values).where(Person.id == person.id, other).execute():
        return False
    audit.record(Act.PHONE_CHANGED, person, by, family=by.family_id, removed=phone is None)
    _tell(person, "phone_changed", to_phone=before)  # whoever had the number until now must hear of it
    return True


@writing
def confirm_phone(person: Person, by: Actor) -> None:
    """The number is still theirs."""
    Person.update(phone_confirmed_at=clock.now()).where(
        Person.id == person.id, Person.phone_hash.is_null(False)
    ).execute()
    audit.record(Act.PHONE_CONFIRMED, person, by, family=by.family_id)


def _tell(person: Person, name: str, to_phone: str | None = None) -> None:
    now = clock.now()
    notices.tell(person, name, now.isoformat(), to_phone=to_phone, day=clock.day_of(now).isoformat())
