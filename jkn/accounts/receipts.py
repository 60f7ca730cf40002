"""What was done under a consent, for the member to keep: read from the audit log, sent when the consent ends."""

from itertools import islice

from jkn import clock
from jkn.accounts import touches
from jkn.accounts.models import Grant
from jkn.audit.models import Act, Entry
from jkn.db import writing
from jkn.members import service as members
from jkn.notices import service as notices
from jkn.numbers import mask_name

LONGEST = 200  # acts of one consent that a page prints
SHORT = 30  # signs of a name in a message
CONSENTING = {Act.GRANT_GIVEN, Act.GRANT_ENDED, Act.CONSENT_WIDENED, Act.CONSENT_NARROWED, Act.SHEET_CODE_USED}
SILENT = CONSENTING | {Act.DATA_SEEN}  # what changes nothing of the member's


def of(grant: Grant, person_id: int | None = None) -> list[touches.Touch]:
    """Everything that was done or read under the consent, in its order; or what of it concerns this person alone."""
    entries = (entry for entry in _entries(grant) if person_id in (None, entry.person_id))
    return touches.with_names(list(islice(entries, LONGEST)))


@writing
def tell(grant: Grant) -> bool:
    """The consent is over: the member is sent how much was changed under it, once."""
    if not Grant.update(told_at=clock.now()).where(Grant.id == grant.id, Grant.told_at.is_null()).execute():
        return False
    count = sum(entry.act not in SILENT for entry in _entries(grant))
    helper = mask_name(grant.holder_officer.name)[:SHORT]
    notices.tell(grant.person, "consent_ended", str(grant.id), helper=helper, count=count)
    return True


def tell_ended() -> int:
    """Consents that ended by themselves: their receipts are sent. How many."""
    over = Grant.select().where(
        Grant.holder_officer.is_null(False), Grant.told_at.is_null(), Grant.until <= clock.now()
    )
    return sum(tell(grant) for grant in over)


def _entries(grant: Grant) -> list[Entry]:
    """The acts, found by whose data they concern: the log has no index by consent."""
    people = [int(each) for each in grant.covers.split()] or [grant.person_id]
    family = members.family_of(grant.person_id)
    under = Entry.select().where(Entry.grant == grant.id, Entry.at >= grant.given_at, Entry.at <= grant.until)
    found = list(under.where(Entry.person_id.in_(people)))
    if family:
        found.extend(under.where(Entry.family_id == family.id, Entry.person_id.is_null()))
    return sorted(found, key=lambda entry: entry.id)
