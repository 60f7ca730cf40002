from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import clock, law
from jkn.access import SYSTEM
from jkn.calendar import add_months, first_of_month
from jkn.contributions import corrections, reactivation, service
from jkn.contributions.models import How
from jkn.contributions.reactivation import Held, Reactivation
from jkn.db import write
from jkn.members import service as members
from tests.builders import a_family, pay_in

ONE_DAY = timedelta(days=1)


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def months(first: str, count: int) -> list[date]:
    return [add_months(month(first), index) for index in range(count)]


def day(text: str) -> date:
    return date.fromisoformat(text)


# --- The rule


def test_paying_arrears_and_the_running_month_is_a_reactivation_and_the_running_month_does_not_count():
    held = [Held(each, day("2026-05-20")) for each in months("2026-03", 3)]
    assert reactivation.find(months("2026-03", 3), held, day("2026-06-01")) == [Reactivation(day("2026-05-20"), 2)]


def test_who_pays_late_but_within_the_month_was_never_suspended():
    held = [Held(month("2026-03"), day("2026-03-31"))]
    assert reactivation.find(months("2026-03", 2), held, day("2026-04-20")) == []


def test_a_reactivation_is_not_known_before_its_day():
    held = [Held(each, day("2026-05-20")) for each in months("2026-03", 3)]
    assert reactivation.find(months("2026-03", 3), held, day("2026-05-19")) == []


def test_months_paid_one_by_one_count_towards_the_reactivation_they_lead_to():
    held = [
        Held(month("2026-01"), day("2026-04-10")),
        Held(month("2026-02"), day("2026-05-10")),
        Held(month("2026-03"), day("2026-06-10")),
        Held(month("2026-04"), day("2026-06-10")),
        Held(month("2026-05"), day("2026-05-10")),  # in its own month: never in arrears
        Held(month("2026-06"), day("2026-06-10")),
    ]
    assert reactivation.find(months("2026-01", 6), held, day("2026-07-01")) == [Reactivation(day("2026-06-10"), 4)]


def test_a_month_that_a_plan_contains_as_its_running_contribution_does_not_count_though_it_is_settled_late():
    """Four in arrears, two instalments in September and October: the second one settles September."""
    held = [Held(each, day("2025-09-10")) for each in months("2025-05", 3)]
    held += [
        Held(month("2025-08"), day("2025-10-09")),
        Held(month("2025-09"), day("2025-10-09"), was_running=True),
        Held(month("2025-10"), day("2025-10-09"), was_running=True),
    ]
    assert reactivation.find(months("2025-05", 6), held, day("2025-11-01")) == [Reactivation(day("2025-10-09"), 4)]


def test_waived_months_do_not_count():
    owed = months("2023-01", 37)
    held = [Held(each, day("2026-01-15"), was_waived=True) for each in owed[:12]]
    held += [Held(each, day("2026-01-15")) for each in owed[12:]]
    assert reactivation.find(owed, held, day("2026-01-20")) == [Reactivation(day("2026-01-15"), 24)]


def test_cover_that_came_back_because_all_was_waived_is_no_reactivation():
    held = [Held(each, day("2026-05-20"), was_waived=True) for each in months("2026-03", 3)]
    assert reactivation.find(months("2026-03", 3), held, day("2026-06-01")) == []


def test_a_payment_taken_back_was_a_reactivation_until_then_and_the_next_payment_is_another():
    owed = months("2026-03", 4)
    held = [Held(each, day("2026-05-20"), day("2026-06-05")) for each in owed[:3]]
    held += [Held(each, day("2026-06-25")) for each in owed]
    assert reactivation.find(owed, held, day("2026-06-30")) == [
        Reactivation(day("2026-05-20"), 2),
        Reactivation(day("2026-06-25"), 3),
    ]


def test_each_suspension_has_its_own_months():
    owed = months("2026-01", 6)
    held = [Held(each, day("2026-03-10")) for each in owed[:3]] + [Held(each, day("2026-06-10")) for each in owed[3:]]
    assert [each.months for each in reactivation.find(owed, held, day("2026-06-30"))] == [2, 2]


def slow_reference(owed, held, on):
    """Day by day, with a plain list of what is in arrears."""
    found, paid, today = [], {}, owed[0]
    while today <= on:
        before, after = in_arrears(owed, held, today, today - ONE_DAY), in_arrears(owed, held, today, today)
        if before:
            for fact in held:
                counts = not fact.was_waived and not fact.was_running
                if fact.since == today and counts and fact.month < first_of_month(today):
                    paid[fact.month] = fact
        else:
            paid = {}
        if before and not after:
            count = len([fact for fact in paid.values() if fact.until is None or fact.until > today])
            found += [Reactivation(today, count)] if count else []
            paid = {}
        today += ONE_DAY
    return found


