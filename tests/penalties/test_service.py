from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.contributions import service as contributions
from jkn.db import db
from jkn.errors import Refused
from jkn.facilities.models import Tier
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import CareClass, Payer, PayerKind, Segment, Spell
from jkn.notices.models import Notice
from jkn.payments import account_numbers, booking
from jkn.payments.models import AccountNumber, Purpose
from jkn.penalties import billing, judging, service
from jkn.penalties.models import Admission, Care, Penalty
from tests.asking import asked, forget_sizes, read_whole
from tests.builders import a_family, people
from tests.penalties.conftest import (
    CLINIC,
    OFFICER,
    SECOND,
    a_hospital,
    admit,
    amounts,
    draft,
    head_of,
    on,
    pay_all,
    reactivated,
    suspended,
)

JUNE = date(2025, 6, 10)


# --- The vectors of the law


@pytest.mark.parametrize(
    ("admitted", "is_liable"), [(date(2021, 1, 5), True), (date(2021, 2, 16), True), (date(2021, 2, 17), False)]
)
def test_d01_the_window_ends_with_the_45th_day(hospital, admitted, is_liable):
    payer = reactivated(3, date(2021, 1, 2))
    _admission, penalty = admit(head_of(payer), admitted)
    assert (penalty is not None) == is_liable


def test_d02_ten_months_cost_half_the_estimate(hospital):
    payer = reactivated(10, JUNE)
    _admission, penalty = admit(head_of(payer), JUNE + timedelta(days=3), 5_000_000)
    assert penalty.amount == 2_500_000
    assert (penalty.cost, penalty.months, penalty.counted, penalty.rate, penalty.cap) == (
        5_000_000,
        10,
        10,
        500,
        20_000_000,
    )


def test_d03_fifteen_months_count_as_twelve(hospital):
    """7.5 million was published; it forgets the limit of twelve months."""
    payer = reactivated(15, date(2023, 10, 2))
    _admission, penalty = admit(head_of(payer), date(2023, 10, 20), 10_000_000)
    assert (penalty.amount, penalty.months, penalty.counted) == (6_000_000, 15, 12)


@pytest.mark.parametrize(
    ("day", "amount"), [(date(2024, 5, 7), 30_000_000), (date(2024, 5, 8), 20_000_000), (date(2020, 9, 1), 30_000_000)]
)
def test_the_cap_is_that_of_the_day_of_the_penalty_bill(hospital, day, amount):
    payer = reactivated(12, day - timedelta(days=2))
    _admission, penalty = admit(head_of(payer), day, 100_000_000)
    assert penalty.amount == amount


def test_d05_three_months_of_class_one(hospital):
    payer = reactivated(3, JUNE, care_class=CareClass.I)
    _admission, penalty = admit(head_of(payer), JUNE, 6_000_000)
    assert penalty.amount == 900_000


def test_half_the_rate_before_2021(hospital):
    payer = reactivated(4, date(2020, 9, 1))
    _admission, penalty = admit(head_of(payer), date(2020, 9, 5), 5_000_000)
    assert (penalty.amount, penalty.rate) == (500_000, 250)


def test_the_first_estimate_stands_whatever_the_final_cost(hospital):
    payer = reactivated(4, JUNE)
    admission, penalty = admit(head_of(payer), JUNE, 5_000_000)
    with on(JUNE + timedelta(days=6)), pytest.raises(Refused, match="first estimate"):
        service.change(admission, 7_000_000, None, OFFICER)
    assert Admission.get().estimate == 5_000_000 and Penalty.get().amount == penalty.amount == 1_000_000


@pytest.mark.parametrize(("year", "expected"), [(2025, [500_000]), (2023, [500_000, 500_000])])
def test_d08_of_two_admissions_in_a_window_both_cost_before_2024_and_then_the_first_alone(hospital, year, expected):
    payer = reactivated(2, date(year, 6, 10))
    admit(head_of(payer), date(year, 6, 12), discharged_on=None)
    admit(head_of(payer), date(year, 7, 1))
    assert amounts() == expected


