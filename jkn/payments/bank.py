"""The bank's side of SNAP BI, over real HTTP with real signatures: token, inquiry, payment, status.

It plays a bank against any running server, for demonstrations and tests; a real bank brings its own.
"""

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from jkn.payments.snap.signatures import digests, sign_hmac, sign_rsa, string_for_token, string_to_sign
from jkn.payments.snap.values import format_amount, format_moment

ATTEMPTS = 3
SERVICE_ID_WIDTH = 8


class BankRefused(Exception):
    """The biller said no; `code` is the SNAP response code, or the HTTP status where there is none."""

    def __init__(self, code: str, message: str, answer: dict):
        super().__init__(f"{code} {message}")
        self.code, self.message, self.answer = code, message, answer


@dataclass
class Bank:
    """A partner with its keys; `http` has the biller's address as `base_url` and is closed by whoever opened it."""

    http: httpx.Client
    client_id: str
    client_secret: str = field(repr=False)
    key: RSAPrivateKey = field(repr=False)
    partner_id: str
    service_id: str = "88888"
    channel_id: str = "95221"
    prefix: str = "/snap"
    offset: timedelta = timedelta()
    token: str = field(default="", repr=False)

    def read_clock(self) -> None:
        """Takes over the biller's time from `/healthz`, so that a server set to another day can be paid."""
        answer = self.http.get("/healthz")
        self.offset = datetime.fromisoformat(answer.json()["now"]) - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def ask_token(self) -> str:
        """Service 73; the token is kept for the calls that follow."""
        stamp = format_moment(self.now())
        headers = {
            "X-TIMESTAMP": stamp,
            "X-CLIENT-KEY": self.client_id,
            "X-SIGNATURE": sign_rsa(self.key, string_for_token(self.client_id, stamp)),
        }
        body = {"grantType": "client_credentials", "additionalInfo": {}}
        self.token = self._post("/v1.0/access-token/b2b", headers, _compact(body))["accessToken"]
        return self.token

    def inquire(self, number: str, months: int = 1, request_id: str | None = None) -> dict:
        """Service 24: the answer's virtualAccountData; `months` above 1 pays ahead."""
        body = {
            **self.account(number),
            "inquiryRequestId": request_id or new_id(),
            "trxDateInit": format_moment(self.now()),
            "additionalInfo": {"months": months},
        }
        return self.call("/v1.0/transfer-va/inquiry", body)["virtualAccountData"]

    def pay(self, number: str, request_id: str, rupiah: int, months: int = 1) -> dict:
        """Service 25: sent again, marked as a repetition, while the line or the biller fails."""
        body = {
            **self.account(number),
            "paymentRequestId": request_id,
            "paidAmount": format_amount(rupiah),
            "trxDateTime": format_moment(self.now()),
            "referenceNo": new_id(),
            "flagAdvise": "N",
            "additionalInfo": {"months": months},
        }
        for _ in range(ATTEMPTS - 1):
            try:
                return self.call("/v1.0/transfer-va/payment", body)["virtualAccountData"]
            except httpx.TransportError:
                pass
            except BankRefused as refused:
                if not refused.code.startswith("5"):
                    raise
            body["flagAdvise"] = "Y"
        return self.call("/v1.0/transfer-va/payment", body)["virtualAccountData"]

    def ask_status(self, number: str, request_id: str) -> dict:
        """Service 26: the answer's virtualAccountData."""
        body = {**self.account(number), "inquiryRequestId": request_id, "paymentRequestId": request_id}
        return self.call("/v1.0/transfer-va/status", body)["virtualAccountData"]

    def settle(self, number: str, months: int = 1) -> dict:
        """The whole visit to the till: clock, token, inquiry, payment; the payment's virtualAccountData."""
        self.read_clock()
        self.ask_token()
        quote = self.inquire(number, months)
        rupiah = int(quote["totalAmount"]["value"].removesuffix(".00"))
        return self.pay(number, quote["inquiryRequestId"], rupiah, months)

    def account(self, number: str) -> dict[str, str]:
        """The three ids of a virtual account, the prefix padded with spaces as the standard has it."""
        padded, rest = self.service_id.rjust(SERVICE_ID_WIDTH), number.removeprefix(self.service_id)
        return {"partnerServiceId": padded, "customerNo": rest, "virtualAccountNo": padded + rest}

    def call(self, path: str, body: dict, **changed: str) -> dict:
        """One signed transaction; `changed` replaces headers by name with underscores, for trying out refusals."""
        raw, stamp = _compact(body), format_moment(self.now())
        text = string_to_sign("POST", self._target(path), digests(raw)[0], stamp, self.token)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-TIMESTAMP": stamp,
            "X-SIGNATURE": sign_hmac(self.client_secret, text),
            "X-PARTNER-ID": self.partner_id,
            "X-EXTERNAL-ID": new_id(),
            "CHANNEL-ID": self.channel_id,
        }
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        return self._post(path, headers, raw)

    def _target(self, path: str) -> str:
        """The path that is signed: all of it, also where the biller lives below a path of its own."""
        return self.http.base_url.path.rstrip("/") + self.prefix + path

    def _post(self, path: str, headers: dict[str, str], raw: bytes) -> dict:
        answer = self.http.post(
            self.prefix + path, headers={"Content-Type": "application/json", **headers}, content=raw
        )
        try:
            body = answer.json()
        except ValueError:
            body = {}
        code = body.get("responseCode", str(answer.status_code))
        if not answer.is_success:
            raise BankRefused(code, body.get("responseMessage", answer.reason_phrase), body)
        return body


def new_id() -> str:
    """Twenty digits: unique for the day, and short enough for every id of the standard."""
    return f"{secrets.randbelow(10**20):020}"


def _compact(body: dict) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
