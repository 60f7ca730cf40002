"""Differences resolved step by step: the money ends in a book, four eyes where a booking is undone."""

from datetime import date

import pytest

from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.contributions import service as contributions
from jkn.contributions.models import Settlement
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Person
from jkn.payments import booking, owing, pot
from jkn.payments.models import BankNotice, Payment
from jkn.reconciliation import checking, refunding, service
from jkn.reconciliation.models import Difference, DifferenceStep, Stage
from jkn.reconciliation.rules import Ground, Paper, Step
from tests.builders import a_family, officer_client
from tests.reconciliation.conftest import CHECKER, EVENING, MAKER, PRICE, notified, reconcile

JANUARY = date(2026, 1, 1)


@pytest.fixture
def family(app):
    family = a_family()
    contributions.issue_bills(JANUARY)
    return family


def payer_of(family):
    return members.payer_of(family.id)


def the_difference() -> Difference:
    return Difference.get(Difference.stage != Stage.CLOSED)


def act(step, by=MAKER, **more):
    difference = the_difference()
    service.take_step(difference, step, seen=difference.steps, by=by, **more)


def decide(is_approved, by=CHECKER, **more):
    difference = the_difference()
    service.decide(difference, is_approved, seen=difference.steps, by=by, **more)


def all_agree():
    return [(day.theirs, day.ours, day.unresolved) for day in checking.days()]


def settled(family):
    rows = Settlement.select().where(Settlement.payer == payer_of(family), Settlement.reversed_on.is_null())
    return [row.month for row in rows]


def missing_here(partner, bank_list, family, amount=PRICE, reference="r1", va=None):
    reconcile(bank_list.add(reference, va or owing.va_of(family), amount).write(), partner)


def test_booking_what_was_missing_pays_the_bill(partner, bank_list, family):
    missing_here(partner, bank_list, family)
    act(Step.BOOK)
    assert settled(family) == [JANUARY]
    assert ledger.credit_of(payer_of(family).id) == 0
    assert Payment.get().source.startswith("line:") and Payment.get().paid_on == date(2026, 1, 15)
    assert all_agree() == [(PRICE, PRICE, 0)]


def test_money_for_a_bill_already_paid_becomes_credit(partner, bank_list, family):
    notified(partner, family, "first")
    bank_list.add("first", owing.va_of(family))
    missing_here(partner, bank_list, family)
    act(Step.BOOK)
    assert settled(family) == [JANUARY]
    assert ledger.credit_of(payer_of(family).id) == PRICE
    assert all_agree() == [(2 * PRICE, 2 * PRICE, 0)]


def test_a_notice_after_the_booking_finds_it_booked(partner, bank_list, family):
    missing_here(partner, bank_list, family)
    act(Step.BOOK)
    notice = BankNotice.get(BankNotice.reference == "r1")
    assert notice.payment_id == Payment.get().id
    assert notice.answer["virtualAccountData"]["paidAmount"] == {"value": "105000.00", "currency": "IDR"}


def test_a_notice_before_the_booking_is_not_booked_twice(partner, bank_list, family):
    missing_here(partner, bank_list, family)
    notified(partner, family, "r1")
    act(Step.BOOK)
    assert Payment.select().count() == 1 and the_books_hold()


def test_unknown_money_waits_in_suspense_until_a_family_is_found(partner, bank_list, family):
    missing_here(partner, bank_list, family, va="8888899999999999")
    act(Step.SUSPEND)
    assert the_difference().stage == Stage.PARKED
    assert all_agree() == [(PRICE, PRICE, 0)]
    with pytest.raises(Refused):
        act(Step.ASSIGN, va="8888899999999998", note="Their slip.")
    act(Step.ASSIGN, va=owing.va_of(family), note="Their slip.")
    decide(True)
    assert settled(family) == [JANUARY]
    assert checking.balances()[Account.SUSPENSE] == 0
    assert all_agree() == [(PRICE, PRICE, 0)] and the_books_hold()


def test_suspense_money_is_given_to_nobody_by_one_officer(partner, bank_list, family):
    missing_here(partner, bank_list, family, va="8888899999999999")
    act(Step.SUSPEND)
    with pytest.raises(Refused):
        act(Step.ASSIGN, va=owing.va_of(family))  # without a word why
    act(Step.ASSIGN, va=owing.va_of(family), note="Their slip.")
    for same in (MAKER, SYSTEM):
        with pytest.raises(Refused):
            decide(True, by=same)
    assert settled(family) == [] and checking.balances()[Account.SUSPENSE] == -PRICE
    assert all_agree() == [(PRICE, PRICE, 1)]
    decide(False, note="Another family's slip.")
    assert the_difference().stage == Stage.PARKED and the_difference().proposed_va is None
    assert all_agree() == [(PRICE, PRICE, 0)]
    act(Step.ASSIGN, va=owing.va_of(family), note="Now it is theirs.")
    decide(True)
    assert settled(family) == [JANUARY] and checking.balances()[Account.SUSPENSE] == 0


