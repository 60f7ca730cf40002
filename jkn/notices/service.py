"""Queueing what people must be told."""

from jkn import clock
from jkn.db import writing
from jkn.notices.models import Notice


def tell(person, name: str, reference: str, **values) -> None:
    """Queue a notice in the caller's transaction. The values hold no NIK, card or phone number."""
    Notice.insert(
        person_id=person.id,
        family_id=getattr(person, "family_id", None),
        name=name,
        reference=f"{name}:{reference}",
        values=values,
    ).on_conflict_ignore().execute()


def unread(person_id: int) -> int:
    """How many notices the person has not yet marked as read."""
    return Notice.select().where(Notice.person_id == person_id, Notice.seen_at.is_null()).count()


@writing
def mark_read(person_id: int, until: int) -> int:
    """All notices of the person up to this one, which was the newest on the page, are read."""
    unseen = (Notice.person_id == person_id) & (Notice.id <= until) & Notice.seen_at.is_null()
    return Notice.update(seen_at=clock.now()).where(unseen).execute()
