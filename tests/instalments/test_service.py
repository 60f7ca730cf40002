"""A plan from the day of joining to its end, on every way that it can go."""

from datetime import UTC, date, datetime

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.calendar import add_months
from jkn.contributions import corrections, reactivation
from jkn.contributions import service as contributions
from jkn.contributions.course import End
from jkn.contributions.models import How, Reason, Settlement
from jkn.contributions.standing import State
from jkn.errors import Refused
from jkn.instalments import service
from jkn.instalments.models import Plan, Variant
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import Payer, PayerKind, Segment, Spell
from jkn.notices.models import Notice
from jkn.payments import booking, owing
from jkn.payments.models import Purpose
from tests.builders import a_family, people
from tests.instalments.laws import changed

JANUARY = date(2026, 1, 1)
PRICE = 35_000


def at(*day) -> datetime:
    """Ten in the morning in Jakarta."""
    return datetime(*day, 3, tzinfo=UTC)


def behind(months: int, size: int = 1, **more) -> Payer:
    """A family that has not paid for so many months before January 2026, and not for January either."""
    first = add_months(JANUARY, -months)
    family = a_family(size, liable_from=first, since=date(2020, 1, 1), **more)
    payer = members.payer_of(family.id)
    for back in range(months, -1, -1):
        contributions.issue_bills(add_months(JANUARY, -back))
    return payer


def moved_away(months: int, size: int = 1) -> Payer:
    """A family whose people an employer covers since January; so many months before it are not paid."""
    payer = behind(months, size)
    employer = Payer.create(kind=PayerKind.EMPLOYER, code="E1", name="PT MAJU")
    Spell.update(until=JANUARY).where(Spell.payer == payer).execute()
    for person in members.people_of(payer.family_id):
        members.cover(person, employer, Segment.PPU_BU, 2, JANUARY)
    return payer


def pay(payer: Payer, amount: int, when: datetime | None = None, purpose: Purpose = Purpose.BILL):
    when = when or clock.now()
    return booking.take(payer, amount, "Bank Uji", f"{payer.id}-{when}-{amount}", when, SYSTEM, purpose=purpose)


def joined(payer: Payer, instalments: int, key: str = "k") -> Plan:
    return service.join(payer, instalments, SYSTEM, key)


def ended(plan: Plan, on: date):
    return service.progress(Plan.get_by_id(plan.id), on).ended


def standing(payer: Payer, on: date) -> State:
    return contributions.standing(Payer.get_by_id(payer.id), on).state


@pytest.mark.parametrize(("months", "eligible"), [(3, False), (4, True)])
def test_h01_arrears_of_four_months_may_be_paid_in_instalments_and_three_not(app, months, eligible):
    offered = service.offer(behind(months), clock.today())
    assert offered.variant == Variant.PBPU and bool(offered.plans) == eligible
    assert eligible or "4" in offered.refused.say(str)


@pytest.mark.parametrize(("months", "eligible"), [(1, False), (2, True)])
def test_h01_who_has_moved_to_another_segment_may_from_two_months_on(app, months, eligible):
    offered = service.offer(moved_away(months), clock.today())
    assert offered.variant == Variant.ALIH and bool(offered.plans) == eligible


@pytest.mark.parametrize(("months", "most"), [(24, 12), (8, 4), (5, 2)])
def test_h02_at_most_half_the_months_and_twelve(app, months, most):
    assert max(plan.instalments for plan in service.offer(behind(months), clock.today()).plans) == most


def test_h02_who_has_moved_pays_at_least_35000_each_time(app):
    plans = service.offer(moved_away(24), clock.today()).plans
    assert (plans[-1].instalments, plans[-1].per_month) == (24, 35_000)
    assert all(35_000 <= plan.last <= plan.per_month for plan in plans)


def test_h02_who_has_moved_pays_in_at_most_36_instalments(app):
    assert service.offer(moved_away(24, 3), clock.today()).plans[-1].instalments == 36


@pytest.mark.parametrize(
    ("day", "may"), [((2024, 3, 28), True), ((2024, 3, 29), False), ((2024, 2, 27), True), ((2024, 2, 28), False)]
)
def test_h04_under_the_first_programme_one_joins_until_the_28th_or_27_february(app, day, may):
    with clock.frozen(at(*day)):
        family = a_family(1, liable_from=date(2023, 6, 1), since=date(2020, 1, 1))
        payer = members.payer_of(family.id)
        assert bool(service.offer(payer, clock.today()).plans) == may


