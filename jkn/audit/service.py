"""The audit log is written here and nowhere else."""

from typing import Any

from jkn.access import Actor
from jkn.audit.models import Act, Entry


def record(act: Act, subject: Any, by: Actor, *, person=None, family=None, count: int = 1, **details) -> Entry:
    """Note it in the caller's transaction: no change without its entry, no entry without its change.

    `subject` is a row, or a short text for a batch; whose data it is comes from the row unless given.
    """
    is_row = hasattr(subject, "_meta")
    return Entry.create(
        act=act,
        subject=f"{subject._meta.table_name}:{subject.id}" if is_row else str(subject)[:60],
        person_id=person if person is not None else _owner(subject, "person"),
        family_id=family if family is not None else _owner(subject, "family"),
        by_person=by.doer_id,
        by_officer=by.officer_id,
        role=by.role,
        on_behalf_of=by.on_behalf_of,
        level=by.level,
        channel=by.channel,
        device=by.device,
        grant=by.grant,
        office=by.office,
        request_id=by.request_id,
        count=count,
        details=details,
    )


def _owner(subject: Any, kind: str) -> int | None:
    if getattr(getattr(subject, "_meta", None), "table_name", None) == kind:
        return subject.id
    return getattr(subject, f"{kind}_id", None)