def test_d08_a_bill_from_before_the_change_is_the_first_of_its_window_too(hospital):
    payer = reactivated(2, date(2024, 4, 20))
    admit(head_of(payer), date(2024, 5, 2))
    admission, penalty = admit(head_of(payer), date(2024, 5, 20))
    assert penalty is None
    assert "first penalty bill" in judging.judge(admission, date(2024, 5, 20)).because


@pytest.mark.parametrize(("once_per", "expected"), [("person", [500_000, 500_000]), ("family", [500_000])])
def test_once_means_each_person_or_by_a_parameter_the_whole_family(hospital, own_law, once_per, expected):
    rest = 'employer_due_months = 1, basis = "Perpres 59/2024"'
    own_law(f'once_per = "person", {rest}', f'once_per = "{once_per}", {rest}')
    payer = reactivated(2, JUNE)
    mother, child = people(payer.family)
    admit(mother, JUNE + timedelta(days=2))
    admit(child, JUNE + timedelta(days=20))
    assert amounts() == expected


def test_once_is_once_in_each_window(hospital):
    payer = reactivated(2, date(2025, 1, 10))
    admit(head_of(payer), date(2025, 1, 12))
    pay_all(payer, JUNE)
    admit(head_of(payer), JUNE)
    assert len(amounts()) == 2


@pytest.mark.parametrize("segment", [Segment.PBI_JK, Segment.PBPU_PEMDA])
def test_d09_whom_a_government_pays_for_owes_nothing(hospital, segment):
    person = people(a_family(1, segment=segment))[0]
    admission, penalty = admit(person, date(2026, 1, 10))
    assert penalty is None and "exempt" in judging.judge(admission, date(2026, 1, 10)).because


def test_d09_who_left_the_familys_cover_for_the_governments_owes_nothing(hospital):
    payer = reactivated(3, JUNE)
    person = head_of(payer)
    government = Payer.create(kind=PayerKind.GOVERNMENT, code="91", name="PEMDA")
    Spell.update(until=JUNE + timedelta(days=5)).where(Spell.person == person).execute()
    members.cover(person, government, Segment.PBPU_PEMDA, CareClass.III, JUNE + timedelta(days=5))
    _admission, penalty = admit(person, JUNE + timedelta(days=9))
    assert penalty is None


def an_employer(months: int, day: date) -> tuple[Payer, object]:
    """An employer that paid its worker's arrears on the day, by bills of its own."""
    from jkn.contributions.models import Bill, BillLine, How, Settlement

    first = date(day.year, day.month - months, 1)
    employer = Payer.create(kind=PayerKind.EMPLOYER, code="00012345", name="PT MAJU")
    person = people(a_family(1))[0]
    Spell.update(until=date(2025, 1, 1)).where(Spell.person == person).execute()
    members.cover(person, employer, Segment.PPU_BU, CareClass.II, date(2025, 1, 1))
    for number in range(months + 1):
        month = date(day.year, first.month + number, 1)
        line = {"payer_id": employer.id, "month": month, "person": person, "care_class": CareClass.II}
        BillLine.create(**line, amount=250_000, by_worker=50_000, base=5_000_000)
        Bill.create(payer=employer, month=month, amount=250_000, due_on=month, basis="x")
        Settlement.create(payer=employer, month=month, settled_on=day, how=How.PAID)
    return employer, person


def test_d09_the_penalty_of_a_worker_is_the_employers(hospital):
    employer, person = an_employer(2, JUNE)
    _admission, penalty = admit(person, JUNE + timedelta(days=1))
    assert (penalty.payer_id, penalty.family_id, penalty.amount) == (employer.id, None, 500_000)
    assert Movement.sum_of(employer.id, Account.PENALTY_DUE) == 500_000
    assert AccountNumber.get(AccountNumber.payer == employer).purpose == Purpose.PENALTY


def test_d09_who_joined_the_employer_after_it_had_paid_owes_nothing_for_its_arrears(hospital):
    employer, _person = an_employer(2, JUNE)
    newcomer = people(a_family(1))[0]
    Spell.update(until=JUNE).where(Spell.person == newcomer).execute()
    members.cover(newcomer, employer, Segment.PPU_BU, CareClass.II, JUNE)
    assert admit(newcomer, JUNE + timedelta(days=1))[1] is None


