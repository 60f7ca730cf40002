"""What a form written without a signal does, once somebody's yes is there: the services behind the pages do it."""

import json
from dataclasses import dataclass
from datetime import datetime

from jkn import clock
from jkn.access import Actor, Can, allowed
from jkn.audit import service as audit
from jkn.audit.models import Act, Entry
from jkn.changes import service as changes
from jkn.complaints import service as complaints
from jkn.complaints.models import Category
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.offline.models import Kind, OfflineForm, State

FILED = N_("The complaint was filed. Its number is %(number)s.")
CHANGED = N_("The address for letters was changed.")
CHANGED_SINCE = N_("The address was changed after you wrote this. Ask the member which one is right.")


@dataclass(frozen=True)
class Answer:
    """200 done, 202 waits for the member, 409 conflict, 422 to be mended, 503 to be sent again; and a sentence."""

    status: int
    message: str
    values: dict


def apply(form: OfflineForm, content: dict, who: Actor) -> Answer:
    """In the caller's write. Raises Refused where `who` may not do this, and where it would undo something newer."""
    if form.kind == Kind.COMPLAINT:
        if not allowed(who, Can.FILE_COMPLAINT):
            raise Refused(N_("The consent does not allow this."))
        said = content | {"category": Category(content["category"])}
        complaint = complaints.file(key=f"offline {form.id}", by=who, **said)
        return Answer(200, FILED, {"number": complaint.number})
    if not allowed(who, Can.CHANGE_PROFILE):
        raise Refused(N_("A signed form does not allow this. Ask for a code of the sheet."))
    if _changed_since(who.family_id, form.written_at):
        raise Refused(CHANGED_SINCE)
    changes.change_address(who.family_id, content["address"], who)
    return Answer(200, CHANGED, {})


def _changed_since(family_id: int, moment: datetime) -> bool:
    later = Entry.select().where(
        Entry.family_id == family_id, Entry.act == Act.PROFILE_CHANGED, Entry.at > moment, Entry.person_id.is_null()
    )
    return any(entry.details.get("what") == "mailing_address" for entry in later)


@writing
def confirm(form: OfflineForm, by: Actor) -> Answer:
    """The member says yes, and only now is it done. Raises Refused when it was decided already, or has expired."""
    _decide(form, State.CONFIRMED)
    answer = apply(form, json.loads(form.content), by)
    audit.record(Act.FORM_CONFIRMED, form, by, kind=form.kind)
    return answer


@writing
def decline(form: OfflineForm, by: Actor) -> None:
    """The member says no: nothing is done, and what was written is dropped. Raises Refused as confirm() does."""
    _decide(form, State.DECLINED)
    audit.record(Act.FORM_DECLINED, form, by, kind=form.kind)


def _decide(form: OfflineForm, state: State) -> None:
    now = clock.now()
    open_one = OfflineForm.id == form.id, OfflineForm.state == State.WAITS, OfflineForm.expires_at > now
    if not OfflineForm.update(state=state, content=None, decided_at=now).where(*open_one).execute():
        raise Refused(N_("This form was decided already, or it is too old."))


@writing
def drop_expired() -> int:
    """What waited too long is forgotten; how many."""
    old = OfflineForm.state == State.WAITS, OfflineForm.expires_at <= clock.now()
    return OfflineForm.update(state=State.REPLACED, content=None).where(*old).execute()
