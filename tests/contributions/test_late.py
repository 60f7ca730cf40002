"""The parameter class3_arrears_basis: bills and calculators follow it by one and the same function."""

from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.contributions import arrears, corrections, service
from jkn.contributions.course import End
from jkn.contributions.models import Bill, Correction, Reason
from jkn.db import write
from jkn.instalments import service as instalments
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import CareClass
from jkn.payments import booking
from tests.builders import a_family, pay_in, people, sign_in

TODAY = date(2026, 1, 15)
SINCE = date(2025, 8, 1)
NET, GROSS = 'price = "NET"', 'price = "GROSS"'


def a_payer(size=2, care_class=CareClass.III, billed=True):
    payer = members.payer_of(a_family(size, care_class, liable_from=SINCE, since=SINCE).id)
    for month in (SINCE, date(2025, 9, 1), date(2026, 1, 1)) if billed else ():
        service.issue_bills(month)
    return payer


def pay(payer, on=TODAY):
    owed = service.owed(payer, on)
    with write():
        pay_in(payer, owed.total, on)
        return service.settle(payer, [each.month for each in owed.months], on, clock.now(), SYSTEM)


@pytest.mark.parametrize("setting", [NET, GROSS])
@pytest.mark.parametrize("care_class", [CareClass.I, CareClass.III])
@pytest.mark.parametrize("billed", [True, False])
def test_a_family_owes_what_the_calculator_says(app, own_law, setting, care_class, billed):
    own_law(NET, setting)
    payer = a_payer(2, care_class, billed)
    calculated = arrears.to_be_active(SINCE, TODAY, care_class, 2).total
    assert service.owed(payer, TODAY).total == calculated
    assert service.standing_and_owed(payer, TODAY)[1].total == calculated
    assert len(pay(payer)) == 6
    assert ledger.credit_of(payer.id) == 0 == Movement.sum_of(payer.id, Account.DUE)


def test_the_whole_contribution_is_dearer(app, own_law):
    own_law(NET, GROSS)
    owed = service.owed(a_payer(), TODAY)
    assert [item.amount for item in owed.months] == [84_000] * 5 + [70_000]
    assert {line.aid for line in owed.months[0].people} == {0}


def test_what_came_on_top_is_a_correction_of_the_bill_with_its_basis(app, own_law):
    own_law(NET, GROSS)
    payer = a_payer(1)
    pay(payer)
    rows = list(Correction.select().order_by(Correction.month))
    assert [(row.amount, row.reason) for row in rows] == [(7_000, Reason.ARREARS)] * 5
    assert rows[0].basis == "Perpres 64/2020 ps 34; PMK 78/2020" and rows[0].on == TODAY


def test_a_month_that_was_paid_late_and_opened_again_is_not_charged_twice(app, own_law):
    own_law(NET, GROSS)
    payer = a_payer(1)
    pay(payer)
    total = 5 * 42_000 + 35_000
    with write():
        corrections.unsettle(payer, total, TODAY, SYSTEM)
    assert service.owed(payer, TODAY).total == 0 and ledger.credit_of(payer.id) == total
    with write():
        assert len(service.use_credit(payer, TODAY, SYSTEM)) == 6
    assert Correction.select().count() == 5 and ledger.credit_of(payer.id) == 0


def test_correcting_prices_leaves_what_was_paid_late(app, own_law):
    own_law(NET, GROSS)
    payer = a_payer(1)
    pay(payer)
    assert corrections.correct_prices(range(payer.id, payer.id + 1)) == 0
    assert corrections.correct(payer, SINCE, Reason.CHANGE) == {}


def test_a_death_gives_back_all_that_was_paid_for_the_dead(app, own_law):
    own_law(NET, GROSS)
    payer = a_payer(2)
    dead = people(payer.family)[1]
    pay(payer)
    corrections.report_death(dead, date(2025, 9, 20), SYSTEM)
    assert ledger.credit_of(payer.id) == 3 * 42_000 + 35_000


def test_a_plan_keeps_the_price_of_the_day_it_was_made(app, own_law):
    first = "class3_arrears_basis = [\n  { from = 2014-01-01, price = "
    gross = f'{first}"GROSS", basis = "Perpres 1/2025", checked = 2026-01-01 }},\n'
    own_law(f'{first}"NET"', f'{gross}  {{ from = 2026-02-01, price = "NET"')
    payer = a_payer(1)
    offered = instalments.offer(payer, TODAY)
    plan = instalments.join(payer, 2, SYSTEM, "k")
    assert offered.plans[0].arrears == plan.arrears == 5 * 42_000 and plan.running == 70_000
    booking.take(payer, plan.per_month, "Bank", "r1", clock.now(), SYSTEM)
    with clock.frozen(clock.start_of(date(2026, 2, 10))):
        assert service.owed(payer, date(2026, 2, 10)).total == plan.total - plan.per_month
        booking.take(payer, plan.total - plan.per_month, "Bank", "r2", clock.now(), SYSTEM)
        assert instalments.so_far(plan, date(2026, 2, 10)).ended[1] == End.COMPLETE
    assert ledger.credit_of(payer.id) == 0


def test_pages_show_the_price_that_is_asked(app, own_law):
    own_law(NET, GROSS)
    payer = a_payer(1)
    client = sign_in(app, people(payer.family)[0])
    bill = Bill.get(Bill.payer == payer, Bill.month == SINCE)
    page = client.get(f"/tagihan/{bill.id}").text
    assert 'value="42000"' in page and 'value="7000"' in page
    assert "Dibayar terlambat" in page
    assert client.get("/tagihan").text.count('value="42000"') == 2
    own_law(NET, NET)
    assert "Dibayar terlambat" not in client.get(f"/tagihan/{bill.id}").text
