"""Whoever would lose or double the rupiah of an agent's cash: what happens between the hand and the bill."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts.models import Officer
from jkn.assisting import volunteers
from jkn.audit.models import Act, Entry
from jkn.cash import service as cash
from jkn.cash.models import Agent, Cash, Ending, State
from jkn.changes import classes
from jkn.contributions import corrections
from jkn.contributions import service as contributions
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.payments import booking, deposits
from jkn.payments.models import Payment, Purpose
from jkn.reconciliation import checking
from tests.builders import a_family, an_officer, people
from tests.cash.cashing import PRICE, an_agent, consent_of, deposit_of, fill, paid_by, payer_of, take
from tests.cash.test_service import DAY, books_agree, refused


def test_beyond_the_limit_of_a_day_all_cash_is_written_down_and_the_agent_takes_no_more(kader, monkeypatch):
    monkeypatch.setattr(cash, "OVER_A_DAY", 2 * PRICE)
    agent, by = an_agent(kader, cap=10_000), consent_of(kader)
    for key in ("first", "second", "second"):
        take(by, key=key, is_taken=True)
    assert Agent.get().cap == 10_000
    row = take(by, key="third", is_taken=True)
    assert (Cash.unpaid_of(kader.id), Agent.get().cap) == (3 * PRICE, 0)
    assert row in Cash.select().where(Cash.to_look_at(clock.now() - DAY))
    assert Entry.select().where(Entry.act == Act.AGENT_CHANGED).order_by(Entry.id.desc()).get().details["cap"] == 0
    assert "You may take no cash" in refused(by, key="fourth")
    take(by, key="fifth", is_taken=True)
    fill(agent, 4 * PRICE)
    assert cash.settle_everybody() == 4
    assert (deposit_of(agent), sum(payment.amount for payment in paid_by(by))) == (0, 4 * PRICE)
    assert books_agree()


def test_settling_in_between_opens_no_more_of_the_day_but_another_day_does(kader, monkeypatch):
    monkeypatch.setattr(cash, "OVER_A_DAY", PRICE)
    agent, by = an_agent(kader, cap=10_000), consent_of(kader)
    take(by, key="first", is_taken=True)
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    Cash.update(taken_at=clock.now() - DAY).execute()
    take(by, key="second", is_taken=True)
    assert Agent.get().cap == 10_000
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    take(by, key="third", is_taken=True)
    assert Agent.get().cap == 0


def test_without_the_limit_of_a_day_an_agent_would_go_on_for_ever(kader, monkeypatch):
    """The broken twin."""
    monkeypatch.setattr(cash, "_stop_beyond", lambda agent: None)
    an_agent(kader, cap=10_000)
    by = consent_of(kader)
    for number in range(60):
        take(by, key=f"again {number}", is_taken=True)
    assert Cash.unpaid_of(kader.id) > cash.OVER_A_DAY and Agent.get().cap


def test_cash_money_that_goes_back_leaves_once_and_the_deposit_alone(kader):
    agent, by = an_agent(kader, 50_000), consent_of(kader)
    take(by)
    payment = paid_by(by)[0]
    booking.reverse(payment, "test", SYSTEM)
    with pytest.raises(Refused):
        booking.reverse(payment, "test", SYSTEM)
    assert (deposit_of(agent), checking.balances()[ledger.Account.BANK]) == (15_000, 15_000)
    assert contributions.owed(payer_of(by), clock.today()).total == PRICE
    assert books_agree()


@pytest.mark.parametrize("amount", [0, -PRICE])
def test_nothing_and_less_than_nothing_is_no_cash(kader, amount):
    an_agent(kader, 50_000)
    by = consent_of(kader)
    refused(by, amount)
    assert not Cash.select().exists() and books_agree()
