"""Whoever would lose or double the rupiah of an agent's cash: what happens between the hand and the bill."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.assisting import volunteers
from jkn.audit.models import Act, Entry
from jkn.cash import service as cash
from jkn.cash.models import Agent, Cash, State
from jkn.changes import classes
from jkn.contributions import corrections
from jkn.contributions import service as contributions
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.members.models import CareClass, Person, Spell
from jkn.payments import booking
from jkn.payments.models import Payment
from jkn.reconciliation import checking
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
    assert Cash.get().state == State.PAID
    booking.reverse(payment, "test", SYSTEM)
    assert Cash.get().state == State.TAKEN_BACK
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


def test_a_deposits_top_up_that_the_bank_takes_back_after_it_was_used_is_refused_and_moves_nothing(kader):
    agent = an_agent(kader)
    top_up = fill(agent, 50_000)
    take(consent_of(kader))
    with pytest.raises(Refused) as caught:
        booking.reverse(top_up, "test", SYSTEM)
    assert caught.value.message == booking.GONE
    assert Payment.get_by_id(top_up.id).reversed_on is None
    assert (deposit_of(agent), checking.balances()[ledger.Account.BANK]) == (15_000, 50_000)
    assert books_agree()


def test_a_top_up_taken_back_before_it_is_used_pays_nothing_that_waits(kader):
    agent, by = an_agent(kader), consent_of(kader)
    top_up = fill(agent, PRICE)
    booking.reverse(top_up, "test", SYSTEM)
    row = take(by)
    assert (row.state, deposit_of(agent), cash.settle_everybody()) == (State.UNPAID, 0, 0)
    assert books_agree()


def test_who_gave_it_dies_before_it_is_paid_and_it_becomes_the_familys_credit(kader):
    agent, by = an_agent(kader), consent_of(kader)
    take(by)
    payer = payer_of(by)
    corrections.report_death(Person.get_by_id(by.person_id), clock.today() - 40 * DAY, SYSTEM)
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    assert Cash.get().state == State.SAVED
    assert (deposit_of(agent), ledger.credit_of(payer.id), ledger.due_of(payer.id)) == (0, PRICE, 0)
    assert books_agree()


def test_a_death_after_it_was_paid_gives_the_month_back_as_credit_once(kader):
    agent, by = an_agent(kader, PRICE), consent_of(kader)
    take(by)
    payer = payer_of(by)
    for _ in range(2):
        corrections.report_death(Person.get_by_id(by.person_id), clock.today() - 40 * DAY, SYSTEM)
    assert (deposit_of(agent), ledger.credit_of(payer.id), ledger.due_of(payer.id)) == (0, PRICE, 0)
    assert checking.balances()[ledger.Account.BANK] == PRICE and books_agree()


def test_another_class_while_it_waits_leaves_the_month_at_the_price_at_which_it_was_given(kader):
    agent, by = an_agent(kader), consent_of(kader)
    take(by)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        Spell.update(class_since=date(2020, 1, 1)).execute()
        classes.change(payer_of(by), CareClass.II, SYSTEM)
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    assert (Cash.get().state, deposit_of(agent), ledger.credit_of(by.payer_id)) == (State.PAID, 0, 0)
    assert books_agree()


def test_an_agent_whose_right_ends_while_cash_waits_still_pays_it_and_takes_no_more(kader):
    agent, by = an_agent(kader), consent_of(kader)
    take(by)
    cash.appoint(kader, 0, SYSTEM)
    assert "You may take no cash" in refused(by, key="second")
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    assert (Cash.get().state, deposit_of(agent)) == (State.PAID, 0) and books_agree()


def test_a_suspended_agents_cash_waits_for_officers_and_is_paid_once_after_all(kader):
    agent, by = an_agent(kader), consent_of(kader)
    row = take(by)
    volunteers.suspend(kader, SYSTEM)
    assert row in Cash.select().where(Cash.to_look_at(clock.now() + DAY))
    assert "suspended" in refused(by, key="second")
    fill(agent, 2 * PRICE)
    cash.settle_everybody()
    cash.settle_everybody()
    assert (deposit_of(agent), len(paid_by(by))) == (PRICE, 1) and books_agree()


def test_a_deposit_used_up_between_form_and_press_leaves_a_receipt_that_says_unpaid(kader):
    agent, by = an_agent(kader, PRICE), consent_of(kader)
    assert cash.look(agent).left == PRICE  # what the form showed
    take(consent_of(kader))
    row = take(by)
    assert (row.state, deposit_of(agent), paid_by(by)) == (State.UNPAID, 0, []) and books_agree()


def test_another_familys_payer_is_paid_by_nobodys_consent(kader):
    agent, by = an_agent(kader, 50_000), consent_of(kader)
    other = consent_of(kader)
    with pytest.raises(Refused):
        take(replace(by, payer_id=other.payer_id, family_id=other.family_id))
    assert (deposit_of(agent), paid_by(other)) == (50_000, [])


def test_an_agents_own_deposit_is_no_familys_bill(kader):
    agent, by = an_agent(kader, 50_000), consent_of(kader)
    refused(replace(by, payer_id=agent.payer_id))
    assert deposit_of(agent) == 50_000
