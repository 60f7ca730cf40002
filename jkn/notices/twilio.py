"""Twilio's signature over what it sends us: base64(HMAC-SHA1(auth token, address + sorted names and values))."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from hmac import compare_digest, digest


def sign(token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """The X-Twilio-Signature of a POST; `url` is the whole public address with its query."""
    text = url + "".join(name + value for name, value in sorted(set(form)))
    return b64encode(digest(token.encode(), text.encode(), sha1)).decode()


def is_signed(token: str, url: str, form: Iterable[tuple[str, str]], signature: str) -> bool:
    """Does the signature fit? Without a token none does."""
    return bool(token) and compare_digest(sign(token, url, form).encode(), signature.encode())
