"""Every response code, through the real app and the real database."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from jkn import clock
from jkn.db import OperationalError
from jkn.payments import owing, partners, service
from jkn.payments.bank import BankRefused, new_id
from jkn.payments.models import BankNotice, Payment
from jkn.payments.snap.signatures import digests, sign_hmac, sign_rsa, string_to_sign
from jkn.payments.snap.values import format_amount, format_moment
from tests.builders import a_family
from tests.payments.conftest import in_step

PRICE = 105_000
INQUIRY, PAYMENT, STATUS = (f"/v1.0/transfer-va/{name}" for name in ("inquiry", "payment", "status"))


@pytest.fixture
def va(app):
    return owing.va_of(a_family())


def new_family(registered_on):
    return owing.va_of(a_family(liable_from=None, registered_on=registered_on, since=registered_on))


def code_of(act, *args, **kwargs):
    """The code of a refusal; the status line says the same."""
    with pytest.raises(BankRefused) as caught:
        act(*args, **kwargs)
    return caught.value.code


def send(bank, path, body, **headers):
    """A signed call with some fields changed; "2002400" or the refusal's code."""
    try:
        return bank.call(path, body, **headers)["responseCode"]
    except BankRefused as refused:
        return refused.code


def inquiry(bank, va, **changed):
    return {**bank.account(va), "inquiryRequestId": "inq-1", **changed}


def payment(bank, va, rupiah=PRICE, **changed):
    return {**bank.account(va), "paymentRequestId": "pay-1", "paidAmount": format_amount(rupiah), **changed}


def good(bank, path, va):
    return inquiry(bank, va) if path == INQUIRY else payment(bank, va)


EITHER = pytest.mark.parametrize("path, service_code", [(INQUIRY, "24"), (PAYMENT, "25")])


def test_2007300_a_token(a_bank):
    bank = a_bank()
    assert len(bank.ask_token()) <= 2048


def test_2002400_2002500_2002600(bank, va):
    bill = bank.inquire(va, request_id="1")
    assert bill["virtualAccountName"] == "SITI AMINAH" and bill["virtualAccountTrxType"] == "C"
    assert bill["totalAmount"] == format_amount(PRICE)
    assert [(line["billNo"], line["billName"]) for line in bill["billDetails"]] == [
        (f"202601{va[-11:]}", "Iuran JKN Jan 2026")
    ]
    assert bill["freeTexts"] == [{"english": "3 family members", "indonesia": "3 anggota keluarga"}]
    assert bank.pay(va, "1", PRICE)["paymentFlagStatus"] == "00"
    assert bank.ask_status(va, "1")["paidAmount"] == format_amount(PRICE)


@EITHER
def test_400xx00_what_is_no_json(bank, va, path, service_code):
    answer = bank.http.post("/snap" + path, content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["responseCode"]) == (400, f"400{service_code}00")
    huge = bank.http.post("/snap" + path, content=b'"' + b"x" * 200_000 + b'"')
    assert (huge.status_code, huge.json()["responseCode"]) == (400, f"400{service_code}00")


@EITHER
def test_400xx01_and_400xx02_fields(bank, va, path, service_code):
    body = good(bank, path, va)
    assert send(bank, path, {**body, "customerNo": "x"}) == f"400{service_code}01"
    assert send(bank, path, {**body, "customerNo": ""}) == f"400{service_code}02"
    assert send(bank, path, body, CHANNEL_ID="") == f"400{service_code}02"


@EITHER
def test_401xx00_signature_clock_and_partner(bank, a_bank, va, path, service_code):
    body, refused = good(bank, path, va), f"401{service_code}00"
    other = a_bank(name="Bank Lain")
    assert send(bank, path, body, X_SIGNATURE="AAAA") == refused
    assert send(replace(bank, client_secret=other.client_secret), path, body) == refused
    assert send(replace(bank, offset=bank.offset - timedelta(minutes=6)), path, body) == refused
    assert send(bank, path, body, X_PARTNER_ID=other.client_id) == refused
    assert send(bank, path, body, X_PARTNER_ID="99999") == refused
    raw, stamp = json.dumps(body, separators=(",", ":")).encode(), format_moment(bank.now())
    elsewhere = sign_hmac(
        bank.client_secret, string_to_sign("POST", "/snap/v1.0/x", digests(raw)[0], stamp, bank.token)
    )
    assert send(bank, path, body, X_SIGNATURE=elsewhere, X_TIMESTAMP=stamp) == refused
    assert not Payment.select().exists() and not BankNotice.select().exists()


