"""The provider's side of SNAP BI: who asks, and what is answered to services 73, 74, 07, 09, 54, 55, 47 and 51."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from jkn import clock
from jkn.collecting import qris
from jkn.collecting.providers import Provider
from jkn.collecting.simulator.books import Books
from jkn.payments.snap.codes import Service
from jkn.payments.snap.signatures import verify_asymmetric, verify_symmetric, verify_token_request
from jkn.payments.snap.values import format_amount, format_moment, load_json, parse_amount

TOKEN_SECONDS = 900
CUSTOMER_LIFE = timedelta(days=15)
REFRESH_LIFE = timedelta(days=180)
REFUSALS = {"insufficient": "14", "blocked": "05", "inactive": "18"}
MESSAGES = {"00": "Successful", "14": "Insufficient Funds", "05": "Do Not Honor", "18": "Inactive Account"}


class Rejected(Exception):
    """Status and case of a refusal before any business."""

    def __init__(self, status: int, case: str):
        super().__init__(f"{status} {case}")
        self.status, self.case = status, case


class Protocol:
    """Answers one request at a time; `service_at(path)` says which. Everything it decides stands in `books`."""

    def __init__(self, provider: Provider, books: Books, base_url: str):
        self.provider, self.books, self.base_url = provider, books, base_url
        self._tokens: set[str] = set()
        self._lock = Lock()
        self._used_ids: set[str] = set()
        self._by_path = {path: service for service, path in provider.paths.items()}

    def service_at(self, path: str) -> Service | None:
        return self._by_path.get(path)

    def answer(self, which: Service, path: str, headers: Mapping, raw: bytes, fault: str = "") -> tuple[int, dict]:
        """HTTP status and body."""
        try:
            body = load_json(raw)
            self._check_sender(which, path, headers, raw)
            status, case, more = getattr(self, f"_answer_{which.name.lower()}")(body, headers, fault)
        except Rejected as rejected:
            status, case, more = rejected.status, rejected.case, {}
        except (ValueError, KeyError, TypeError):
            status, case, more = 400, "00", {}
        message = MESSAGES.get(case, "Refused") if status != 202 else "Request In Progress"
        return status, {"responseCode": f"{status}{which}{case}", "responseMessage": message, **more}

    def notice_of(self, reference: str, status: str | None = None) -> dict:
        """The body of notice 56, or 52 for a QR code; `status` overrides, for a notice out of order."""
        order = self.books.order(reference)
        return {
            "originalPartnerReferenceNo": reference,
            "originalReferenceNo": order["number"],
            "merchantId": self.provider.merchant_id,
            "amount": format_amount(order["amount"]),
            "latestTransactionStatus": status or order["status"],
            "transactionStatusDesc": "",
            "createdTime": format_moment(clock.now()),
            "finishedTime": format_moment(clock.now()),
            "additionalInfo": {},
        }

    def _check_sender(self, which: Service, path: str, headers: Mapping, raw: bytes) -> None:
        keys, stamp, signature = self.provider.keys(), headers["X-TIMESTAMP"], headers["X-SIGNATURE"]
        ours = [keys.private.public_key()]
        if which in (Service.TOKEN, Service.CUSTOMER_TOKEN):
            if headers["X-CLIENT-KEY"] != self.provider.client_id:
                raise Rejected(401, "00")
            if not verify_token_request(ours, headers["X-CLIENT-KEY"], stamp, signature):
                raise Rejected(401, "00")
            return
        token = (headers.get("Authorization") or "").removeprefix("Bearer ")
        if token and token not in self._tokens:
            raise Rejected(401, "01")
        if token:
            is_signed = verify_symmetric([keys.client_secret], "POST", path, token, raw, stamp, signature)
        else:
            is_signed = verify_asymmetric(ours, "POST", path, raw, stamp, signature)
        if not is_signed or headers["X-PARTNER-ID"] != self.provider.client_id:
            raise Rejected(401, "00")
        with self._lock:
            if headers["X-EXTERNAL-ID"] in self._used_ids:
                raise Rejected(409, "00")
            self._used_ids.add(headers["X-EXTERNAL-ID"])

    def _answer_token(self, body: dict, _headers: Mapping, _fault: str):
        if body["grantType"] != "client_credentials":
            raise Rejected(400, "01")
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        return 200, "00", {"accessToken": token, "tokenType": "Bearer", "expiresIn": str(TOKEN_SECONDS)}

    def _answer_customer_token(self, body: dict, _headers: Mapping, _fault: str):
        if body["grantType"] == "REFRESH_TOKEN":
            known = self.books.binding_by("refresh_token", body["refreshToken"])
            binding = self.books.renew(known["link"]) if known else None
        else:
            binding = self.books.binding_by("auth_code", body["authCode"])
        if binding is None:
            raise Rejected(401, "02")
        return 200, "00", self._tokens_of(binding)

    def _answer_binding(self, body: dict, _headers: Mapping, _fault: str):
        binding = self.books.binding_by("auth_code", body["authCode"])
        if binding is None:
            raise Rejected(404, "11")
        label = self.books.account(binding["account"])["label"]
        return (
            200,
            "00",
            {
                "referenceNo": secrets.token_hex(8),
                "partnerReferenceNo": body["partnerReferenceNo"],
                "accountToken": binding["charge_token"],
                "linkId": binding["link"],
                "nextAction": "NONE",
                "userInfo": {"publicUserId": label},
            },
        )

    def _answer_unbinding(self, body: dict, _headers: Mapping, _fault: str):
        if not self.books.unbind(body["linkId"]):
            raise Rejected(404, "11")
        return 200, "00", {"partnerReferenceNo": body["partnerReferenceNo"]}

    def _answer_debit(self, body: dict, headers: Mapping, fault: str):
        """With a member's token the money is taken now; without one, the payer is shown a page."""
        reference, amount = body["partnerReferenceNo"], parse_amount(body["amount"]["value"]).rupiah
        back = next((url["url"] for url in body.get("urlParams", ()) if url["type"] == "PAY_RETURN"), "")
        customer = headers.get("Authorization-Customer")
        binding = None
        if customer:
            binding = self.books.binding_by("customer_token", customer.removeprefix("Bearer "))
            if binding is None or binding["charge_token"] != body["chargeToken"] or not headers.get("X-DEVICE-ID"):
                raise Rejected(401, "02")
        if not self.books.place(reference, "debit", amount, binding["account"] if binding else "", back):
            raise Rejected(409, "01")
        order = self.books.order(reference)
        more = {"partnerReferenceNo": reference, "referenceNo": order["number"]}
        if binding is None:
            return 200, "00", {**more, "webRedirectUrl": f"{self.base_url}/pay/{reference}"}
        if fault == "pending":
            return 202, "00", more
        order = self.books.take(reference, order["account"], REFUSALS.get(fault, ""))
        if order["status"] != "00":
            return 403, order["code"][-2:], more
        return 200, "00", {**more, "approvalCode": order["number"][:6]}

    def _answer_debit_status(self, body: dict, _headers: Mapping, _fault: str):
        order = self._order(body, "54")
        if order["status"] == "03" and order["account"]:  # a debit in progress ends when somebody asks
            self.books.take(order["reference"], order["account"])
        return 200, "00", self._state_of(order["reference"], Service.DEBIT)

    def _answer_qr(self, body: dict, _headers: Mapping, _fault: str):
        reference, amount = body["partnerReferenceNo"], parse_amount(body["amount"]["value"]).rupiah
        content = qris.build(amount, "BPJS KESEHATAN", "JAKARTA PUSAT", reference)
        if not self.books.place(reference, "qr", amount, qr=content):
            raise Rejected(409, "01")
        number = self.books.order(reference)["number"]
        return 200, "00", {"partnerReferenceNo": reference, "referenceNo": number, "qrContent": content}

    def _answer_qr_status(self, body: dict, _headers: Mapping, _fault: str):
        return 200, "00", self._state_of(self._order(body, "47")["reference"], Service.QR)

    def _order(self, body: dict, service_code: str):
        order = self.books.order(body["originalPartnerReferenceNo"])
        if order is None or body["serviceCode"] != service_code:
            raise Rejected(404, "01")
        return order

    def _state_of(self, reference: str, asked: Service) -> dict:
        order = self.books.order(reference)
        more = {"paidTime": format_moment(clock.now())} if order["status"] == "00" else {}
        if order["code"]:
            more["originalResponseCode"] = order["code"].format(asked.value)
        return {
            "originalPartnerReferenceNo": reference,
            "originalReferenceNo": order["number"],
            "serviceCode": asked.value,
            "latestTransactionStatus": order["status"],
            "amount": format_amount(order["amount"]),
            **more,
        }

    def _tokens_of(self, binding) -> dict:
        now: datetime = clock.now()
        return {
            "accessToken": binding["customer_token"],
            "tokenType": "Bearer",
            "accessTokenExpiryTime": format_moment(now + CUSTOMER_LIFE),
            "refreshToken": binding["refresh_token"],
            "refreshTokenExpiryTime": format_moment(now + REFRESH_LIFE),
        }


def as_json(body: dict) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
