"""The headers of a SNAP request: looked up without regard to case, kept literally where a signature covers them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.fields import Check, text
from jkn.payments.snap.values import parse_moment

CLOCK_SKEW = timedelta(minutes=5)
EXTERNAL_ID_LENGTH = 36
_TOKEN = re.compile(r"bearer +([\x21-\x7e]{1,2048})", re.IGNORECASE)
_ID = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True)
class Headers:
    """A transaction's headers. `token` is empty in the variant signed with RSA; `timestamp` is what was signed."""

    timestamp: str
    sent_at: datetime
    signature: str
    token: str
    partner_id: str
    external_id: str
    channel_id: str

    @property
    def has_long_external_id(self) -> bool:
        """Beyond the standard's 36 characters: real gateways do that, so it deserves a warning and no refusal."""
        return len(self.external_id) > EXTERNAL_ID_LENGTH


@dataclass(frozen=True)
class TokenHeaders:
    """The headers of a token request (73)."""

    timestamp: str
    sent_at: datetime
    signature: str
    client_id: str


def read_headers(check: Check, headers: Mapping[str, str]) -> Headers:
    given = _by_lower_name(headers)
    stamp, sent_at, signature = _read_common(check, given)
    return Headers(
        stamp,
        sent_at,
        signature,
        check.may(given, "Authorization", _token) or "",
        check.need(given, "X-PARTNER-ID", text(36)),
        check.need(given, "X-EXTERNAL-ID", _visible),
        check.need(given, "CHANNEL-ID", text(5)),
    )


def read_token_headers(check: Check, headers: Mapping[str, str]) -> TokenHeaders:
    given = _by_lower_name(headers)
    return TokenHeaders(*_read_common(check, given), check.need(given, "X-CLIENT-KEY", _visible))


def check_clock(headers: Headers | TokenHeaders, now: datetime, service: Service, skew: timedelta = CLOCK_SKEW) -> None:
    """Refuses (401/00) what was stamped too long ago or ahead. Belongs to the signature, not to the formats."""
    if abs(now - headers.sent_at) > skew:
        raise SnapError(Code.UNAUTHORIZED, service, "X-TIMESTAMP")


class _AnyCase(dict):
    def get(self, name: str, default=None):
        return super().get(name.lower(), default)


def _by_lower_name(headers: Mapping[str, str]) -> _AnyCase:
    return _AnyCase({name.lower(): value for name, value in headers.items()})


def _read_common(check: Check, given: _AnyCase) -> tuple[str, datetime, str]:
    check.need(given, "Content-Type", _json)
    sent_at = check.need(given, "X-TIMESTAMP", parse_moment)
    return given.get("X-TIMESTAMP"), sent_at, check.need(given, "X-SIGNATURE", text(1024))


def _json(value: str) -> str:
    if value.partition(";")[0].strip().lower() != "application/json":
        raise ValueError
    return value


def _token(value: str) -> str:
    match = _TOKEN.fullmatch(value.strip())
    if not match:
        raise ValueError
    return match[1]


def _visible(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError
    return value
