"""Filing a complaint, following it, answering it, and saying whether it is solved."""

import secrets

from jkn import clock, numbers, sealed
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.complaints import rules
from jkn.complaints.models import OPEN, Category, Complaint, ComplaintStep, Stage, Ticket
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.facilities import service as facilities
from jkn.facilities.models import Section
from jkn.notices import service as notices

BASIS = "UU 24/2011 ps 48"
MOVED_ON = N_("This complaint has moved on. Read the newest step first.")
ACTS = {Stage.ANSWERED: Act.COMPLAINT_ANSWERED, Stage.SOLVED: Act.COMPLAINT_CLOSED}


class _Taken(Exception):
    """The ticket, or the form's key, is somebody's already."""


def file(
    *,
    key: str,
    category: Category,
    text: str,
    by: Actor,
    facility_code: str | None = None,
    place: str | None = None,
    contact: str | None = None,
) -> Complaint:
    """A new complaint; an actor without a person gives no name. Sent twice, the first one is given back.

    Raises Refused when the form was sent before with other words, so that these are not lost."""
    said = {"category": category, "text": text, "facility_code": facility_code, "place": place, "contact": contact}
    while True:
        try:
            return _enter(key, said, by)
        except _Taken:
            ticket = Ticket.get_or_none(Ticket.key == key)
        if ticket is None:
            continue  # another ticket had the same number
        before = ticket.complaint
        if all(getattr(before, name) == value for name, value in said.items()) and before.person_id == by.person_id:
            return before
        raise Refused(N_("This form was sent before. Send again to file a second complaint."))


@writing
def _enter(key: str, said: dict, by: Actor) -> Complaint:
    ticket = rules.ticket_of([secrets.randbelow(len(rules.SIGNS)) for _ in range(rules.RANDOM)])
    complaint = Complaint.create(
        ticket=ticket,
        person=by.person_id,
        family_id=by.family_id if by.person_id else None,
        due_on=rules.due_on(clock.today()),
        **said,
    )
    claim = Ticket.insert(key=key, hash=sealed.index("ticket", ticket), complaint=complaint)
    if not claim.on_conflict_ignore().as_rowcount().execute():
        raise _Taken
    _note(complaint, 1, Stage.RECEIVED, by, due_on=complaint.due_on)
    audit.record(Act.COMPLAINT_FILED, complaint, by, category=said["category"])
    return complaint


def find_facilities(words: str) -> list:
    """The facility whose code was typed, or up to eight of any kind whose name or place has the words."""
    exact = facilities.get(words) if numbers.is_facility(words) else None
    return [exact] if exact else list(facilities.search(words, None, 0, *Section))


def facility_of(complaint: Complaint):
    """The facility it is about, if one was chosen."""
    return facilities.get(complaint.facility_code) if complaint.facility_code else None


def find(ticket: str) -> Complaint | None:
    """The complaint behind a ticket, as rules.read_ticket gave it."""
    found = Ticket.get_or_none(Ticket.hash.in_(sealed.indexes("ticket", ticket)))
    return found and found.complaint


def followed(complaint_id: int) -> Complaint | None:
    """A complaint that this browser filed or looked up by its ticket a moment ago."""
    return Complaint.get_or_none(Complaint.id == complaint_id)


def answer(complaint: Complaint, text: str, *, seen: int, by: Actor) -> None:
    """An officer answers; the member is told, and is asked whether it is solved."""
    _advance(complaint, seen, Stage.ANSWERED, OPEN, by, text=text)


def solve(complaint: Complaint, *, seen: int, by: Actor) -> None:
    """SUDAH: the member says that it is solved. Nothing else ends a complaint."""
    _advance(complaint, seen, Stage.SOLVED, (Stage.ANSWERED,), by)


def reopen(complaint: Complaint, text: str | None, *, seen: int, by: Actor) -> None:
    """BELUM: it is not solved; a new answer is due, by a new date."""
    due_on = rules.due_on(clock.today())
    _advance(complaint, seen, Stage.REOPENED, (Stage.ANSWERED,), by, text=text, due_on=due_on)


@writing
def _advance(complaint, seen, stage, may_be, by, *, text=None, due_on=None) -> None:
    """One step on, for exactly one of many who send it; who acts on an older page is refused."""
    moved = (
        Complaint.update(stage=stage, steps=seen + 1, due_on=due_on)
        .where(Complaint.id == complaint.id, Complaint.steps == seen, Complaint.stage.in_(may_be))
        .execute()
    )
    if moved:
        _note(complaint, seen + 1, stage, by, text=text, due_on=due_on)
        audit.record(ACTS.get(stage, Act.COMPLAINT_REOPENED), complaint, by)
        if stage == Stage.ANSWERED and complaint.person_id:
            notices.tell(complaint.person, "complaint_answered", f"{complaint.id}:{seen + 1}", complaint=complaint.id)
        return
    step = ComplaintStep.get_or_none(ComplaintStep.complaint == complaint, ComplaintStep.number == seen + 1)
    if step is None or (step.stage, step.text, step.by_officer) != (stage, text, by.officer_id):
        raise Refused(MOVED_ON, basis=BASIS)


def _note(complaint: Complaint, number: int, stage: Stage, by: Actor, **more) -> None:
    ComplaintStep.create(
        complaint=complaint, family_id=complaint.family_id, number=number, stage=stage, by_officer=by.officer_id, **more
    )
