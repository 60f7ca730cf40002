import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.calendar import add_months
from jkn.contributions import issuing, rules, service
from jkn.contributions.models import Bill, BillLine, How, Settlement
from jkn.contributions.rules import Share
from jkn.contributions.standing import State
from jkn.db import db, write
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Payer, Person, Segment, Spell
from tests.builders import a_family, pay_in, people

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
TODAY = date(2026, 1, 15)


def payer_of(family):
    return members.payer_of(family.id)


def pay(payer, on=TODAY, ahead=0):
    """What a payment does: exactly what is owed comes in, and settles its months."""
    owed = service.owed(payer, on, ahead)
    with write():
        pay_in(payer, owed.total, on)
        return service.settle(payer, [each.month for each in owed.months], on, clock.now(), SYSTEM)


# --- Issuing


def test_issuing_twice_bills_once(app):
    a_family(3)
    assert (service.issue_bills(JANUARY), service.issue_bills(JANUARY)) == (1, 0)
    bill = Bill.get()
    assert (bill.amount, bill.due_on, bill.basis) == (105_000, date(2026, 1, 12), "Perpres 64/2020 ps 34; PMK 78/2020")
    assert [(line.amount, line.aid) for line in bill.lines] == [(35_000, 7_000)] * 3
    assert [(entry.act, entry.count) for entry in Entry.select()] == [(Act.BILLS_ISSUED, 1)]


def test_a_bill_is_one_movement(app):
    payer = payer_of(a_family(2))
    service.issue_bills(JANUARY)
    service.issue_bills(JANUARY)
    (movement,) = Movement.select().where(Movement.payer == payer)
    assert (movement.debit, movement.credit, movement.amount) == (Account.DUE, Account.INCOME, 70_000)
    assert (movement.source, movement.booked_on) == ("bill:2026-01", JANUARY)


def test_debts_from_before_come_from_the_opening_account(app):
    a_family()
    service.issue_bills(date(2026, 1, 1), opening=True)
    assert Movement.get().credit == Account.OPENING


def test_a_family_is_billed_only_once_it_is_liable(app):
    a_family(liable_from=None, registered_on=date(2026, 1, 10))
    a_family(liable_from=FEBRUARY)
    assert service.issue_bills(JANUARY) == 0
    assert service.issue_bills(FEBRUARY) == 1


@pytest.mark.parametrize("segment", [Segment.PBI_JK, Segment.PPU_BU, Segment.PBPU_PEMDA])
def test_who_is_covered_elsewhere_is_not_on_the_familys_bill(app, segment):
    a_family(segment=segment)
    assert service.issue_bills(JANUARY) == 0


def test_the_dead_are_billed_to_the_month_of_death(app):
    family = a_family(2)
    Person.update(died_on=date(2026, 1, 3)).where(Person.id == people(family)[1].id).execute()
    service.issue_bills(JANUARY)
    service.issue_bills(FEBRUARY)
    assert [bill.amount for bill in Bill.select().order_by(Bill.month)] == [70_000, 35_000]


def test_chunks_together_bill_everybody_once(app):
    families = [a_family(1) for _ in range(7)]
    assert sum(issuing.issue_range(JANUARY, numbers) for numbers in issuing.chunks(size=3)) == len(families)
    assert Entry.select().where(Entry.act == Act.BILLS_ISSUED).count() > 1
    assert service.issue_bills(JANUARY) == 0


def test_a_run_that_broke_off_is_finished_by_the_next(app):
    families = [a_family(1) for _ in range(5)]
    issuing.issue_range(JANUARY, next(iter(issuing.chunks(size=2))))
    assert 0 < Bill.select().count() < len(families)
    service.issue_bills(JANUARY)
    assert Bill.select().count() == Movement.select().count() == BillLine.select().count() == len(families)


def test_a_bill_once_issued_is_never_touched_again(app):
    family, other = a_family(1), a_family(1)
    service.issue_bills(JANUARY)
    newcomer = members.enter_person(nik=None, name="BAYI", born=date(2026, 1, 2), sex="L")
    members.cover(newcomer, payer_of(family), Segment.PBPU, CareClass.III, date(2026, 1, 2))
    late = a_family(1)
    assert service.issue_bills(JANUARY) == 1
    bills = {bill.family_id: bill for bill in Bill.select()}
    assert {bills[each.id].amount for each in (family, other, late)} == {35_000}
    assert bills[family.id].lines.count() == 1


def test_a_bill_is_never_zero(app):
    payer = payer_of(a_family())
    with pytest.raises(IntegrityError), db.atomic():
        Bill.create(payer=payer, month=JANUARY, amount=0, due_on=JANUARY, basis="-")


