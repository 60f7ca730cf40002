"""Choosing a language."""

from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.members.models import Person


@writing
def choose_language(person_id: int, language: str, by: Actor) -> None:
    """Remembered for the person, on whatever phone they sign in next. Choosing it again changes nothing."""
    other = Person.language.is_null() | (Person.language != language)
    if Person.update(language=language).where(Person.id == person_id, other).execute():
        audit.record(Act.PROFILE_CHANGED, "person", by, person=person_id, family=by.family_id, what="language")
