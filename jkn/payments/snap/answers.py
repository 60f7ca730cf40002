"""What we answer a bank: bodies of services 73, 24, 25 and 26, with the bank's own values echoed as received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.messages import InquiryRequest, PaymentRequest, StatusRequest
from jkn.payments.snap.values import format_amount, format_moment

TOKEN_SECONDS = 900
MOST_BILLS = 24
REASON_LENGTH = 64
SUCCESS = {"english": "Success", "indonesia": "Sukses"}
REVERSED = {"english": "Reversed", "indonesia": "Dibatalkan"}
INDONESIAN = {
    Code.INVALID_ACCOUNT: "Nomor tidak dikenal",
    Code.INVALID_BILL: "Tagihan belum ada",
    Code.INVALID_AMOUNT: "Jumlah tidak sesuai tagihan",
    Code.PAID_BILL: "Tagihan sudah dibayar",
    Code.EXPIRED_BILL: "Masa bayar sudah lewat",
    Code.TRANSACTION_NOT_FOUND: "Pembayaran tidak ditemukan",
}


@dataclass(frozen=True)
class BillLine:
    """One bill on the bank's screen: `number` at most 18, `name` at most 20 characters, `amount` in rupiah."""

    number: str
    name: str
    amount: int


def token_answer(token: str, seconds: int = TOKEN_SECONDS) -> dict:
    """`expiresIn` is text, as the standard has it."""
    return {
        **_head(Service.TOKEN),
        "accessToken": token,
        "tokenType": "Bearer",
        "expiresIn": str(seconds),
        "additionalInfo": {},
    }


def inquiry_answer(
    request: InquiryRequest,
    name: str,
    bills: Sequence[BillLine],
    free_texts: Sequence[tuple[str, str]] = (),
    phone: str = "",
    is_open: bool = False,
) -> dict:
    """A closed bill over the sum of `bills`, or an open account that takes any amount.

    `free_texts` are (English, Indonesian) of at most 32 characters.
    """
    data = {
        "inquiryStatus": "00",
        "inquiryReason": SUCCESS,
        **request.account.echo,
        "virtualAccountName": name[:255],
        **({"virtualAccountPhone": phone} if phone else {}),
        "inquiryRequestId": request.request_id,
        "totalAmount": format_amount(sum(bill.amount for bill in bills)),
        "subCompany": "00000",
        "billDetails": [_bill_detail(place, bill) for place, bill in enumerate(_at_most_24(bills), start=1)],
        "freeTexts": [_in_both(english, own, 32) for english, own in islice(free_texts, 25)],
        "virtualAccountTrxType": "O" if is_open else "C",
        "feeAmount": format_amount(0),
        "additionalInfo": {},
    }
    return {**_head(Service.INQUIRY), "virtualAccountData": data, "additionalInfo": {}}


def payment_answer(request: PaymentRequest, name: str, total: int) -> dict:
    """The money is booked; `total` is what the bill came to. Stored by the service, repeated for every retry."""
    data = {
        "paymentFlagReason": SUCCESS,
        **request.account.echo,
        "virtualAccountName": name[:255],
        "paymentRequestId": request.request_id,
        **request.echo,
        "totalAmount": format_amount(total),
        "paymentFlagStatus": "00",
        "billDetails": [],
    }
    return {**_head(Service.PAYMENT), "virtualAccountData": data, "additionalInfo": {}}


def status_answer(
    request: StatusRequest,
    name: str,
    payment_request_id: str,
    rupiah: int,
    total: int,
    booked_at: datetime,
    reference="",
    is_reversed: bool = False,
) -> dict:
    """The payment as we hold it; one that was reversed since has failed ("01"), one we do not hold is 404/01."""
    data = {
        "paymentFlagReason": REVERSED if is_reversed else SUCCESS,
        **request.account.echo,
        "virtualAccountName": name[:255],
        "inquiryRequestId": request.inquiry_request_id or payment_request_id,
        "paymentRequestId": payment_request_id,
        "paidAmount": format_amount(rupiah),
        "totalAmount": format_amount(total),
        "transactionDate": format_moment(booked_at),
        **({"referenceNo": reference} if reference else {}),
        "paymentFlagStatus": "01" if is_reversed else "00",
        "billDetails": [],
    }
    return {**_head(Service.STATUS), "virtualAccountData": data, "additionalInfo": {}}


def error_answer(error: SnapError, request: InquiryRequest | PaymentRequest | StatusRequest | None = None) -> dict:
    """Code and message; a business refusal (404) of a known request also tells the till why, in both languages."""
    answer = {"responseCode": error.response_code, "responseMessage": error.message}
    if request is None or error.http_status != 404:
        return answer
    own = error.indonesian or INDONESIAN.get(error.code, error.message)
    reason = _in_both(error.detail or error.message, own, REASON_LENGTH)
    data = {**request.account.echo}
    match request:
        case InquiryRequest():
            data |= {"inquiryStatus": "01", "inquiryReason": reason, "inquiryRequestId": request.request_id}
        case PaymentRequest():
            data |= {"paymentFlagStatus": "01", "paymentFlagReason": reason, "paymentRequestId": request.request_id}
            data |= {"paidAmount": request.echo["paidAmount"]}
        case StatusRequest():
            data |= {"paymentFlagReason": reason, "paymentRequestId": request.payment_request_id}
    return {**answer, "virtualAccountData": data, "additionalInfo": {}}


def _head(service: Service) -> dict:
    return {"responseCode": Code.SUCCESSFUL.response_code(service), "responseMessage": Code.SUCCESSFUL.message()}


def _in_both(english: str, own: str, most: int) -> dict[str, str]:
    return {"english": english[:most], "indonesia": own[:most]}


def _at_most_24(bills: Sequence[BillLine]) -> list[BillLine]:
    """The standard's array ends at 24: what is beyond becomes one last line, so that the lines still add up."""
    if len(bills) <= MOST_BILLS:
        return list(bills)
    first, rest = bills[: MOST_BILLS - 1], bills[MOST_BILLS - 1 :]
    return [*first, BillLine(rest[0].number, "Iuran JKN lainnya", sum(bill.amount for bill in rest))]


def _bill_detail(place: int, bill: BillLine) -> dict:
    return {
        "billCode": f"{place:02}",
        "billNo": bill.number[:18],
        "billName": bill.name[:20],
        "billShortName": "IURAN JKN",
        "billDescription": {"english": "JKN contribution", "indonesia": "Iuran JKN"},
        "billSubCompany": "00000",
        "billAmount": format_amount(bill.amount),
        "additionalInfo": {},
    }
