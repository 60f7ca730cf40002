"""Our side of SNAP BI as a caller, over real sockets: signatures, tokens, and every way an answer can fail."""

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from jkn import clock
from jkn.collecting.providers import PATHS
from jkn.collecting.rules import Verdict
from jkn.collecting.snap_client import Customer, SnapClient
from jkn.payments.snap.codes import Service
from jkn.payments.snap.signatures import digests, sign_hmac, string_to_sign
from jkn.payments.snap.values import format_amount
from tests.collecting.conftest import SECONDS

AMOUNT = 35_000


def bound(simulator, client) -> tuple[Customer, str]:
    """A member said yes at the provider: the token that debits, and the charge token."""
    code = simulator.books.authorise("1")
    token = client.exchange({"grantType": "AUTHORIZATION_CODE", "authCode": code}).text("accessToken")
    body = {"partnerReferenceNo": "B1", "authCode": code, "merchantId": "JKN001"}
    return Customer(token, "device-1"), client.ask(Service.BINDING, body).text("accountToken")


def a_debit(charge_token: str, reference: str = "JKN1") -> dict:
    return {
        "partnerReferenceNo": reference,
        "merchantId": "JKN001",
        "chargeToken": charge_token,
        "amount": format_amount(AMOUNT),
        "additionalInfo": {},
    }


def debit(simulator, *faults, reference="JKN1"):
    client = SnapClient(simulator.provider)
    customer, charge_token = bound(simulator, client)
    simulator.faults += faults
    return client, client.ask(Service.DEBIT, a_debit(charge_token, reference), customer)


def test_a_member_is_bound_and_debited_with_hmac(wallet):
    _client, answer = debit(wallet)
    assert (answer.verdict, answer.code) == (Verdict.DONE, "2005400")
    assert wallet.books.taken() == [("JKN1", AMOUNT)]
    services = [which for which, *_rest in wallet.asked]
    assert services.count(Service.TOKEN) == 1  # kept for the calls that follow
    headers = wallet.asked[-1][2]
    assert headers["Authorization-Customer"].startswith("Bearer ") and headers["X-DEVICE-ID"] == "device-1"
    ids = [headers["X-EXTERNAL-ID"] for _which, _path, headers, _raw in wallet.asked if "X-EXTERNAL-ID" in headers]
    assert len(set(ids)) == len(ids) and all(len(one) <= 36 and one.isalnum() for one in ids)


def test_a_member_is_bound_and_debited_with_rsa_and_without_a_token(bank):
    _client, answer = debit(bank)
    assert answer.verdict is Verdict.DONE
    assert bank.books.taken() == [("JKN1", AMOUNT)]
    assert all("Authorization" not in headers for _which, _path, headers, _raw in bank.asked)


def test_paths_of_a_provider_may_have_any_name(key_pairs, tmp_path):
    from tests.collecting.conftest import simulated

    paths = PATHS | {Service.DEBIT: "/payment-gateway/v1.0/debit/payment-host-to-host.htm"}
    with simulated(key_pairs, tmp_path, paths=paths) as simulator:
        assert debit(simulator)[1].verdict is Verdict.DONE
        assert simulator.asked[-1][1].endswith(".htm")


def test_a_wrong_secret_is_turned_away_and_takes_nothing(wallet):
    keys = replace(wallet.provider.keys(), client_secret="another")
    answer = SnapClient(replace(wallet.provider, keys=lambda: keys)).ask(Service.DEBIT, a_debit("x"))
    assert (answer.verdict, answer.code) == (Verdict.UNKNOWN, "4015400")
    assert wallet.books.taken() == []


def test_a_token_ends_and_another_is_asked_for(wallet, now):
    client, _answer = debit(wallet)
    with clock.frozen(now + timedelta(seconds=841)):
        client.ask(Service.DEBIT_STATUS, {"originalPartnerReferenceNo": "JKN1", "serviceCode": "54"})
    assert [which for which, *_rest in wallet.asked].count(Service.TOKEN) == 2


def test_a_token_the_provider_forgot_is_renewed_once(wallet):
    client, _answer = debit(wallet)
    wallet.protocol._tokens.clear()
    answer = client.ask(Service.DEBIT_STATUS, {"originalPartnerReferenceNo": "JKN1", "serviceCode": "54"})
    assert (answer.verdict, answer.body["latestTransactionStatus"]) == (Verdict.DONE, "00")


