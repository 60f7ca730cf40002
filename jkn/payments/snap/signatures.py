"""Who sent these bytes: RSA-SHA256 for tokens, HMAC-SHA512 (or RSA-SHA256 without a token) for transactions."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate

from jkn.payments.snap.values import load_json

LEAST_KEY_BITS = 2048
_STRING_OR_SPACE = re.compile(rb'("(?:[^"\\]|\\.)*+"?)|[ \t\r\n]+', re.DOTALL)


def minify(body: bytes) -> bytes:
    """Without the white space outside strings; every other byte stays as the bank sent it."""
    return _STRING_OR_SPACE.sub(rb"\1", body)


def digests(body: bytes) -> list[str]:
    """SHA-256 of each form a bank may have signed; all of them mean the same.

    Many client libraries sign a compact form of their own and let another library write the bytes.
    """
    forms = [minify(body)]
    try:
        value = load_json(body)
    except ValueError:
        pass
    else:
        for ascii_only in (True, False):
            forms.append(json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only).encode())
    return [hashlib.sha256(form).hexdigest() for form in dict.fromkeys(forms)]


def string_for_token(client_id: str, timestamp: str) -> str:
    """What a token request (73) signs."""
    return f"{client_id}|{timestamp}"


def string_to_sign(method: str, path: str, digest: str, timestamp: str, token: str | None = None) -> str:
    """What a transaction signs: `path` with its query, the token without "Bearer "; None: the form without a token."""
    middle = [] if token is None else [token]
    return ":".join([method.upper(), path, *middle, digest, timestamp])


def sign_hmac(secret: str, text: str) -> str:
    return base64.b64encode(_hmac(secret, text)).decode()


def sign_rsa(key: rsa.RSAPrivateKey, text: str) -> str:
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def verify_hmac(secrets: Iterable[str], text: str, signature: str) -> bool:
    """Base64 or lower-case hex, by any of the live secrets."""
    given, good = signature.encode(), False
    for secret in secrets:
        mac = _hmac(secret, text)
        for form in (base64.b64encode(mac), binascii.hexlify(mac)):
            good |= hmac.compare_digest(form, given)
    return good


def verify_rsa(keys: Iterable[rsa.RSAPublicKey], text: str, signature: str) -> bool:
    """Canonical base64 only, by any of the live keys."""
    try:
        given = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    if base64.b64encode(given).decode() != signature:
        return False
    return any(_fits(key, given, text) for key in keys)


def verify_token_request(keys: Iterable[rsa.RSAPublicKey], client_id: str, timestamp: str, signature: str) -> bool:
    return verify_rsa(keys, string_for_token(client_id, timestamp), signature)


def verify_symmetric(
    secrets: Iterable[str], method: str, path: str, token: str, body: bytes, timestamp: str, signature: str
) -> bool:
    """The usual transaction: HMAC-SHA512 with the client secret, bound to the token."""
    secrets = list(secrets)
    texts = [string_to_sign(method, path, digest, timestamp, token) for digest in digests(body)]
    return any(verify_hmac(secrets, text, signature) for text in texts)


def verify_asymmetric(
    keys: Iterable[rsa.RSAPublicKey], method: str, path: str, body: bytes, timestamp: str, signature: str
) -> bool:
    """The transaction without a token; some libraries leave the token's place empty ("::"), which is accepted."""
    keys = list(keys)
    texts = [string_to_sign(method, path, digest, timestamp, token) for digest in digests(body) for token in (None, "")]
    return any(verify_rsa(keys, text, signature) for text in texts)


def load_public_key(pem: str | bytes) -> rsa.RSAPublicKey:
    """A partner's RSA key, 2048 bits or more, from a PEM public key or certificate. Raises ValueError."""
    data = pem.encode() if isinstance(pem, str) else pem
    if b"BEGIN CERTIFICATE" in data:
        key = load_pem_x509_certificate(data).public_key()
    else:
        try:
            key = serialization.load_pem_public_key(data)
        except UnsupportedAlgorithm as error:
            raise ValueError("an unknown kind of key") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_KEY_BITS:
        raise ValueError(f"an RSA key of at least {LEAST_KEY_BITS} bits is needed")
    return key


def _hmac(secret: str, text: str) -> bytes:
    return hmac.digest(secret.encode(), text.encode(), "sha512")


def _fits(key: rsa.RSAPublicKey, given: bytes, text: str) -> bool:
    try:
        key.verify(given, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
