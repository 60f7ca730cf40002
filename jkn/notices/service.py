"""Queueing what people must be told, and keeping a number silent."""

from datetime import timedelta
from enum import StrEnum

from jkn import clock, sealed
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.notices.models import Notice, Number
from jkn.notices.rules import CODE, rank_of

# to one number, however many people share it
CODES = ((timedelta(hours=1), 3), (timedelta(days=1), 10))


class CodeFor(StrEnum):
    """What a code is good for; the message says it."""

    SIGN_IN = "sign-in"
    RECOVERY = "recovery"
    CHANGE = "change"
    CONSENT = "consent"


def tell(person, name: str, reference: str, *, to_phone: str | None = None, **values) -> None:
    """Queue a notice in the caller's transaction. The values hold no NIK, card or phone number.

    It goes the way the person has chosen; with `to_phone` to that number, such as the one they had until now.
    """
    _queue(person, name, f"{name}:{reference}", values, phone=to_phone)


@writing
def send_code(person, code: str, act: CodeFor, key: str) -> None:
    """Queue a code for the phone that the person has now; `key` makes asking twice send once.

    Refused without a phone, and beyond three codes an hour or ten a day to one number.
    """
    if not person.phone:
        raise Refused(N_("There is no phone number to send a code to."))
    number_hash = take_number(person.phone)
    reference = f"{CODE}:{key}"
    if Notice.select().where(Notice.person_id == person.id, Notice.reference == reference).exists():
        return
    codes = Notice.select().where(Notice.number_hash == number_hash, Notice.name == CODE)
    for span, most in CODES:
        if codes.where(Notice.asked_at > clock.now() - span).count() >= most:
            raise Refused(N_("There were too many codes. Use a sheet code, or wait an hour."))
    # it counts from now on, sent or not
    values = {"number_hash": number_hash, "asked_at": clock.now(), "secret": code, "phone": person.phone}
    _queue(person, CODE, reference, {"act": act.value}, **values)


def _queue(person, name: str, reference: str, values: dict, **more) -> None:
    Notice.insert(
        person_id=person.id,
        family_id=getattr(person, "family_id", None),
        name=name,
        reference=reference,
        values=values,
        rank=rank_of(name),
        **more,
    ).on_conflict_ignore().execute()


def take_number(phone: str) -> str:
    """The number's blind index, its row locked until the caller's transaction ends: what is counted is counted once."""
    hash = sealed.index("phone", phone)
    lock = Number.update(hash=hash).where(Number.hash == hash)
    if not lock.execute():
        Number.insert(hash=hash).on_conflict_ignore().execute()
        lock.execute()
    return hash


@writing
def freeze_number(phone: str, by: Actor, *, person=None) -> bool:
    """From now on nothing is sent to this number; what is queued waits. False when it was so already."""
    return _freeze(phone, by, person, Act.NUMBER_FROZEN)


@writing
def thaw_number(phone: str, by: Actor, *, person=None) -> bool:
    """Messages to this number go again, those that waited first. False when it was not frozen."""
    return _freeze(phone, by, person, Act.NUMBER_THAWED)


def is_frozen(phone: str) -> bool:
    """May nothing be sent to this number?"""
    hashes = sealed.indexes("phone", phone)
    return Number.select().where(Number.hash.in_(hashes), Number.frozen_at.is_null(False)).exists()


def _freeze(phone: str, by: Actor, person, act: Act) -> bool:
    number = Number.get(Number.hash == take_number(phone))
    if act is Act.NUMBER_FROZEN:
        changed = Number.update(frozen_at=clock.now()).where(Number.id == number.id, Number.frozen_at.is_null())
    else:
        hashes = sealed.indexes("phone", phone)
        changed = Number.update(frozen_at=None).where(Number.hash.in_(hashes), Number.frozen_at.is_null(False))
    if not changed.execute():
        return False
    audit.record(act, number, by, person=person)
    return True


def unread(person_id: int) -> int:
    """How many notices the person has not yet marked as read."""
    return Notice.of_person(person_id).where(Notice.seen_at.is_null()).count()


@writing
def mark_read(person_id: int, until: int) -> int:
    """All notices of the person up to this one, which was the newest on the page, are read."""
    unseen = (Notice.person_id == person_id) & (Notice.id <= until) & Notice.seen_at.is_null()
    return Notice.update(seen_at=clock.now()).where(unseen).execute()
