"""A death that is reported late is taken off the bills of employers and governments too, those paid included."""

from datetime import date

import pytest

from jkn.access import SYSTEM
from jkn.calendar import add_months
from jkn.contributions import corrections, issuing_others, others, service
from jkn.contributions.models import Bill, BillLine, Correction, How, Kind, Reason
from jkn.db import write
from jkn.employers.models import Worker
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Payer, PayerKind, Relation, Segment
from tests.builders import a_family, a_nik, pay_in, people
from tests.employers.places import JANUARY, a_government, a_subsidised, a_worker, an_employer, family_of

NOVEMBER, DECEMBER = add_months(JANUARY, -2), add_months(JANUARY, -1)
DIED = date(2025, 11, 20)  # nothing is owed from December on; it is reported on 15 January


def bill(*months):
    for month in months or (NOVEMBER, DECEMBER, JANUARY):
        service.issue_bills(month)
        issuing_others.issue(month)


def asked(payer):
    """What the payer's bills come to, with their corrections, by month."""
    months = [month for (month,) in Bill.select(Bill.month).where(Bill.payer == payer).tuples()]
    return service.amounts_of(payer, months)


def pay(payer, *months):
    with write():
        amount = sum(service.amounts_of(payer, list(months)).values())
        pay_in(payer, amount, JANUARY)
        service.settle(payer, list(months), JANUARY, corrections.clock.now(), SYSTEM, How.PAID)


def level(payer):
    assert sum(Movement.sum_of(payer.id, account) for account in Account) == 0
    open_still = service.still_open(payer, list(asked(payer)))
    assert Movement.sum_of(payer.id, Account.DUE) == sum(service.amounts_of(payer, open_still).values())


def test_an_employer_owes_nothing_for_a_worker_after_the_month_of_death(app):
    payer = an_employer()
    dead, other = a_worker(payer, 6_000_000), a_worker(payer, 5_000_000)
    bill()
    corrections.report_death(dead, DIED, SYSTEM)
    assert asked(payer) == {NOVEMBER: 550_000, DECEMBER: 250_000, JANUARY: 250_000}
    assert {(row.person_id, row.amount, row.reason) for row in Correction.select()} == {
        (dead.id, -300_000, Reason.DEATH)
    }
    level(payer)
    corrections.report_death(dead, DIED, SYSTEM)
    assert Correction.select().count() == 2 and other.died_on is None


def test_what_the_employer_has_paid_is_its_credit(app):
    payer = an_employer()
    dead = a_worker(payer, 6_000_000)
    a_worker(payer, 5_000_000)
    bill()
    pay(payer, NOVEMBER, DECEMBER, JANUARY)
    corrections.report_death(dead, DIED, SYSTEM)
    assert ledger.credit_of(payer.id) == 600_000
    level(payer)


def test_credit_from_a_death_pays_the_oldest_open_bill(app):
    payer = an_employer()
    dead = a_worker(payer, 6_000_000)
    a_worker(payer, 5_000_000)
    bill()
    pay(payer, NOVEMBER, DECEMBER)
    corrections.report_death(dead, DIED, SYSTEM)
    assert service.owed(payer, date(2026, 1, 15)).months == ()
    assert ledger.credit_of(payer.id) == 50_000
    level(payer)


def test_a_bill_of_the_dead_alone_is_no_longer_owed(app):
    payer = an_employer()
    dead = a_worker(payer, 6_000_000)
    bill()
    corrections.report_death(dead, DIED, SYSTEM)
    assert [item.month for item in service.owed(payer, date(2026, 1, 15)).months] == [NOVEMBER]
    level(payer)


@pytest.mark.parametrize("segment", [Segment.PBI_JK, Segment.PBPU_PEMDA])
def test_a_government_owes_nothing_for_the_dead(app, segment):
    payer = a_government() if segment == Segment.PBI_JK else a_government("35.78", "Surabaya")
    dead = a_subsidised(payer, segment)
    a_subsidised(payer, segment)
    bill()
    pay(payer, NOVEMBER, DECEMBER)
    corrections.report_death(dead, DIED, SYSTEM)
    assert asked(payer) == {NOVEMBER: 84_000, DECEMBER: 42_000, JANUARY: 42_000}
    assert ledger.credit_of(payer.id) == 0 and service.still_open(payer, [JANUARY]) == []
    level(payer)


