"""Stepping up to L2 for ten minutes: a code of the sheet, one sent by SMS where the member wants that, or a number read
aloud to staff who see the KTP."""

import secrets
from datetime import timedelta

from jkn import clock, sealed
from jkn.access import Actor, Level
from jkn.accounts import attempts, sheets
from jkn.accounts.models import Account, SignIn, SmsCode, SpokenCode
from jkn.accounts.rules import FRESH
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices
from jkn.notices.service import CodeFor

SPOKEN_VALID = timedelta(minutes=10)
SMS_VALID = timedelta(minutes=5)


def step_up(sign_in_id: int, person_id: int, typed: str, by: Actor) -> None:
    """L2 with the sheet code asked for; the guesses are counted first. Raises Refused, also within a day of a reset."""
    if not attempts.reserve(attempts.key_of("raise", person_id, "")):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="code")
    _by_sheet(sign_in_id, person_id, typed, by)


@writing
def _by_sheet(sign_in_id: int, person_id: int, typed: str, by: Actor) -> None:
    _refuse_soon_after_reset(person_id)
    code = sheets.find_code(person_id, typed, sheets.next_number(person_id))
    if code is None or not sheets.spend(code, by):
        raise Refused(N_("That is not the code we asked for."), field="code")
    attempts.clear(attempts.key_of("raise", person_id, ""))
    _raise(sign_in_id, person_id, by)


@writing
def speak(sign_in_id: int, person_id: int) -> str:
    """Six digits to read aloud to staff. Raises Refused within a day of a reset."""
    _refuse_soon_after_reset(person_id)
    now = clock.now()
    SpokenCode.update(expires_at=now).where(SpokenCode.sign_in == sign_in_id, SpokenCode.used_at.is_null()).execute()
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        hashed = sealed.index("spoken", code)
        SpokenCode.delete().where(SpokenCode.code_hash == hashed, SpokenCode.expires_at <= now).execute()
        row = {"sign_in": sign_in_id, "person": person_id, "code_hash": hashed, "expires_at": now + SPOKEN_VALID}
        if SpokenCode.insert(row).on_conflict_ignore().as_rowcount().execute():
            return code


def heard(code: str, by: Actor) -> SpokenCode:
    """The waiting code that a member read to this officer. Each officer's guesses are counted. Raises Refused."""
    guesses = attempts.key_of("spoken", None, f"officer:{by.officer_id}")
    if not attempts.reserve(guesses, in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="code")
    found = SpokenCode.get_or_none(
        SpokenCode.code_hash.in_(sealed.indexes("spoken", code)),
        SpokenCode.used_at.is_null(),
        SpokenCode.expires_at > clock.now(),
    )
    if found is None:
        raise Refused(N_("Nobody waits with this number. Ask the member to read it again."), field="code")
    attempts.clear(guesses)
    return found


@writing
def raise_by_staff(spoken: SpokenCode, by: Actor) -> None:
    """The officer compared the KTP: that sign-in is L2. Twice counts once; raises Refused when it has run out."""
    now = clock.now()
    fresh = SpokenCode.update(used_at=now).where(
        SpokenCode.id == spoken.id, SpokenCode.used_at.is_null(), SpokenCode.expires_at > now
    )
    if not fresh.execute():
        raise Refused(N_("This number has run out. Ask the member for a new one."))
    _raise(spoken.sign_in_id, spoken.person_id, by)


def may_text(person: Person) -> bool:
    """Has the person asked for codes by SMS, and is the number still theirs?"""
    wanted = Account.select().where(Account.person == person, Account.wants_sms_codes)
    return person.phone is not None and members.is_phone_fresh(person) and wanted.exists()


@writing
def want_codes(person: Person, wanted: bool, by: Actor) -> None:
    """Codes by SMS as an extra way to step up, or not any more."""
    Account.update(wants_sms_codes=wanted).where(Account.person == person).execute()
    audit.record(Act.PROFILE_CHANGED, person, by, what="sms_codes")


@writing
def text(sign_in_id: int, person: Person) -> None:
    """Send a code to the person's phone; codes from before stop working, the count of wrong ones goes on.

    Raises Refused where the person has not asked for codes, and beyond the limits of one number."""
    _refuse_soon_after_reset(person.id)
    if not may_text(person):
        raise Refused(N_("Codes by SMS are not switched on for you."))
    now, code = clock.now(), f"{secrets.randbelow(10**6):06d}"
    SmsCode.update(expires_at=now).where(SmsCode.person == person, SmsCode.used_at.is_null()).execute()
    row = SmsCode.create(
        sign_in=sign_in_id, person=person, code_hash=_sms_hash(sign_in_id, code), expires_at=now + SMS_VALID
    )
    notices.send_code(person, code, CodeFor.CHANGE, str(row.id))


def raise_by_sms(sign_in_id: int, person_id: int, typed: str, by: Actor) -> None:
    """L2 with the code that was sent for this sign-in; wrong ones count like those of the sheet. Raises Refused."""
    if not attempts.reserve(attempts.key_of("raise", person_id, "")):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="code")
    _by_sms(sign_in_id, person_id, typed, by)


@writing
def _by_sms(sign_in_id: int, person_id: int, typed: str, by: Actor) -> None:
    now = clock.now()
    right = SmsCode.update(used_at=now).where(
        SmsCode.sign_in == sign_in_id,
        SmsCode.code_hash == _sms_hash(sign_in_id, typed),
        SmsCode.used_at.is_null(),
        SmsCode.expires_at > now,
    )
    if not right.execute():
        raise Refused(N_("That is not the code we sent, or it is too old."), field="code")
    attempts.clear(attempts.key_of("raise", person_id, ""))
    _raise(sign_in_id, person_id, by)


def _sms_hash(sign_in_id: int, code: str) -> str:
    return sealed.index("sms", f"{sign_in_id}:{code}")


def _raise(sign_in_id: int, person_id: int, by: Actor) -> None:
    SignIn.update(level=Level.L2, fresh_until=clock.now() + FRESH).where(SignIn.id == sign_in_id).execute()
    audit.record(Act.LEVEL_RAISED, "sign_in", by, person=person_id)


def _refuse_soon_after_reset(person_id: int) -> None:
    account = Account.get_or_none(Account.person == person_id)
    if account and account.raise_from and account.raise_from > clock.now():
        raise Refused(N_("Your PIN was reset less than a day ago. Try again tomorrow."))