day = st.dates(date(2019, 10, 1), date(2021, 3, 31))
spell = st.tuples(
    st.integers(0, 2),
    st.sampled_from([1, 2, 3, None]),
    st.sampled_from([Segment.PBPU, Segment.BP, Segment.PPU_BU]),
    day,
    st.one_of(st.none(), st.integers(0, 400)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(spell, min_size=1, max_size=6), st.lists(st.one_of(st.none(), day), min_size=3, max_size=3), day)
def test_sql_bills_line_by_line_what_the_rule_says(app, spells, deaths, day):
    month = day.replace(day=1)
    with db.atomic() as undone:
        family = a_family(3, liable_from=date(2019, 1, 1), since=date(2030, 1, 1))
        payer, family_members = payer_of(family), people_ever(family)
        for person, died_on in zip(family_members, deaths, strict=True):
            Person.update(died_on=died_on).where(Person.id == person.id).execute()
        for who, care_class, segment, since, length in spells:
            until = None if length is None else since + timedelta(days=length)
            person = family_members[who]
            row = {"person": person, "payer": payer, "segment": segment, "since": since, "class_since": since}
            Spell.insert(**row, until=until, care_class=care_class).on_conflict_ignore().execute()
        expected = rules.lines_of(month, service.shares_of(payer))
        service.issue_bills(month)
        rows = BillLine.select().where(BillLine.payer_id == payer.id, BillLine.month == month)
        issued = sorted((row.person_id, int(row.care_class), row.amount, row.aid) for row in rows)
        assert issued == [tuple(line) for line in expected]
        assert sum(line.amount for line in expected) == sum(bill.amount for bill in Bill.select())
        undone.rollback()


def people_ever(family: Family) -> list[Person]:
    return list(Person.select().join(Spell).where(Spell.payer == payer_of(family)).order_by(Person.id))


# --- Owing


def test_a_new_family_owes_the_running_month_alone(app):
    payer = payer_of(a_family(3, liable_from=None, registered_on=date(2026, 1, 1)))
    owed = service.owed(payer, TODAY)
    assert owed.is_first and owed.total == 105_000
    assert [each.month for each in owed.months] == [JANUARY]
    assert [line.amount for line in owed.months[0].people] == [35_000] * 3


def test_a01_who_pays_in_may_owes_march_april_and_may(app):
    payer = payer_of(a_family(1, CareClass.I, liable_from=date(2025, 3, 1)))
    assert service.standing(payer, date(2025, 3, 31)).is_covered
    assert service.standing(payer, date(2025, 4, 1)).state == State.SUSPENDED
    owed = service.owed(payer, date(2025, 5, 20))
    assert [each.month.month for each in owed.months] == [3, 4, 5]
    assert owed.total == 3 * 150_000


def test_t05_more_than_two_years_behind_owe_25_months(app):
    payer = payer_of(a_family(1, liable_from=date(2023, 1, 1), since=date(2023, 1, 1)))
    assert service.owed(payer, TODAY).total == 875_000


def test_each_month_has_the_tariff_of_its_own_time(app):
    payer = payer_of(a_family(1, CareClass.I, liable_from=date(2020, 3, 1), since=date(2020, 1, 1)))
    owed = service.owed(payer, date(2020, 7, 20))
    assert [each.amount for each in owed.months] == [160_000, 80_000, 80_000, 80_000, 150_000]


def test_an_issued_bill_and_the_rule_ask_the_same(app):
    payer = payer_of(a_family(3, CareClass.II, liable_from=date(2025, 11, 1)))
    by_rule = service.owed(payer, TODAY, ahead=2)
    for month in (date(2025, 11, 1), JANUARY):
        service.issue_bills(month)
    assert service.owed(payer, TODAY, ahead=2) == by_rule


def test_a_bill_that_was_issued_keeps_its_amount(app):
    family = a_family(1)
    service.issue_bills(JANUARY)
    Spell.update(care_class=CareClass.I).execute()
    assert service.owed(payer_of(family), TODAY).total == 35_000


def test_months_ahead_follow_what_is_paid(app):
    payer = payer_of(a_family(1))
    pay(payer, ahead=1)
    assert [each.month.month for each in service.owed(payer, TODAY, ahead=2).months] == [3, 4]
    assert service.owed(payer, TODAY).months == ()


def test_at_most_twelve_months_can_be_paid_at_once(app):
    payer = payer_of(a_family(1))
    assert len(service.owed(payer, TODAY, ahead=11).months) == 12
    with pytest.raises(Refused):
        service.owed(payer, TODAY, ahead=12)


def test_credit_makes_a_bill_smaller(app):
    payer = payer_of(a_family(1))
    pay_in(payer, 10_000, TODAY)
    owed = service.owed(payer, TODAY)
    assert (owed.credit, owed.total) == (10_000, 25_000)


def test_a03_in_2020_six_months_and_the_running_one_were_enough(app):
    payer = payer_of(a_family(1, CareClass.I, liable_from=date(2018, 6, 1), since=date(2018, 6, 1)))
    day = date(2020, 2, 15)
    assert service.standing(payer, day).state == State.SUSPENDED
    assert service.owed(payer, day).total == 6 * 80_000 + 160_000
    paid = pay(payer, day)
    assert paid == [add_months(date(2018, 6, 1), index) for index in range(6)] + [date(2020, 2, 1)]
    assert service.standing(payer, day).is_covered
    assert [each.month for each in service.owed(payer, date(2020, 3, 20)).months] == [date(2020, 3, 1)]
    with write():
        later = [add_months(date(2020, 3, 1), index) for index in range(23)]
        pay_in(payer, sum(item.amount for item in service.priced(payer, later)), date(2020, 3, 20))
        service.settle(payer, later, date(2020, 3, 20), clock.now(), SYSTEM)
    rest = 14  # of the twenty months behind
    owed = service.owed(payer, date(2021, 6, 1))
    assert len(owed.months) == rest and owed.months[0].month == date(2018, 12, 1)
    assert service.standing(payer, date(2021, 12, 31)).is_covered
    assert not service.standing(payer, date(2022, 1, 1)).is_covered


# --- Settling


def test_a_payment_settles_its_months_and_the_books_are_level(app):
    payer = payer_of(a_family(3, liable_from=date(2025, 11, 1)))
    assert pay(payer) == [date(2025, 11, 1), date(2025, 12, 1), JANUARY]
    assert (ledger.credit_of(payer.id), ledger.due_of(payer.id)) == (0, 0)
    assert {row.how for row in Settlement.select()} == {How.PAID}
    assert all(row.movement.source == f"settle:{row.month:%Y-%m}" for row in Settlement.select())
    assert service.standing(payer, TODAY).state == State.ACTIVE
    entry = Entry.get(Entry.act == Act.MONTH_SETTLED)
    assert entry.details["months"] == ["2025-11", "2025-12", "2026-01"] and entry.count == 3


def test_a_month_is_settled_once(app):
    payer = payer_of(a_family(1))
    assert pay(payer) == [JANUARY]
    with write():
        pay_in(payer, 35_000, TODAY, "again")
        assert service.settle(payer, [JANUARY], TODAY, clock.now(), SYSTEM) == []
    assert Settlement.select().count() == 1
    assert ledger.credit_of(payer.id) == 35_000


def test_without_the_money_no_month_is_settled(app):
    payer = payer_of(a_family(1))
    with pytest.raises(Refused), write():
        service.settle(payer, [JANUARY], TODAY, clock.now(), SYSTEM)
    assert Settlement.select().count() == 0


def test_the_first_payment_begins_liability_and_proves_the_family(app):
    family = a_family(2, liable_from=None, registered_on=date(2026, 1, 1), proven=False)
    pay(payer_of(family))
    assert payer_of(family).liable_from == JANUARY
    assert Family.get_by_id(family.id).proven_at is not None
    assert service.standing(payer_of(family), TODAY).state == State.ACTIVE


def test_what_lies_outside_the_cap_is_waived_for_good_at_reactivation(app):
    payer = payer_of(a_family(1, liable_from=date(2023, 1, 1), since=date(2023, 1, 1)))
    service.issue_bills(date(2023, 12, 1))
    lapsed = service.standing(payer, TODAY).lapsed
    assert len(lapsed) == 12 and lapsed[-1] == date(2023, 12, 1)
    assert len(pay(payer)) == 25
    waived = Settlement.select().where(Settlement.how == How.WAIVED)
    assert sorted(row.month for row in waived) == list(lapsed)
    assert [row.movement.source for row in waived if row.movement_id] == ["waive:2023-12"]
    assert ledger.due_of(payer.id) == 0
    assert service.owed(payer, TODAY).months == ()
    assert service.issue_bills(date(2023, 11, 1)) == 0


def test_paying_part_of_the_arrears_brings_no_older_month_back(app):
    payer = payer_of(a_family(1, liable_from=date(2023, 1, 1), since=date(2023, 1, 1)))
    with write():
        pay_in(payer, 35_000, TODAY)
        service.settle(payer, [JANUARY.replace(year=2024)], TODAY, clock.now(), SYSTEM)
    owed = service.owed(payer, TODAY)
    assert [owed.months[0].month, len(owed.months)] == [date(2024, 2, 1), 24]
    assert not Settlement.select().where(Settlement.how == How.WAIVED).exists()


def test_who_comes_back_goes_on_after_the_months_once_paid_ahead(app):
    """Paid until June, elsewhere for a while, and back in April: the first payment is for July."""
    family = a_family(1)
    payer = members.payer_of(family.id)
    ahead = [month.month for month in service.owed(payer, clock.today(), ahead=5).months]
    pay_in(payer, 6 * 35_000, clock.today())
    service.settle(payer, ahead, clock.today(), clock.now(), SYSTEM)
    Spell.update(until=date(2026, 2, 15)).where(Spell.payer == payer).execute()
    back = date(2026, 4, 1)
    members.cover(people(family)[0], payer, Segment.PBPU, CareClass.III, back)
    Payer.update(registered_on=back, liable_from=None).where(Payer.id == payer.id).execute()
    payer, day = Payer.get_by_id(payer.id), date(2026, 4, 20)
    months = [month.month for month in service.owed(payer, day).months]
    assert months == [date(2026, 7, 1)]
    pay_in(payer, 35_000, day)
    assert service.settle(payer, months, day, clock.now(), SYSTEM) == months
    assert service.standing(Payer.get_by_id(payer.id), day).state == State.ACTIVE


def test_credit_that_covers_a_new_bill_pays_it(app):
    payer = payer_of(a_family(1))
    pay(payer)
    pay_in(payer, 35_000, TODAY, "twice")
    with clock.frozen(clock.start_of(FEBRUARY)):
        assert (service.issue_bills(FEBRUARY), service.issue_bills(FEBRUARY)) == (1, 0)
        assert Settlement.get(Settlement.month == FEBRUARY).how == How.CREDIT
        assert service.standing(payer, FEBRUARY).unpaid == ()


def test_credit_that_is_too_little_settles_nothing(app):
    payer = payer_of(a_family(1, liable_from=date(2025, 12, 1)))
    pay_in(payer, 35_000, TODAY)
    service.issue_bills(JANUARY)
    assert Settlement.select().count() == 0
    assert service.owed(payer, TODAY).total == 35_000


# --- Standing, against a slow and obvious reference


def plain_unpaid(first: date, settled: set[date], on: date) -> list[date]:
    month, unpaid = first, []
    while month < on.replace(day=1):
        if month not in settled:
            unpaid.append(month)
        month = add_months(month, 1)
    return unpaid


def test_status_equals_a_slow_reference_through_a_random_life(app):
    chance = random.Random(4)
    payer = payer_of(a_family(1, liable_from=date(2024, 6, 1), since=date(2024, 6, 1)))
    for index in range(30):
        day = add_months(date(2024, 6, 1), index) + timedelta(days=chance.randrange(28))
        settled = {row.month for row in Settlement.select()}
        unpaid = plain_unpaid(date(2024, 6, 1), settled, day)
        assert service.standing(payer, day).is_covered == (not unpaid)
        assert len(service.owed(payer, day).months) == len(unpaid) + (day.replace(day=1) not in settled)
        if chance.random() < 0.4:
            pay(payer, day, chance.randrange(3))


def test_the_past_is_answered_as_it_was(app):
    payer = payer_of(a_family(1, liable_from=date(2025, 11, 1)))
    pay(payer)
    assert service.standing(payer, date(2025, 12, 20)).state == State.SUSPENDED
    assert service.standing(payer, TODAY).state == State.ACTIVE


def test_a_gap_without_cover_by_the_family_is_not_owed(app):
    family = a_family(1, liable_from=date(2025, 1, 1))
    Spell.update(until=date(2025, 3, 1)).execute()
    person, payer = people(family)[0], payer_of(family)
    pay(payer, date(2025, 2, 5))
    members.cover(person, payer, Segment.PBPU, CareClass.III, JANUARY)
    assert [each.month for each in service.owed(payer, TODAY).months] == [JANUARY]
    pay(payer)
    assert [each.month for each in service.owed(payer, FEBRUARY).months] == [FEBRUARY]


def test_shares_are_the_familys_own(app):
    family = a_family(1)
    (share,) = service.shares_of(payer_of(family))
    assert share == Share(people(family)[0].id, CareClass.III, date(2025, 1, 1))
