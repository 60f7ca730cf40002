"""Signing in by PIN, sheet code or slip; setting PINs; live sign-ins."""

import secrets
import sys
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from jkn import clock
from jkn.access import Actor, Can, Level, allowed
from jkn.accounts import attempts, hashing, sheets, stopping
from jkn.accounts.models import Account, KnownDevice, Officer, SignIn
from jkn.accounts.officers import create_officer as create_officer
from jkn.accounts.rules import FRESH, KNOWN_DEVICE, LIMITS, RAISE_AFTER_RESET, weak_pin_reason
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import write, writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices

WRONG_PIN = N_("The number or the PIN is not right.")
WRONG_CODE = N_("The number or the code is not right.")
PAUSED = N_("Too many tries. Wait 15 minutes, or use a code from your sheet.")
TWO_CODES = N_("Too many tries. Type two codes from your sheet.")
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


@dataclass(frozen=True)
class Opened:
    """A new sign-in, and the token only its browser knows."""

    token: str
    row: SignIn


def hash_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def hash_pin(pin: str) -> str:
    return hashing.hash_secret("pin", pin)


def check_pin_strength(pin: str, people: list[Person], more: tuple[str, ...] = ()) -> None:
    """Refused when the PIN is a birth date or part of a number of these people, or plainly easy."""
    numbers = [number for person in people for number in (person.nik, person.card, person.phone) if number]
    if reason := weak_pin_reason(pin, [person.born for person in people], [*numbers, *more]):
        raise Refused(reason, field="pin")


def check_new_pin(person: Person, pin: str) -> None:
    """As check_pin_strength(), also for the dates and numbers of everybody on the person's family card."""
    family = members.family_of(person.id)
    check_pin_strength(pin, [person, *(members.people_of(family.id) if family else [])])


@writing
def store_pin(person: Person, pin_hash: str, by: Actor, *, in_person: bool = False, reset: bool = False) -> None:
    """Put a PIN's hash in place; a reset makes step-up wait a day, and every other sign-in ends."""
    now = clock.now()
    Account.insert(person=person).on_conflict_ignore().execute()
    changes = {"pin_hash": pin_hash, "pin_set_at": now, "raise_from": now + RAISE_AFTER_RESET if reset else None}
    if in_person:
        changes["proven_in_person"] = True
        stopping.lift(person, by)  # whoever shows the KTP ends an emergency stop
    Account.update(**changes).where(Account.person == person).execute()
    audit.record(Act.PIN_SET, person, by, in_person=in_person, reset=reset)


@writing
def change_pin(person: Person, pin: str, by: Actor) -> None:
    """A new PIN by somebody at L2; every other sign-in of theirs ends. Raises Refused for a weak one."""
    check_new_pin(person, pin)
    store_pin(person, hash_pin(pin), by)
    revoke_all(person.id, by, but=by.sign_in)
    notices.tell(person, "pin_changed", clock.now().isoformat(), day=clock.today().isoformat())


def sign_in_by_pin(number: str, pin: str, device: str | None, by: Actor, agent: str = "") -> Opened:
    """Number and PIN. The guess is reserved before it is checked; known devices have a counter of their own.

    Unknown numbers cost the same work and get the same answer. Raises Refused."""
    return _enter_by_pin(members.find_by_number(number), number, pin, device, by, agent)


def switch_person(person: Person, pin: str, device: str | None, by: Actor, agent: str = "") -> Opened:
    """Another member of the family takes over this browser with a PIN of their own; the sign-in before it ends."""
    opened = _enter_by_pin(person, "", pin, device, by, agent)
    close_sign_in(by.sign_in, by)
    return opened


