"""State aid to class III belongs to the paid month: for months paid late it stands on the governments' next bill."""

from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.calendar import add_months
from jkn.contributions import corrections, issuing_others, late_aid, service
from jkn.contributions.models import Bill, BillLine, BillTotal, Correction, Kind, LateAid
from jkn.db import write
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Payer, PayerKind, Segment
from tests.builders import a_family, pay_in, people
from tests.employers.places import JANUARY, a_government, a_subsidised

OCTOBER, NOVEMBER, DECEMBER = (add_months(JANUARY, -back) for back in (3, 2, 1))
FEBRUARY = add_months(JANUARY, 1)


def bill(*months):
    for month in months:
        service.issue_bills(month)
        issuing_others.issue(month)


def pay(payer, on):
    with clock.frozen(clock.start_of(on) + timedelta(hours=9)), write():
        owed = service.owed(payer, on)
        pay_in(payer, owed.total, on)
        return service.settle(payer, [item.month for item in owed.months], on, clock.now(), SYSTEM)


@pytest.fixture
def payer(app):
    """Two people of class III, in arrears since November; the governments' bills until January are made."""
    payer = members.payer_of(a_family(2, liable_from=OCTOBER).id)
    bill(OCTOBER)
    pay(payer, date(2025, 10, 8))
    bill(NOVEMBER, DECEMBER, JANUARY)
    return payer


def late(payer, month):
    rows = BillLine.select().where(
        BillLine.payer_id == payer.id, BillLine.month == month, BillLine.kind == Kind.LATE_AID
    )
    return sorted(line.amount for line in rows)


def province():
    return a_government("35", "Jawa Timur")


def test_months_paid_late_are_on_the_next_bill_of_both_governments(payer):
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY)
    assert late(a_government(), FEBRUARY) == [2 * 4_200] * 2  # December and January; November was billed in time
    assert late(province(), FEBRUARY) == [2 * 2_800] * 2
    months = {row.month for row in LateAid.select()}
    assert months == {DECEMBER, JANUARY}
    total = Bill.get(Bill.payer == a_government(), Bill.month == FEBRUARY)
    assert total.amount == 2 * 4_200 + 2 * 8_400
    assert BillTotal.get(BillTotal.kind == Kind.LATE_AID, BillTotal.payer_id == province().id).amount == 11_200


def test_no_aid_for_a_month_that_is_not_paid(payer):
    bill(FEBRUARY)
    assert LateAid.select().count() == 0


def test_what_was_paid_while_the_bills_were_made_is_on_the_next_one(payer):
    a_family(1, liable_from=FEBRUARY)
    march = add_months(FEBRUARY, 1)
    with clock.frozen(clock.start_of(FEBRUARY) + timedelta(hours=12)):
        bill(FEBRUARY)
    pay(payer, FEBRUARY)  # at nine: the bills of noon had read this family before
    with clock.frozen(clock.start_of(march) + timedelta(hours=12)):
        bill(march)
    assert late(a_government(), march) == [3 * 4_200] * 2


def test_it_is_never_billed_twice(payer):
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY, FEBRUARY, add_months(JANUARY, 2), add_months(JANUARY, 3))
    assert LateAid.select().count() == 8
    assert BillLine.select().where(BillLine.kind == Kind.LATE_AID).count() == 4


def test_what_is_paid_after_the_bill_is_on_the_next_one(payer):
    a_family(1, liable_from=FEBRUARY)
    bill(FEBRUARY)
    pay(payer, date(2026, 2, 20))
    bill(FEBRUARY)
    assert LateAid.select().count() == 0
    bill(add_months(JANUARY, 2))
    assert late(a_government(), add_months(JANUARY, 2)) == [3 * 4_200] * 2


def test_a_run_that_stops_between_its_pieces_ends_as_if_undisturbed(payer):
    pay(payer, date(2026, 1, 20))
    service.issue_bills(FEBRUARY)
    for pieces in (2, 4, 7):
        run = issuing_others.run(FEBRUARY, chunk=1)
        for _piece in range(pieces):
            next(run)
        run.close()
    issuing_others.issue(FEBRUARY)
    assert late(a_government(), FEBRUARY) == [8_400] * 2 and late(province(), FEBRUARY) == [5_600] * 2


