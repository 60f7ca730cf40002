"""A kiosk's token changes once a day, so that a copied cookie betrays itself: one of the two comes too late."""

import secrets
from datetime import timedelta
from hashlib import sha256

from jkn import clock
from jkn.access import Actor
from jkn.accounts.models import SignIn
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.kiosks.models import Kiosk, KioskToken

ROTATE = timedelta(days=1)
# The old token lives on for at least a minute after another was offered: the answer that carried it may be lost on the
# line, another tab may still be asking, and browsers write cookies to the disk half a minute late, so that a power cut
# brings the old one back. Then the first use of the new one ends it, and who comes with it later is taken for a thief.
SETTLED = timedelta(minutes=1)


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def find(token: str | None) -> tuple[Kiosk | None, KioskToken | None]:
    """The live kiosk behind a device's token, and the token's row when it is not the kiosk's own.

    A token given up finds no kiosk, only its row: see `report`.
    """
    if not token:
        return None, None
    token_hash = hash_of(token)
    if own := Kiosk.get_or_none(Kiosk.token_hash == token_hash, Kiosk.revoked_at.is_null()):
        return own, None
    rows = KioskToken.select(KioskToken, Kiosk).join(Kiosk)
    other = rows.where(KioskToken.token_hash == token_hash, Kiosk.revoked_at.is_null()).first()
    if other is None:
        return None, None
    return (other.kiosk if other.ended_at is None else None), other


def is_old(kiosk: Kiosk) -> bool:
    """Is it time for another token?"""
    return kiosk.token_at is not None and kiosk.token_at <= clock.now() - ROTATE


@writing
def offer(kiosk: Kiosk) -> str:
    """A new token for the device. The old one stays good until this one is used."""
    token = secrets.token_urlsafe(32)
    KioskToken.create(kiosk=kiosk, token_hash=hash_of(token))
    return token


@writing
def settle(taken: KioskToken) -> bool:
    """The device uses the offered token: from now on it is its own, and every other one is given up."""
    now = clock.now()
    if taken.offered_at > now - SETTLED:
        return False
    mine = KioskToken.delete().where(KioskToken.id == taken.id, KioskToken.ended_at.is_null())
    if not mine.execute():
        return False
    before = Kiosk.get_by_id(taken.kiosk_id).token_hash
    Kiosk.update(token_hash=taken.token_hash, token_at=now).where(Kiosk.id == taken.kiosk_id).execute()
    KioskToken.update(ended_at=now).where(KioskToken.kiosk == taken.kiosk_id, KioskToken.ended_at.is_null()).execute()
    KioskToken.create(kiosk=taken.kiosk_id, token_hash=before, ended_at=now)
    return True


@writing
def report(late: KioskToken) -> None:
    """A token comes that was given up: somebody has a copy. The device is revoked, and officers see why."""
    if revoke(late.kiosk, Actor(channel="kiosk", device=late.kiosk_id), reason="token-reused"):
        Kiosk.update(stolen_at=clock.now()).where(Kiosk.id == late.kiosk_id).execute()


@writing
def revoke(kiosk: Kiosk, by: Actor, **why) -> bool:
    """The device is a stranger from now on, and whoever is signed in there is signed out. False when it was so."""
    now = clock.now()
    if not Kiosk.update(revoked_at=now).where(Kiosk.id == kiosk.id, Kiosk.revoked_at.is_null()).execute():
        return False
    SignIn.update(revoked_at=now).where(SignIn.device == kiosk.id, SignIn.revoked_at.is_null()).execute()
    audit.record(Act.KIOSK_REVOKED, kiosk, by, **why)
    return True
