"""NIK, family card and phone at rest: AES-256-GCM with the field's name as associated data, and keyed blind indexes."""

import hmac
import os
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from peewee import BlobField

_ciphers: dict[int, AESGCM] = {}
_index_keys: dict[int, bytes] = {}
_pepper = b""


def init_app(app: Flask) -> None:
    global _pepper
    _ciphers.clear()
    _index_keys.clear()
    _ciphers.update({number: AESGCM(key) for number, key in app.config["SEAL_KEYS"].items()})
    _index_keys.update(app.config["INDEX_KEYS"])
    _pepper = app.config["PEPPER"]


def seal(field: str, text: str) -> bytes:
    """Encrypt with the newest key: one byte of key number, twelve of nonce, then text and tag."""
    number = next(reversed(_ciphers))
    nonce = os.urandom(12)
    return bytes([number]) + nonce + _ciphers[number].encrypt(nonce, text.encode(), field.encode())


def unseal(field: str, value: bytes) -> str:
    """Read what seal() wrote, under whichever live key. Raises cryptography's InvalidTag when it was changed."""
    value = bytes(value)
    return _ciphers[value[0]].decrypt(value[1:13], value[13:], field.encode()).decode()


def index(kind: str, text: str) -> str:
    """The blind index under the newest key: equal texts meet, nobody without the key can test a guess."""
    return _digest(_index_keys[next(reversed(_index_keys))], kind, text)


def indexes(kind: str, text: str) -> list[str]:
    """The blind index under every live key, newest first: look-ups ask for all of them during a rotation."""
    return [_digest(key, kind, text) for key in reversed(_index_keys.values())]


def claims(kind: str, text: str) -> list[tuple[int, str]]:
    """(key number, blind index) under every live key, newest first: what an insert has to claim."""
    return [(number, _digest(key, kind, text)) for number, key in reversed(_index_keys.items())]


def is_rotating() -> bool:
    """Do two index keys live?"""
    return len(_index_keys) > 1


def peppered(kind: str, secret: str) -> bytes:
    """A short secret mixed with the pepper that is not in the database, before it is hashed or compared."""
    return hmac.digest(_pepper, f"{kind}:{secret}".encode(), sha256)


def key_for(purpose: str, salt: str) -> bytes:
    """A key of 32 bytes for somebody else to hold, derived from the pepper (HKDF-SHA256): the same one each time."""
    return HKDF(SHA256(), 32, salt.encode(), purpose.encode()).derive(_pepper)


def _digest(key: bytes, kind: str, text: str) -> str:
    return hmac.digest(key, f"{kind}:{text}".encode(), sha256).hex()


class SealedField(BlobField):
    """A text that rests encrypted; the column's name is bound to the value."""

    def __init__(self, field: str, *args, **kwargs):
        self.sealed_as = field
        super().__init__(*args, **kwargs)

    def db_value(self, value):
        return super().db_value(seal(self.sealed_as, value)) if value is not None else None

    def python_value(self, value):
        return unseal(self.sealed_as, value) if value is not None else None
