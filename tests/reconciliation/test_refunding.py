"""Money given back: seven grounds, papers, fifteen days, four eyes, never more than the credit."""

from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import Actor, Role
from jkn.contributions import service as contributions
from jkn.contributions.models import Settlement
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Payer, PayerKind, Person, Spell
from jkn.notices.models import Notice
from jkn.payments import booking, owing
from jkn.payments.models import AccountNumber, BankNotice, Payment, Purpose
from jkn.penalties.models import Penalty
from jkn.reconciliation import checking, refunding, rules, service
from jkn.reconciliation.models import Difference, Refund, RefundStage, SettlementLine
from jkn.reconciliation.rules import Ground, Outcome, Step
from tests.builders import PIN, a_family, officer_client, people, post, sign_in
from tests.penalties.conftest import a_hospital, admit, head_of, reactivated
from tests.reconciliation.conftest import CHECKER, MAKER, PRICE, notified, reconcile

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
ACCOUNT = {"bank": "Bank Uji", "account": "7100123", "holder": "SITI"}


@pytest.fixture
def family(app):
    family = a_family()
    contributions.issue_bills(JANUARY)
    return family


@pytest.fixture
def payer(family):
    return members.payer_of(family.id)


def ask(payer, ground=Ground.OVERPAID, amount=20_000, key="k1", **more):
    by = Actor(person_id=1, family_id=payer.family_id, role=Role.MEMBER)
    return refunding.ask(payer, key=key, ground=ground, amount=amount, by=by, **(ACCOUNT | more))


def complete(refund):
    refunding.note_papers(refund, list(rules.PAPERS[refund.ground]), seen=refund.steps, by=MAKER)
    return Refund.get_by_id(refund.id)


def proposed(refund):
    refund = complete(refund)
    refunding.propose(refund, seen=refund.steps, by=MAKER)
    return Refund.get_by_id(refund.id)


def granted(refund, by=CHECKER):
    refund = proposed(refund)
    refunding.grant(refund, seen=refund.steps, by=by)
    return Refund.get_by_id(refund.id)


def balances(payer):
    return ledger.credit_of(payer.id), -Movement.sum_of(payer.id, Account.REFUND)


def settled(payer):
    rows = Settlement.select().where(Settlement.payer == payer, Settlement.reversed_on.is_null())
    return sorted(row.month for row in rows)


def test_what_was_paid_too_much_goes_its_whole_way(partner, family, payer):
    notified(partner, family, "r1", PRICE + 20_000)
    refund = granted(ask(payer))
    assert (refund.stage, balances(payer)) == (RefundStage.GRANTED, (0, 20_000))
    refunding.pay_out(refund, "TRF-1", seen=refund.steps, by=MAKER)
    assert balances(payer) == (0, 0)
    assert Movement.sum_of(payer.id, Account.BANK) == PRICE
    assert settled(payer) == [JANUARY]
    assert checking.astray() == [] and checking.overspent() == []
    told = [notice.name for notice in Notice.select() if notice.name.startswith("refund")]
    assert told == ["refund_complete", "refund_granted", "refund_paid"]


def test_what_the_bank_cannot_pay_out_is_credit_again_and_can_be_asked_for_anew(partner, family, payer):
    notified(partner, family, "r1", PRICE + 20_000)
    refund = granted(ask(payer))
    with pytest.raises(Refused):
        refunding.bring_back(refund, "", seen=refund.steps, by=MAKER)
    refunding.bring_back(refund, "Rekening ditutup.", seen=refund.steps, by=MAKER)
    with pytest.raises(Refused):
        refunding.pay_out(refund, "TRF-1", seen=refund.steps, by=MAKER)
    assert Refund.get_by_id(refund.id).stage == RefundStage.REFUSED
    assert balances(payer) == (20_000, 0)
    again = granted(ask(payer, key="k2"))
    refunding.pay_out(again, "TRF-2", seen=again.steps, by=MAKER)
    assert balances(payer) == (0, 0) and Movement.sum_of(payer.id, Account.BANK) == PRICE


