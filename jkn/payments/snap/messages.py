"""What a bank asks: services 73, 24, 25 and 26, each read in one call that goes JSON, mandatory fields, formats.

Quirks of the official samples are accepted: numbers for customerNo, channelCode and paymentType, `txnDateInit`,
a partnerServiceId of seven characters, dates without hyphens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.fields import Check, digits, is_absent, listing, mapping, one_of, read_body, text, whole
from jkn.payments.snap.headers import Headers, TokenHeaders, read_headers, read_token_headers
from jkn.payments.snap.values import Amount, parse_moment

MOST_BYTES = 64 * 1024
MOST_MONTHS = 12
_PAYMENT_TEXTS = {
    "trxId": 64,
    "journalNum": 6,
    "paymentType": 1,
    "paidBills": 6,
    "channelCode": 4,
    "hashedSourceAccountNo": 32,
    "sourceBankCode": 11,
}
_INQUIRY_TEXTS = {"channelCode": 4, "language": 2, "passApp": 64, "hashedSourceAccountNo": 32, "sourceBankCode": 11}
_PAYMENT_ECHOES = ("trxDateTime", "referenceNo", "journalNum", "paymentType", "flagAdvise", "paidBills")


@dataclass(frozen=True)
class VirtualAccount:
    """A virtual account: the biller's prefix, the customer's part and the whole number, bare; `echo` as received."""

    service_id: str
    customer_no: str
    number: str
    echo: dict


@dataclass(frozen=True)
class InquiryRequest:
    """Service 24: what does this number owe? `months`: 1 is all due up to this month, more adds months ahead."""

    account: VirtualAccount
    request_id: str
    months: int
    initiated_at: datetime | None = None
    service: Service = Service.INQUIRY


@dataclass(frozen=True)
class PaymentRequest:
    """Service 25: money was taken. `paid_at` is the bank's moment, None if not given; `echo` as received."""

    account: VirtualAccount
    request_id: str
    paid: Amount
    months: int
    echo: dict
    paid_at: datetime | None = None
    reference: str = ""
    is_retry: bool = False
    service: Service = Service.PAYMENT

    def rupiah(self) -> int:
        """The sum in whole rupiah; raises 404/13 for cents and for nothing at all."""
        if self.paid.cents or not self.paid.rupiah:
            raise SnapError(Code.INVALID_AMOUNT, self.service)
        return self.paid.rupiah


@dataclass(frozen=True)
class StatusRequest:
    """Service 26: did that payment arrive? One of the two request ids may be empty, not both."""

    account: VirtualAccount
    inquiry_request_id: str
    payment_request_id: str
    service: Service = Service.STATUS


def read_token_request(headers: Mapping[str, str], raw: bytes, most_bytes: int = MOST_BYTES) -> TokenHeaders:
    body, check = read_body(Service.TOKEN, raw, most_bytes), Check(Service.TOKEN)
    result = read_token_headers(check, headers)
    check.need(body, "grantType", one_of("client_credentials"))
    check.may(body, "additionalInfo", mapping)
    check.done()
    return result


def read_inquiry(
    headers: Mapping[str, str], raw: bytes, most_bytes: int = MOST_BYTES
) -> tuple[Headers, InquiryRequest]:
    body, check = read_body(Service.INQUIRY, raw, most_bytes), Check(Service.INQUIRY)
    head = read_headers(check, headers)
    request = InquiryRequest(
        _read_account(check, body),
        check.need(body, "inquiryRequestId", text(128)),
        _read_months(check, body),
        check.may(body, "trxDateInit", parse_moment) or check.may(body, "txnDateInit", parse_moment),
    )
    check.amount(body, "amount")
    _read_texts(check, body, _INQUIRY_TEXTS)
    check.done()
    return head, request


def read_payment(
    headers: Mapping[str, str], raw: bytes, most_bytes: int = MOST_BYTES
) -> tuple[Headers, PaymentRequest]:
    body, check = read_body(Service.PAYMENT, raw, most_bytes), Check(Service.PAYMENT)
    head = read_headers(check, headers)
    request = PaymentRequest(
        _read_account(check, body),
        check.need(body, "paymentRequestId", text(128)),
        check.amount(body, "paidAmount", mandatory=True),
        _read_months(check, body),
        {name: body[name] for name in ("paidAmount", *_PAYMENT_ECHOES) if body.get(name) is not None},
        check.may(body, "trxDateTime", parse_moment),
        check.may(body, "referenceNo", text(64)) or "",
        check.may(body, "flagAdvise", one_of("Y", "N")) == "Y",
    )
    check.amount(body, "totalAmount")
    check.amount(body, "cumulativePaymentAmount")
    check.may(body, "billDetails", listing(24))
    check.may(body, "freeTexts", listing(25))
    _read_texts(check, body, _PAYMENT_TEXTS)
    check.done()
    return head, request


def read_status(headers: Mapping[str, str], raw: bytes, most_bytes: int = MOST_BYTES) -> tuple[Headers, StatusRequest]:
    body, check = read_body(Service.STATUS, raw, most_bytes), Check(Service.STATUS)
    head = read_headers(check, headers)
    account = _read_account(check, body)
    payment_id = check.may(body, "paymentRequestId", text(128))
    inquiry_id = check.may(body, "inquiryRequestId", text(128))
    if is_absent(body.get("paymentRequestId")):
        check.need(body, "inquiryRequestId", text(128))
    check.may(body, "additionalInfo", mapping)
    check.done()
    return head, StatusRequest(account, inquiry_id or "", payment_id or "")


def _read_account(check: Check, body: dict) -> VirtualAccount:
    service_id = check.need(body, "partnerServiceId", digits(8, least=5))
    customer_no = check.need(body, "customerNo", digits(20))
    number = check.need(body, "virtualAccountNo", digits(28))
    if service_id and customer_no and number and not _fits(service_id, customer_no, number, body["customerNo"]):
        check.malformed.append("virtualAccountNo")
    names = ("partnerServiceId", "customerNo", "virtualAccountNo")
    return VirtualAccount(service_id, customer_no, number, {name: body.get(name) for name in names})


def _fits(service_id: str, customer_no: str, number: str, received) -> bool:
    """The whole number is prefix and customer's part; a part sent as a JSON number has lost its leading zeros."""
    rest = number.removeprefix(service_id) if number.startswith(service_id) else ""
    return rest == customer_no or isinstance(received, int) and rest.lstrip("0") == customer_no


def _read_months(check: Check, body: dict) -> int:
    """`additionalInfo.months`, 1 to 12 as on the banks' payment screens; 1 when absent."""
    info = check.may(body, "additionalInfo", mapping) or {}
    return check.may(info, "months", whole(1, MOST_MONTHS), "additionalInfo.") or 1


def _read_texts(check: Check, body: dict, lengths: dict[str, int]) -> None:
    for name, most in lengths.items():
        check.may(body, name, text(most))
