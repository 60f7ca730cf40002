"""A penalty's own number: at the bank, on the public page, on the receipt."""

from datetime import date

import pytest

from jkn import clock, numbers
from jkn.access import SYSTEM
from jkn.contributions.models import Settlement
from jkn.members.models import Payer
from jkn.payments import account_numbers, booking, owing
from jkn.payments.bank import BankRefused
from jkn.payments.models import Payment, Purpose
from jkn.payments.owing import NotPayable
from jkn.penalties.models import Penalty
from tests.builders import post
from tests.penalties.conftest import a_hospital, admit, head_of, reactivated
from tests.penalties.test_service import an_employer
from tests.penalties.test_views import member_of

TODAY = date(2026, 1, 15)


@pytest.fixture
def penalty(app):
    a_hospital()
    return admit(head_of(reactivated(3, TODAY)), TODAY)[1]


def va_of(penalty, prefix="88888"):
    return prefix + account_numbers.number_of(penalty.payer_id, Purpose.PENALTY, penalty.id)


def test_a_bank_is_asked_for_exactly_the_penalty_and_pays_it_once(bank, penalty):
    months = Settlement.select().count()
    asked = bank.inquire(va_of(penalty), request_id="q-1")
    assert asked["totalAmount"]["value"] == "750000.00" and asked["virtualAccountName"] == "SITI AMINAH"
    assert [line["billName"] for line in asked["billDetails"]] == ["Denda rawat inap JKN"]
    bank.pay(va_of(penalty), "q-1", 750_000)
    assert Penalty.get().paid_by == Payment.get(Payment.purpose == Purpose.PENALTY).id
    assert Settlement.select().count() == months


def test_a_second_payment_is_refused_as_paid_and_books_nothing(bank, penalty):
    for request_id in ("q-1", "q-2"):
        bank.inquire(va_of(penalty), request_id=request_id)
    bank.pay(va_of(penalty), "q-1", 750_000)
    before = Payment.select().count()
    for request_id in ("q-2", "q-3"):
        with pytest.raises(BankRefused) as refused:
            bank.pay(va_of(penalty), request_id, 750_000)
        assert refused.value.code == "4042514"
    with pytest.raises(BankRefused) as refused:
        bank.inquire(va_of(penalty), request_id="q-2")
    assert refused.value.code == "4042414"
    assert Payment.select().count() == before


def test_the_account_is_closed(bank, penalty):
    bank.inquire(va_of(penalty), request_id="q-1")
    with pytest.raises(BankRefused) as refused:
        bank.pay(va_of(penalty), "q-1", 749_999)
    assert refused.value.code == "4042513" and Penalty.get().is_payable


def test_the_familys_own_number_never_asks_for_a_penalty(penalty):
    with pytest.raises(NotPayable):
        owing.due_under(owing.target_of_va(owing.va_of(penalty)), TODAY)


def test_the_public_page_takes_a_penaltys_number(client, penalty):
    text = post(client, "/bayar", number=va_of(penalty)).text
    assert "Rp750.000" in text and "Denda rawat inap" in text and "S*** A*****" in text.replace("S***I", "S***")
    assert "SITI AMINAH" not in text and "89888" in text.replace(" ", "")


def test_a_paid_penaltys_number_looks_like_an_unknown_one(client, penalty):
    pay(penalty)
    text = post(client, "/bayar", number=va_of(penalty)).text
    assert "Rp750.000" not in text


def pay(penalty, reference="p"):
    target = owing.target_of_va(va_of(penalty))
    return booking.take(
        target.payer,
        penalty.amount,
        "Bank Uji",
        reference,
        clock.now(),
        SYSTEM,
        purpose=target.purpose,
        subject=target.subject,
    )


def test_the_receipt_names_the_penalty_and_that_of_a_second_payment_does_not(app, penalty):
    client = member_of(app, penalty.payer)
    first, second = pay(penalty), pay(penalty, "again")
    text = client.get(f"/kuitansi/{first.id}").text
    assert "Denda rawat inap nomor" in text and "menerima denda ini" in text
    assert "Denda rawat inap nomor" not in client.get(f"/kuitansi/{second.id}").text
    assert "Lunas" in client.get(f"/denda/{penalty.id}").text


def test_an_employer_pays_by_the_penaltys_number(bank, app):
    a_hospital()
    _employer, person = an_employer(2, date(2025, 6, 10))
    _admission, penalty = admit(person, date(2025, 6, 11))
    asked = bank.inquire(va_of(penalty), request_id="q-1")
    assert asked["virtualAccountName"] == "PT MAJU"
    bank.pay(va_of(penalty), "q-1", 500_000)
    assert Penalty.get().paid_by and Payer.get_by_id(penalty.payer_id).kind == "employer"


def test_every_prefix_leads_to_it(penalty):
    for prefix in numbers.VA_PREFIXES:
        assert owing.target_of_va(va_of(penalty, prefix)).subject == penalty.id