def test_the_clock_starts_with_the_last_paper_and_ends_fifteen_days_later(partner, family, payer):
    notified(partner, family, "r1", PRICE + 20_000)
    refund = ask(payer)
    refunding.note_papers(refund, ["identity", "nonsense"], seen=1, by=MAKER)
    refund = Refund.get()
    assert (refund.papers, refund.due_on, refund.stage) == (["identity"], None, RefundStage.ASKED)
    refund = complete(refund)
    assert refund.due_on == date(2026, 1, 30) and refund.stage == RefundStage.COMPLETE
    with pytest.raises(Refused):
        refunding.propose(ask(payer, key="k2"), seen=1, by=MAKER)


def test_more_than_the_credit_is_refused_when_asked_and_when_granted(partner, family, payer):
    notified(partner, family, "r1", PRICE + 20_000)
    with pytest.raises(Refused) as refused:
        ask(payer, amount=20_001)
    assert refused.value.values == {"most": "Rp20.000"}
    first, second = proposed(ask(payer)), proposed(ask(payer, key="k2"))
    refunding.grant(first, seen=first.steps, by=CHECKER)
    with pytest.raises(Refused):
        refunding.grant(second, seen=second.steps, by=CHECKER)
    assert balances(payer) == (0, 20_000)
    assert Refund.get_by_id(second.id).stage == RefundStage.PROPOSED


def test_who_proposed_may_neither_grant_nor_refuse(partner, family, payer):
    notified(partner, family, "r1", PRICE + 20_000)
    refund = proposed(ask(payer))
    for verdict in (
        lambda: refunding.grant(refund, seen=refund.steps, by=MAKER),
        lambda: refunding.refuse(refund, "No.", seen=refund.steps, by=MAKER),
    ):
        with pytest.raises(Refused):
            verdict()
    assert balances(payer) == (20_000, 0)


def test_a_refusal_needs_a_reason_and_leaves_the_credit(partner, family, payer):
    notified(partner, family, "r1", PRICE + 20_000)
    refund = proposed(ask(payer))
    with pytest.raises(Refused):
        refunding.refuse(refund, "", seen=refund.steps, by=CHECKER)
    refunding.refuse(refund, "The slip is of another year.", seen=refund.steps, by=CHECKER)
    assert balances(payer) == (20_000, 0) and Refund.get().stage == RefundStage.REFUSED


def test_granting_twice_counts_once(partner, family, payer):
    notified(partner, family, "r1", PRICE + 40_000)
    refund = proposed(ask(payer))
    refunding.grant(refund, seen=refund.steps, by=CHECKER)
    with pytest.raises(Refused):
        refunding.grant(refund, seen=refund.steps, by=CHECKER)
    assert balances(payer) == (20_000, 20_000)


def test_months_paid_after_a_death_come_back(partner, family, payer):
    notified(partner, family, "r1")
    contributions.settle(payer, [], date(2026, 1, 15), None, MAKER)
    dead = people(family)[-1]
    event = {"person": dead, "event_on": date(2025, 12, 20)}
    assert refunding.most(payer, Ground.DEATH, **event) == 35_000
    refund = granted(ask(payer, Ground.DEATH, 35_000, **event))
    assert Person.get_by_id(dead.id).died_on == date(2025, 12, 20)
    assert (settled(payer), balances(payer)) == ([JANUARY], (0, 35_000))
    assert refund.stage == RefundStage.GRANTED and checking.astray() == []


def test_months_paid_in_and_before_the_month_of_death_do_not(partner, family, payer):
    notified(partner, family, "r1")
    with pytest.raises(Refused):
        ask(payer, Ground.DEATH, 35_000, person=people(family)[-1], event_on=date(2026, 1, 2))


def test_months_paid_although_covered_elsewhere_come_back(partner, family, payer):
    notified(partner, family, "r1")
    twice = people(family)[-1]
    granted(ask(payer, Ground.DOUBLE_COVER, 35_000, person=twice, event_on=JANUARY))
    assert Spell.get(Spell.person == twice).until == JANUARY
    assert (settled(payer), balances(payer)) == ([JANUARY], (0, 35_000))


@pytest.mark.parametrize("ground", [Ground.WRONG_ACCOUNT, Ground.BANK_ERROR])
def test_a_payment_made_by_mistake_opens_its_months_again(partner, family, payer, ground):
    payment = notified(partner, family, "r1")
    granted(ask(payer, ground, PRICE, payment=payment))
    assert (settled(payer), balances(payer)) == ([], (0, PRICE))


