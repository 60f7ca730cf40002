"""Back in without PIN, phone or codes: two different people say who this is, at least one of them staff.

The other is an adult of the same family card; for somebody who lives alone, staff of another post. L1 at once, L2 after
a day, with a notice; a stop in that day cancels it."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from peewee import JOIN

from jkn import clock, sealed
from jkn.access import Actor, Level
from jkn.accounts import attempts, service, sheets, stopping
from jkn.accounts.grants import comes_of_age
from jkn.accounts.models import KnownDevice, Officer, Recovery, Witness
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import write, writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices

OPEN_FOR = timedelta(hours=24)
BEGUN_A_DAY = 3  # for one number
# How often one witness, and the same two together, may vouch: collusion stays small and is seen.
MEMBER_LIMIT, MEMBER_DAYS = 2, timedelta(days=30)
STAFF_LIMIT, STAFF_DAYS = 10, timedelta(days=1)
PAIR_LIMIT, PAIR_DAYS = 3, timedelta(days=30)
UNKNOWN = N_("Nobody waits with this number. Ask the member to read it again.")


@dataclass(frozen=True)
class Begun:
    """What the member's browser keeps, and the code they read to their witnesses."""

    token: str
    code: str


def begin(number: str, born: date, by: Actor) -> Begun:
    """A code to read to two witnesses. Given for unknown numbers too, so that it tells nothing. Raises Refused."""
    if not attempts.take(attempts.key_of("recover", None, number), BEGUN_A_DAY, timedelta(days=1)):
        raise Refused(N_("Too many tries today. Bring your KTP to a branch."), field="number")
    begun = Begun(secrets.token_urlsafe(24), f"{secrets.randbelow(10**8):08d}")
    person = members.find_by_number(number)
    if person is not None and person.born == born and person.died_on is None:
        _store(person, begun, by)
    return begun


@writing
def _store(person: Person, begun: Begun, by: Actor) -> None:
    now = clock.now()
    Recovery.update(cancelled_at=now).where(
        Recovery.person == person, Recovery.done_at.is_null(), Recovery.cancelled_at.is_null()
    ).execute()
    recovery = Recovery.create(
        person=person,
        code_hash=sealed.index("recovery", begun.code),
        token_hash=sha256(begun.token.encode()).hexdigest(),
        begun_at=now,
        expires_at=now + OPEN_FOR,
    )
    audit.record(Act.RECOVERY_BEGUN, recovery, by, person=person.id)
    notices.tell(person, "recovery_begun", str(recovery.id), day=clock.day_of(now).isoformat())


def waiting(code: str, by: Actor) -> Recovery:
    """What a witness is asked about. The guesses of each witness are counted. Raises Refused."""
    guesses = attempts.key_of("witness", None, f"{by.doer_id}:{by.officer_id}")
    if not attempts.reserve(guesses, in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="code")
    found = Recovery.get_or_none(Recovery.code_hash.in_(sealed.indexes("recovery", code)), *_still_open())
    if found is None:
        raise Refused(UNKNOWN, field="code")
    attempts.clear(guesses)
    return found


