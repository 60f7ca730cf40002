"""Notices on paper: printed in batches, one letter for each person."""

from dataclasses import dataclass, field

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.delivering.models import DayCount, LetterBatch
from jkn.delivering.service import count
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Family, Person, Stay
from jkn.notices.models import Channel, Notice, State
from jkn.notices.rules import PAPER_LIFE, pointless_after
from jkn.regions import service as regions

PEOPLE = 50  # letters in a batch


@dataclass
class Letter:
    """All news of one person, to the family's address for letters."""

    person: Person
    name: str
    lines: list[str]
    notices: list[Notice] = field(default_factory=list)


def waiting() -> int:
    """How many notices wait to be printed."""
    return Notice.select().where(Notice.state == State.LETTER).count()


@writing
def make_batch(key: str, by: Actor) -> LetterBatch:
    """Take what waits longest to print it: it counts as sent. The same key gives the same batch."""
    values = {"key": key, "printed_at": clock.now(), "printed_by": by.officer_id}
    if not LetterBatch.insert(values).on_conflict_ignore().as_rowcount().execute():
        return LetterBatch.get(LetterBatch.key == key)
    batch = LetterBatch.get(LetterBatch.key == key)
    taken = [row.id for row in _oldest() if not _is_pointless(row)]
    mine = Notice.id.in_(taken) & (Notice.state == State.LETTER)
    sent = {"state": State.SENT, "batch_id": batch.id, "channel": Channel.PAPER, "sent_at": clock.now()}
    printed = Notice.update(sent).where(mine).execute()
    if not printed:
        raise Refused(N_("No letter waits."))
    count(Channel.PAPER, DayCount.asked, printed)
    count(Channel.PAPER, DayCount.sent, printed)
    audit.record(Act.LETTERS_PRINTED, batch, by, count=printed)
    return batch


def _oldest() -> list[Notice]:
    """Of the fifty people who wait longest, everything."""
    waits = Notice.state == State.LETTER
    people = [row.person_id for row in Notice.select(Notice.person_id).where(waits).order_by(Notice.id).limit(500)]
    first = list(dict.fromkeys(people))[:PEOPLE]
    return list(Notice.select().where(waits, Notice.person_id.in_(first)))


def _is_pointless(notice: Notice) -> bool:
    if clock.now() < pointless_after(notice.name, notice.created_at, notice.values, PAPER_LIFE):
        return False
    Notice.update(state=State.EXPIRED).where(Notice.id == notice.id, Notice.state == State.LETTER).execute()
    return True


def of_batch(batch: LetterBatch) -> list[Letter]:
    """The letters as they are addressed today."""
    rows = list(Notice.select().where(Notice.batch_id == batch.id).order_by(Notice.id))
    ids = {row.person_id for row in rows}
    people = {person.id: person for person in Person.select().where(Person.id.in_(ids))}
    homes = _homes(ids)
    villages = regions.labels({home.village_code for home in homes.values() if home.village_code})
    letters: dict[int, Letter] = {}
    for row in rows:
        person, home = people[row.person_id], homes.get(row.person_id)
        if row.person_id not in letters:
            name = members.shown_name(person, home) if home else person.name
            letters[person.id] = Letter(person, name, _address(home, villages) if home else [])
        letters[person.id].notices.append(row)
    return list(letters.values())


def _homes(people: set[int]) -> dict[int, Family]:
    """Where each lives now."""
    open_stays = Stay.select(Stay, Family).join(Family).where(Stay.person.in_(people), Stay.until.is_null())
    return {stay.person_id: stay.family for stay in open_stays}


def _address(home: Family, villages: dict[str, str]) -> list[str]:
    if home.mailing_address:
        return [home.mailing_address]
    street = f"{home.address} RT {home.rt} RW {home.rw}" if home.rt else home.address
    return [line for line in (street, villages.get(home.village_code, "")) if line]
