"""Asking a provider by SNAP BI (v1.0.2): signed, in time, and every answer put into one of four drawers.

Nothing here raises for what the outside does: a time-out, a broken line, a 5xx, nonsense and an endless answer are all
UNKNOWN, because what we asked for may have been done.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from jkn import clock
from jkn.collecting.providers import Provider, Signing
from jkn.collecting.rules import Verdict, verdict_of
from jkn.outside import Caller
from jkn.payments.snap.codes import Code, Service
from jkn.payments.snap.signatures import digests, sign_hmac, sign_rsa, string_for_token, string_to_sign
from jkn.payments.snap.values import format_moment, load_json

EARLY = timedelta(seconds=60)  # a token is not used in its last minute
LONGEST_TOKEN = 2048


@dataclass(frozen=True)
class Answer:
    """`code` is the SNAP response code; without one, how the call failed."""

    verdict: Verdict
    code: str
    body: Mapping = field(default_factory=dict, repr=False)

    def text(self, name: str, most: int = 64) -> str:
        """A field of the answer as text, empty when it is missing, too long or something else."""
        return _text(self.body, name, most)


@dataclass(frozen=True)
class Customer:
    """The member's own token at the provider, and the device for which it was made."""

    token: str = field(repr=False)
    device: str


class SnapClient:
    """One provider's client; keeps the token of service 73 until shortly before it ends."""

    def __init__(self, provider: Provider):
        self.provider, self._token, self._token_until = provider, "", clock.now()
        self._caller = Caller(provider.seconds)

    def ask(self, which: Service, body: dict, customer: Customer | None = None) -> Answer:
        """One transaction. A token the provider no longer knows is renewed once: nothing was done with the old one."""
        for is_last in (False, True):
            token = None
            if self.provider.signing is Signing.HMAC:
                token = self._fresh_token()
                if token is None:
                    return Answer(Verdict.UNKNOWN, "token")
            answer = self._send(which, body, self._transaction_headers(which, body, token, customer))
            refused = {code.response_code(which) for code in (Code.INVALID_TOKEN, Code.TOKEN_NOT_FOUND)}
            if is_last or token is None or answer.code not in refused:
                return answer
            self._token = ""

    def exchange(self, grant: Mapping[str, str]) -> Answer:
        """Service 74: a member's code, or refresh token, for the member's token."""
        return self._send(Service.CUSTOMER_TOKEN, {**grant, "additionalInfo": {}}, self._token_headers())

    def _fresh_token(self) -> str | None:
        """Service 73, or what it last gave; None when none can be had."""
        if self._token and clock.now() < self._token_until:
            return self._token
        asked_at = clock.now()
        answer = self._send(
            Service.TOKEN, {"grantType": "client_credentials", "additionalInfo": {}}, self._token_headers()
        )
        token, seconds = answer.text("accessToken", LONGEST_TOKEN), answer.text("expiresIn")
        if answer.verdict is not Verdict.DONE or not token or not token.isprintable():
            return None
        life = timedelta(seconds=min(int(seconds), 86_400)) if seconds.isascii() and seconds.isdigit() else EARLY
        self._token, self._token_until = token, asked_at + max(life - EARLY, timedelta())
        return token

    def _token_headers(self) -> dict[str, str]:
        stamp, client_id = format_moment(clock.now()), self.provider.client_id
        signature = sign_rsa(self.provider.keys().private, string_for_token(client_id, stamp))
        return {"X-TIMESTAMP": stamp, "X-CLIENT-KEY": client_id, "X-SIGNATURE": signature}

    def _transaction_headers(self, which: Service, body: dict, token: str | None, customer: Customer | None) -> dict:
        stamp = format_moment(clock.now())
        text = string_to_sign("POST", self._path(which), digests(_compact(body))[0], stamp, token)
        keys = self.provider.keys()
        headers = {
            "X-TIMESTAMP": stamp,
            "X-SIGNATURE": sign_rsa(keys.private, text) if token is None else sign_hmac(keys.client_secret, text),
            "X-PARTNER-ID": self.provider.client_id,
            "X-EXTERNAL-ID": uuid4().hex,
            "CHANNEL-ID": self.provider.channel_id,
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if customer:
            headers |= {"Authorization-Customer": f"Bearer {customer.token}", "X-DEVICE-ID": customer.device}
        return headers

    def _path(self, which: Service) -> str:
        """What is signed: the whole path, also where the provider lives below a path of its own."""
        address = urlsplit(self.provider.base_url + self.provider.paths[which])
        return address.path + (f"?{address.query}" if address.query else "")

    def _send(self, which: Service, body: dict, headers: dict[str, str]) -> Answer:
        try:
            status, raw = self._post(which, _compact(body), headers)
            answer = load_json(raw)
        except httpx.TimeoutException:
            return Answer(Verdict.UNKNOWN, "timeout")
        except httpx.HTTPError:
            return Answer(Verdict.UNKNOWN, "line")
        except ValueError:
            return Answer(Verdict.UNKNOWN, "garbage")
        if not isinstance(answer, dict):
            return Answer(Verdict.UNKNOWN, "garbage")
        code = _text(answer, "responseCode", 8)
        verdict = verdict_of(status, code, which)
        asked, told = body.get("partnerReferenceNo"), answer.get("partnerReferenceNo")
        if asked and told and asked != told:
            return Answer(Verdict.UNKNOWN, "garbage")  # the answer to another question
        return Answer(verdict, code or str(status), answer)

    def _post(self, which: Service, raw: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        url = self.provider.base_url + self.provider.paths[which]
        headers = {"Content-Type": "application/json", **headers}
        return self._caller.call("POST", url, content=raw, headers=headers)


def _text(body: Mapping, name: str, most: int) -> str:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text if len(text) <= most and text.isprintable() else ""


def _compact(body: dict) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


_clients: dict[str, SnapClient] = {}


def client_of(provider: Provider) -> SnapClient:
    """The client that keeps this provider's token."""
    known = _clients.get(provider.code)
    if known is None or known.provider is not provider:
        known = _clients[provider.code] = SnapClient(provider)
    return known
