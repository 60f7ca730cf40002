"""The keypad on the screen: what was typed rests sealed on the server, never in the page, its address or a cookie."""

import hmac
import secrets
from datetime import timedelta

from jkn import clock
from jkn.db import writing
from jkn.kiosks.models import Keying, Kiosk, Lane
from jkn.kiosks.tokens import hash_of

KEPT = timedelta(seconds=60)
LONGEST = 16


@writing
def begin(kiosk: Kiosk, lane: Lane, number: str | None = None) -> str:
    """A visitor begins; what the one before typed is gone. The visitor's own token."""
    forget(kiosk)
    token = secrets.token_urlsafe(16)
    Keying.create(kiosk=kiosk, token_hash=hash_of(token), lane=lane, number=number, typed="")
    return token


def find(kiosk: Kiosk, token: str | None) -> Keying | None:
    """What this visitor is typing, while it is younger than a minute."""
    keying = Keying.get_or_none(Keying.kiosk == kiosk, Keying.touched_at > clock.now() - KEPT)
    return keying if keying and hmac.compare_digest(keying.token_hash, hash_of(token or "")) else None


def press(keying: Keying, key: str, at: int) -> bool:
    """One digit more, or one less. A press that the page sent twice, or from an older page, counts once."""
    typed = keying.typed[:-1] if key == "erase" else (keying.typed + key)[:LONGEST]
    return _change(keying, at, typed=typed, length=len(typed))


def take_number(keying: Keying, number: str) -> bool:
    """The number is whole; the next thing is typed from the start."""
    return _change(keying, keying.length, number=number, typed="", length=0)


def empty(keying: Keying) -> bool:
    """Typed wrong: again from the start."""
    return _change(keying, keying.length, typed="", length=0)


@writing
def _change(keying: Keying, at: int, **changes) -> bool:
    mine = (Keying.id == keying.id) & (Keying.token_hash == keying.token_hash) & (Keying.length == at)
    return bool(Keying.update(touched_at=clock.now(), **changes).where(mine).execute())


@writing
def forget(kiosk: Kiosk) -> None:
    Keying.delete().where(Keying.kiosk == kiosk).execute()
