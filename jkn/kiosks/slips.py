"""Slips of paper: numbers given once, and what becomes of a slip where nothing prints."""

from datetime import date, timedelta

from jkn import clock
from jkn.access import Actor
from jkn.accounts import attempts
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.eligibility import service as eligibility
from jkn.errors import N_, Refused
from jkn.kiosks.models import Kiosk, KioskSlip, SlipCounter, SlipKind
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices

SHOWN = timedelta(minutes=2)
MISSES, SPAN = 20, timedelta(hours=1)  # unknown numbers at one device: visitors mistype, a robot goes on


def check(kiosk: Kiosk, number: str, born: date | None, by: Actor) -> KioskSlip:
    """Active or not, on a slip: for a card in the hand, or for NIK and birth date. Raises Refused."""
    key = attempts.key_of("kiosk", None, str(kiosk.id))
    if not attempts.take(key, MISSES, SPAN):
        raise Refused(N_("This kiosk looked for too many unknown numbers. Please go to the counter."))
    found = eligibility.look_up(number, born, clock.today(), by)
    if found is None:
        raise Refused(N_("Nobody has this number and birth date. Please go to the counter."))
    attempts.give_back(key)
    person, verdict = found
    return _make(kiosk, person, verdict.is_served, by)


@writing
def _make(kiosk: Kiosk, person: Person, active: bool, by: Actor) -> KioskSlip:
    today = clock.today()
    number = take_number(kiosk.facility_code, today)
    what = {"kind": SlipKind.STATUS, "person": person, "day": today, "number": number}
    slip = KioskSlip.create(kiosk=kiosk, facility_code=kiosk.facility_code, **what)
    audit.record(Act.KIOSK_SLIP_MADE, slip, by, person=person.id)
    if not kiosk.prints:
        send(slip, active)
    return slip


@writing
def take_number(facility_code: str, day: date, count: int = 1) -> int:
    """The facility's next number of the day, the last of `count` taken at once. The counter's row is locked until
    they are used: each is given once, by kiosks and on paper."""
    where = (SlipCounter.facility_code == facility_code) & (SlipCounter.day == day)
    SlipCounter.insert(facility_code=facility_code, day=day).on_conflict_ignore().execute()
    SlipCounter.update(given=SlipCounter.given + count).where(where).execute()
    return SlipCounter.get(where).given


def send(slip: KioskSlip, active: bool) -> None:
    """In the caller's write: the slip's number and verdict by message, to a phone that is surely the person's."""
    if members.is_phone_fresh(slip.person):
        values = {"number": label(slip), "active": active, "day": slip.day.isoformat()}
        notices.tell(slip.person, "kiosk_slip", str(slip.id), **values)


@writing
def did_not_come(slip: KioskSlip, active: bool) -> None:
    """The visitor waits in vain: the message goes after all."""
    send(slip, active)


def shown(slip_id: int | None, kiosk: Kiosk) -> KioskSlip | None:
    """The visitor's slip, while it is new, at the kiosk that made it."""
    new = KioskSlip.made_at > clock.now() - SHOWN
    return KioskSlip.get_or_none(KioskSlip.id == (slip_id or 0), KioskSlip.kiosk == kiosk, new)


def label(slip: KioskSlip) -> str:
    """017: as it is called out."""
    return written(slip.number)


def written(number: int) -> str:
    return f"{number:03d}"
