"""Over a real socket: an independent client as the bank, and our own `bank-pay`."""

import socket
import warnings
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization

from jkn.members import service as members
from jkn.payments import owing, partners, pot
from jkn.payments.bank import new_id
from jkn.payments.models import Payment
from jkn.payments.snap.values import format_amount, format_moment
from tests.builders import a_family, people
from tests.payments.conftest import served

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library's own escapes and deprecations are not ours to mend
    from snapapi import SNAPCrypto
    from snapapi.model.virtual_account.inquiry import InquiryResponseData
    from snapapi.model.virtual_account.payment import PaymentResponseData

PRICE = 105_000


@pytest.fixture
def url(own_app):
    with served(own_app) as url:
        yield url


class Outsider:
    """A bank written by others: snapapi signs, requests' kind of spaced JSON travels."""

    def __init__(self, url, partner, secret, key, now):
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.crypto = SNAPCrypto(client_id=partner.client_id, client_secret=secret, private_key=pem.decode())
        self.url, self.stamp, self.token = url, format_moment(now), ""

    def ask_token(self):
        stamped = f"{self.crypto.client_id}|{self.stamp}".encode()
        headers = {
            "X-TIMESTAMP": self.stamp,
            "X-CLIENT-KEY": self.crypto.client_id,
            "X-SIGNATURE": self.crypto.create_signature_oauth2(stamped),
        }
        body = {"grantType": "client_credentials", "additionalInfo": {}}
        answer = httpx.post(f"{self.url}/snap/v1.0/access-token/b2b", json=body, headers=headers).json()
        self.token = answer.get("accessToken", "")
        return answer

    def send(self, path, body, external_id, signature=None):
        path = f"/snap/v1.0/transfer-va/{path}"
        signed = self.crypto.create_signature_transactional(
            path=path, timestamp=self.stamp, request_body=body, http_method="POST", access_token=self.token
        )
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-TIMESTAMP": self.stamp,
            "X-SIGNATURE": signature or signed,
            "X-PARTNER-ID": self.crypto.client_id,
            "X-EXTERNAL-ID": external_id,
            "CHANNEL-ID": "95221",
        }
        return httpx.post(self.url + path, json=body, headers=headers).json()


def test_an_independent_client_asks_and_pays(url, key, public_key, now):
    partner, secret = partners.create("Bank Luar", "88888", public_key)
    va = owing.va_of(a_family(names=("SITI ÁMINAH", "BUDI")))
    bank = Outsider(url, partner, secret, key, now)
    account = {"partnerServiceId": "   88888", "customerNo": va[5:], "virtualAccountNo": "   " + va}
    inquiry = {**account, "inquiryRequestId": "202601150000001", "trxDateInit": bank.stamp, "channelCode": 6011}
    assert bank.ask_token()["responseCode"] == "2007300"
    answer = bank.send("inquiry", inquiry, "41807553358950093184162180797837")
    assert answer["responseCode"] == "2002400"
    quoted = InquiryResponseData.model_validate(answer)
    assert quoted.virtualAccountData.totalAmount.value == "105000.00"
    assert bank.send("inquiry", inquiry, "41807553358950093184162180797837")["responseCode"] == "4092400"
    assert bank.send("inquiry", inquiry, new_id(), signature="AAAA")["responseCode"] == "4012400"
    payment = {
        **account,
        "virtualAccountName": "SITI ÁMINAH",
        "paymentRequestId": "202601150000001",
        "paidAmount": format_amount(PRICE),
        "trxDateTime": bank.stamp,
        "flagAdvise": "N",
    }
    answer = bank.send("payment", payment, new_id())
    assert answer["responseCode"] == "2002500"
    PaymentResponseData.model_validate(answer)
    assert bank.send("payment", {**payment, "flagAdvise": "Y"}, new_id()) == answer
    assert Payment.select().count() == 1


def test_bank_pay_plays_the_bank(url, own_app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    family = a_family()
    run = own_app.test_cli_runner().invoke
    va = owing.va_of(family)
    done = run(args=["bank-pay", va, "--months", "3", "--url", url])
    assert done.exit_code == 0, done.output
    for text in ("SITI AMINAH, 3 family members", "Iuran JKN Mar 2026  Rp105.000", "PAID    Rp315.000"):
        assert text in done.output
    again = run(args=["bank-pay", va, "--url", url])
    assert again.exit_code == 1 and "4042414 Paid Bill" in again.output
    payer = members.payer_of(a_family().id)
    tail = pot.number_of(payer)
    unsaid = run(args=["bank-pay", f"88888{tail}", "--url", url])
    assert unsaid.exit_code == 1 and "--amount" in unsaid.output
    put_in = run(args=["bank-pay", f"88888{tail}", "--amount", "12345", "--url", url])
    assert put_in.exit_code == 0 and "Total   open" in put_in.output and "PAID    Rp12.345" in put_in.output
    by_card = run(args=["bank-pay", people(a_family())[1].card, "--url", url, "--service-id", "89888"])
    assert by_card.exit_code == 0 and Payment.select().count() == 3


def test_bank_pay_says_why_not(url, own_app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = own_app.test_cli_runner().invoke
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        for arguments, text in (
            (["8888800000000000", "--url", url], "4042412"),
            (["12"], "13 digits"),
            (["8888800000000000", "--url", closed], "Nobody answers"),
            (["8888800000000000", "--url", url, "--service-id", "77777"], "know no bank"),
        ):
            done = run(args=["bank-pay", *arguments])
            assert done.exit_code and text in done.output and "Traceback" not in done.output


def test_partners_are_made_renewed_and_suspended_by_command(app, run, public_key, tmp_path):
    key_file = tmp_path / "bank.pem"
    key_file.write_text(public_key)
    made = run("create-partner", "Bank Uji", "--service-id", "88888", "--public-key", key_file)
    client_id, secret = (made.output.splitlines()[place].split()[-1] for place in (0, 1))
    partner = partners.find(client_id)
    assert partners.secrets_of(partner) == [secret]
    renewed = run("rotate-partner-secret", client_id).output.split()[-1]
    assert partners.secrets_of(partner) == [renewed, secret]
    assert run("suspend-partner", client_id).exit_code == 0 and not partners.find_live(client_id)
    assert run("suspend-partner", client_id, "--end").exit_code == 0 and partners.find_live(client_id)


def test_bad_partners_are_refused(app, run, public_key, tmp_path):
    good, bad, binary = tmp_path / "good.pem", tmp_path / "bad.pem", tmp_path / "binary.pem"
    good.write_text(public_key)
    bad.write_text("no key")
    binary.write_bytes(b"\xff\xfe\x00")
    for arguments in (
        ("create-partner", "X", "--service-id", "12345", "--public-key", good),
        ("create-partner", "X", "--service-id", "88888", "--public-key", bad),
        ("create-partner", "X", "--service-id", "88888", "--public-key", binary),
        ("create-partner", "X", "--service-id", "88888", "--public-key", Path("/nowhere")),
        ("rotate-partner-secret", "nobody"),
        ("suspend-partner", "nobody"),
    ):
        done = run(*arguments)
        assert done.exit_code and "Error:" in done.output and "Traceback" not in done.output
