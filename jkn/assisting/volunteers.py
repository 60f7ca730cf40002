"""Who is a volunteer where, and the limits they keep: their own family, misses, households a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from peewee import fn

from jkn import clock
from jkn.access import SYSTEM, Actor, Can, allowed
from jkn.accounts import grants
from jkn.accounts.models import Grant, Officer, SignIn
from jkn.assisting.models import Miss, Visit, VolunteerVillage
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.permissions import Role
from jkn.regions.models import Level, Region

_HELPERS = [role for role in Role if allowed(Actor(role=role), Can.HELP_MEMBERS)]
MISSES, MISSES_IN = 10, timedelta(hours=1)
HOUSEHOLDS = 60  # a day
LOOKED_BACK = timedelta(days=7)
NIGHT = (21, 5)  # from, until, on the clock of Jakarta
MANY_AT_NIGHT, MANY_OF_ONE, MANY_MISSES = 5, 4, 5


@dataclass(frozen=True)
class Worked:
    """A volunteer as officers see them: where, how much in a week, and what is unusual about it."""

    officer: Officer
    villages: list[str]
    consents: int
    at_night: int
    of_one_family: int
    misses: int

    @property
    def is_unusual(self) -> bool:
        return self.at_night >= MANY_AT_NIGHT or self.of_one_family >= MANY_OF_ONE or self.misses >= MANY_MISSES


@writing
def assign(username: str, number: str, villages: Sequence[str], by: Actor) -> Officer:
    """The volunteer works in these villages from now on, and in no others; `number` is their own NIK or card.

    Raises Refused for somebody who is no volunteer, and for unknown people and villages."""
    officer = Officer.get_or_none(Officer.username == username.strip().lower(), Officer.role.in_(_HELPERS))
    if officer is None:
        raise Refused(N_("No volunteer has this name."), field="username")
    person = members.find_by_number(number)
    if person is None:
        raise Refused(N_("Nobody in the scheme has this number."), field="number")
    codes = list(dict.fromkeys(villages))
    known = Region.select().where(Region.code.in_(codes), Region.level == Level.VILLAGE).count()
    if known < len(codes):
        raise Refused(N_("One of these is not the code of a village."), field="villages")
    Officer.update(person=person).where(Officer.id == officer.id).execute()
    VolunteerVillage.delete().where(VolunteerVillage.officer == officer).execute()
    rows = [{"officer": officer.id, "village_code": code, "since": clock.now()} for code in codes]
    if rows:
        VolunteerVillage.insert_many(rows).execute()
    audit.record(Act.VOLUNTEER_ASSIGNED, officer, by, person=person.id, villages=codes)
    return officer


def take_turn(officer_id: int) -> Officer:
    """In the caller's write: the volunteer's row, locked, so that parallel tries are counted one by one.

    Raises Refused for whoever is suspended, or whose own family nobody has recorded."""
    officer = lock(officer_id)
    if officer.suspended_at is not None:
        raise Refused(N_("This volunteer is suspended. Ask an officer of the branch."))
    if officer.person_id is None:
        raise Refused(N_("Ask an officer to record your own card first."))
    return officer


def lock(officer_id: int) -> Officer:
    """In the caller's write: the volunteer's row, for which others wait."""
    Officer.update(totp_step=Officer.totp_step).where(Officer.id == officer_id).execute()
    return Officer.get_by_id(officer_id)


def refuse_own_family(officer: Officer, family_id: int) -> None:
    """A volunteer serves everybody but those on their own family card. Raises Refused."""
    own = members.family_of(officer.person_id)
    if own is not None and own.id == family_id:
        raise Refused(N_("You cannot serve your own family. Ask another volunteer."), field="number")


def open_household(officer: Officer, family_id: int) -> None:
    """Counts the household, once a day, in the caller's turn. Raises Refused beyond sixty in a day."""
    now = clock.now()
    day, hour = clock.day_of(now), now.astimezone(clock.JAKARTA).hour
    one = (Visit.officer == officer) & (Visit.family_id == family_id) & (Visit.day == day)
    night = int(hour >= NIGHT[0] or hour < NIGHT[1])
    if Visit.update(consents=Visit.consents + 1, at_night=Visit.at_night + night).where(one).execute():
        return
    if Visit.select().where(Visit.officer == officer, Visit.day == day).count() >= HOUSEHOLDS:
        raise Refused(N_("This volunteer has helped sixty households today. Go on tomorrow."))
    Visit.create(officer=officer, family_id=family_id, day=day, consents=1, at_night=night)


def note_miss(officer: Officer, by: Actor) -> None:
    """One more well-formed miss, in the caller's turn; the tenth within an hour suspends."""
    now = clock.now()
    Miss.create(officer=officer, at=now)
    if Miss.select().where(Miss.officer == officer, Miss.at > now - MISSES_IN).count() >= MISSES:
        suspend(officer, by)


@writing
def suspend(officer: Officer, by: Actor) -> None:
    """No sign-in works any more, and every consent ends."""
    now = clock.now()
    if not Officer.update(suspended_at=now).where(Officer.id == officer.id, Officer.suspended_at.is_null()).execute():
        return
    SignIn.update(revoked_at=now).where(SignIn.officer == officer, SignIn.revoked_at.is_null()).execute()
    for grant in Grant.select().where(Grant.holder_officer == officer, Grant.live_at(now)):
        grants.end(grant, SYSTEM)
    audit.record(Act.VOLUNTEER_SUSPENDED, officer, by)


@writing
def resume(officer: Officer, by: Actor) -> bool:
    """An officer has asked what happened: the volunteer may sign in again."""
    held = Officer.id == officer.id, Officer.suspended_at.is_null(False), Officer.role.in_(_HELPERS)
    if not Officer.update(suspended_at=None).where(*held).execute():
        return False
    Miss.delete().where(Miss.officer == officer).execute()
    audit.record(Act.VOLUNTEER_RESUMED, officer, by)
    return True


def worked(officers) -> list[Worked]:
    """These volunteers with what they did in the last seven days."""
    officers, now = list(officers), clock.now()
    ids = [officer.id for officer in officers]
    villages, visits = {}, {}
    for row in VolunteerVillage.select().where(VolunteerVillage.officer.in_(ids)).order_by(VolunteerVillage.id):
        villages.setdefault(row.officer_id, []).append(row.village_code)
    since = clock.day_of(now - LOOKED_BACK)
    by_family = (
        Visit.select(Visit.officer, fn.SUM(Visit.consents).alias("consents"), fn.SUM(Visit.at_night).alias("at_night"))
        .where(Visit.officer.in_(ids), Visit.day > since)
        .group_by(Visit.officer, Visit.family_id)
    )
    for row in by_family:
        visits.setdefault(row.officer_id, []).append(row)
    missed = Miss.select(Miss.officer, fn.COUNT(Miss.id)).where(Miss.officer.in_(ids), Miss.at > now - LOOKED_BACK)
    misses = dict(missed.group_by(Miss.officer).tuples())
    return [
        Worked(
            officer,
            villages.get(officer.id, []),
            sum(row.consents for row in visits.get(officer.id, [])),
            sum(row.at_night for row in visits.get(officer.id, [])),
            max((row.consents for row in visits.get(officer.id, [])), default=0),
            misses.get(officer.id, 0),
        )
        for officer in officers
    ]


def helpers(after: int = 0):
    """Everybody who works as a volunteer, by number."""
    return Officer.select().where(Officer.role.in_(_HELPERS), Officer.id > after).order_by(Officer.id)