def test_a_notice_while_the_second_officer_looks_is_booked_once(partner, bank_list, family):
    missing_here(partner, bank_list, family, va="8888899999999999")
    act(Step.SUSPEND)
    act(Step.ASSIGN, va=owing.va_of(family), note="Their slip.")
    notified(partner, family, "r1")
    reconcile(bank_list.add("r2", "8888899999999998").write(), partner)
    first = Difference.select().order_by(Difference.id).first()
    assert first.stage == Stage.CLOSED and checking.balances()[Account.SUSPENSE] == 0
    assert Payment.select().count() == 1 and the_books_hold()


def test_taking_back_needs_another_officer(partner, bank_list, family):
    notified(partner, family, "r1")
    reconcile(bank_list.write(), partner, date(2026, 1, 15))
    act(Step.TAKE_BACK, note="The bank has nothing.")
    for same in (MAKER, SYSTEM):
        with pytest.raises(Refused):
            decide(True, by=same)
    assert settled(family) == [JANUARY]
    decide(True)
    assert settled(family) == [] and Payment.get().reversed_on == date(2026, 1, 15)
    assert all_agree() == [] and the_books_hold()
    difference = Difference.get()
    assert (difference.maker, difference.checker) == (1, 2)


def test_a_proposal_sent_back_is_open_again(partner, bank_list, family):
    notified(partner, family, "r1")
    reconcile(bank_list.write(), partner, date(2026, 1, 15))
    act(Step.TAKE_BACK, note="The bank has nothing.")
    with pytest.raises(Refused):
        decide(False)
    decide(False, note="Ask them first.")
    assert the_difference().stage == Stage.OPEN
    assert [step.step for step in DifferenceStep.select()] == [Step.PROPOSE, Step.REFUSE]
    assert Entry.select().where(Entry.act == Act.DIFFERENCE_ADVANCED).count() == 2


def test_the_rest_of_a_larger_amount_is_booked(partner, bank_list, family):
    notified(partner, family, "r1")
    missing_here(partner, bank_list, family, PRICE + 5_000)
    act(Step.BOOK_REST)
    assert ledger.credit_of(payer_of(family).id) == 5_000
    assert all_agree() == [(PRICE + 5_000, PRICE + 5_000, 0)] and the_books_hold()


def test_a_smaller_amount_is_booked_anew(partner, bank_list, family):
    notified(partner, family, "r1")
    missing_here(partner, bank_list, family, PRICE - 5_000)
    act(Step.REBOOK, note="As the bank has it.")
    decide(True)
    assert settled(family) == []
    assert ledger.credit_of(payer_of(family).id) == PRICE - 5_000
    assert all_agree() == [(PRICE - 5_000, PRICE - 5_000, 0)] and the_books_hold()


def test_a_payment_under_a_wrong_number_is_booked_under_the_banks(partner, bank_list, family):
    notified(partner, a_family(), "r1")
    missing_here(partner, bank_list, family)
    act(Step.REBOOK, note="The bank's number counts.")
    decide(True)
    assert settled(family) == [JANUARY]
    assert all_agree() == [(PRICE, PRICE, 0)] and the_books_hold()


def test_money_the_bank_took_back_leaves_our_books_too(partner, bank_list, family):
    notified(partner, family, "r1")
    bank_list.add("r1", owing.va_of(family)).add("r1", owing.va_of(family), status="BATAL")
    reconcile(bank_list.write(), partner)
    assert all_agree() == [(0, PRICE, 1)]
    act(Step.TAKE_BACK, note="See the list.")
    decide(True)
    assert all_agree() == [] and the_books_hold()


def test_asking_the_bank_keeps_it_open_and_needs_words(partner, bank_list, family):
    missing_here(partner, bank_list, family)
    with pytest.raises(Refused):
        act(Step.ASK)
    act(Step.ASK, note="Called them.")
    assert the_difference().stage == Stage.OPEN
    assert DifferenceStep.get().note == "Called them."


def test_nothing_can_be_closed_while_the_books_differ(partner, bank_list, family):
    missing_here(partner, bank_list, family)
    with pytest.raises(Refused):
        act(Step.CLOSE, note="Never mind.")


def test_who_acts_on_an_older_page_is_refused(partner, bank_list, family):
    missing_here(partner, bank_list, family)
    before = the_difference()
    act(Step.ASK, note="Called them.")
    with pytest.raises(Refused):
        service.take_step(before, Step.BOOK, seen=before.steps, by=MAKER)
    assert Payment.select().count() == 0


