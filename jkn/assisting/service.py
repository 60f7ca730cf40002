"""Enrolling kiosks: an officer makes a code, the device changes it for a token, an officer can revoke it."""

import secrets
from datetime import timedelta
from hashlib import sha256

from jkn import clock, sealed
from jkn.access import Actor
from jkn.accounts.models import SignIn
from jkn.assisting.models import Kiosk
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.facilities.models import Facility

CODE_VALID = timedelta(hours=1)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@writing
def prepare(facility_code: str, place: str, by: Actor) -> str:
    """A new kiosk's enrolment code: twelve digits, one hour, once. Refused for an unknown facility."""
    if not Facility.select().where(Facility.code == facility_code).exists():
        raise Refused(N_("No facility has this code."), field="facility")
    code = f"{secrets.randbelow(10**12):012d}"
    kiosk = Kiosk.create(
        facility_code=facility_code,
        place=place,
        enrolled_by=by.officer_id,
        code_hash=sealed.index("kiosk", code),
        code_until=clock.now() + CODE_VALID,
    )
    audit.record(Act.KIOSK_ENROLLED, kiosk, by, facility=facility_code)
    return code


@writing
def join(code: str) -> str:
    """The device's token, in exchange for its code; the code then stops working."""
    token = secrets.token_urlsafe(32)
    joined = (
        Kiosk.update(token_hash=_hash(token), code_hash=None, joined_at=clock.now())
        .where(
            Kiosk.code_hash == sealed.index("kiosk", code),
            Kiosk.code_until > clock.now(),
            Kiosk.revoked_at.is_null(),
        )
        .execute()
    )
    if not joined:
        raise Refused(N_("This code is wrong or too old. Ask for a new one."), field="code")
    kiosk = find(token)
    audit.record(Act.KIOSK_JOINED, kiosk, Actor(channel="kiosk", device=kiosk.id))
    return token


def find(token: str | None) -> Kiosk | None:
    """The live kiosk behind a device's token."""
    if not token:
        return None
    return Kiosk.get_or_none(Kiosk.token_hash == _hash(token), Kiosk.revoked_at.is_null())


@writing
def revoke(kiosk: Kiosk, by: Actor) -> None:
    """The device is a stranger from now on, and whoever is signed in there is signed out."""
    now = clock.now()
    if Kiosk.update(revoked_at=now).where(Kiosk.id == kiosk.id, Kiosk.revoked_at.is_null()).execute():
        SignIn.update(revoked_at=now).where(SignIn.device == kiosk.id, SignIn.revoked_at.is_null()).execute()
        audit.record(Act.KIOSK_REVOKED, kiosk, by)
