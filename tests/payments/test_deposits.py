"""An agent's deposit at the bank: an open account of its own, whose money is nobody's bill."""

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.cash import service as cash
from jkn.cash.models import Cash, State
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.payments import booking, deposits, owing
from jkn.payments.bank import BankRefused
from jkn.payments.models import Payment, Purpose
from jkn.reconciliation import checking
from jkn.reconciliation.rules import PAPERS, Ground
from tests.builders import a_family, an_officer, officer_client, people, post
from tests.cash.cashing import an_agent, consent_of, take

PRICE = 35_000


@pytest.fixture
def agent(app):
    return deposits.open_book("7", "TINI KADER")


@pytest.fixture
def va(agent):
    return "88888" + deposits.number_of(agent)


def test_its_number_is_made_once_and_tells_its_kind(agent, va):
    assert deposits.open_book("7", "TINI KADER").id == agent.id
    assert va == "88888" + deposits.number_of(agent) and va[5] == "6"


def test_an_inquiry_shows_an_open_account_in_the_agents_name(bank, va):
    bill = bank.inquire(va)
    assert (bill["virtualAccountTrxType"], bill["totalAmount"]["value"], bill["billDetails"]) == ("O", "0.00", [])
    assert bill["virtualAccountName"] == "TINI KADER"
    assert bill["freeTexts"] == [{"english": "Deposit of an agent", "indonesia": "Deposit agen"}]


@pytest.mark.parametrize("amount", [1, 35_000, 999_999])
def test_any_amount_can_be_paid_in_and_once(bank, agent, va, amount):
    answer = bank.pay(va, "req-1", amount)
    assert answer["paymentFlagStatus"] == "00" and bank.pay(va, "req-1", amount) == answer
    assert deposits.left(agent) == amount and Payment.get().months == []
    assert not checking.astray()


def test_nothing_at_all_cannot_be_paid_in(bank, va):
    with pytest.raises(BankRefused, match="13"):
        bank.pay(va, "req-1", 0)


def test_at_the_other_prefix_it_is_the_same_deposit(a_bank, agent):
    mandiri = a_bank("89888", "Bank Mandiri")
    mandiri.ask_token()
    mandiri.pay("89888" + deposits.number_of(agent), "req-1", PRICE)
    assert deposits.left(agent) == PRICE


def test_at_the_till_on_the_web_the_name_is_masked(client, va):
    shown = post(client, "/bayar", number=va).text
    assert "deposit T*** K****" in shown and "TINI" not in shown and "celengan" not in shown.lower()


def test_what_is_paid_on_leaves_the_deposit_and_never_more_than_is_there(bank, agent, va):
    payer = members.payer_of(a_family(1).id)
    bank.pay(va, "req-1", PRICE + 1)
    months = owing.due(payer, clock.today()).months

    def pay_on(source):
        return deposits.pay_on(agent, payer, PRICE, "Agen", source, SYSTEM, months, source=source)

    assert pay_on("cash:1").months == ["2026-01"]
    with pytest.raises(Refused):
        pay_on("cash:2")
    assert (deposits.left(agent), ledger.credit_of(payer.id)) == (1, 0)
    assert not checking.astray() and not checking.overspent()


def test_a_deposit_that_the_bank_takes_back_is_taken_from_what_is_left(agent):
    top_up = booking.take(agent, 50_000, "Bank Uji", "r", clock.now(), SYSTEM, purpose=Purpose.DEPOSIT)
    booking.reverse(top_up, "salah", SYSTEM)
    assert deposits.left(agent) == 0 and not checking.astray()
    spent = booking.take(agent, 50_000, "Bank Uji", "s", clock.now(), SYSTEM, purpose=Purpose.DEPOSIT)
    payer = members.payer_of(a_family(1).id)
    deposits.pay_on(agent, payer, PRICE, "Agen", "1", SYSTEM, None, source="cash:1")
    with pytest.raises(Refused):
        booking.reverse(spent, "salah", SYSTEM)


# --- With an agent whose cash waits


@pytest.fixture
def kader(app):
    officer = an_officer(Role.VOLUNTEER, "tini")
    officer.person = people(a_family(1))[0]
    officer.save()
    return officer


def test_filling_the_deposit_at_a_bank_pays_what_waits_the_oldest_first(bank, kader):
    their = an_agent(kader)
    first, second = take(consent_of(kader)), take(consent_of(kader))
    bank.pay("88888" + deposits.number_of(their.payer), "req-1", PRICE + 1)
    assert [Cash.get_by_id(row.id).state for row in (first, second)] == [State.PAID, State.UNPAID]
    assert ledger.credit_of(their.payer_id) == 1


def test_the_bank_gets_its_answer_though_paying_what_waits_fails(bank, kader, monkeypatch):
    their = an_agent(kader)
    row = take(consent_of(kader))
    with monkeypatch.context() as patch:
        patch.setattr(deposits, "filled", lambda _payer: 1 // 0)
        answer = bank.pay("88888" + deposits.number_of(their.payer), "req-1", PRICE)
    assert answer["paymentFlagStatus"] == "00" and ledger.credit_of(their.payer_id) == PRICE
    assert cash.settle_everybody() == 1 and Cash.get_by_id(row.id).state == State.PAID


def test_what_is_left_is_given_back_by_two_officers(app, agent, va):
    booking.take(agent, 50_000, "Bank Uji", "r", clock.now(), SYSTEM, purpose=Purpose.DEPOSIT)
    first, second = officer_client(app), officer_client(app, username="rina")
    account = {"bank": "Bank Uji", "account": "7100987654321", "holder": "TINI KADER"}
    typed = {"number": va, "ground": Ground.OVERPAID.value, "amount": "50.000"}
    desk = post(first, "/petugas/pengembalian/baru", **typed, **account).location
    papers = [paper.value for paper in PAPERS[Ground.OVERPAID]]
    for officer, said in ((first, {"papers": papers}), (first, {}), (second, {"verdict": "yes"})):
        assert post(officer, desk, **said).status_code == 303
    assert post(second, desk, verdict="yes", reference="TRF-1").status_code == 303
    assert deposits.left(agent) == 0 and not checking.astray()
