"""Enrolling kiosks: an officer makes a code, the device changes it for a token."""

import secrets
from datetime import timedelta

from jkn import clock, sealed
from jkn.access import Actor, Can, allowed
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.facilities.models import Facility
from jkn.kiosks import slips
from jkn.kiosks.models import Kiosk, PaperNumbers, Printer
from jkn.kiosks.tokens import hash_of

CODE_VALID = timedelta(hours=1)


@writing
def prepare(facility_code: str, place: str, by: Actor, printer: Printer = Printer.NONE) -> str:
    """A new kiosk's enrolment code: twelve digits, one hour, once. Refused for an unknown facility."""
    if not Facility.select().where(Facility.code == facility_code).exists():
        raise Refused(N_("No facility has this code."), field="facility")
    code = f"{secrets.randbelow(10**12):012d}"
    kiosk = Kiosk.create(
        facility_code=facility_code,
        place=place,
        printer=printer,
        enrolled_by=by.officer_id,
        code_hash=sealed.index("kiosk", code),
        code_until=clock.now() + CODE_VALID,
    )
    audit.record(Act.KIOSK_ENROLLED, kiosk, by, facility=facility_code)
    return code


@writing
def join(code: str) -> str:
    """The device's token, in exchange for its code; the code then stops working."""
    token, now = secrets.token_urlsafe(32), clock.now()
    joined = (
        Kiosk.update(token_hash=hash_of(token), token_at=now, code_hash=None, joined_at=now)
        .where(
            Kiosk.code_hash == sealed.index("kiosk", code),
            Kiosk.code_until > now,
            Kiosk.revoked_at.is_null(),
        )
        .execute()
    )
    if not joined:
        raise Refused(N_("This code is wrong or too old. Ask for a new one."), field="code")
    kiosk = Kiosk.get(Kiosk.token_hash == hash_of(token))
    audit.record(Act.KIOSK_JOINED, kiosk, Actor(channel="kiosk", device=kiosk.id))
    return token


@writing
def paper_out(kiosk: Kiosk, by: Actor) -> None:
    """The printer gave nothing: slips go without paper until staff say that it prints again."""
    if Kiosk.update(paper_out_at=clock.now()).where(Kiosk.id == kiosk.id, Kiosk.paper_out_at.is_null()).execute():
        audit.record(Act.KIOSK_PRINTER, kiosk, by, prints=False)


@writing
def paper_in(kiosk: Kiosk, by: Actor) -> None:
    """Staff filled the printer."""
    if Kiosk.update(paper_out_at=None).where(Kiosk.id == kiosk.id, Kiosk.paper_out_at.is_null(False)).execute():
        audit.record(Act.KIOSK_PRINTER, kiosk, by, prints=True)


@writing
def take_paper(facility_code: str, count: int, by: Actor) -> int:
    """So many numbers of today for slips on paper; the last of them. Refused for an unknown facility, and for a clerk
    of another."""
    if not allowed(by, Can.SERVE_KIOSKS, PaperNumbers(facility_code=facility_code)):
        raise Refused(N_("This is not your facility."), field="facility")
    if not Facility.select().where(Facility.code == facility_code).exists():
        raise Refused(N_("No facility has this code."), field="facility")
    last = slips.take_number(facility_code, clock.today(), count)
    numbers = {"facility_code": facility_code, "day": clock.today(), "first": last - count + 1, "last": last}
    PaperNumbers.create(officer=by.officer_id, **numbers)
    audit.record(Act.PAPER_PRINTED, "slip_counter", by, facility=facility_code, first=last - count + 1, last=last)
    return last