def _enter_by_pin(person: Person | None, number: str, pin: str, device: str | None, by: Actor, agent: str) -> Opened:
    account = Account.get_or_none(Account.person == (person.id if person else 0))
    known = _is_known(person, device)
    key = attempts.key_of("pin", person and person.id, number, hash_token(device) if known else "")
    if not attempts.reserve(key):
        raise Refused(PAUSED)
    right = hashing.matches("pin", pin, account.pin_hash if account else None)
    if not right:
        note_refusal(person, by)
        raise Refused(WRONG_PIN)
    attempts.clear(key)
    with write():
        if person is not None:
            stopping.check_open(person)
        opened = open_sign_in(person=person, level=Level.L1, by=by, device=device, agent=agent)
        if not known:
            notices.tell(person, "signed_in_on_new_device", str(opened.row.id), day=clock.today().isoformat())
    return opened


def sign_in_by_code(
    number: str, code: str, pin: str, by: Actor, second: str | None = None, device: str | None = None, agent: str = ""
) -> Opened:
    """A sheet code or a first-PIN slip, and the new PIN it sets. After five wrong codes in a day it takes two at once,
    which nobody can guess: so a sheet always works, whatever others try. Raises Refused."""
    person = members.find_by_number(number)
    person_id = person and person.id
    may_guess = attempts.reserve(attempts.key_of("code", person_id, number), pause=DAY, in_a_row=None)
    may_slip = attempts.reserve(attempts.key_of("slip", person_id, number), failures=20, pause=DAY, in_a_row=None)
    found = sheets.find_code(person_id, code)
    other = sheets.find_code(person_id, second) if second else None
    slip = sheets.find_slip(person_id, code) if may_slip else None
    if slip is None:
        if not may_guess and other is None:
            raise Refused(TWO_CODES, field="second")
        if found is None or (not may_guess and other.id == found.id):
            note_refusal(person, by)
            raise Refused(WRONG_CODE)
        stopping.check_open(person)
    check_new_pin(person, pin)
    pin_hash = hash_pin(pin)
    with write():
        if slip is not None:
            spent = sheets.spend_slip(slip)
        else:
            spent = sheets.spend(found, by) and (may_guess or sheets.spend(other, by))
        if not spent:
            raise Refused(WRONG_CODE)
        revoke_all(person.id, by)
        devices = _devices_of(person)
        if slip is not None:
            # whoever shows the KTP in person displaces an earlier PIN, its devices and its sheets
            KnownDevice.delete().where(KnownDevice.person == person).execute()
            sheets.revoke(person)
        store_pin(person, pin_hash, by, in_person=slip is not None, reset=slip is None)
        attempts.clear(
            *(attempts.key_of(way, person.id, number) for way in ("pin", "code", "slip", "confirm", "raise")),
            *(attempts.key_of("pin", person.id, number, token_hash) for token_hash in devices),
        )
        notices.tell(person, "pin_reset", clock.now().isoformat(), day=clock.today().isoformat())
        # a slip is a proof held in the hand: without it nobody could come to a first sheet
        level = Level.L2 if slip is not None else Level.L1
        return open_sign_in(person=person, level=level, by=by, device=device, agent=agent)


@writing
def open_sign_in(
    *,
    person: Person | None = None,
    officer: Officer | None = None,
    level: Level = Level.L1,
    by: Actor | None = None,
    device: str | None = None,
    agent: str = "",
    kind: str | None = None,
) -> Opened:
    """A new revocable sign-in. `by` says through which door; `device` is the browser's own token, remembered."""
    by = by or Actor()
    idle, length = LIMITS[kind or (_kind_of(officer) if officer else by.channel)]
    token, now = secrets.token_urlsafe(24), clock.now()
    row = SignIn.create(
        token_hash=hash_token(token),
        person=person,
        officer=officer,
        level=level,
        channel=by.channel,
        device=by.device,
        agent=agent[:40],
        created_at=now,
        seen_at=now,
        idle_seconds=int(idle.total_seconds()),
        ends_at=now + length,
        fresh_until=now + FRESH if level == Level.L2 else None,
    )
    if person and device:
        KnownDevice.insert(person=person, token_hash=hash_token(device), seen_at=now).on_conflict(
            conflict_target=[KnownDevice.person, KnownDevice.token_hash], update={KnownDevice.seen_at: now}
        ).execute()
    owner = {"person": person.id} if person else {}
    audit.record(Act.SIGNED_IN, row, by, **owner)
    return Opened(token, row)


