"""Notices of providers: signed, of a charge of theirs, for its amount; in any order and as often as they come."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.collecting import charging
from jkn.collecting.models import Charge, Outcome
from jkn.payments.models import Payment
from jkn.payments.snap.signatures import digests, sign_hmac, sign_rsa, string_to_sign
from jkn.payments.snap.values import format_amount, format_moment
from tests.builders import a_family
from tests.collecting.conftest import SECRET
from tests.collecting.households import PRICE, booked, payer_of

DEBIT, QR = "/snap/v1.0/debit/notify", "/snap/v1.0/qr/qr-mpm-notify"


@pytest.fixture
def charge(wallet, app):
    """A link waiting to be paid."""
    return charging.work_on(charging.ask_now(payer_of(a_family(1)), wallet.provider, "k", SYSTEM))


def notice(charge, status="00", **changed) -> dict:
    return {
        "originalPartnerReferenceNo": charge.reference,
        "originalReferenceNo": "W-1",
        "amount": format_amount(charge.amount),
        "latestTransactionStatus": status,
        "finishedTime": format_moment(clock.now()),
    } | changed


def send(client, key, body: dict, path=DEBIT, token=None, **changed):
    """A provider's notice, signed; `changed` replaces headers by name with underscores."""
    raw, stamp = json.dumps(body).encode(), format_moment(clock.now())
    text = string_to_sign("POST", path, digests(raw)[0], stamp, token)
    headers = {
        "Content-Type": "application/json",
        "X-TIMESTAMP": stamp,
        "X-SIGNATURE": sign_hmac(SECRET, text) if token else sign_rsa(key, text),
        "X-PARTNER-ID": "jkn-dompet",
        "X-EXTERNAL-ID": uuid4().hex,
        "CHANNEL-ID": "95221",
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
    return client.post(path, data=raw, headers=headers | {n.replace("_", "-"): v for n, v in changed.items()})


def test_a_notice_of_success_books_and_settles(client, charge, wallet):
    answer = send(client, wallet.key, notice(charge))
    assert (answer.status_code, answer.json["responseCode"]) == (200, "2005600")
    charge = Charge.get_by_id(charge.id)
    assert (charge.outcome, charge.provider_reference) == (Outcome.PAID, "W-1")
    assert booked(charge.payer) == [("Dompet Uji", PRICE)]


def test_the_same_notice_again_changes_nothing(client, charge, wallet):
    answers = [send(client, wallet.key, notice(charge)).json for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert Payment.select().count() == 1


@pytest.mark.parametrize("order", [("03", "00"), ("00", "03"), ("00", "06"), ("06", "00"), ("05", "01", "00", "06")])
def test_in_any_order_success_has_the_last_word(client, charge, wallet, order):
    assert [send(client, wallet.key, notice(charge, status)).status_code for status in order] == [200] * len(order)
    assert Charge.get_by_id(charge.id).outcome is Outcome.PAID
    assert Payment.select().count() == 1


def test_a_notice_of_failure_closes_the_charge(client, charge, wallet):
    send(client, wallet.key, notice(charge, "06", originalResponseCode="4035414"))
    charge = Charge.get_by_id(charge.id)
    assert charge.outcome is Outcome.REFUSED and charging.is_poor(charge)


def test_a_token_and_the_shared_secret_sign_as_well(client, charge, wallet):
    assert send(client, None, notice(charge), token="any").json["responseCode"] == "2005600"


def test_a_provider_without_a_shared_secret_cannot_sign_with_none(client, charge, wallet, known):
    keys = replace(wallet.provider.keys(), client_secret="")
    known([replace(wallet.provider, keys=lambda: keys)])
    raw = json.dumps(notice(charge)).encode()
    stamp = format_moment(clock.now())
    forged = sign_hmac("", string_to_sign("POST", DEBIT, digests(raw)[0], stamp, "any"))
    answer = send(client, None, notice(charge), token="any", X_SIGNATURE=forged)
    assert answer.json["responseCode"] == "4015600"


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"X_PARTNER_ID": "somebody"}, "4015600"),
        ({"X_SIGNATURE": "bm90IHNpZ25lZA=="}, "4015600"),
        ({"X_TIMESTAMP": "2026-01-15T09:00:00+07:00"}, "4015600"),
        ({"X_PARTNER_ID": ""}, "4005602"),
    ],
)
def test_a_notice_that_is_not_the_providers_own_is_refused(client, charge, wallet, changed, code):
    assert send(client, wallet.key, notice(charge), **changed).json["responseCode"] == code
    assert Payment.select().count() == 0


def test_our_own_key_signs_no_notice(client, charge, key_pairs):
    assert send(client, key_pairs.ours, notice(charge)).json["responseCode"] == "4015600"


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"amount": format_amount(PRICE + 1)}, "4045613"),
        ({"amount": {"value": f"{PRICE}.50", "currency": "IDR"}}, "4045613"),
        ({"originalPartnerReferenceNo": "JKNUNKNOWN"}, "4045601"),
        ({"latestTransactionStatus": "99"}, "4005601"),
        ({"latestTransactionStatus": ""}, "4005602"),
        ({"amount": "much"}, "4005601"),
    ],
)
def test_a_notice_that_does_not_fit_the_charge_books_nothing(client, charge, wallet, changed, code):
    assert send(client, wallet.key, notice(charge, **changed)).json["responseCode"] == code
    assert Payment.select().count() == 0


def test_a_debit_is_not_closed_by_a_notice_about_codes(client, charge, wallet):
    assert send(client, wallet.key, notice(charge), path=QR).json["responseCode"] == "4045201"


def test_another_provider_does_not_close_the_charge(client, charge, wallet, known):
    other = replace(wallet.provider, code="bank", client_id="jkn-bank")
    known([wallet.provider, other])
    assert send(client, wallet.key, notice(charge), X_PARTNER_ID="jkn-bank").json["responseCode"] == "4045601"


def test_a_code_is_paid_by_notice_52(client, app, qris_house):
    charge = charging.work_on(charging.ask_now(payer_of(a_family(1)), qris_house.provider, "k", SYSTEM))
    answer = send(client, qris_house.key, notice(charge), path=QR, X_PARTNER_ID="jkn-qris")
    assert answer.json == {"responseCode": "2005200", "responseMessage": "Successful"}
    assert Charge.get_by_id(charge.id).outcome is Outcome.PAID


def test_a_moment_ahead_of_us_is_not_believed(client, charge, wallet):
    ahead = format_moment(clock.now() + timedelta(days=40))
    send(client, wallet.key, notice(charge, paidTime=ahead))
    assert Payment.get().paid_at <= clock.now()


def test_get_is_no_notice(client):
    assert client.get(DEBIT).json["responseCode"] == "4055600"
    assert client.post(QR, data="nonsense").json["responseCode"] == "4005200"
