"""What an answer means, and on which days money is asked for."""

from datetime import date

import pytest

from jkn.collecting import rules
from jkn.collecting.rules import Verdict

DAYS = (20, 5)


@pytest.mark.parametrize(
    "status, code, verdict",
    [
        (200, "2005400", Verdict.DONE),
        (202, "2025400", Verdict.IN_PROGRESS),
        (403, "4035414", Verdict.REFUSED),
        (400, "4005402", Verdict.REFUSED),
        (404, "4045416", Verdict.REFUSED),
        (401, "4015402", Verdict.REFUSED),  # the member's token: nothing was done
        (401, "4015400", Verdict.UNKNOWN),  # our signature
        (404, "4045418", Verdict.UNKNOWN),  # inconsistent: something is known under this reference
        (409, "4095401", Verdict.UNKNOWN),  # the reference is known: what became of it?
        (429, "4295400", Verdict.UNKNOWN),
        (500, "5005400", Verdict.UNKNOWN),
        (504, "5045400", Verdict.UNKNOWN),
        (200, "4035414", Verdict.UNKNOWN),  # the two do not agree
        (200, "2005500", Verdict.UNKNOWN),  # of another service
        (200, "20054000", Verdict.UNKNOWN),
        (200, "", Verdict.UNKNOWN),
        (200, "２005400", Verdict.UNKNOWN),
    ],
)
def test_an_answer_falls_into_one_of_four_drawers(status, code, verdict):
    assert rules.verdict_of(status, code, "54") is verdict


def test_the_reason_of_a_refusal():
    assert [rules.case_of(code) for code in ("4035414", "4045414", "timeout", "")] == ["14", "", "", ""]
    assert rules.is_customer_token("4015402") and not rules.is_customer_token("4015401")


@pytest.mark.parametrize(
    "day, attempt", [(date(2026, 1, 5), 1), (date(2026, 1, 20), 2), (date(2026, 1, 6), 0), (date(2026, 1, 31), 0)]
)
def test_which_attempt_falls_on_a_day(day, attempt):
    assert rules.attempt_on(day, DAYS) == attempt


def test_a_day_the_month_does_not_have_is_its_last():
    assert rules.attempt_on(date(2026, 2, 28), (5, 30)) == 2
    assert rules.next_attempt(date(2026, 2, 5), (5, 30)) == date(2026, 2, 28)


def test_after_the_last_attempt_the_member_pays_before_the_month_ends():
    assert rules.next_attempt(date(2026, 1, 5), DAYS) == date(2026, 1, 20)
    assert rules.next_attempt(date(2026, 1, 20), DAYS) is None
    assert rules.pay_before(date(2026, 1, 20)) == date(2026, 1, 31)


@pytest.mark.parametrize(
    "day, coming",
    [
        (date(2026, 1, 1), [date(2026, 1, 5), date(2026, 1, 20)]),
        (date(2026, 1, 20), [date(2026, 1, 20)]),
        (date(2026, 12, 21), [date(2027, 1, 5), date(2027, 1, 20)]),
    ],
)
def test_the_debit_days_to_come(day, coming):
    assert rules.coming_days(day, DAYS) == coming