def test_a_government_owes_nothing_for_a_dead_pensioner(app):
    payer = a_government()
    dead = a_worker(payer, 4_000_000)
    bill()
    corrections.report_death(dead, DIED, SYSTEM)
    assert asked(payer) == {NOVEMBER: 200_000, DECEMBER: 0, JANUARY: 0}
    level(payer)


def test_the_aid_of_both_governments_ends_with_the_death(app):
    family = a_family(2, liable_from=NOVEMBER)
    dead = people(family)[1]
    own = members.payer_of(family.id)
    for month in (NOVEMBER, DECEMBER, JANUARY):
        service.issue_bills(month)
        with write():
            pay_in(own, 70_000, month)
            service.settle(own, [month], month, corrections.clock.now(), SYSTEM)
        issuing_others.issue(month)
    corrections.report_death(dead, DIED, SYSTEM)
    central, province = a_government(), Payer.get(Payer.kind == PayerKind.GOVERNMENT, Payer.code == "35")
    assert asked(central) == {NOVEMBER: 8_400, DECEMBER: 4_200, JANUARY: 4_200}
    assert asked(province) == {NOVEMBER: 5_600, DECEMBER: 2_800, JANUARY: 2_800}
    level(central)
    level(province)


def a_relative(worker, relation, born=date(2010, 1, 1)):
    person = members.enter_person(nik=a_nik(born), name="ANAK", born=born, sex="L")
    members.settle_in(person, family_of(worker), relation, date(2025, 1, 1))
    return person


def test_a_worker_pays_no_longer_for_a_dead_parent(app):
    payer = an_employer()
    worker = a_worker(payer, 6_000_000, extra=2)
    parent, _other = a_relative(worker, Relation.PARENT), a_relative(worker, Relation.PARENT)
    bill()
    corrections.report_death(parent, DIED, SYSTEM)
    assert asked(payer) == {NOVEMBER: 420_000, DECEMBER: 360_000, JANUARY: 360_000}
    assert [(row.since, row.extra_family) for row in Worker.select().order_by(Worker.since)] == [
        (date(2025, 1, 1), 2),
        (DECEMBER, 1),
    ]
    bill(add_months(JANUARY, 1))
    assert asked(payer)[add_months(JANUARY, 1)] == 360_000
    level(payer)


@pytest.mark.parametrize(("children", "off"), [(3, 0), (4, 60_000)])
def test_a_child_makes_the_bill_smaller_only_beyond_the_third(app, children, off):
    payer = an_employer()
    worker = a_worker(payer, 6_000_000, extra=1)
    born = [a_relative(worker, Relation.CHILD) for _ in range(children)]
    bill(DECEMBER)
    corrections.report_death(born[0], DIED, SYSTEM)
    assert asked(payer)[DECEMBER] == 360_000 - off


def test_an_employer_that_counts_one_less_already_is_not_corrected_again(app):
    payer = an_employer()
    worker = a_worker(payer, 6_000_000, extra=1, until=JANUARY)
    Worker.create(payer=payer, person=worker, wage=6_000_000, extra_family=0, since=JANUARY)
    parent = a_relative(worker, Relation.PARENT)
    bill()
    corrections.report_death(parent, DIED, SYSTEM)
    assert asked(payer) == {NOVEMBER: 360_000, DECEMBER: 300_000, JANUARY: 300_000}
    assert Worker.get(Worker.since == JANUARY).extra_family == 0


def test_lines_that_a_stopped_run_had_written_are_forgotten(app):
    payer = an_employer()
    dead = a_worker(payer, 6_000_000)
    a_worker(payer, 5_000_000)
    issuing_others.write_lines(JANUARY, 0, range(1, 10**6))
    corrections.report_death(dead, DIED, SYSTEM)
    issuing_others.issue(JANUARY)
    assert asked(payer) == {JANUARY: 250_000} and Correction.select().count() == 0


def test_twin_without_it_the_employer_goes_on_owing(app, monkeypatch):
    monkeypatch.setattr(others, "take_off", lambda *_args: None)
    payer = an_employer()
    dead = a_worker(payer, 6_000_000)
    bill()
    corrections.report_death(dead, DIED, SYSTEM)
    assert asked(payer)[DECEMBER] == 300_000
    assert BillLine.select().where(BillLine.kind == Kind.CONTRIBUTION).count() == 3
