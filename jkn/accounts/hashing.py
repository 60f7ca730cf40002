"""PINs and passwords: argon2id (19 MiB, 2 passes, 1 lane) over the pepper, two at once because each costs memory."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from jkn import sealed

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = BoundedSemaphore(2)
_dummy: dict[str, str] = {}


def hash_secret(kind: str, secret: str) -> str:
    with _at_once:
        return _hasher.hash(sealed.peppered(kind, secret))


def matches(kind: str, secret: str, hash: str | None) -> bool:
    """Is this the secret behind the hash? Costs the same when there is no hash to compare with."""
    if kind not in _dummy:
        _dummy[kind] = hash_secret(kind, "nobody's")
    with _at_once:
        try:
            return _hasher.verify(hash or _dummy[kind], sealed.peppered(kind, secret)) and hash is not None
        except (Argon2Error, InvalidHashError):
            return False