@pytest.mark.parametrize(
    ("care", "tier", "code"),
    [(Care.OUTPATIENT, Tier.FKRTL, "0301R001"), (Care.CLINIC, Tier.FKTP, CLINIC)],
)
def test_d09_other_care_than_a_hospitals_ward_costs_nothing(app, care, tier, code):
    a_hospital(code, tier)
    payer = reactivated(3, JUNE)
    admission, penalty = admit(head_of(payer), JUNE, care=care, facility_code=code)
    assert penalty is None and "inpatient" in judging.judge(admission, JUNE).because


def test_the_certified_poor_are_exempt_by_their_letter(hospital):
    payer = reactivated(3, JUNE)
    _admission, penalty = admit(head_of(payer), JUNE, poverty_letter="SKTM 12/2025")
    assert penalty is None


# --- Admitted first


def test_who_pays_while_in_the_ward_is_billed_at_that_moment(hospital):
    payer = suspended(3, JUNE)
    admission, penalty = admit(head_of(payer), JUNE)
    assert penalty is None
    judged = judging.judge(admission, JUNE)
    assert (judged.amount, judged.is_due) == (750_000, False)
    pay_all(payer, JUNE + timedelta(days=2))
    penalty = Penalty.get()
    assert (penalty.amount, penalty.billed_on, penalty.months) == (750_000, date(2025, 6, 12), 3)
    assert Notice.get(Notice.name == "penalty_billed").person_id == head_of(payer).id


def test_who_had_left_the_ward_before_paying_owes_no_penalty(hospital):
    payer = suspended(3, JUNE)
    admit(head_of(payer), JUNE, typed_on=JUNE + timedelta(days=1), discharged_on=JUNE + timedelta(days=1))
    pay_all(payer, JUNE + timedelta(days=2))
    assert amounts() == []


def test_who_was_covered_when_admitted_owes_none_though_the_family_fell_behind_in_the_ward(hospital):
    payer = suspended(1, date(2025, 6, 10))
    admit(head_of(payer), date(2025, 5, 20))
    pay_all(payer, date(2025, 6, 12))
    assert amounts() == []


def test_the_daily_command_bills_what_a_payment_out_of_sight_made_due_and_only_once(hospital, run):
    payer = suspended(3, JUNE)
    admit(head_of(payer), JUNE)
    owed = contributions.owed(payer, JUNE)
    with on(JUNE + timedelta(days=1)):
        ledger.book(payer.id, Account.BANK, Account.CREDIT, owed.total, "payment:x", clock.today())
        contributions.use_credit(payer, clock.today(), SYSTEM)
        assert amounts() == []
        first, second = run("bill-penalties"), run("bill-penalties")
    assert ("1 penalties" in first.output, "0 penalties" in second.output) == (True, True)
    assert amounts() == [750_000]


def test_a_payment_asks_for_waiting_admissions_by_its_people_alone(hospital):
    db.execute_sql("ANALYZE")
    forget_sizes()
    payer = suspended(3, JUNE)
    admit(head_of(payer), JUNE)
    with asked() as found:
        billing.bill_due(payer, JUNE, SYSTEM)
    assert [whole for sql, values in found if sql.startswith("SELECT") for whole in read_whole(sql, values)] == []


# --- The bill


def test_a_penalty_is_one_movement_with_a_number_of_its_own_and_an_entry(hospital):
    payer = reactivated(3, JUNE)
    _admission, penalty = admit(head_of(payer), JUNE)
    movement = Movement.get(Movement.source == f"penalty:{penalty.id}")
    assert (movement.debit, movement.credit, movement.amount) == (Account.PENALTY_DUE, Account.PENALTY, 750_000)
    tail = AccountNumber.get(AccountNumber.subject == penalty.id).tail
    assert tail[0] == "8" and len(tail) == 11 and tail == billing.number_of(payer.id, penalty.id)
    assert Entry.get(Entry.act == Act.PENALTY_BILLED).details["amount"] == 750_000


