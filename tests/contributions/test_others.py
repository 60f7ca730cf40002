"""Bills of employers and governments: each line is what the pure rule says, and a bill is what its lines come to."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jkn import clock
from jkn.access import SYSTEM
from jkn.calendar import add_months
from jkn.contributions import issuing_others, service, tariffs
from jkn.contributions.models import Bill, BillLine, BillTotal, Kind
from jkn.db import db
from jkn.employers.models import Worker
from jkn.ledger import service as ledger
from jkn.members.models import CareClass, Family, Payer, PayerKind, Person, Segment
from tests.builders import a_family, pay_in
from tests.employers.places import (
    JANUARY,
    a_government,
    a_minimum_wage,
    a_subsidised,
    a_worker,
    an_employer,
)


def lines(payer, month=JANUARY):
    return list(BillLine.select().where(BillLine.payer_id == payer.id, BillLine.month == month).order_by(BillLine.id))


def the_line(payer, month=JANUARY):
    (line,) = lines(payer, month)
    return line


def billed(wage, extra=0, month=JANUARY, segment=Segment.PPU_BU):
    """The line of one worker at this wage, by a real bill."""
    payer = an_employer(segment)
    a_worker(payer, wage, extra, since=date(2014, 1, 1))
    issuing_others.issue(month)
    assert Bill.get(Bill.payer == payer).amount == the_line(payer, month).amount
    return the_line(payer, month)


def test_p01_the_wage_is_cut_off_at_the_cap(app):
    line = billed(15_000_000)
    assert (line.base, line.amount, line.by_worker) == (12_000_000, 600_000, 120_000)


def test_p02_two_more_children_cost_the_worker_one_percent_each(app):
    line = billed(2_500_000, extra=2)
    assert (line.amount - line.by_worker, line.by_worker) == (100_000, 75_000)


def test_p04_the_cap_before_2020_was_eight_million(app):
    line = billed(10_000_000, month=date(2017, 3, 1))
    assert (line.amount - line.by_worker, line.by_worker) == (320_000, 80_000)


def test_p05_the_minimum_wage_counts_without_its_fraction(app):
    a_minimum_wage(4_200_479)
    line = billed(3_000_000)
    assert (line.base, line.amount - line.by_worker, line.by_worker) == (4_200_479, 168_019, 42_005)


def test_p06_the_wage_gives_the_class(app):
    assert billed(4_000_000).care_class == CareClass.II
    assert billed(4_000_001).care_class == CareClass.I


def test_where_no_regency_has_a_minimum_wage_the_provinces_counts(app):
    a_minimum_wage(2_300_000, region="35")
    assert billed(1_000_000).base == 2_300_000


def test_an_office_of_the_state_has_no_minimum_wage(app):
    a_minimum_wage(4_200_479)
    assert billed(1_000_000, segment=Segment.PPU_PN).base == 1_000_000


WAGES = st.integers(1_000, 30_000_000)
MONTHS = st.dates(date(2014, 1, 1), date(2026, 12, 1)).map(lambda day: day.replace(day=1))


@settings(max_examples=25)
@given(
    st.lists(st.tuples(WAGES, st.integers(0, 4)), min_size=1, max_size=6),
    MONTHS,
    st.sampled_from([Segment.PPU_BU, Segment.PPU_PN]),
    st.none() | st.integers(1, 14_000_000),
)
def test_each_line_of_a_worker_is_what_the_rule_says(app, workers, month, segment, floor):
    with db.atomic() as undo:
        if floor:
            a_minimum_wage(floor, year=month.year)
        payer = an_employer(segment)
        paid = {a_worker(payer, wage, extra, since=date(2014, 1, 1)).id: (wage, extra) for wage, extra in workers}
        issuing_others.issue(month)
        found = {line.person_id: line for line in lines(payer, month)}
        for person, (wage, extra) in paid.items():
            share = tariffs.worker_share(month, segment, wage, floor, extra)
            line = found.pop(person)
            assert (line.base, line.amount, line.by_worker) == (share.base, share.total, share.worker)
            assert line.care_class == share.care_class
        assert found == {}
        undo.rollback()


@settings(max_examples=15)
@given(WAGES, MONTHS)
def test_each_line_of_a_pensioner_is_what_the_rule_says(app, pension, month):
    with db.atomic() as undo:
        payer = a_government()
        a_worker(payer, pension, since=date(2014, 1, 1))
        issuing_others.issue(month)
        share, line = tariffs.pensioner_share(month, pension), the_line(payer, month)
        assert (line.amount, line.by_worker, line.base) == (share.total, share.pensioner, pension)
        undo.rollback()


def test_veterans_cost_the_same_for_all_and_pay_nothing(app):
    payer = a_government()
    a_worker(payer, None)
    issuing_others.issue(JANUARY)
    line = the_line(payer)
    assert (line.amount, line.by_worker, line.base) == (tariffs.veteran_share(JANUARY).government, 0, None)


def test_a_month_is_billed_at_the_last_wage_that_covers_a_day_of_it(app):
    payer = an_employer()
    person = a_worker(payer, 3_000_000, until=date(2026, 1, 10))
    Worker.create(payer=payer, person=person, wage=5_000_000, since=date(2026, 1, 10))
    issuing_others.issue(JANUARY)
    assert the_line(payer).base == 5_000_000


def test_who_left_or_died_before_the_month_is_not_billed(app):
    payer = an_employer()
    a_worker(payer, 3_000_000, until=JANUARY)
    dead = a_worker(payer, 3_000_000)
    Person.update(died_on=date(2025, 12, 31)).where(Person.id == dead.id).execute()
    a_worker(payer, 3_000_000, since=date(2026, 2, 1))
    issuing_others.issue(JANUARY)
    assert lines(payer) == []
    assert Bill.select().where(Bill.payer == payer).count() == 0


@pytest.mark.parametrize("segment, code", [(Segment.PBI_JK, "PUSAT"), (Segment.PBPU_PEMDA, "35.78")])
def test_a_government_pays_for_each_person_it_covered_in_the_month(app, segment, code):
    payer = a_government(code)
    people = [a_subsidised(payer, segment), a_subsidised(payer, segment, until=date(2026, 1, 2))]
    a_subsidised(payer, segment, until=JANUARY)
    issuing_others.issue(JANUARY)
    assert sorted(line.person_id for line in lines(payer)) == [person.id for person in people]
    assert Bill.get(Bill.payer == payer).amount == 84_000
    assert ledger.due_of(payer.id) == 84_000


def test_the_aid_to_class_three_is_billed_to_the_state_and_the_province(app):
    a_family(3)
    service.issue_bills(JANUARY)
    issuing_others.issue(JANUARY)
    bills = {payer.code: payer.bills[0].amount for payer in governments()}
    assert bills == {"PUSAT": 3 * 4_200, "35": 3 * 2_800}
    assert {line.kind for line in lines(a_government())} == {Kind.AID}


def governments():
    return list(Payer.select().where(Payer.kind == PayerKind.GOVERNMENT))


def test_the_state_alone_pays_aid_for_a_family_without_a_village(app):
    family = a_family(1)
    Family.update(village_code=None).where(Family.id == family.id).execute()
    service.issue_bills(JANUARY)
    issuing_others.issue(JANUARY)
    assert {payer.code: payer.bills[0].amount for payer in governments()} == {"PUSAT": 7_000}


def test_in_2020_the_state_paid_all_the_aid_and_before_that_there_was_none(app):
    a_family(1, liable_from=date(2020, 6, 1), since=date(2019, 1, 1))
    for month in (date(2020, 6, 1), date(2020, 8, 1)):
        service.issue_bills(month)
    family = Payer.get(Payer.kind == PayerKind.FAMILY)
    pay_in(family, 25_500, date(2020, 6, 1))
    service.settle(family, [date(2020, 6, 1)], date(2020, 6, 5), clock.now(), SYSTEM)
    issuing_others.issue(date(2020, 6, 1))
    assert governments() == []
    issuing_others.issue(date(2020, 8, 1))
    assert {payer.code: payer.bills[0].amount for payer in governments()} == {"PUSAT": 16_500}


def test_no_aid_for_a_family_in_arrears_nor_for_other_classes(app):
    a_family(2, liable_from=date(2025, 12, 1))
    a_family(2, care_class=CareClass.I)
    for month in (date(2025, 12, 1), JANUARY):
        service.issue_bills(month)
    issuing_others.issue(JANUARY)
    assert Bill.select().join(Payer).where(Payer.kind == PayerKind.GOVERNMENT).count() == 0


def test_a_bill_is_the_sum_of_its_lines_and_issuing_twice_bills_once(app):
    a_world_of_payers()
    first = issuing_others.issue(JANUARY)
    before = everything()
    assert first == Bill.select().join(Payer).where(Payer.kind != PayerKind.FAMILY).count() == 4
    assert issuing_others.issue(JANUARY) == 0
    assert everything() == before
    for bill in Bill.select():
        assert bill.amount == sum(line.amount for line in bill.lines)
        assert ledger.due_of(bill.payer_id) == bill.amount
    totals = BillTotal.select().where(BillTotal.payer_id == a_government().id)
    assert [(row.kind, row.people) for row in totals.order_by(BillTotal.kind)] == [
        (Kind.AID, 2),
        (Kind.CONTRIBUTION, 2),
    ]


def a_world_of_payers():
    a_family(2)
    service.issue_bills(JANUARY)
    for payer in (an_employer(), an_employer(Segment.PPU_PN)):
        for wage in (2_000_000, 5_000_000, 13_000_000):
            a_worker(payer, wage, extra=1)
    for _ in range(2):
        a_subsidised(a_government(), Segment.PBI_JK)


def everything():
    """All that issuing writes, without the keys and the moments; payers by their code."""
    name = {payer.id: payer.code or f"family {payer.family_id}" for payer in Payer.select()}
    return (
        sorted(
            (name[row.payer_id], row.month, row.person_id, row.kind, row.amount, row.by_worker, row.base or 0)
            for row in BillLine.select()
        ),
        sorted((name[row.payer_id], row.month, row.amount, row.due_on, row.basis) for row in Bill.select()),
        sorted((name[row.payer_id], row.kind, row.care_class, row.people, row.amount) for row in BillTotal.select()),
        sorted((name[row.payer_id], row.source, row.amount) for row in ledger.Movement.select()),
    )


def test_no_line_joins_a_bill_that_was_issued(app):
    payer = an_employer()
    a_worker(payer, 3_000_000)
    issuing_others.issue(JANUARY)
    a_worker(payer, 4_000_000)
    issuing_others.issue(JANUARY)
    assert len(lines(payer)) == 1


def test_families_bills_leave_lines_of_others_alone_that_are_not_complete(app):
    """A run stopped between lines and bills: the next one bills families first."""
    payer = an_employer()
    first = Worker.get(Worker.person == a_worker(payer, 3_000_000))
    a_worker(payer, 4_000_000)
    issuing_others.write_lines(JANUARY, 0, range(first.id, first.id + 1))
    a_family(1)
    service.issue_bills(JANUARY)
    assert Bill.select().where(Bill.payer == payer).count() == 0
    issuing_others.issue(JANUARY)
    assert Bill.get(Bill.payer == payer).amount == 350_000


def test_credit_pays_the_oldest_bills_as_far_as_it_goes(app):
    payer = an_employer()
    a_worker(payer, 4_000_000)
    pay_in(payer, 450_000, JANUARY)
    for back in (-1, 0):
        issuing_others.issue(add_months(JANUARY, back))
    months = service.owed(Payer.get_by_id(payer.id), clock.today()).months
    assert [(item.month, item.amount) for item in months] == []
    assert ledger.credit_of(payer.id) == 50_000


def test_every_employer_is_billed_however_few_are_done_at_once(app, monkeypatch):
    monkeypatch.setattr(issuing_others, "PAYERS", 2)
    payers = [an_employer() for _ in range(5)]
    for payer in payers:
        a_worker(payer, 3_000_000)
    assert issuing_others.issue(JANUARY, chunk=2) == 5
