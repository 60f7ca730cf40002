"""A payment that is reversed brought no cover back: the penalty that came of it is withdrawn."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.ledger.models import Account, Movement
from jkn.notices.models import Notice
from jkn.payments import booking
from jkn.payments.models import Payment
from jkn.penalties import billing, judging
from jkn.penalties.models import Penalty
from tests.builders import officer_client, post
from tests.penalties.conftest import SECOND, admit, head_of, on, pay_all, suspended
from tests.penalties.test_service import pay_penalty

JUNE = date(2025, 6, 10)
LATER = datetime(2025, 6, 16, 5, tzinfo=UTC)


@pytest.fixture
def payer(hospital):
    return suspended(4, JUNE)


@pytest.fixture
def payment(payer) -> Payment:
    return pay_all(payer, JUNE)


@pytest.fixture
def penalty(payer, payment) -> Penalty:
    return admit(head_of(payer), JUNE + timedelta(days=5))[1]


def bounce(payment, day=JUNE + timedelta(days=8)):
    with on(day):
        booking.reverse(payment, "bank", SYSTEM)


def owed(payer) -> int:
    return Movement.sum_of(payer.id, Account.PENALTY_DUE)


def test_an_open_penalty_is_withdrawn_with_its_reason(penalty, payment, payer):
    assert owed(payer) == penalty.amount > 0
    bounce(payment)
    penalty = Penalty.get()
    assert penalty.cancelled_on == JUNE + timedelta(days=8) and penalty.cancel_reason == billing.BOUNCED
    assert owed(payer) == 0 and not penalty.is_payable
    assert Entry.select().where(Entry.act == Act.PENALTY_CANCELLED).count() == 1
    assert Notice.select().where(Notice.name == "penalty_cancelled").count() == 1


def test_a_paid_penalty_waits_for_two_officers(app, penalty, payment, payer):
    pay_penalty(penalty)
    bounce(payment)
    penalty = Penalty.get()
    assert penalty.cancelled_on is None and penalty.paid_by
    assert [row.id for row in Penalty.select().where(Penalty.to_decide())] == [penalty.id]
    with on(JUNE + timedelta(days=9)):
        officer = officer_client(app)
        assert f"/petugas/denda/{penalty.id}" in officer.get("/petugas/denda").text
        assert "dibatalkan" in officer.get(f"/petugas/denda/{penalty.id}").text
        assert post(officer, f"/petugas/denda/{penalty.id}", reason="Pembayaran dibatalkan").status_code == 303
        billing.cancel(Penalty.get(), SECOND)
    assert owed(payer) == 0 and not Penalty.select().where(Penalty.to_decide()).exists()


def test_the_window_is_gone_too(payment, payer):
    day = JUNE + timedelta(days=9)
    assert judging.window_of(payer, day)
    bounce(payment)
    assert judging.window_of(payer, day) is None
    assert judging.window_of(payer, JUNE + timedelta(days=7))  # as it was known then
    assert admit(head_of(payer), day)[1] is None


def test_another_payment_that_is_reversed_withdraws_nothing(penalty, payer):
    with on(JUNE + timedelta(days=6)):
        other = booking.take(payer, 1_000, "Bank", "B-2", LATER, SYSTEM)
    bounce(other)
    assert Penalty.get().is_payable


def test_what_was_paid_again_is_a_reactivation_of_its_own_day(payment, payer):
    bounce(payment)
    again = JUNE + timedelta(days=12)
    pay_all(payer, again, via="Bank Lain")
    _admission, penalty = admit(head_of(payer), again + timedelta(days=1))
    assert penalty.reactivated_on == again and penalty.is_payable