def test_a_family_that_joined_after_the_bills_has_its_first_month_later(app):
    payer = members.payer_of(a_family(1, liable_from=None, registered_on=date(2025, 12, 25)).id)
    bill(JANUARY)
    pay(payer, date(2026, 1, 15))
    bill(FEBRUARY)
    assert late(a_government(), FEBRUARY) == [4_200]


def test_a_month_of_2020_has_the_aid_of_its_day(app):
    payer = members.payer_of(a_family(1, liable_from=date(2020, 11, 1), since=date(2019, 1, 1)).id)
    service.issue_bills(date(2020, 11, 1))
    bill(date(2020, 12, 1))
    pay(payer, date(2020, 12, 15))
    bill(date(2021, 1, 1))
    assert late(a_government(), date(2021, 1, 1)) == [33_000]
    assert late(province(), date(2021, 1, 1)) == []


def test_a_family_without_a_village_has_all_its_aid_from_the_state(payer):
    Family.update(village_code=None).execute()
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY)
    assert late(a_government(), FEBRUARY) == [14_000] * 2
    assert Payer.select().where(Payer.kind == PayerKind.GOVERNMENT, Payer.code == "35").count() == 1


def test_who_moves_to_another_province_is_not_billed_there_again(payer):
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY)
    Family.update(village_code="33.74.01.1001").execute()
    bill(add_months(JANUARY, 2))
    assert not BillLine.select().join(Payer, on=(Payer.id == BillLine.payer_id)).where(Payer.code == "33").exists()


def test_aid_goes_to_both_governments_together_or_to_both_a_month_later(app):
    bill_payer = a_government()
    a_subsidised(bill_payer, Segment.PBI_JK)
    issuing_others.issue(JANUARY)
    a_family(1)
    bill(JANUARY)
    assert BillLine.select().where(BillLine.kind == Kind.AID).count() == 0
    pay(members.payer_of(Family.select().order_by(Family.id.desc()).get().id), date(2026, 1, 20))
    bill(FEBRUARY)
    assert (late(bill_payer, FEBRUARY), late(province(), FEBRUARY)) == ([4_200], [2_800])


def test_other_classes_have_none(app):
    payer = members.payer_of(a_family(1, CareClass.II, liable_from=DECEMBER).id)
    bill(DECEMBER, JANUARY)
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY)
    assert LateAid.select().count() == 0


def test_no_aid_where_the_whole_contribution_was_paid(app, own_law):
    own_law('price = "NET"', 'price = "GROSS"')
    payer = members.payer_of(a_family(1, liable_from=NOVEMBER).id)
    bill(NOVEMBER, DECEMBER, JANUARY)
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY)
    assert {row.month for row in LateAid.select()} == {JANUARY}  # the running month was paid with its aid


def test_a_death_before_a_month_takes_its_late_aid_away(payer):
    dead = people(Family.get_by_id(payer.family_id))[1]
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY)
    with clock.frozen(clock.start_of(date(2026, 2, 10))):
        corrections.report_death(dead, date(2025, 12, 20), SYSTEM)
    central = a_government()
    rows = Correction.select().where(Correction.payer == central)
    assert {(row.month, row.person_id) for row in rows} == {(FEBRUARY, dead.id)}
    assert sum(row.amount for row in rows) == -2 * 4_200  # January's late aid, and February's in time


def test_twin_that_does_not_look_what_was_billed_bills_it_twice(payer, monkeypatch):
    pay(payer, date(2026, 1, 20))
    bill(FEBRUARY)
    LateAid.delete().execute()  # as if nobody had noted it
    bill(add_months(JANUARY, 2))
    assert late_aid.LateAid.select().count() == 8
    assert BillLine.select().where(BillLine.kind == Kind.LATE_AID).count() == 8
