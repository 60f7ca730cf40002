"""What a volunteer has to do in a village: families without registration, in arrears, or soon without cover.

A row says what to do, hamlet, RT/RW and a masked name, and opens nothing: a family is opened by its own consent."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from peewee import JOIN, fn

from jkn import clock, sealed
from jkn.assisting.models import Unregistered, VolunteerVillage
from jkn.calendar import add_months, first_of_month
from jkn.contributions.models import Settlement
from jkn.members.models import SELF_PAYING, Family, KkIndex, Payer, Person, Spell
from jkn.numbers import mask_name

PAGE = 20
SOON = timedelta(days=60)


class Task(StrEnum):
    """The kinds of work; the value stands in the address."""

    UNREGISTERED = "daftar"
    ARREARS = "tunggakan"
    EXPIRING = "berakhir"


@dataclass(frozen=True)
class Row:
    """One household of the list."""

    hamlet: str
    rt: str
    rw: str
    name: str  # masked


def villages_of(officer_id: int) -> list[str]:
    """The codes of the villages in which a volunteer works."""
    rows = VolunteerVillage.select(VolunteerVillage.village_code).where(VolunteerVillage.officer == officer_id)
    return [row.village_code for row in rows.order_by(VolunteerVillage.village_code)]


def page(village: str, task: Task, after: int) -> tuple[list[Row], list[Family], int | None]:
    """A page of a village's list: its rows, the families read for it, and after which number the next begins."""
    if task == Task.UNREGISTERED:
        found = list(_unregistered(village, after).limit(PAGE + 1))
        rows = [Row(each.hamlet, each.rt, each.rw, each.name) for each in _still_nowhere(found[:PAGE])]
        return rows, [], found[PAGE - 1].id if len(found) > PAGE else None
    today = clock.today()
    where = _is_in_arrears(today) if task == Task.ARREARS else _ends_soon(today)
    query = (
        Family.select(Family.id, Family.rt, Family.rw, Person.name.alias("head"))
        .join(Person, JOIN.LEFT_OUTER, on=Person.id == Family.head_id)
        .join(Payer, on=Payer.family == Family.id)
        .where(Family.village_code == village, Family.id > after, where)
        .order_by(Family.id)
        .limit(PAGE + 1)
        .objects()
    )
    found = list(query)
    rows = [Row("", each.rt, each.rw, mask_name(each.head or "")) for each in found[:PAGE]]
    return rows, found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def _is_in_arrears(today: date):
    """Pays for itself, and last month is not settled: months are settled in their order."""
    last = add_months(first_of_month(today), -1)
    pays = Spell.select(Spell.id).where(
        Spell.payer == Payer.id, Spell.segment.in_(SELF_PAYING), Spell.open_on(last), Payer.liable_from <= last
    )
    settled = Settlement.select(Settlement.id).where(
        Settlement.payer == Payer.id, Settlement.month == last, Settlement.reversed_on.is_null()
    )
    return fn.EXISTS(pays) & ~fn.EXISTS(settled)


def _ends_soon(today: date):
    """Somebody's cover has an end within two months."""
    ends = Spell.select(Spell.id).where(Spell.family_id == Family.id, Spell.until > today, Spell.until <= today + SOON)
    return fn.EXISTS(ends)


def _unregistered(village: str, after: int):
    return (
        Unregistered.select()
        .where(Unregistered.village_code == village, Unregistered.id > after)
        .order_by(Unregistered.id)
    )


def _still_nowhere(rows: list[Unregistered]) -> list[Unregistered]:
    """Those whose family card has not come into the scheme since the list was loaded."""
    hashes = {hash: row.id for row in rows for hash in sealed.indexes("kk", row.kk)}
    known = {hashes[index.hash] for index in KkIndex.select(KkIndex.hash).where(KkIndex.hash.in_(list(hashes)))}
    return [row for row in rows if row.id not in known]