def test_a_payment_is_given_back_once(partner, family, payer):
    notified(partner, family, "r0", PRICE)
    payment = notified(partner, family, "r1", PRICE)
    ask(payer, Ground.BANK_ERROR, PRICE, payment=payment)
    with pytest.raises(Refused):
        ask(payer, Ground.WRONG_ACCOUNT, PRICE, payment=payment, key="k2")


def test_a_payment_under_a_wrong_number_moves_and_the_others_are_told(partner, bank_list, family, payer):
    other = a_family()
    contributions.issue_bills(JANUARY)
    payment = notified(partner, other, "r1")
    reconcile(bank_list.add("r1", BankNotice.get().va).write(), partner)
    theirs = members.payer_of(other.id)
    assert settled(theirs) == [JANUARY]
    refund = granted(ask(payer, Ground.WRONG_VA, PRICE, reference="r1"))
    assert refund.stage == RefundStage.MOVED
    assert (settled(theirs), settled(payer)) == ([], [JANUARY])
    assert Payment.get_by_id(payment.id).reversed_on
    told = Notice.get(Notice.name == "payment_moved")
    assert (told.person_id, told.values["months"]) == (people(other)[0].id, ["2026-01"])
    moved = Payment.get(Payment.payer == payer)
    assert BankNotice.get().payment_id == SettlementLine.get().payment_id == moved.id
    assert [(day.theirs, day.ours) for day in checking.days()] == [(PRICE, PRICE)]
    assert checking.astray() == []


def test_nobody_finds_another_payment_by_guessing(partner, family, payer):
    notified(partner, a_family(), "r1")
    for reference, amount in (("r2", PRICE), ("r1", PRICE - 1)):
        with pytest.raises(Refused) as refused:
            ask(payer, Ground.WRONG_VA, amount, reference=reference)
        assert refused.value.message == refunding.NO_PAYMENT


def test_only_a_government_asks_as_one(family, payer):
    with pytest.raises(Refused):
        ask(payer, Ground.OVERPAID_PEMDA, 1)


def test_an_officer_enters_what_a_government_asks(app, partner):
    payer = Payer.create(kind=PayerKind.GOVERNMENT, code="35.78", name="PEMKOT SURABAYA")
    AccountNumber.create(tail="91000003578", payer=payer, purpose=Purpose.BILL)
    ledger.book(payer.id, Account.BANK, Account.CREDIT, 500_000, "payment:1", JANUARY)
    client = officer_client(app)
    typed = {"number": "88888" + "91000003578", "ground": "overpaid-pemda", "amount": "500.000"}
    answer = post(client, "/petugas/pengembalian/baru", **typed, **ACCOUNT)
    assert answer.status_code == 303
    assert "PEMKOT SURABAYA" in client.get(answer.location).text


def test_a_member_asks_and_two_officers_decide(app, partner, siti):
    family = members.family_of(siti.id)
    contributions.issue_bills(JANUARY)
    notified(partner, family, "r1", 35_000 + 20_000)
    client = sign_in(app, siti)
    url = "/pengembalian/baru?alasan=overpaid"
    assert post(client, url, amount="20.000", pin="000000", **ACCOUNT).status_code == 200
    answer = post(client, url, amount="20.000", pin=PIN, **ACCOUNT)
    assert answer.status_code == 303
    refund = Refund.get()
    first, second = officer_client(app), officer_client(app, username="rina")
    desk = f"/petugas/pengembalian/{refund.id}"
    papers = [paper.value for paper in rules.PAPERS[Ground.OVERPAID]]
    for officer, typed in ((first, {"papers": papers}), (first, {}), (first, {"verdict": "yes"})):
        answer = post(officer, desk, **typed)
    assert answer.status_code == 200 and Refund.get().stage == RefundStage.PROPOSED
    assert post(second, desk, verdict="yes").status_code == 303
    assert post(second, desk, verdict="yes", reference="TRF-1").status_code == 303
    assert "Dibayarkan" in client.get(f"/pengembalian/{refund.id}").text
    assert balances(members.payer_of(family.id)) == (0, 0)