def test_the_same_form_twice_records_one_admission_and_one_penalty(hospital):
    payer = reactivated(3, JUNE)
    with on(JUNE):
        first = service.record(draft(head_of(payer), JUNE), "k", OFFICER)
        second = service.record(draft(head_of(payer), JUNE), "k", OFFICER)
    assert first.id == second.id and amounts() == [750_000]


def test_the_same_admission_by_another_officer_is_the_first_one_and_other_values_are_refused(hospital):
    payer = reactivated(3, JUNE)
    first, _penalty = admit(head_of(payer), JUNE)
    second, _penalty = admit(head_of(payer), JUNE, by=SECOND)
    assert first.id == second.id
    with pytest.raises(Refused, match="recorded before"):
        admit(head_of(payer), JUNE, 6_000_000, by=SECOND)
    assert amounts() == [750_000]


def test_the_estimate_can_be_corrected_until_it_is_billed(hospital):
    payer = suspended(3, JUNE)
    admission, _none = admit(head_of(payer), JUNE)
    with on(JUNE):
        service.change(admission, 6_000_000, None, OFFICER)
    pay_all(payer, JUNE + timedelta(days=1))
    assert amounts() == [900_000]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"facility_code": "9999R999"}, "No facility"),
        ({"care": Care.CLINIC}, "does not give"),
        ({"day": JUNE + timedelta(days=1)}, "not come yet"),
        ({"discharged_on": JUNE - timedelta(days=1)}, "before they came"),
        ({"discharged_on": JUNE + timedelta(days=1)}, "not come yet"),
    ],
)
def test_an_admission_that_cannot_be_is_refused(hospital, more, word):
    person = head_of(reactivated(1, JUNE))
    with on(JUNE), pytest.raises(Refused, match=word):
        draft(person, more.pop("day", JUNE), **more)


# --- Paying it


def pay_penalty(penalty, amount=None, reference="p", day=JUNE):
    with on(day):
        return booking.take(
            penalty.payer,
            amount or penalty.amount,
            "Bank Uji",
            reference,
            clock.now(),
            SYSTEM,
            purpose=Purpose.PENALTY,
            subject=penalty.id,
        )


@pytest.fixture
def penalty(hospital):
    payer = reactivated(3, JUNE)
    return admit(head_of(payer), JUNE)[1]


def balances(payer):
    return {name: Movement.sum_of(payer.id, name) for name in (Account.PENALTY_DUE, Account.PENALTY, Account.CREDIT)}


def test_paying_it_settles_it_and_no_contribution(penalty):
    payment = pay_penalty(penalty)
    paid = Penalty.get()
    assert (paid.paid_by, paid.settled_on, payment.covers) == (payment.id, JUNE, [])
    assert balances(penalty.payer) == {Account.PENALTY_DUE: 0, Account.PENALTY: -750_000, Account.CREDIT: 0}
    assert Notice.select().where(Notice.name == "penalty_paid").exists()


def test_paying_contributions_never_pays_a_penalty(penalty):
    with on(date(2025, 7, 2)):
        booking.take(penalty.payer, 10_000_000, "Bank Uji", "much", clock.now(), SYSTEM)
    assert Penalty.get().is_payable
    assert Movement.sum_of(penalty.payer_id, Account.PENALTY_DUE) == 750_000


def test_paying_it_while_months_are_due_settles_no_month(penalty):
    with on(date(2025, 8, 2)):
        before = contributions.owed(penalty.payer, date(2025, 8, 2))
    pay_penalty(penalty, day=date(2025, 8, 2))
    assert contributions.owed(penalty.payer, date(2025, 8, 2)) == before


def test_money_that_comes_again_or_too_little_is_credit(penalty):
    pay_penalty(penalty, 100_000, "little")
    assert Penalty.get().is_payable
    pay_penalty(penalty, reference="whole")
    pay_penalty(penalty, reference="again")
    assert balances(penalty.payer)[Account.CREDIT] == -850_000
    assert (
        Movement.select().where(Movement.debit == Account.CREDIT, Movement.credit == Account.PENALTY_DUE).count() == 1
    )


