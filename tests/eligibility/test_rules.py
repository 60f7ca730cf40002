from datetime import date

import pytest

from jkn.contributions.standing import standing_before_first_payment, standing_on
from jkn.eligibility import rules
from jkn.eligibility.rules import Reason

TODAY = date(2026, 1, 15)
JANUARY = date(2026, 1, 1)


def judged(standing, on=TODAY, cost=35_000, months=1):
    return rules.by_standing(standing, cost, months, "PBPU", on)


@pytest.mark.parametrize(
    ("registered_on", "reason"),
    [
        (date(2026, 1, 2), Reason.WAITING),  # day 13
        (date(2026, 1, 1), Reason.PAYABLE),  # day 14
        (date(2025, 12, 16), Reason.PAYABLE),  # day 30
        (date(2025, 12, 15), Reason.LAPSED),  # day 31
    ],
)
def test_before_the_first_payment_nobody_is_served(registered_on, reason):
    verdict = judged(standing_before_first_payment(registered_on, TODAY))
    assert verdict.reason == reason and not verdict.is_served


@pytest.mark.parametrize(
    ("day", "unpaid", "reason", "served"),
    [
        (date(2026, 1, 9), [], Reason.PAID, True),
        (date(2026, 1, 12), [JANUARY], Reason.DUE, True),
        (date(2026, 1, 13), [JANUARY], Reason.LATE, True),
        (date(2026, 1, 31), [JANUARY], Reason.LATE, True),
        (date(2026, 2, 1), [JANUARY, date(2026, 2, 1)], Reason.SUSPENDED, False),
    ],
)
def test_who_pays_is_served_until_a_month_has_ended_unpaid(day, unpaid, reason, served):
    verdict = judged(standing_on(day, unpaid, [], date(2025, 12, 1)), on=day)
    assert (verdict.reason, verdict.is_served) == (reason, served)


def test_only_the_suspended_are_warned_of_the_penalty():
    february = date(2026, 2, 1)
    suspended = judged(standing_on(february, [JANUARY, february], [], date(2025, 12, 1)), on=february)
    late = judged(standing_on(TODAY, [JANUARY], [], date(2025, 12, 1)))
    assert (suspended.penalty_days, late.penalty_days) == (45, 0)
    assert "Perpres 59/2024" in suspended.basis


@pytest.mark.parametrize("segment", ["PBI_JK", "PBPU_PEMDA", "PPU_BU", "PPU_PN", "BP_PN"])
def test_whom_others_pay_for_is_served(segment):
    verdict = rules.by_others(segment, "PT MAJU", date(2025, 1, 1), TODAY)
    assert verdict.is_served and verdict.cost == 0


def test_every_verdict_has_values_and_law():
    for verdict in (
        rules.by_others("PBI_JK", "", date(2025, 1, 1), TODAY),
        rules.without_cover("PBI_JK", date(2026, 1, 1), TODAY),
        rules.without_cover(None, None, TODAY),
        judged(standing_before_first_payment(date(2026, 1, 2), TODAY)),
    ):
        assert verdict.trace and verdict.basis