def in_arrears(owed, held, today, until):
    """The months that ended unpaid and still count, by what was settled at the end of day `until`."""
    settled = {
        fact.month: fact.since for fact in held if fact.since <= until and (not fact.until or fact.until > until)
    }
    arrears, first = [], next_first(owed[0])
    while first <= today:
        ended = add_months(first, -1)
        arrears += [ended] if ended in owed else []
        arrears = [each for each in arrears if each not in settled or settled[each] >= first]
        arrears = arrears[-law.at(first).arrears_cap.months :]
        first = next_first(first)
    return [each for each in arrears if each not in settled]


def next_first(any_day):
    return add_months(first_of_month(any_day), 1)


@st.composite
def histories(draw):
    """Months owed from some day on, settled sooner or later, in any order, some taken back, some waived."""
    start = draw(st.sampled_from(["2016-06", "2018-01", "2022-01", "2024-01"]))  # 2020 has a rule of its own
    owed = months(start, draw(st.integers(1, 20)))
    owed = [each for each in owed if draw(st.integers(0, 9))] or owed[:1]
    days = [owed[0] + timedelta(days=draw(st.integers(0, 600))) for _ in range(draw(st.integers(1, 5)))]
    held = []
    for each in owed:
        if draw(st.integers(0, 5)) == 0:
            continue
        since = draw(st.sampled_from(days))
        until = since + timedelta(days=draw(st.integers(0, 90))) if draw(st.integers(0, 5)) == 0 else None
        held.append(Held(each, since, until, draw(st.integers(0, 9)) == 0, draw(st.integers(0, 5)) == 0))
        if until and draw(st.booleans()):
            held.append(Held(each, until + timedelta(days=draw(st.integers(0, 60)))))
    return owed, held, owed[-1] + timedelta(days=draw(st.integers(0, 120)))


@given(histories())
def test_reactivations_equal_a_slow_reference(history):
    owed, held, on = history
    assert reactivation.find(owed, held, on) == slow_reference(owed, [each for each in held if each.since <= on], on)


# --- From the books


def test_what_paying_today_would_be_is_known_before_it_is_paid(app):
    payer = members.payer_of(a_family(2, liable_from=month("2025-10")).id)
    assert reactivation.if_paid(payer, day("2025-10-31")) is None
    assert reactivation.if_paid(payer, day("2026-01-15")) == Reactivation(day("2026-01-15"), 3)
    pay(payer, day("2026-01-15"))
    assert [reactivation.if_paid(payer, day(text)) for text in ("2026-01-15", "2026-01-16")] == [None, None]


def test_what_paying_would_be_leaves_out_what_lapsed(app):
    payer = members.payer_of(a_family(1, liable_from=month("2022-01"), since=month("2022-01")).id)
    assert reactivation.if_paid(payer, day("2026-01-15")).months == 24


def pay(payer, on):
    owed = service.owed(payer, on)
    with write():
        pay_in(payer, owed.total, on)
        service.settle(payer, [each.month for each in owed.months], on, clock.now(), SYSTEM)


def test_a_familys_reactivation_is_read_from_its_settlements(app):
    payer = members.payer_of(a_family(2, liable_from=month("2025-10")).id)
    assert reactivation.last_reactivation(payer, day("2026-01-15")) is None
    pay(payer, day("2026-01-15"))
    assert reactivation.reactivations(payer, day("2026-01-14")) == []
    assert reactivation.last_reactivation(payer, day("2026-03-01")) == Reactivation(day("2026-01-15"), 3)


def test_months_beyond_the_cap_do_not_count(app):
    payer = members.payer_of(a_family(1, liable_from=month("2022-01"), since=month("2022-01")).id)
    pay(payer, day("2026-01-15"))
    assert reactivation.last_reactivation(payer, day("2026-01-15")) == Reactivation(day("2026-01-15"), 24)


def test_instalments_count_and_money_taken_back_does_not(app):
    payer = members.payer_of(a_family(1, liable_from=month("2025-10")).id)
    with write():
        pay_in(payer, 35_000, day("2025-12-05"))
        service.settle(payer, [month("2025-10")], day("2025-12-05"), clock.now(), SYSTEM, How.INSTALMENT)
    pay(payer, day("2026-01-15"))
    assert reactivation.last_reactivation(payer, day("2026-01-15")) == Reactivation(day("2026-01-15"), 3)
    with write():
        corrections.unsettle(payer, 140_000, day("2026-02-02"), SYSTEM)
    assert reactivation.last_reactivation(payer, day("2026-02-10")) == Reactivation(day("2026-01-15"), 3)


@pytest.mark.parametrize("liable_from", [None, month("2026-01")])
def test_who_never_fell_behind_was_never_reactivated(app, liable_from):
    payer = members.payer_of(a_family(1, liable_from=liable_from).id)
    if liable_from:
        pay(payer, day("2026-01-15"))
    assert reactivation.reactivations(payer, day("2026-02-15")) == []
