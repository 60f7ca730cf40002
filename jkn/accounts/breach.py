"""After a breach: whose data somebody touched, for the letters due within 3 x 24 hours (UU 27/2022, ps 46)."""

from collections.abc import Iterator
from datetime import datetime

from peewee import JOIN, BigIntegerField, Case, IntegerField, Model, fn

from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act, Entry
from jkn.clock import JAKARTA
from jkn.db import MomentField, db, write
from jkn.exports import safe
from jkn.members.models import Family, Person, Stay

COLUMNS = ("ORANG", "NAMA", "ALAMAT", "KODE_DESA", "DIBACA", "DIUBAH", "PERTAMA", "TERAKHIR")
PAGE = 5000


class Touched(Model):
    """One person, for the time of a list: a temporary table."""

    person_id = BigIntegerField(primary_key=True)
    looks = IntegerField()
    changes = IntegerField()
    first = MomentField()
    last = MomentField()

    class Meta:
        database = db
        table_name = "touched"


def touched(since: datetime, until: datetime, officer: int | None = None, person: int | None = None) -> Iterator[tuple]:
    """The people whose data an officer or a person touched from one moment until before another, as COLUMNS.

    What a family shares counts for everybody who lived there then; one's own data does not count. The database gathers
    them, so that memory stays the same however many they are.
    """
    actor = Entry.by_officer == officer if officer is not None else Entry.by_person == person
    within = actor & (Entry.at >= since) & (Entry.at < until)
    there = (Stay.family == Entry.family_id) & (Stay.since <= Entry.at)
    there &= Stay.until.is_null() | (Stay.until > Entry.at)
    own = Entry.select(Entry.person_id, Entry.act, Entry.at).where(within, Entry.person_id.is_null(False))
    shared = Entry.select(Stay.person.alias("person_id"), Entry.act, Entry.at).join(Stay, on=there)
    both = own.union_all(shared.where(within, Entry.person_id.is_null())).alias("both")
    looks = fn.SUM(Case(None, [(both.c.act == Act.DATA_SEEN.value, 1)], 0))
    found = Touched.select(both.c.person_id, looks, fn.COUNT(both.c.at) - looks, fn.MIN(both.c.at), fn.MAX(both.c.at))
    found = found.from_(both).where(both.c.person_id != (person or 0)).group_by(both.c.person_id)
    db.create_tables([Touched], temporary=True)
    try:
        fields = [Touched.person_id, Touched.looks, Touched.changes, Touched.first, Touched.last]
        Touched.insert_from(found, fields).execute()
        with write():
            whose = {"officer": officer} if officer is not None else {"person": person}
            count = Touched.select().count()
            audit.record(Act.DATA_SEEN, "touched", Actor(channel="console"), count=count, whose=whose)
        yield from _lines()
    finally:
        db.drop_tables([Touched])


def _lines() -> Iterator[tuple]:
    rows = Touched.select(Touched, Person.name, Family.address, Family.rt, Family.rw, Family.mailing_address)
    rows = rows.select_extend(Family.village_code).join(Person, on=Touched.person_id == Person.id)
    rows = rows.join(Stay, JOIN.LEFT_OUTER, on=(Stay.person == Person.id) & Stay.until.is_null())
    rows = rows.join(Family, JOIN.LEFT_OUTER, on=Stay.family == Family.id).order_by(Touched.person_id).limit(PAGE)
    last = 0
    while page := list(rows.where(Touched.person_id > last).objects()):
        yield from map(_line, page)
        last = page[-1].person_id


def _line(row) -> tuple:
    street = f"{row.address or ''} RT {row.rt} RW {row.rw}" if row.rt else row.address or ""
    moments = [moment.astimezone(JAKARTA).isoformat(" ", "minutes") for moment in (row.first, row.last)]
    address = safe(row.mailing_address or street)
    return row.person_id, safe(row.name), address, row.village_code or "", row.looks, row.changes, *moments