@writing
def vouch(recovery: Recovery, by: Actor) -> None:
    """The witness knows the member, who stands beside them. Vouching twice counts once. Raises Refused."""
    who = {"by_officer": by.officer_id} if by.officer_id else {"by_person": by.doer_id}
    _take_turns(recovery, by)
    _check_witness(recovery, by)
    made = (
        Witness.insert(recovery=recovery, person=recovery.person_id, at=clock.now(), **who)
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if made:
        audit.record(Act.RECOVERY_WITNESSED, recovery, by, person=recovery.person_id)


def of_browser(token: str | None) -> Recovery | None:
    """The recovery that waits in this browser."""
    hashed = sha256((token or "").encode()).hexdigest()
    return Recovery.get_or_none(Recovery.token_hash == hashed, *_still_open())


def is_witnessed(recovery: Recovery) -> bool:
    """Two different people, at least one of them staff; staff twice only for somebody who lives alone."""
    rows = list(Witness.select(Witness, Officer).join(Officer, JOIN.LEFT_OUTER).where(Witness.recovery == recovery))
    staff = [row.by_officer for row in rows if row.by_officer_id]
    family = [row for row in rows if row.by_person_id and row.by_person_id not in {each.person_id for each in staff}]
    if staff and family:
        return True
    posts = {each.role for each in staff}
    return len(posts) >= 2 and not adults_beside(recovery.person)


def adults_beside(person: Person) -> list[Person]:
    """The other adults on the family card."""
    family, today = members.family_of(person.id), clock.today()
    people = members.people_of(family.id) if family else []
    return [each for each in people if each.id != person.id and comes_of_age(each) <= today]


def finish(recovery: Recovery, pin: str, by: Actor, device: str | None, agent: str = "") -> service.Opened:
    """The new PIN, and a sign-in at L1. Sheet, browsers and sign-ins from before stop working. Raises Refused."""
    person = recovery.person
    service.check_new_pin(person, pin)
    pin_hash = service.hash_pin(pin)
    with write():
        ready = Recovery.update(done_at=clock.now()).where(Recovery.id == recovery.id, *_still_open())
        if not is_witnessed(recovery) or not ready.execute():
            raise Refused(N_("Two witnesses are not here yet."))
        stopping.lift(person, by)
        service.revoke_all(person.id, by)
        KnownDevice.delete().where(KnownDevice.person == person).execute()
        sheets.revoke(person)
        service.store_pin(person, pin_hash, by, reset=True)
        attempts.clear(*(attempts.key_of(way, person.id, "") for way in ("pin", "code", "slip", "confirm", "raise")))
        audit.record(Act.RECOVERY_DONE, recovery, by, person=person.id)
        notices.tell(person, "recovery_done", str(recovery.id), day=clock.today().isoformat())
        return service.open_sign_in(person=person, level=Level.L1, by=by, device=device, agent=agent)


def with_witnesses(recoveries) -> list[tuple[Recovery, list[Witness]]]:
    """Each of these with its person and its witnesses, for officers."""
    rows = list(recoveries.select_extend(Person).join(Person))
    family = Person.alias()
    found = (
        Witness.select(Witness, Officer, family)
        .join(Officer, JOIN.LEFT_OUTER)
        .switch(Witness)
        .join(family, JOIN.LEFT_OUTER, on=Witness.by_person == family.id, attr="by_person")
        .where(Witness.recovery.in_([row.id for row in rows]))
    )
    beside = {}
    for witness in found:
        beside.setdefault(witness.recovery_id, []).append(witness)
    return [(row, beside.get(row.id, [])) for row in rows]


def _still_open() -> tuple:
    return Recovery.done_at.is_null(), Recovery.cancelled_at.is_null(), Recovery.expires_at > clock.now()


def _take_turns(recovery: Recovery, by: Actor) -> None:
    """Lock the recovery, then its witnesses in the order of their numbers: whoever vouches for many at once is counted
    one by one, and two who vouch for the same at once see each other."""
    Recovery.update(expires_at=Recovery.expires_at).where(Recovery.id == recovery.id).execute()
    beside = list(Witness.select().where(Witness.recovery == recovery))
    staff = {by.officer_id, *(row.by_officer_id for row in beside)} - {None}
    family = {None if by.officer_id else by.doer_id, *(row.by_person_id for row in beside)} - {None}
    for officer_id in sorted(staff):
        Officer.update(totp_step=Officer.totp_step).where(Officer.id == officer_id).execute()
    for person_id in sorted(family):
        Person.update(hides_health=Person.hides_health).where(Person.id == person_id).execute()


def _check_witness(recovery: Recovery, by: Actor) -> None:
    now, person = clock.now(), recovery.person
    if by.officer_id:
        officer = Officer.get_by_id(by.officer_id)
        if officer.person_id == person.id:
            raise Refused(N_("Nobody vouches for themselves."))
        mine, limit, since = Witness.by_officer == by.officer_id, STAFF_LIMIT, now - STAFF_DAYS
    else:
        if by.on_behalf_of is not None or by.doer_id == person.id:
            raise Refused(N_("Nobody vouches for themselves."))
        if by.doer_id not in {each.id for each in adults_beside(person)}:
            raise Refused(N_("Only an adult of the same family card can vouch beside staff."))
        mine, limit, since = Witness.by_person == by.doer_id, MEMBER_LIMIT, now - MEMBER_DAYS
    others = Witness.recovery != recovery
    if Witness.select().where(mine, others, Witness.at > since).count() >= limit:
        raise Refused(N_("You have vouched too often. Send the member to a branch."))
    beside = list(Witness.select().where(Witness.recovery == recovery))
    for other in beside:
        theirs = (
            Witness.by_officer == other.by_officer_id
            if other.by_officer_id
            else Witness.by_person == other.by_person_id
        )
        together = Witness.select(Witness.recovery).where(theirs, Witness.at > now - PAIR_DAYS)
        if Witness.select().where(mine, others, Witness.recovery.in_(together)).count() >= PAIR_LIMIT:
            raise Refused(N_("The two of you have vouched too often. Send the member to a branch."))