@EITHER
def test_401xx01_and_401xx03_tokens(bank, va, path, service_code):
    body = good(bank, path, va)
    assert send(replace(bank, token="another"), path, body) == f"401{service_code}01"
    assert send(bank, path, body, Authorization="") == f"401{service_code}03"
    with clock.frozen(clock.now() + timedelta(seconds=901)):
        assert send(in_step(replace(bank)), path, body) == f"401{service_code}01"
    partners.suspend(bank.client_id)
    assert send(bank, path, body) == f"401{service_code}01"


def test_4017300_tokens_are_for_partners_with_the_key(a_bank, bank):
    assert code_of(replace(bank, client_id="somebody").ask_token) == "4017300"
    assert code_of(replace(bank, client_id=a_bank().client_id, offset=timedelta(days=900)).ask_token) == "4017300"
    partners.suspend(bank.client_id)
    assert code_of(bank.ask_token) == "4017300"


@EITHER
def test_404xx12_not_found_and_too_early_with_the_date(bank, path, service_code):
    assert send(bank, path, good(bank, path, "8888800000000000")) == f"404{service_code}12"
    early = new_family(date(2026, 1, 10))
    with pytest.raises(BankRefused, match="24 January 2026") as caught:
        bank.call(path, good(bank, path, early))
    assert caught.value.code == f"404{service_code}12"
    data = caught.value.answer["virtualAccountData"]
    reason = data.get("inquiryReason") or data["paymentFlagReason"]
    assert "24 Januari 2026" in reason["indonesia"]


@EITHER
def test_404xx14_paid(bank, va, path, service_code):
    bank.pay(va, "before", PRICE)
    assert send(bank, path, good(bank, path, va)) == f"404{service_code}14"
    assert Payment.select().count() == 1


@EITHER
def test_404xx19_expired(bank, path, service_code):
    assert send(bank, path, good(bank, path, new_family(date(2025, 12, 1)))) == f"404{service_code}19"


@pytest.mark.parametrize("rupiah", [PRICE - 1, PRICE + 1, 0])
def test_4042513_another_amount(bank, va, rupiah):
    assert send(bank, PAYMENT, payment(bank, va, rupiah)) == "4042513"
    assert not Payment.select().exists()


def test_4042513_cents(bank, va):
    cents = {"value": f"{PRICE}.01", "currency": "IDR"}
    assert send(bank, PAYMENT, payment(bank, va, paidAmount=cents)) == "4042513"


@EITHER
def test_409xx00_the_external_id_of_another_request_today(bank, va, path, service_code):
    assert send(bank, INQUIRY, inquiry(bank, va, inquiryRequestId="0"), X_EXTERNAL_ID="ext-1") == "2002400"
    assert send(bank, path, good(bank, path, va), X_EXTERNAL_ID="ext-1") == f"409{service_code}00"


def test_a_known_payment_is_repeated_whatever_its_external_id(bank, va):
    body = payment(bank, va, trxDateTime=format_moment(bank.now()))
    first = bank.call(PAYMENT, body, X_EXTERNAL_ID="ext-1")
    for name in ("ext-1", "ext-2"):
        assert bank.call(PAYMENT, {**body, "flagAdvise": "Y"}, X_EXTERNAL_ID=name) == first
    assert Payment.select().count() == 1


def test_4042601_no_such_payment_and_4092600(bank, va):
    assert code_of(bank.ask_status, va, "never") == "4042601"
    bank.pay(va, "1", PRICE)
    body = {**bank.account(va), "paymentRequestId": "1"}
    assert send(bank, STATUS, body, X_EXTERNAL_ID="ext-1") == "2002600"
    assert send(bank, STATUS, body, X_EXTERNAL_ID="ext-1") == "4092600"