def test_a_plan_is_paid_month_by_month_and_the_card_turns_active_on_the_last_day(app):
    payer = behind(8)
    plan = joined(payer, 4)  # 8 months in arrears and the 4 of paying: 12 x 35.000 in 4
    assert (plan.total, plan.per_month, plan.first_month, plan.last_month) == (
        420_000,
        105_000,
        JANUARY,
        date(2026, 4, 1),
    )
    for month in (1, 2, 3, 4):
        with clock.frozen(at(2026, month, 20)):
            contributions.issue_bills(clock.today().replace(day=1))
            asked = owing.due(payer, clock.today())
            assert asked.amount == 105_000 and asked.instalment.number == month
            assert standing(payer, clock.today()) == State.SUSPENDED
            assert len(pay(payer, 105_000).months) == 3
    assert standing(payer, date(2026, 4, 19)) == State.SUSPENDED
    assert standing(payer, date(2026, 4, 20)) == State.ACTIVE
    assert ended(plan, date(2026, 5, 1)) == (date(2026, 4, 20), End.COMPLETE)
    assert {row.how for row in Settlement.select()} == {How.INSTALMENT}
    assert ledger.credit_of(payer.id) == 0 and Notice.select().where(Notice.name == "plan_completed").count() == 1


def test_instalments_that_are_no_whole_months_lose_nothing(app):
    payer = behind(5)
    plan = joined(payer, 2)  # 7 x 35.000 in 2: 122.500
    assert plan.per_month == 122_500
    assert len(pay(payer, 122_500).months) == 3 and ledger.credit_of(payer.id) == 17_500
    assert service.progress(plan, clock.today()).paid == 122_500
    with clock.frozen(at(2026, 2, 3)):
        assert owing.due(payer, clock.today()).amount == 122_500
        assert len(pay(payer, 122_500).months) == 4
        assert standing(payer, clock.today()) == State.ACTIVE and ledger.credit_of(payer.id) == 0


def test_a_month_without_its_instalment_ends_the_plan_on_the_next_first_and_nothing_paid_is_lost(app):
    payer = behind(8)
    plan = joined(payer, 4)
    pay(payer, 105_000)
    assert ended(plan, date(2026, 2, 28)) is None
    assert ended(plan, date(2026, 3, 1)) == (date(2026, 3, 1), End.MISSED)
    with clock.frozen(at(2026, 3, 2)):
        assert service.running(payer, clock.today()) is None
        assert owing.due(payer, clock.today()).amount == 8 * PRICE  # 11 months less the 3 settled
        assert service.check([plan], clock.today()) == service.check([plan], clock.today()) == 1
    assert Notice.select().where(Notice.name == "plan_missed").count() == 1
    assert Settlement.select().count() == 3


def test_the_bank_may_tell_a_day_late_that_an_instalment_was_paid_in_time(app):
    payer = behind(8)
    plan = joined(payer, 4)
    with clock.frozen(datetime(2026, 1, 31, 17, 10, tzinfo=UTC)):  # ten past midnight: 1 February
        service.check([plan], clock.today())
        pay(payer, 105_000, datetime(2026, 1, 31, 16, 50, tzinfo=UTC))
        assert service.running(payer, clock.today())
    assert not Notice.select().where(Notice.name == "plan_missed").exists()


def test_everything_can_be_paid_at_once_at_any_time(app):
    payer = behind(8)
    plan = joined(payer, 4)
    pay(payer, 105_000)
    with clock.frozen(at(2026, 2, 3)):
        assert [choice.amount for choice in owing.due_by_months(payer, clock.today())] == [105_000, 7 * PRICE]
        assert owing.due(payer, clock.today(), owing.EVERYTHING).amount == 7 * PRICE
        pay(payer, 7 * PRICE)
        assert standing(payer, clock.today()) == State.ACTIVE
    assert ended(plan, date(2026, 12, 1)) == (date(2026, 2, 3), End.COMPLETE)


def test_the_family_can_end_its_plan(app):
    payer = behind(8)
    plan = joined(payer, 4)
    pay(payer, 40_000)
    assert service.cancel(Plan.get_by_id(plan.id), SYSTEM)
    assert not service.cancel(Plan.get_by_id(plan.id), SYSTEM)
    assert ended(plan, clock.today()) == (clock.today(), End.CANCELLED)
    assert owing.due(payer, clock.today()).amount == 8 * PRICE - 5_000
    again = joined(payer, 3, "other")
    assert again.id != plan.id and service.running(payer, clock.today()).plan.id == again.id


