"""The audit log is written here and nowhere else."""

from collections.abc import Iterable
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


def record_looks(rows: Iterable, by: Actor, page: str) -> None:
    """Note whose data these rows are: one entry for each person, or family, or table of nobody's, in a request."""
    seen: dict[tuple, list] = {}
    for row in rows:
        seen.setdefault(_whose(row), []).append(row)
    recorded = _recorded([person for person, _family, _table in seen if person], by)
    for (person, family, table), of_one in seen.items():
        if person in recorded:
            continue
        subject = of_one[0] if len(of_one) == 1 or person or family else table
        record(Act.DATA_SEEN, subject, by, person=person, family=family, count=len(of_one), page=page)


def _whose(row: Any) -> tuple[int | None, int | None, str | None]:
    if isinstance(row, Entry):  # says that something was done, and nothing of what stands in whose data
        return None, None, row._meta.table_name
    person, family = _owner(row, "person"), _owner(row, "family")
    if person:
        return person, None, None
    return None, family, None if family else row._meta.table_name


def _recorded(people: list[int], by: Actor) -> set[int]:
    """Whose data was noted as seen in this request already, by a service that found them."""
    if not people:
        return set()
    same = (Entry.request_id == by.request_id) & (Entry.act == Act.DATA_SEEN)
    return {row.person_id for row in Entry.select(Entry.person_id).where(Entry.person_id.in_(people), same)}


def _owner(subject: Any, kind: str) -> int | None:
    if getattr(getattr(subject, "_meta", None), "table_name", None) == kind:
        return subject.id
    return getattr(subject, f"{kind}_id", None)
