"""The bank at the till, against a small biller that follows the checking order with our own protocol functions."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from jkn.payments.bank import Bank, BankRefused
from jkn.payments.snap import answers, messages, signatures
from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.headers import check_clock

NUMBER, PRICE, SECRET = "8888801944358911", 150_000, "rahasia"


class Biller:
    """A WSGI biller with one family, one bill, and a clock of its own; `fail` loses so many payment answers."""

    def __init__(self, public_key):
        self.key, self.paid, self.fail = public_key, {}, 0
        self.offset = timedelta(days=15)

    def __call__(self, environ, start_response):
        path = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
        now = datetime.now(UTC) + self.offset
        if path.endswith("/healthz"):
            status, body = 200, {"now": now.isoformat()}
        else:
            try:
                status, body = 200, self.answer(path, headers, raw, now)
            except SnapError as error:
                status, body = error.http_status, answers.error_answer(error)
        start_response(f"{status} X", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def answer(self, path, headers, raw, now):
        if path.endswith("/access-token/b2b"):
            head = messages.read_token_request(headers, raw)
            check_clock(head, now, Service.TOKEN)
            if not signatures.verify_token_request([self.key], head.client_id, head.timestamp, head.signature):
                raise SnapError(Code.UNAUTHORIZED, Service.TOKEN, "Signature")
            return answers.token_answer("token-1")
        read = {"inquiry": messages.read_inquiry, "payment": messages.read_payment, "status": messages.read_status}
        head, request = read[path.rsplit("/", 1)[1]](headers, raw)
        if head.token != "token-1":
            raise SnapError(Code.INVALID_TOKEN, request.service)
        check_clock(head, now, request.service)
        if not signatures.verify_symmetric([SECRET], "POST", path, head.token, raw, head.timestamp, head.signature):
            raise SnapError(Code.UNAUTHORIZED, request.service, "Signature")
        return self.business(request, now)

    def business(self, request, now):
        match request:
            case messages.InquiryRequest():
                if self.paid:
                    raise SnapError(Code.PAID_BILL, request.service)
                return answers.inquiry_answer(request, "SITI", [answers.BillLine("1", "Iuran", PRICE * request.months)])
            case messages.PaymentRequest():
                if request.rupiah() % PRICE:
                    raise SnapError(Code.INVALID_AMOUNT, request.service)
                answer = self.paid.setdefault(request.request_id, answers.payment_answer(request, "SITI", PRICE))
                if self.fail:
                    self.fail -= 1
                    raise SnapError(Code.TIMEOUT, request.service)
                return answer
            case messages.StatusRequest():
                if request.payment_request_id not in self.paid:
                    raise SnapError(Code.TRANSACTION_NOT_FOUND, request.service)
                return answers.status_answer(request, "SITI", request.payment_request_id, PRICE, PRICE, now)


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def biller(key):
    return Biller(key.public_key())


@pytest.fixture(params=["http://biller.example", "http://biller.example/jkn"], ids=["at the root", "below a path"])
def bank(request, biller, key):
    with httpx.Client(transport=httpx.WSGITransport(biller), base_url=request.param) as http:
        yield Bank(http, "client-1", SECRET, key, partner_id="BANK1")


def test_a_visit_to_the_till_pays_on_a_server_set_to_another_day(bank, biller):
    data = bank.settle(NUMBER, months=3)
    assert data["paidAmount"] == {"value": "450000.00", "currency": "IDR"}
    assert list(biller.paid) == [data["paymentRequestId"]]
    assert bank.ask_status(NUMBER, data["paymentRequestId"])["paymentFlagStatus"] == "00"
    assert timedelta(days=14) < bank.offset < timedelta(days=16)


def test_a_lost_answer_is_asked_for_again_and_paid_once(bank, biller):
    biller.fail = 2
    data = bank.settle(NUMBER)
    assert list(biller.paid) == [data["paymentRequestId"]]


def test_a_bank_gives_up_after_three_attempts(bank, biller):
    biller.fail = 3
    with pytest.raises(BankRefused) as caught:
        bank.settle(NUMBER)
    assert caught.value.code == "5042500"
    assert len(biller.paid) == 1


def test_refusals_carry_the_code(bank):
    with pytest.raises(BankRefused, match="4017300"):  # the clock was not read
        bank.ask_token()
    bank.read_clock()
    with pytest.raises(BankRefused, match="4012401"):
        replace(bank, token="other").inquire(NUMBER)
    bank.ask_token()
    with pytest.raises(BankRefused, match="4012400"):
        replace(bank, client_secret="other").inquire(NUMBER)
    with pytest.raises(BankRefused, match="4012400"):
        bank.call("/v1.0/transfer-va/inquiry", {**bank.account(NUMBER), "inquiryRequestId": "1"}, X_SIGNATURE="AAAA")
    with pytest.raises(BankRefused, match="4042513"):
        bank.pay(NUMBER, "1", PRICE + 1)
    with pytest.raises(BankRefused, match="4042601"):
        bank.ask_status(NUMBER, "1")
    bank.pay(NUMBER, "1", PRICE)
    with pytest.raises(BankRefused, match="4042414 Paid Bill"):
        bank.inquire(NUMBER)


def test_the_prefix_is_padded_with_spaces(bank):
    assert bank.account(NUMBER) == {
        "partnerServiceId": "   88888",
        "customerNo": "01944358911",
        "virtualAccountNo": "   8888801944358911",
    }