def test_the_same_payment_twice_is_one(penalty):
    assert pay_penalty(penalty).id == pay_penalty(penalty).id
    assert balances(penalty.payer)[Account.CREDIT] == 0


def test_a_payment_that_the_bank_takes_back_leaves_it_owed_and_can_be_made_again(penalty):
    payment = pay_penalty(penalty)
    with on(JUNE + timedelta(days=1)):
        assert booking.reverse(payment, "wrong account", OFFICER) == []
    assert Penalty.get().is_payable
    assert balances(penalty.payer) == {Account.PENALTY_DUE: 750_000, Account.PENALTY: -750_000, Account.CREDIT: 0}
    pay_penalty(penalty, reference="second", day=JUNE + timedelta(days=2))
    assert not Penalty.get().is_payable and balances(penalty.payer)[Account.PENALTY_DUE] == 0


# --- Cancelling it


def test_two_officers_cancel_and_nothing_is_owed(penalty):
    billing.dispute(penalty, "another person", OFFICER)
    with pytest.raises(Refused, match="Another officer"):
        billing.cancel(penalty, OFFICER)
    billing.cancel(penalty, SECOND)
    assert balances(penalty.payer) == dict.fromkeys((Account.PENALTY_DUE, Account.PENALTY, Account.CREDIT), 0)
    with pytest.raises(Refused, match="decided before"):
        billing.cancel(penalty, SECOND)
    assert Notice.select().where(Notice.name == "penalty_cancelled").exists()
    reversal = Movement.get(Movement.source == f"penalty-cancelled:{penalty.id}")
    assert reversal.reverses == Movement.get(Movement.source == f"penalty:{penalty.id}").id


def test_nobody_cancels_what_nobody_asked_for(penalty):
    with pytest.raises(Refused, match="decided before"):
        billing.cancel(penalty, SECOND)


def test_the_second_officer_may_let_it_stand(penalty):
    billing.dispute(penalty, "another person", OFFICER)
    with pytest.raises(Refused):
        billing.confirm(penalty, OFFICER)
    billing.confirm(penalty, SECOND)
    assert Penalty.get().cancel_asked_by is None and Penalty.get().is_payable


def test_a_cancelled_penalty_that_was_paid_is_credit(penalty):
    pay_penalty(penalty)
    billing.dispute(penalty, "another person", OFFICER)
    billing.cancel(penalty, SECOND)
    assert balances(penalty.payer) == {Account.PENALTY_DUE: 0, Account.PENALTY: 0, Account.CREDIT: -750_000}


def test_when_the_first_bill_of_a_window_is_cancelled_the_next_admission_costs(penalty):
    second, none = admit(penalty.person, JUNE + timedelta(days=9), 2_000_000)
    assert none is None
    billing.dispute(penalty, "another person", OFFICER)
    with on(JUNE + timedelta(days=10)):
        billing.cancel(penalty, SECOND)
    assert second.penalty.amount == 300_000


def test_the_number_of_a_penalty_is_the_same_whenever_it_is_asked(penalty):
    number = account_numbers.number_of(penalty.payer_id, Purpose.PENALTY, penalty.id)
    assert number == account_numbers.number_of(penalty.payer_id, Purpose.PENALTY, penalty.id)
    assert AccountNumber.select().count() == 1


# --- Windows


def test_the_window_tells_members_what_may_come(app):
    payer = reactivated(15, JUNE)
    window = judging.window_of(payer, JUNE + timedelta(days=45))
    assert (window.until, window.months, window.counted, window.rate) == (date(2025, 7, 25), 15, 12, 500)
    assert judging.window_of(payer, JUNE + timedelta(days=46)) is None
    assert judging.window_of(payer, JUNE - timedelta(days=1)) is None


def test_a_suspended_family_knows_the_window_that_paying_would_open(app):
    payer = suspended(3, JUNE)
    window = judging.window_if_paid(payer, JUNE)
    assert (window.until, window.months, window.is_open) == (date(2025, 7, 25), 3, False)