def test_only_one_plan_runs_and_the_same_form_sent_twice_is_the_same_plan(app):
    payer = behind(8)
    assert joined(payer, 4).id == joined(payer, 4).id
    with pytest.raises(Refused, match="already"):
        joined(payer, 3, "another tab")
    assert Plan.select().count() == 1


def test_credit_from_before_counts_for_the_first_instalment(app):
    payer = behind(8)
    pay(payer, 50_000)
    joined(payer, 4)
    assert Settlement.select().count() == 1 and owing.due(payer, clock.today()).amount == 55_000


def test_months_of_a_plan_do_not_lapse_while_it_runs(app):
    payer = moved_away(24)
    Spell.update(until=None).where(Spell.payer == payer).execute()  # back again: each month adds one
    Spell.delete().where(Spell.segment == Segment.PPU_BU).execute()
    joined(payer, 12)
    pay(payer, 105_000)
    with lowered_cap(12):
        held = contributions.standing(payer, date(2026, 2, 10))
        assert (len(held.unpaid), held.lapsed) == (23, ())
        missed = contributions.standing(payer, date(2026, 3, 2))  # none in February
        assert len(missed.unpaid) == 12 + 1 and len(missed.lapsed) == 11


def test_the_broken_twin_without_holds_lets_them_lapse(app, monkeypatch):
    payer = behind(24)
    joined(payer, 12)
    pay(payer, 105_000)
    monkeypatch.setattr(contributions.holds, "held_by", lambda payer, on: ([], frozenset(), ()))
    with lowered_cap(12):
        assert contributions.standing(payer, date(2026, 2, 10)).lapsed


def test_a_new_tariff_changes_only_months_not_yet_begun_and_the_last_instalment(app):
    payer = behind(8)
    plan = joined(payer, 4)
    pay(payer, 105_000)
    with tariff_from("2026-03-01", 40_000):
        assert service.progress(plan, date(2026, 2, 1)).changed == 10_000
        for month, amount in ((2, 105_000), (3, 105_000), (4, 115_000)):
            with clock.frozen(at(2026, month, 5)):
                contributions.issue_bills(clock.today().replace(day=1))
                assert owing.due(payer, clock.today()).amount == amount
                pay(payer, amount)
    assert ended(plan, date(2026, 5, 1)) == (date(2026, 4, 5), End.COMPLETE)
    assert ledger.credit_of(payer.id) == 0 and ledger.due_of(payer.id) == 0


def test_a_decree_about_the_past_leaves_the_months_of_a_plan_at_their_price(app):
    payer = behind(8)
    joined(payer, 4)
    pay(payer, 105_000)
    with tariff_from("2025-01-01", 25_500):
        assert corrections.correct(payer, date(2025, 1, 1), Reason.TARIFF) == {}
    with clock.frozen(at(2026, 3, 2)), tariff_from("2025-01-01", 25_500):  # it was missed: the rest is like any debt
        changed = corrections.correct(payer, date(2025, 1, 1), Reason.TARIFF)
        assert len(changed) == 6 and date(2025, 5, 1) not in changed  # the three that it settled stay


def test_a_death_lowers_what_is_left(app):
    payer = behind(8, 2)
    plan = joined(payer, 4)
    corrections.report_death(people(payer.family)[1], date(2025, 12, 20), SYSTEM)
    assert service.progress(plan, clock.today()).changed == -4 * PRICE


def test_arrears_of_who_has_moved_are_paid_without_new_months(app):
    payer = moved_away(4)
    plan = joined(payer, 4)
    assert (plan.variant, plan.per_month, plan.running) == (Variant.ALIH, PRICE, 0)
    for month in (1, 2, 3, 4):
        with clock.frozen(at(2026, month, 19)):
            pay(payer, owing.due(payer, clock.today()).amount)
    assert ended(plan, date(2026, 5, 1)) == (date(2026, 4, 19), End.COMPLETE)
    with clock.frozen(at(2026, 5, 1)), pytest.raises(owing.NotPayable):
        owing.due(payer, clock.today())


