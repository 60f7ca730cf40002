"""Cash taken by an agent: paid at once from the deposit, else BELUM LUNAS, capped, settled later, seen by officers."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts.models import Grant, Officer
from jkn.audit.models import Act, Entry
from jkn.cash import service as cash
from jkn.cash.models import Cash, Ending, State
from jkn.contributions import service as contributions
from jkn.contributions.models import Settlement
from jkn.errors import Refused
from jkn.instalments import service as instalments
from jkn.ledger import service as ledger
from jkn.notices.models import Notice
from jkn.payments import booking, deposits, owing, pot
from jkn.payments.models import Payment, Purpose
from jkn.reconciliation import checking
from tests.builders import a_family, an_officer, people
from tests.cash.cashing import PRICE, an_agent, consent_of, deposit_of, fill, paid_by, payer_of, take

DAY = timedelta(days=1)


def refused(*args, **more) -> str:
    with pytest.raises(Refused) as caught:
        take(*args, **more)
    return caught.value.message


def books_agree() -> bool:
    return not (checking.astray() or checking.overspent() or sum(checking.balances().values()))


def test_it_is_paid_at_once_from_the_deposit_and_the_months_are_settled(kader):
    agent, by = an_agent(kader, 50_000), consent_of(kader)
    row = take(by)
    assert (row.state, deposit_of(agent)) == (State.PAID, 15_000)
    payment = paid_by(by)[0]
    assert (payment.amount, payment.via, payment.reference) == (PRICE, "Agen Dewi Ratna", row.number)
    assert payment.months == ["2026-01"] and payment.paid_on == clock.today()
    assert contributions.owed(payer_of(by), clock.today()).total == 0
    assert books_agree()


def test_the_bank_holds_no_more_than_what_came_to_it(kader):
    an_agent(kader, 50_000)
    take(consent_of(kader))
    assert checking.balances()[ledger.Account.BANK] == 50_000


def test_the_books_would_tell_if_a_deposit_paid_for_nobody(kader):
    """The broken twin: money handed on from a book whose deposit lacks it."""
    agent = an_agent(kader, 10_000)
    ledger.book(agent.payer_id, ledger.Account.CREDIT, ledger.Account.BANK, 20_000, "handed-on:1", clock.today())
    assert checking.overspent() == [agent.payer_id]


def test_who_gave_it_and_the_head_read_it_once(kader):
    an_agent(kader, 100_000)
    head, other = people(a_family(2))
    take(consent_of(kader, other), 2 * PRICE)
    told = Notice.select().where(Notice.name.in_(["cash_paid", "payment_received"]))
    assert sorted((notice.person_id, notice.name) for notice in told) == [
        (head.id, "cash_paid"),
        (other.id, "cash_paid"),
    ]


def test_without_a_deposit_it_waits_and_the_member_reads_that_it_is_not_paid(kader):
    agent, by = an_agent(kader), consent_of(kader)
    row = take(by)
    assert (row.state, Cash.unpaid_of(kader.id), paid_by(by)) == (State.UNPAID, PRICE, [])
    assert Notice.get(Notice.person_id == by.person_id, Notice.name == "cash_unpaid").values["amount"] == PRICE
    assert cash.settle_all(kader.id, by) == 0
    fill(agent, PRICE)
    assert cash.settle_all(kader.id, by) == 1 and Cash.get_by_id(row.id).state == State.PAID
    assert Notice.select().where(Notice.person_id == by.person_id, Notice.name == "cash_paid").count() == 1
    assert books_agree()


def test_the_same_form_sent_twice_counts_once(kader):
    agent, by = an_agent(kader, 200_000), consent_of(kader)
    assert take(by).id == take(by).id == take(by, 1).id
    assert deposit_of(agent) == 165_000 and len(paid_by(by)) == 1


def test_another_amount_than_the_bill_is_refused(kader):
    agent, by = an_agent(kader, 200_000), consent_of(kader)
    assert refused(by, 36_000) == "The bill is %(amount)s. Take just that."
    assert Cash.select().count() == 0 and deposit_of(agent) == 200_000


def test_what_somebody_else_has_paid_is_refused_while_the_cash_can_be_given_back(kader):
    agent, by = an_agent(kader, 200_000), consent_of(kader)
    booking.take(payer_of(by), PRICE, "Bank Uji", "r", clock.now(), SYSTEM)
    assert refused(by) == owing.SENTENCES[owing.Why.PAID]
    assert deposit_of(agent) == 200_000 and len(paid_by(by)) == 1


def test_what_somebody_else_pays_between_looking_and_booking_is_refused_in_words(kader, monkeypatch):
    agent, by = an_agent(kader, 200_000), consent_of(kader)
    due = owing.due(payer_of(by), clock.today())
    booking.take(payer_of(by), PRICE, "Bank Uji", "r", clock.now(), SYSTEM)
    monkeypatch.setattr(cash, "asked_of", lambda *args: due)
    assert refused(by) == "Somebody has just paid this bill. Give the cash back."
    assert (Cash.select().count(), deposit_of(agent), len(paid_by(by))) == (0, 200_000, 1)


def test_cash_that_was_taken_without_a_line_becomes_credit_when_the_bill_is_paid(kader):
    agent, by = an_agent(kader, 200_000), consent_of(kader)
    booking.take(payer_of(by), PRICE, "Bank Uji", "r", clock.now(), SYSTEM)
    row = take(by, is_taken=True)
    assert row.state == State.SAVED and ledger.credit_of(by.payer_id) == PRICE
    assert Notice.get(Notice.name == "cash_paid").values["settled"] is False
    assert deposit_of(agent) == 165_000 and books_agree()


def test_what_waited_settles_the_months_for_which_it_was_given(kader):
    agent, by = an_agent(kader), consent_of(kader)
    row = take(by)
    with clock.frozen(clock.now() + timedelta(days=31)):  # February is owed too by now
        fill(agent, PRICE)
        assert cash.settle(row, SYSTEM)
        assert Cash.get_by_id(row.id).payment.months == ["2026-01"]


def test_the_pot_takes_any_amount(kader):
    agent, by = an_agent(kader, 200_000), consent_of(kader)
    pot.number_of(payer_of(by))
    assert take(by, 20_000, purpose=Purpose.POT).state == State.SAVED
    assert take(by, 16_000, key="more", purpose=Purpose.POT).payment.months == ["2026-01"]
    assert deposit_of(agent) == 164_000 and ledger.credit_of(by.payer_id) == 1_000


def test_inside_a_plan_the_instalment_or_all_of_it_is_taken_and_nothing_else(kader):
    agent = an_agent(kader, 1_000_000)
    by = consent_of(kader, people(a_family(1, liable_from=date(2025, 5, 1), since=date(2020, 1, 1)))[0])
    instalments.join(payer_of(by), 4, SYSTEM, "k")
    assert refused(by, 100_000) == "The bill is %(amount)s. Take just that."
    assert take(by, 105_000).payment.months == ["2025-05", "2025-06", "2025-07"]
    assert len(take(by, 6 * PRICE, key="rest").payment.months) == 6
    assert instalments.running(payer_of(by), clock.today()) is None
    assert deposit_of(agent) == 1_000_000 - 9 * PRICE and books_agree()


def test_an_agent_at_the_cap_takes_no_more_and_is_told(kader):
    agent, by = an_agent(kader, cap=2 * PRICE), consent_of(kader)
    take(by)
    take(consent_of(kader))
    assert "unpaid, of at most" in refused(consent_of(kader))
    fill(agent, 10 * PRICE)
    assert "unpaid, of at most" in refused(consent_of(kader))  # first what is held already
    cash.settle_all(kader.id, by)
    assert take(consent_of(kader)).state == State.PAID


def test_without_the_cap_cash_would_grow(kader, monkeypatch):
    """The broken twin."""
    an_agent(kader, cap=2 * PRICE)
    monkeypatch.setattr(Cash, "unpaid_of", classmethod(lambda cls, officer_id: 0))
    for _ in range(4):
        take(consent_of(kader))
    assert sum(row.amount for row in Cash.select()) == 4 * PRICE


def test_the_general_cap_holds_whatever_an_officer_said_before(kader, monkeypatch):
    an_agent(kader, cap=cash.CASH_CAP)
    monkeypatch.setattr(cash, "CASH_CAP", 10_000)
    assert "hold only" in refused(consent_of(kader))
    with pytest.raises(Refused):
        cash.appoint(kader, 10_001, SYSTEM)


def test_a_cap_of_nothing_ends_it(kader):
    an_agent(kader, 200_000, cap=0)
    assert refused(consent_of(kader)) == "You may take no cash. Ask an officer of your branch."


def test_beyond_the_cap_without_a_line_is_written_down_and_seen_at_once(kader):
    an_agent(kader, cap=PRICE)
    take(consent_of(kader))
    over = take(consent_of(kader), is_taken=True)
    assert over.is_over
    assert [row.id for row in Cash.select().where(Cash.to_look_at(clock.now() - DAY))] == [over.id]


def test_who_is_no_agent_takes_nothing(kader):
    assert refused(consent_of(kader)) == cash.NO_AGENT


def test_only_a_consent_that_runs_and_covers_bills_lets_take(kader):
    an_agent(kader, 200_000)
    by = consent_of(kader)
    assert "needs a consent" in refused(replace(by, grant=None))
    assert "needs a consent" in refused(replace(by, scopes=frozenset()))
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert "needs a consent" in refused(by)
    Grant.update(revoked_at=clock.now()).execute()
    assert "needs a consent" in refused(by)
    assert Cash.select().count() == 0


def test_never_from_the_own_family(kader):
    an_agent(kader, 200_000)
    by = consent_of(kader)
    Officer.update(person=by.person_id).where(Officer.id == kader.id).execute()
    assert refused(by).startswith("You cannot serve your own family")


def test_the_oldest_is_paid_first_and_what_does_not_fit_waits(kader):
    agent = an_agent(kader)
    rows = [take(consent_of(kader)) for _ in range(2)]
    fill(agent, PRICE + 1)
    assert cash.settle_everybody() == 1
    assert [Cash.get_by_id(row.id).state for row in rows] == [State.PAID, State.UNPAID]


def test_the_command_pays_what_it_can_and_says_what_is_late(kader, run):
    agent = an_agent(kader)
    take(consent_of(kader))
    assert run("settle-cash").output == "0 receipts paid, 0 for officers to look at.\n"
    with clock.frozen(clock.now() + DAY):
        assert run("settle-cash").output == "0 receipts paid, 1 for officers to look at.\n"
        fill(agent, PRICE)
        assert run("settle-cash").output == "1 receipts paid, 0 for officers to look at.\n"
        assert run("settle-cash").output == "0 receipts paid, 0 for officers to look at.\n"


def test_two_officers_close_what_was_never_paid_and_the_member_is_told(kader):
    agent, by = an_agent(kader), consent_of(kader)
    row = take(by)
    first, second = (Actor(officer_id=an_officer(Role.OFFICER, name).id, role=Role.OFFICER) for name in ("satu", "dua"))
    with pytest.raises(Refused):
        cash.close(row, first)
    cash.propose(row, Ending.GIVEN_BACK, "Peserta bilang sudah.", first)
    with pytest.raises(Refused):
        cash.propose(row, Ending.GIVEN_BACK, "Lagi.", second)
    for act in (cash.close, cash.keep):
        with pytest.raises(Refused):
            act(row, first)
    cash.keep(row, second)
    cash.propose(row, Ending.NEVER_TAKEN, "Salah ketik.", second)
    cash.close(row, first)
    row = Cash.get_by_id(row.id)
    assert (row.state, row.ending, row.proposed_by_id, row.decided_by_id) == (
        State.CLOSED,
        Ending.NEVER_TAKEN,
        second.officer_id,
        first.officer_id,
    )
    assert Cash.unpaid_of(kader.id) == 0
    fill(agent, PRICE)
    assert not cash.settle(row, SYSTEM) and deposit_of(agent) == PRICE
    with pytest.raises(Refused):
        cash.propose(row, Ending.GIVEN_BACK, "Lagi.", first)
    acts = [entry.act for entry in Entry.select().where(Entry.subject == f"cash:{row.id}").order_by(Entry.id)]
    assert acts == [Act.CASH_TAKEN, Act.CASH_DISPUTED, Act.CASH_KEPT, Act.CASH_DISPUTED, Act.CASH_CLOSED]
    assert Notice.select().where(Notice.name == "cash_closed", Notice.person_id == by.person_id).count() == 1


def test_paying_it_ends_a_proposal(kader):
    agent, by = an_agent(kader), consent_of(kader)
    row = take(by)
    officer = Actor(officer_id=an_officer(Role.OFFICER, "satu").id, role=Role.OFFICER)
    cash.propose(row, Ending.GIVEN_BACK, "Katanya.", officer)
    fill(agent, PRICE)
    assert cash.settle(row, SYSTEM)
    row = Cash.get_by_id(row.id)
    assert (row.state, row.ending, row.proposed_by_id) == (State.PAID, None, None)


def test_a_deposit_pays_no_bill_of_its_own_and_is_not_spent_by_the_daily_run(kader, run):
    agent = an_agent(kader, 200_000)
    run("use-credit")
    assert deposit_of(agent) == 200_000 and Settlement.select().count() == 0
    assert Payment.get(Payment.payer == agent.payer).months == []


def test_appointing_again_changes_the_cap_and_keeps_the_deposit(kader):
    agent = an_agent(kader, 50_000)
    again = cash.appoint(kader, 20_000, SYSTEM)
    assert (again.id, again.payer_id, again.cap) == (agent.id, agent.payer_id, 20_000)
    assert deposits.number_of(agent.payer) == deposits.number_of(again.payer) and deposit_of(again) == 50_000
