"""Money that a provider gives back after it was paid: asked about, undone once, told, and seen by officers."""

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.collecting import asking, booking, charging, returning, running
from jkn.collecting.models import Charge, Outcome
from jkn.contributions import service as contributions
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Family
from jkn.notices.models import Notice
from jkn.payments import booking as payments
from jkn.payments.models import Payment
from jkn.reconciliation import checking, refunding
from jkn.reconciliation.models import Refund
from jkn.reconciliation.rules import Ground, Paper
from tests.builders import a_family, officer_client, people, post, sign_in
from tests.collecting.households import PRICE, as_head, payer_of
from tests.collecting.test_gate import QR, notice, send
from tests.reconciliation.conftest import CHECKER, MAKER

DESK = "/petugas/debit"


@pytest.fixture
def family(app):
    return a_family(1)


@pytest.fixture
def charge(wallet, family):
    """A link that was paid, its notice on the way."""
    charge = charging.work_on(charging.ask_now(payer_of(family), wallet.provider, "k", SYSTEM))
    wallet.books.take(charge.reference, "1")
    return charge


def the(charge) -> Charge:
    return Charge.get_by_id(charge.id)


def unpaid(charge) -> int:
    return len(contributions.standing(charge.payer, charge.day).unpaid)


def returned_notices() -> int:
    return Notice.select().where(Notice.name == "payment_returned").count()


def books_hold() -> bool:
    return not (checking.astray() or checking.overspent() or checking.settled_twice())


def assert_undone_once(charge) -> None:
    payment = Payment.get()
    assert payment.reversed_on and the(charge).payment == payment
    assert checking.balances()[Account.BANK] == 0 and ledger.credit_of(charge.payer_id) == 0
    assert unpaid(charge) == 1 and books_hold()
    assert returned_notices() == 1
    assert Entry.select().where(Entry.act == Act.CHARGE_RETURNED).count() == 1


@pytest.mark.parametrize("order", [("00", "04"), ("04", "00"), ("00", "04", "04", "00"), ("04", "04", "00", "05")])
def test_a_refund_undoes_the_payment_once_in_whatever_order_notices_come(client, charge, wallet, order):
    wallet.books.give_back(charge.reference)
    assert [send(client, wallet.key, notice(charge, status)).status_code for status in order] == [200] * len(order)
    assert_undone_once(charge)


def test_a_refund_of_what_we_never_heard_was_paid_leaves_nothing(client, charge, wallet):
    wallet.books.give_back(charge.reference)
    send(client, wallet.key, notice(charge, "04"))
    assert the(charge).outcome is Outcome.REFUSED and not Payment.select().exists()
    assert unpaid(charge) == 1


def test_a_notice_alone_takes_nothing_from_anybody(client, charge, wallet):
    """The provider, asked, says that the money is ours: the notice was an old one."""
    for status in ("00", "05"):
        send(client, wallet.key, notice(charge, status))
    assert Payment.get().reversed_on is None and unpaid(charge) == 0
    assert the(charge).back_said_at is None and returned_notices() == 0


def test_twin_that_believes_the_notice_takes_money_that_is_ours(client, charge, wallet, monkeypatch):
    believed = booking.Finding(Outcome.REFUSED, "04", is_back=True)
    send(client, wallet.key, notice(charge))
    monkeypatch.setattr(asking, "status", lambda _provider, _charge: believed)
    send(client, wallet.key, notice(charge, "05"))
    assert Payment.get().reversed_on


def test_a_provider_that_cannot_be_asked_is_asked_again_by_the_next_run(client, charge, wallet, app):
    send(client, wallet.key, notice(charge))
    wallet.books.give_back(charge.reference)
    wallet.faults += ["55:error"]
    send(client, wallet.key, notice(charge, "04"))
    assert Payment.get().reversed_on is None and the(charge).back_said_at
    page = officer_client(app).get(DESK).text
    assert charge.reference in page and "belum memastikan" in page
    assert running.check_open()[running.RETURNED] == 1
    assert_undone_once(charge)
    assert running.check_open()[running.RETURNED] == 0


def test_an_officer_sees_what_went_back_and_may_ask(client, charge, wallet, app):
    send(client, wallet.key, notice(charge))
    wallet.books.give_back(charge.reference)
    wallet.faults += ["55:error"]
    send(client, wallet.key, notice(charge, "04"))
    officer = officer_client(app)
    assert post(officer, DESK, charge=charge.id).status_code == 303
    assert_undone_once(charge)
    page = officer.get(DESK).text
    assert charge.reference in page and "dibatalkan" in page and "Tanya lagi" not in page


def test_the_family_reads_that_the_money_went_back(client, charge, wallet, app, family):
    wallet.books.give_back(charge.reference)
    for status in ("00", "04"):
        send(client, wallet.key, notice(charge, status))
    page = sign_in(app, people(family)[0]).get("/kabar").text
    assert "Dompet Uji" in page and "Rp35.000" in page


def refunded(charge) -> Refund:
    """The payer asked the money back from us too, as paid by mistake, and has it."""
    payer, payment = charge.payer, Payment.get()
    by = as_head(a_family_of(charge))
    ask = {"key": "r", "ground": Ground.WRONG_ACCOUNT, "amount": payment.amount, "payment": payment}
    refund = refunding.ask(payer, **ask, by=by, bank="Bank", account="123", holder="SITI")
    refunding.note_papers(refund, [Paper.IDENTITY, Paper.BANK_BOOK, Paper.SLIP], seen=1, by=MAKER)
    refunding.propose(Refund.get(), seen=2, by=MAKER)
    refunding.grant(Refund.get(), seen=3, by=CHECKER)
    refunding.pay_out(Refund.get(), "OUT-1", seen=4, by=CHECKER)
    return Refund.get()


def a_family_of(charge):
    return Family.get_by_id(charge.family_id)


def test_money_given_back_twice_is_owed_to_us_until_the_account_holds_it(client, charge, wallet, app):
    send(client, wallet.key, notice(charge))
    refunded(charge)
    wallet.books.give_back(charge.reference)
    assert send(client, wallet.key, notice(charge, "04")).status_code == 200
    assert Payment.get().reversed_on is None and the(charge).back_at
    officer = officer_client(app)
    assert "berutang" in officer.get(DESK).text
    assert post(officer, DESK, charge=charge.id).status_code == 303
    assert "berutang" in officer.get(DESK).text and returned_notices() == 0
    paid(charge.payer, 2 * PRICE)  # the month that is open again, and what is owed to us
    months = unpaid(charge)
    returning.follow(charge)
    assert Payment.get_by_id(the(charge).payment_id).reversed_on and unpaid(charge) == months == 0
    assert ledger.credit_of(charge.payer_id) == 0 and books_hold()


def paid(payer, amount):
    payments.take(payer, amount, "Bank", "B-1", clock.now(), SYSTEM)


def test_a_code_that_was_scanned_goes_back_as_well(client, app, qris_house, family):
    charge = charging.work_on(charging.ask_now(payer_of(family), qris_house.provider, "k", SYSTEM))
    qris_house.books.take(charge.reference, "1")
    for status in ("00", "04"):
        if status == "04":
            qris_house.books.give_back(charge.reference)
        send(client, qris_house.key, notice(charge, status), path=QR, X_PARTNER_ID="jkn-qris")
    assert_undone_once(charge)
