"""Cash at once: two phones, double presses, two banks. Each race is also run by a variant that must lose it."""

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.cash import service as cash
from jkn.cash.models import Agent, Cash
from jkn.contributions.models import Settlement
from jkn.db import db
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.payments import booking, deposits, owing, pot
from jkn.payments.models import Payment, Purpose
from jkn.reconciliation import checking
from tests.builders import a_family, an_officer, people
from tests.cash.cashing import PRICE, an_agent, consent_of, deposit_of, fill, payer_of, take
from tests.test_db import in_threads

AT_ONCE = 8


@pytest.fixture
def helper(own_database):
    officer = an_officer(Role.VOLUNTEER, "tini")
    officer.person = people(a_family(1))[0]
    officer.save()
    return officer


def ready(*consents):
    db.close()
    return consents


def attempt(by, key: str = "once", **more):
    """Was it taken?"""
    try:
        return bool(take(by, key=key, **more))
    except Refused:
        return False


def test_one_form_sent_by_many_at_once_is_one_receipt_and_one_payment(helper):
    agent = an_agent(helper, 10 * PRICE)
    (by,) = ready(consent_of(helper))
    assert all(in_threads(AT_ONCE, lambda _place: attempt(by)) for _ in range(2))
    assert (Cash.select().count(), deposit_of(agent)) == (1, 9 * PRICE)
    assert not checking.astray()


def test_without_its_one_key_a_form_would_count_each_time(helper):
    """The broken twin: into the pot any amount fits, so that only the key tells a second press."""
    agent = an_agent(helper, 10 * PRICE)
    by = consent_of(helper)
    pot.number_of(payer_of(by))
    ready()
    in_threads(AT_ONCE, lambda place: attempt(by, f"press {place}", purpose=Purpose.POT))
    assert deposit_of(agent) == 2 * PRICE


def test_many_families_at_once_share_one_deposit_and_one_cap(helper):
    agent = an_agent(helper, 3 * PRICE, cap=2 * PRICE)
    them = ready(*[consent_of(helper) for _ in range(AT_ONCE)])
    taken = in_threads(AT_ONCE, lambda place: attempt(them[place]))
    assert sorted(map(bool, taken)) == [False] * 3 + [True] * 5
    assert (deposit_of(agent), Cash.unpaid_of(helper.id)) == (0, 2 * PRICE)
    assert not checking.astray() and not checking.overspent()


def test_a_deposit_looked_at_before_ones_turn_would_fall_below_zero(helper, monkeypatch):
    """The broken twin: each saw the deposit before any of the others had used it."""
    agent = an_agent(helper, 3 * PRICE, cap=2 * PRICE)
    them = ready(*[consent_of(helper) for _ in range(AT_ONCE)])
    monkeypatch.setattr(deposits, "left", lambda _agent: 3 * PRICE)
    in_threads(AT_ONCE, lambda place: attempt(them[place]))
    assert deposit_of(agent) < 0


def test_what_waits_is_paid_once_from_however_many_devices(helper):
    agent = an_agent(helper, cap=4 * PRICE)
    for _ in range(4):
        take(consent_of(helper))
    fill(agent, 10 * PRICE)
    db.close()
    assert sum(in_threads(AT_ONCE, lambda _place: cash.settle_all(helper.id, SYSTEM))) == 4
    assert deposit_of(Agent.get()) == 6 * PRICE and Settlement.select().count() == 4
    assert Payment.select().where(Payment.purpose == Purpose.BILL).count() == 4


def test_a_bank_and_an_agent_at_once_settle_the_month_once(helper):
    agent = an_agent(helper, 10 * PRICE)
    by = consent_of(helper)
    payer = payer_of(by)
    months = owing.due(payer, clock.today()).months
    ready()

    def pay(place):
        if place % 2:
            return attempt(by, f"phone {place}")
        try:
            terms = {"source": f"bank:{place}", "asked_on": clock.today()}
            return bool(booking.take(payer_of(by), PRICE, "Bank Uji", "r", clock.now(), SYSTEM, months, **terms))
        except owing.NotPayable:
            return False

    assert sum(in_threads(AT_ONCE, pay)) == 1
    assert Settlement.select().where(Settlement.payer == payer).count() == 1
    assert Payment.select().where(Payment.payer == payer).count() == 1
    assert ledger.credit_of(payer.id) == 0 and deposit_of(agent) in (9 * PRICE, 10 * PRICE)
    assert not checking.astray()


def test_filling_taking_and_settling_at_once_lose_nothing(helper):
    agent = an_agent(helper, PRICE, cap=20 * PRICE)
    them = ready(*[consent_of(helper) for _ in range(4)])

    def work(place):
        if place < 4:
            return attempt(them[place])
        if place < 6:
            reference = f"top-up-at-once-{place}"
            return booking.take(
                Agent.get().payer, PRICE, "Bank Uji", reference, clock.now(), SYSTEM, purpose=Purpose.DEPOSIT
            )
        return cash.settle_all(helper.id, SYSTEM)

    results = in_threads(AT_ONCE, work)
    assert not [result for result in results if isinstance(result, Exception)]
    cash.settle_everybody()
    assert (deposit_of(agent), Cash.unpaid_of(helper.id)) == (0, PRICE)
    assert not checking.astray() and not checking.overspent()