def test_the_check_finds_a_payment_without_its_movement(partner, bank_list, family, run):
    missing_here(partner, bank_list, family)
    act(Step.BOOK)
    assert "The books agree." in run("check-books").output
    Payment.update(amount=PRICE + 1).execute()
    result = run("check-books")
    assert result.exit_code == 1
    assert "WRONG: payers whose payments are not what came to the bank: 1" in result.output
    assert "WRONG" in result.output.splitlines()[0]


def the_books_hold() -> bool:
    return not (checking.astray() or checking.overspent() or checking.settled_twice())


def test_every_booking_of_the_bank_has_its_movement(partner, bank_list, family):
    missing_here(partner, bank_list, family)
    act(Step.BOOK)
    assert [row.amount for row in Movement.select().where(Movement.debit == Account.BANK)] == [PRICE]


def test_money_for_who_has_died_since_is_the_familys(partner, bank_list):
    family = a_family(1)
    payer = payer_of(family)
    numbers = owing.va_of(payer), "88888" + pot.number_of(payer)
    Person.update(died_on=date(2026, 1, 14)).execute()
    bank_list.add("r1", numbers[0], 35_000).add("r2", numbers[1], 50_000)
    assert reconcile(bank_list.write(), partner)[0] == {"missing-here": 2}
    act(Step.BOOK)
    act(Step.BOOK)
    assert Movement.sum_of(payer.id, Account.BANK) == 85_000 and checking.astray() == []


def paid_out(family, ground, amount=PRICE, payment=None):
    """The family asked it back from us too, and has it."""
    payer = payer_of(family)
    account = {"bank": "Bank", "account": "123", "holder": "SITI"}
    refund = refunding.ask(payer, key="k", ground=ground, amount=amount, by=MAKER, payment=payment, **account)
    refunding.note_papers(refund, list(Paper), seen=1, by=MAKER)
    refunding.propose(refund, seen=2, by=MAKER)
    refunding.grant(refund, seen=3, by=CHECKER)
    refunding.pay_out(refund, "OUT-1", seen=4, by=CHECKER)


def taken_back_by_the_bank(partner, bank_list, family):
    bank_list.add("r1", owing.va_of(family)).add("r1", owing.va_of(family), status="BATAL")
    reconcile(bank_list.write(), partner)


def test_money_that_the_payer_and_the_bank_both_have_is_a_debt_on_the_list(app, partner, bank_list, family, run):
    payment = notified(partner, family, "r1")
    paid_out(family, Ground.WRONG_ACCOUNT, payment=payment)
    taken_back_by_the_bank(partner, bank_list, family)
    act(Step.TAKE_BACK, note="See the list.")
    decide(True)
    assert the_difference().stage == Stage.OWED and Payment.get().reversed_on is None
    assert "berutang" in officer_client(app).get("/petugas/rekonsiliasi").text
    assert all_agree() == [(0, PRICE, 1)] and run("check-books").exit_code == 0
    booking.take(payer_of(family), 2 * PRICE, "Bank", "B-2", EVENING, SYSTEM)  # the open month, and the debt
    act(Step.TAKE_BACK, note="They paid it back.")
    decide(True)
    assert Difference.get().stage == Stage.CLOSED and Payment.get_by_id(payment.id).reversed_on
    assert settled(family) == [JANUARY] and ledger.credit_of(payer_of(family).id) == 0
    assert all_agree() == [] and the_books_hold()


def test_credit_that_was_paid_out_is_a_debt_as_well(partner, bank_list, family):
    notified(partner, family, "r1", 2 * PRICE)
    paid_out(family, Ground.OVERPAID)
    bank_list.add("r1", owing.va_of(family), 2 * PRICE).add("r1", owing.va_of(family), 2 * PRICE, status="BATAL")
    reconcile(bank_list.write(), partner)
    act(Step.TAKE_BACK, note="See the list.")
    decide(True)
    assert the_difference().stage == Stage.OWED and settled(family) == [JANUARY]
    assert the_books_hold()


def test_money_that_is_only_asked_for_is_decided_first(partner, bank_list, family):
    payment = notified(partner, family, "r1")
    account = {"bank": "Bank", "account": "123", "holder": "SITI"}
    ask = {"key": "k", "ground": Ground.WRONG_ACCOUNT, "amount": PRICE, "payment": payment}
    refunding.ask(payer_of(family), by=MAKER, **ask, **account)
    taken_back_by_the_bank(partner, bank_list, family)
    act(Step.TAKE_BACK, note="See the list.")
    with pytest.raises(Refused, match="asked back"):
        decide(True)
    assert the_difference().stage == Stage.PROPOSED