def _kind_of(officer: Officer) -> str:
    """Volunteers work on a phone of their own in a village, others of the staff at a desk: whatever door they took."""
    return "volunteer" if allowed(Actor(role=officer.role), Can.HELP_MEMBERS) else "desk"


@writing
def close_sign_in(row_id: int, by: Actor) -> None:
    """End one sign-in; ending it again changes nothing."""
    ended = SignIn.update(revoked_at=clock.now()).where(SignIn.id == row_id, SignIn.revoked_at.is_null()).execute()
    if ended:
        audit.record(Act.SIGNED_OUT, "sign_in", by, person=by.person_id)


@writing
def revoke_all(person_id: int, by: Actor, but: int | None = None) -> int:
    """End every sign-in of a person, but perhaps this one."""
    query = SignIn.update(revoked_at=clock.now()).where(SignIn.person == person_id, SignIn.revoked_at.is_null())
    ended = query.where(SignIn.id != but).execute() if but else query.execute()
    if ended:
        audit.record(Act.SIGNED_OUT, "sign_in", by, person=person_id, count=ended)
    return ended


@writing
def note_refusal(person: Person | None, by: Actor) -> None:
    """A try that failed, for the member to see; noted for unknown numbers too, so that both cost the same."""
    attempts.take(_refusals(), sys.maxsize, HOUR)
    audit.record(Act.SIGN_IN_REFUSED, "sign_in", by, person=person and person.id)


def refused_lately() -> int:
    """Sign-ins refused within an hour, of all accounts together: one PIN tried on each of many makes a wave here, and
    nothing that any one account would notice."""
    return attempts.taken(_refusals())


@writing
def hide_health(person: Person, hidden: bool, by: Actor) -> bool:
    """Hide what concerns the person's health from the family, or show it; False when it was so already."""
    changed = Person.update(hides_health=hidden).where(Person.id == person.id, Person.hides_health != hidden).execute()
    if changed:
        audit.record(Act.HEALTH_HIDDEN, person, by, hidden=hidden)
    return bool(changed)


def live_sign_ins(person_id: int) -> list[SignIn]:
    """Where the person is signed in now, the last used first."""
    now = clock.now()
    rows = (
        SignIn.select()
        .where(SignIn.person == person_id, SignIn.revoked_at.is_null(), SignIn.ends_at > now)
        .order_by(SignIn.seen_at.desc())
    )
    return [row for row in rows if row.seen_at + timedelta(seconds=row.idle_seconds) > now]


def confirm_pin(person_id: int, pin: str) -> bool:
    """The PIN typed again before a change, by somebody already signed in; counted like a sign-in."""
    key = attempts.key_of("confirm", person_id, "")
    if not attempts.reserve(key):
        raise Refused(PAUSED, field="pin")
    account = Account.get_or_none(Account.person == person_id)
    if not hashing.matches("pin", pin, account.pin_hash if account else None):
        return False
    attempts.clear(key)
    return True


def issue_sheet(person: Person, by: Actor) -> list[str]:
    """A new sheet's ten codes, to be shown once."""
    return sheets.codes(sheets.issue(person, by))


def check_sheet_code(person: Person, number: int, code: str) -> bool:
    """Was the sheet copied? Looks at one code without spending it."""
    return sheets.find_code(person.id, code, number) is not None


def _refusals() -> str:
    return attempts.key_of("refused", None, "")


def _devices_of(person: Person) -> list[str]:
    return [row.token_hash for row in KnownDevice.select().where(KnownDevice.person == person)]


def _is_known(person: Person | None, device: str | None) -> bool:
    return (
        KnownDevice.select()
        .where(
            KnownDevice.person == (person.id if person else 0),
            KnownDevice.token_hash == hash_token(device or ""),
            KnownDevice.seen_at > clock.now() - KNOWN_DEVICE,
        )
        .exists()
    )
