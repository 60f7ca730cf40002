"""With staff beside the member: a code sheet or a first PIN on paper, and the numbers that a counter calls."""

import secrets
from dataclasses import replace
from datetime import date, timedelta

from jkn import clock, sealed
from jkn.access import Actor
from jkn.accounts import attempts, sheets, stopping
from jkn.accounts.models import Officer, Sheet, Slip
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.kiosks.models import Errand, Kiosk, KioskSlip, NumberCall, PaperNumbers, SlipCounter, StaffCode
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices

VALID, SHOWN = timedelta(minutes=5), timedelta(minutes=2)
CODE_LENGTH = 8
LOOKS, SPAN = 120, timedelta(hours=24)  # a clerk serves sixty members a day: each is looked for twice
GUESSES, PAUSE = 5, timedelta(minutes=15)  # wrong codes at one kiosk


def find(number: str, by: Actor) -> Person:
    """Whose KTP is on the counter. What one of the staff looks for in a day is counted. Raises Refused."""
    key = attempts.key_of("vouch", None, f"officer:{by.officer_id}")
    if not attempts.take(key, LOOKS, SPAN):
        raise Refused(N_("You helped too many members today. Ask a colleague."), field="number")
    person = members.find_by_number(number)
    if person is None:
        raise Refused(N_("Nobody in the scheme has this number."), field="number")
    return person


@writing
def vouch(kiosk: Kiosk, person: Person, errand: Errand, by: Actor) -> str:
    """The officer compared the KTP: eight digits for this kiosk, this person and this errand; five minutes, once.

    Raises Refused for their own family, for a stopped account, and where the kiosk cannot print."""
    _check(kiosk, person, Officer.get_by_id(by.officer_id))
    now, code = clock.now(), f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}d}"
    done = (StaffCode.expires_at <= now) | (StaffCode.officer == by.officer_id)
    StaffCode.update(code_hash=None).where(StaffCode.code_hash.is_null(False), done).execute()
    what = {"officer": by.officer_id, "kiosk": kiosk, "person": person, "errand": errand, "expires_at": now + VALID}
    made = StaffCode.create(code_hash=sealed.index("staff-code", code), **what)
    audit.record(Act.STAFF_CODE_MADE, made, by, kiosk=kiosk.id, errand=errand)
    return code


def redeem(kiosk: Kiosk, code: str, by: Actor) -> StaffCode:
    """The code is typed at the kiosk: the sheet or first PIN is made. The kiosk's wrong ones count. Raises Refused."""
    key = attempts.key_of("staff-code", None, str(kiosk.id))
    if not attempts.reserve(key, failures=GUESSES, pause=PAUSE, in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."))
    done = _redeem(kiosk, code, by)
    attempts.clear(key)
    return done


@writing
def _redeem(kiosk: Kiosk, code: str, by: Actor) -> StaffCode:
    now = clock.now()
    mine = (StaffCode.kiosk == kiosk) & StaffCode.code_hash.in_(sealed.indexes("staff-code", code))
    found = StaffCode.get_or_none(mine, StaffCode.expires_at > now)
    used = {"used_at": now, "code_hash": None}
    free = (StaffCode.id == (found.id if found else 0)) & StaffCode.used_at.is_null()
    if not StaffCode.update(used).where(free).execute():
        raise Refused(N_("This number is wrong or has run out. Ask staff for a new one."))
    _check(kiosk, found.person, found.officer)
    officer = found.officer
    who = replace(by, officer_id=officer.id, role=officer.role, office=officer.office, facility=officer.facility)
    if found.errand is Errand.SHEET:
        paper = sheets.issue(found.person, who)
        notices.tell(found.person, "sheet_bound", str(paper.id), day=clock.today().isoformat())
    else:
        paper = sheets.print_slip(found.person, who)
    StaffCode.update(issued_id=paper.id).where(StaffCode.id == found.id).execute()
    return StaffCode.get_by_id(found.id)


def _check(kiosk: Kiosk, person: Person, officer: Officer) -> None:
    if officer.suspended_at is not None:
        raise Refused(N_("You are suspended. Ask an officer of your branch."))
    own = members.family_of(officer.person_id) if officer.person_id else None
    if own and own == members.family_of(person.id):
        raise Refused(N_("You cannot serve your own family. Ask a colleague."), field="number")
    if not kiosk.is_live or not kiosk.prints:
        raise Refused(N_("This kiosk does not print now. Fill in paper first."))
    stopping.check_open(person)


def shown(code_id: int | None, kiosk: Kiosk) -> StaffCode | None:
    """What was made a moment ago, at the kiosk that printed it."""
    new = StaffCode.used_at > clock.now() - SHOWN
    return StaffCode.get_or_none(StaffCode.id == (code_id or 0), StaffCode.kiosk == kiosk, new)


def paper_of(code: StaffCode) -> Sheet | Slip:
    return (Sheet if code.errand is Errand.SHEET else Slip).get_by_id(code.issued_id)


@writing
def paper_lost(code: StaffCode, by: Actor) -> None:
    """No paper came: whatever lies in the printer opens nothing."""
    if sheets.void(paper_of(code)):
        audit.record(Act.STAFF_PAPER_LOST, code, by)


@writing
def call(kiosk: Kiosk, number: int, by: Actor) -> bool:
    """A number of today comes to the counter; False when it was called already. Refused when nobody was given it."""
    today = clock.today()
    if number > given(kiosk.facility_code, today):
        raise Refused(N_("Nobody has this number today."))
    where = {"facility_code": kiosk.facility_code, "day": today, "number": number}
    row = NumberCall.insert(officer=by.officer_id, called_at=clock.now(), **where)
    called = row.on_conflict_ignore().as_rowcount().execute()
    if called:
        audit.record(Act.NUMBER_CALLED, "number_call", by, facility=kiosk.facility_code, number=number)
    return bool(called)


def given(facility_code: str, day: date) -> int:
    """The last number that a kiosk or paper gave on this day."""
    counter = SlipCounter.get_or_none(_of_day(SlipCounter, facility_code, day))
    return counter.given if counter else 0


def slip_of(facility_code: str, day: date, number: int) -> KioskSlip | None:
    return KioskSlip.get_or_none(_of_day(KioskSlip, facility_code, day), KioskSlip.number == number)


def papers_of(facility_code: str, day: date) -> list[PaperNumbers]:
    """The numbers that were printed for visitors without a kiosk."""
    return list(PaperNumbers.select().where(_of_day(PaperNumbers, facility_code, day)).order_by(PaperNumbers.first))


def called(facility_code: str, day: date) -> NumberCall | None:
    """The number that was called last."""
    order = NumberCall.called_at.desc(), NumberCall.id.desc()
    return NumberCall.select().where(_of_day(NumberCall, facility_code, day)).order_by(*order).first()


def call_of(facility_code: str, day: date, number: int) -> NumberCall | None:
    return NumberCall.get_or_none(_of_day(NumberCall, facility_code, day), NumberCall.number == number)


def _of_day(model, facility_code: str, day: date):
    return (model.facility_code == facility_code) & (model.day == day)