@EITHER
def test_405xx00_other_methods(bank, path, service_code):
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = bank.http.request(method, "/snap" + path)
        assert (answer.status_code, answer.json()["responseCode"]) == (405, f"405{service_code}00")


@EITHER
def test_500xx00_and_504xx00_faults_are_json_too(bank, va, path, service_code, monkeypatch, caplog):
    for error, code in ((ZeroDivisionError("secret"), "500"), (OperationalError("secret"), "504")):
        monkeypatch.setattr(service, "claim_external_id", raising(error))
        assert send(bank, path, good(bank, path, va)) == f"{code}{service_code}00"
    assert "secret" not in caplog.text and "OperationalError at" in caplog.text
    assert not BankNotice.select().exists()


def raising(error):
    def fail(*_args):
        raise error

    return fail


def test_every_other_path_answers_json(bank):
    for method, path in (("POST", "/snap/v1.0/transfer-va/create-va"), ("GET", "/snap/v2.0/x"), ("DELETE", "/snap/x")):
        answer = bank.http.request(method, path)
        assert (answer.status_code, answer.json()["responseCode"]) == (404, "4040000")


def test_answers_carry_the_moment_and_no_cookie(bank, va):
    answer = bank.http.post("/snap" + INQUIRY, content=b"{}")
    assert datetime.fromisoformat(answer.headers["X-TIMESTAMP"]).astimezone(UTC) == clock.now()
    assert answer.headers["Content-Type"] == "application/json" and "Set-Cookie" not in answer.headers


def test_the_variant_without_a_token_is_signed_with_the_key(bank, va):
    raw = json.dumps(inquiry(bank, va), separators=(",", ":")).encode()
    stamp = format_moment(bank.now())

    def asked(key_holder):
        return bank.http.post(
            "/snap" + INQUIRY,
            content=raw,
            headers={
                "Content-Type": "application/json",
                "X-TIMESTAMP": stamp,
                "X-SIGNATURE": sign_rsa(key_holder, string_to_sign("POST", "/snap" + INQUIRY, digests(raw)[0], stamp)),
                "X-PARTNER-ID": bank.client_id,
                "X-EXTERNAL-ID": new_id(),
                "CHANNEL-ID": "95221",
            },
        ).json()["responseCode"]

    assert asked(bank.key) == "2002400"
    assert asked(rsa.generate_private_key(public_exponent=65537, key_size=2048)) == "4012400"


def test_the_partner_id_may_be_the_service_id(bank, va):
    assert send(replace(bank, partner_id="88888"), INQUIRY, inquiry(bank, va)) == "2002400"


def test_mandiri_pays_by_its_own_prefix(a_bank, va):
    mandiri = a_bank("89888", "Mandiri")
    mandiri.ask_token()
    number = "89888" + va[5:]
    quote = mandiri.inquire(number)
    assert mandiri.pay(number, quote["inquiryRequestId"], PRICE)["virtualAccountNo"] == "   " + number
    assert code_of(mandiri.inquire, va.replace("88888", "89888", 1)) == "4042414"


def test_both_secrets_work_while_they_change(bank, va):
    new = partners.rotate_secret(bank.client_id)
    assert bank.inquire(va) and replace(bank, client_secret=new).inquire(va)
    with clock.frozen(clock.now() + timedelta(days=8)):
        later = in_step(replace(bank))
        later.ask_token()
        assert code_of(later.inquire, va) == "4012400"


def test_a_thousand_replays_over_a_year_book_once(bank, va):
    body = payment(bank, va)
    first = bank.call(PAYMENT, body)
    for day in range(0, 360, 9):
        with clock.frozen(clock.now() + timedelta(days=day)):
            again = in_step(replace(bank))
            again.ask_token()
            for _ in range(25):
                assert again.call(PAYMENT, body) == first
    assert Payment.select().count() == 1


def test_twelve_months_are_quoted_and_paid_at_once(bank, va):
    data = bank.inquire(va, months=12)
    assert data["totalAmount"] == format_amount(12 * PRICE)
    assert bank.pay(va, data["inquiryRequestId"], 12 * PRICE)["totalAmount"] == format_amount(12 * PRICE)