@pytest.mark.parametrize("ground", [ground for ground in Ground if ground != Ground.OVERPAID_PEMDA])
def test_each_ground_has_its_form_and_its_papers(app, partner, family, ground):
    notified(partner, family, "r1", PRICE + 20_000)
    page = sign_in(app, people(family)[0]).get(f"/pengembalian/baru?alasan={ground.value}").text
    assert "<form" in page and page.count("<li>") >= len(rules.PAPERS[ground])


def test_a_decision_that_is_late_is_seen_first(partner, family, payer):
    notified(partner, family, "r1", PRICE + 20_000)
    refund = complete(ask(payer))
    assert not refund.is_overdue
    refund.due_on -= timedelta(days=16)
    assert refund.is_overdue


def test_a_penalty_paid_by_mistake_is_owed_again_and_no_month_opens(app):
    a_hospital()
    payer = reactivated(3, date(2026, 1, 10))
    _admission, penalty = admit(head_of(payer), date(2026, 1, 15))
    more = {"purpose": Purpose.PENALTY, "subject": penalty.id}
    payment = booking.take(payer, penalty.amount, "Bank Uji", "p1", clock.now(), MAKER, **more)
    before = settled(payer)
    granted(ask(payer, Ground.WRONG_ACCOUNT, penalty.amount, payment=payment))
    assert settled(payer) == before and Penalty.get().is_payable
    assert balances(payer) == (0, penalty.amount)
    assert Movement.sum_of(payer.id, Account.PENALTY_DUE) == penalty.amount


def test_what_the_bank_took_back_is_taken_from_the_book_into_which_it_was_moved(partner, family, bank_list):
    other = members.payer_of(a_family().id)
    first = notified(partner, family, "r1")
    reconcile(bank_list.add("r1", owing.va_of(first.payer), status="BATAL").write(), partner)
    granted(ask(other, Ground.WRONG_VA, PRICE, reference="r1"))
    difference = Difference.get(Difference.kind == Outcome.TAKEN_BACK)
    service.take_step(difference, Step.TAKE_BACK, seen=difference.steps, by=MAKER, note="The list says so.")
    difference = Difference.get(Difference.kind == Outcome.TAKEN_BACK)
    service.decide(difference, True, seen=difference.steps, by=CHECKER)
    assert Movement.sum_of(other.id, Account.BANK) == 0 and settled(other) == []
    assert checking.astray() == []


def test_the_heirs_of_who_lived_alone_get_back_what_was_paid_too_much(app, partner, siti):
    payer = members.payer_of(members.family_of(siti.id).id)
    va = owing.va_of(payer)
    booking.take(payer, 3 * 35_000, "Bank Uji", "r1", clock.now(), MAKER, [JANUARY, FEBRUARY, date(2026, 3, 1)])
    Person.update(died_on=date(2026, 1, 14)).where(Person.id == siti.id).execute()
    client = officer_client(app)
    day = {"event_on-d": "14", "event_on-m": "1", "event_on-y": "2026"}
    typed = {"number": va, "ground": "death", "amount": "70.000"} | ACCOUNT
    assert post(client, "/petugas/pengembalian/baru", **typed).status_code == 200
    assert post(client, "/petugas/pengembalian/baru", **typed, **day).status_code == 303
    Person.update(died_on=None).where(Person.id == siti.id).execute()  # nobody had told us
    granted(Refund.get())
    assert settled(payer) == [JANUARY, FEBRUARY, date(2026, 3, 1)]
    assert balances(payer) == (0, 70_000)
    assert Person.get_by_id(siti.id).died_on == date(2026, 1, 14)


def test_months_that_lapsed_stay_so_when_somebody_was_covered_twice(app):
    family = a_family(1, liable_from=date(2023, 1, 1), since=date(2020, 1, 1))
    payer = members.payer_of(family.id)
    booking.take(payer, 10_000, "Bank Uji", "r1", clock.now(), MAKER)
    lapsed = contributions.standing(payer, clock.today()).lapsed
    granted(ask(payer, Ground.DOUBLE_COVER, 10_000, person=people(family)[0], event_on=date(2025, 6, 1)))
    assert len(lapsed) == 12 and not set(lapsed) & set(contributions.standing(payer, clock.today()).unpaid)