@pytest.mark.parametrize(
    "fault, code, took",
    [
        ("lost", "line", 0),
        ("error", "5005400", 0),
        ("drop", "line", 1),
        ("error-after", "5005400", 1),
        ("garbage", "garbage", 1),
        ("slow", "timeout", 1),
        ("drip", "timeout", 1),
    ],
)
def test_what_breaks_is_unknown_and_never_a_failure(wallet, fault, code, took):
    _client, answer = debit(wallet, f"54:{fault}")
    assert (answer.verdict, answer.code) == (Verdict.UNKNOWN, code)
    assert len(wallet.books.taken()) == took


@pytest.mark.parametrize("fault, code", [("insufficient", "4035414"), ("blocked", "4035405"), ("inactive", "4035418")])
def test_a_refusal_names_its_reason(wallet, fault, code):
    _client, answer = debit(wallet, f"54:{fault}")
    assert (answer.verdict, answer.code) == (Verdict.REFUSED, code)
    assert wallet.books.taken() == []


def test_a_debit_in_progress_is_neither_done_nor_refused(wallet):
    _client, answer = debit(wallet, "54:pending")
    assert (answer.verdict, answer.code) == (Verdict.IN_PROGRESS, "2025400")


def test_a_reference_sent_twice_takes_once(wallet):
    client, _answer = debit(wallet)
    customer, charge_token = bound(wallet, client)
    again = client.ask(Service.DEBIT, a_debit(charge_token), customer)
    assert (again.verdict, again.code) == (Verdict.UNKNOWN, "4095401")
    assert len(wallet.books.taken()) == 1


def test_nobody_there_is_unknown(wallet):
    gone = replace(wallet.provider, base_url="http://127.0.0.1:9")
    assert SnapClient(gone).exchange({"grantType": "REFRESH_TOKEN"}).code == "line"
    assert SnapClient(gone).ask(Service.DEBIT, a_debit("x")).code == "token"


def test_the_answer_to_another_question_is_nonsense(wallet, monkeypatch):
    answer = wallet.protocol.answer
    other = {"partnerReferenceNo": "SOMEBODY-ELSE"}
    monkeypatch.setattr(
        wallet.protocol, "answer", lambda *asked: (lambda status, body: (status, body | other))(*answer(*asked))
    )
    assert SnapClient(wallet.provider).ask(Service.DEBIT, a_debit("x")).code == "garbage"


def test_an_endless_answer_is_cut_off(wallet, monkeypatch):
    monkeypatch.setattr(wallet.protocol, "answer", lambda *_asked: (200, {"x": "y" * 100_000}))
    assert SnapClient(wallet.provider).exchange({"grantType": "REFRESH_TOKEN"}).code == "garbage"


def test_a_head_that_drips_is_cut_off_as_well(wallet):
    """Byte by byte from the very first: no single read takes long, and the whole would never end."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            line, _address = server.accept()
            with line, suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 10_000:
                    line.sendall(bytes([byte]))
                    time.sleep(0.05)

        dripping = threading.Thread(target=drip)
        dripping.start()
        slow = replace(wallet.provider, base_url=f"http://127.0.0.1:{server.getsockname()[1]}")
        begun = time.monotonic()
        assert SnapClient(slow).exchange({"grantType": "REFRESH_TOKEN"}).code == "timeout"
        assert time.monotonic() - begun < 5 * SECONDS
        dripping.join()


def test_vector_a_of_midtrans_is_what_we_would_sign():
    body = (
        '{"partnerReferenceNo":"2020102900000000000001","amount":{"value":"12345678.00","currency":"IDR"},'
        '"feeAmount":{"value":"12345678.00","currency":"IDR"},"merchantId":"00007100010926",'
        '"terminalId":"213141251124","validityPeriod":"2009-07-03T12:08:56-07:00"}'
    )
    assert json.loads(body)
    text = string_to_sign(
        "POST", "/v1.0/qr/qr-mpm-generate", digests(body.encode())[0], "2024-03-05T10:37:16.196Z", "myaccesstoken"
    )
    signed = "wmzT7yjg1SxxCsxNsFgCR9SYXiZGGbceF6fV8xe97sAMHxZ+7OEBMIBmvb6Sj6GcksGp3iv77DiomgSbcST3XQ=="
    assert sign_hmac("myclientsecret", text) == signed


def test_vector_e_an_empty_body_and_a_query():
    text = string_to_sign(
        "GET",
        "/v1.0/balance-inquiry?x=1",
        digests(b"")[0],
        "2026-01-15T10:30:00+07:00",
        "eyJhbGciOiJIUzI1NiJ9.test.token",
    )
    signed = "ofUgli4HBlwaOihC7Az2Crntrz2upLUrzngk63BRDbuU4u+zuoyhdPscbXDtujQyGh1i5T1QWRqPQLL3O9tdhg=="
    assert sign_hmac("3fd9d63f-f4f1-4c26-8886-fecca45b1053", text) == signed