def test_under_the_first_programme_the_running_months_are_paid_beside_the_instalments(app):
    with clock.frozen(at(2024, 3, 5)):
        payer = members.payer_of(a_family(1, liable_from=date(2023, 7, 1), since=date(2020, 1, 1)).id)
        plan = joined(payer, 4)
        assert plan.running == 0 and plan.per_month == 2 * PRICE  # 8 months in 4
    for month in (3, 4, 5, 6):
        with clock.frozen(at(2024, month, 20)):
            asked = owing.due(payer, clock.today()).amount
            assert asked == 3 * PRICE
            pay(payer, asked)
    assert standing(payer, date(2024, 6, 20)) == State.ACTIVE
    assert ended(plan, date(2024, 7, 1)) == (date(2024, 6, 20), End.COMPLETE)


def test_where_the_law_says_so_the_first_instalment_brings_cover(app):
    payer = behind(8)
    with changed_law("rehab", "2026-01-01", active_on="first"):
        joined(payer, 4)
        assert standing(payer, clock.today()) == State.SUSPENDED
        pay(payer, 105_000)
        assert standing(payer, clock.today()) == State.LATE  # covered; January itself is open until the end
        assert standing(payer, date(2026, 2, 5)) == State.ACTIVE
        assert standing(payer, date(2026, 3, 1)) == State.SUSPENDED  # nothing in February


def test_a_reminder_comes_a_week_before_the_last_day_and_once(app):
    payer = behind(8)
    plan = joined(payer, 4)
    for day in (23, 24, 25, 31):
        with clock.frozen(at(2026, 1, day)):
            for plans in service.to_check(clock.today()):
                service.check(plans, clock.today())
            assert Notice.select().where(Notice.name == "plan_reminder").count() == (day >= 24)
    with clock.frozen(at(2026, 1, 31)):
        pay(payer, 105_000)
    with clock.frozen(at(2026, 2, 1)):
        service.check([plan], clock.today())
    assert Notice.select().where(Notice.name == "plan_reminder").count() == 1


def test_a_payment_taken_back_by_the_bank_is_missing_from_the_plan(app):
    payer = behind(8)
    plan = joined(payer, 4)
    payment = pay(payer, 105_000)
    booking.reverse(payment, "wrong account", SYSTEM)
    assert service.progress(plan, clock.today()).paid == 0 and not Settlement.select().where(
        Settlement.reversed_on.is_null()
    )
    assert ended(plan, date(2026, 2, 1)) == (date(2026, 2, 1), End.MISSED)


# --- laws of a test's own


def changed_law(table: str, since: str, **values):
    return changed(table, date.fromisoformat(since), **values)


def lowered_cap(months: int):
    return changed_law("arrears_cap", "2026-01-16", months=months)


def tariff_from(since: str, class_3: int):
    return changed_law("pbpu_tariff", since, class_3=class_3)


def test_the_arrears_that_count_for_a_penalty_are_those_of_the_plan_and_not_its_running_months(app):
    """Four in arrears, paid with January and February in two instalments: the second settles January, late."""
    payer = behind(4)
    joined(payer, 2)
    assert reactivation.if_paid(payer, date(2026, 2, 9)).months == 5  # without the first one, there is no plan then
    pay(payer, 3 * PRICE, at(2026, 1, 20))
    assert reactivation.if_paid(payer, date(2026, 2, 9)).months == 4
    pay(payer, 3 * PRICE, at(2026, 2, 10))
    assert reactivation.last_reactivation(payer, date(2026, 2, 20)) == (date(2026, 2, 10), 4)


def test_after_a_missed_plan_every_month_that_ended_unpaid_counts_for_a_penalty(app):
    payer = behind(4)
    joined(payer, 2)
    pay(payer, 3 * PRICE, at(2026, 1, 20))
    with clock.frozen(at(2026, 3, 5)):
        pay(payer, 4 * PRICE)
    assert reactivation.last_reactivation(payer, date(2026, 3, 5)) == (date(2026, 3, 5), 6)


def test_who_moves_to_an_employer_meanwhile_and_pays_all_that_is_owed_has_completed_the_plan(app):
    payer = behind(8)
    plan = joined(payer, 4)
    Spell.update(until=date(2026, 2, 1)).where(Spell.payer == payer).execute()
    for month in (1, 2, 3):
        with clock.frozen(at(2026, month, 20)):
            pay(payer, owing.due(payer, clock.today()).amount)
    assert contributions.owed(payer, date(2026, 5, 2)).total == 0
    assert ended(plan, date(2026, 5, 2)) == (date(2026, 3, 20), End.COMPLETE)
    with clock.frozen(at(2026, 5, 2)):
        service.check([Plan.get_by_id(plan.id)], clock.today())
    assert "plan_missed" not in [notice.name for notice in Notice.select()]
