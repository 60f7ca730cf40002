"""An employer who does not pay: who is covered on which day, past or future."""

from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.contributions import issuing_others
from jkn.eligibility import service
from jkn.eligibility.rules import Reason
from jkn.members.models import Segment
from jkn.payments import booking
from jkn.statements import service as statements
from tests.builders import a_family, counted, people, sign_in
from tests.employers.places import JANUARY, a_government, a_subsidised, a_worker, an_employer

NOVEMBER, DECEMBER = date(2025, 11, 1), date(2025, 12, 1)


@pytest.fixture
def employer(app):
    return an_employer()


@pytest.fixture
def worker(employer):
    person = a_worker(employer, 4_500_000)
    for month in (NOVEMBER, DECEMBER):
        issuing_others.issue(month)
    return person


def reasons(person, *days):
    return [service.verdict(person, day).reason for day in days]


def pay(payer, amount, day):
    booking.take(payer, amount, "Treasury", f"SP2D-{day}", clock.start_of(day), SYSTEM)


def test_cover_stops_on_the_first_after_an_unpaid_month(worker):
    days = (NOVEMBER, date(2025, 11, 30), DECEMBER, date(2026, 3, 1))
    assert reasons(worker, *days) == [Reason.ELSEWHERE, Reason.ELSEWHERE, Reason.PAYER_LATE, Reason.PAYER_LATE]
    verdict = service.verdict(worker, date(2025, 12, 20))
    assert (verdict.since, verdict.is_served, verdict.payer) == (DECEMBER, False, "PT MAJU")
    assert "42(1)(2)" in verdict.basis


def test_cover_is_back_on_the_day_all_is_paid_and_the_past_stays_as_it_was(employer, worker):
    pay(employer, 2 * 225_000, date(2026, 1, 10))
    assert reasons(worker, date(2025, 12, 20), date(2026, 1, 9)) == [Reason.PAYER_LATE] * 2
    assert reasons(worker, date(2026, 1, 10), date(2026, 1, 15)) == [Reason.ELSEWHERE] * 2


def test_a_part_paid_leaves_the_cover_stopped(employer, worker):
    pay(employer, 225_000, date(2026, 1, 10))
    assert reasons(worker, date(2026, 1, 15)) == [Reason.PAYER_LATE]


def test_the_running_month_may_still_be_paid(employer, worker):
    pay(employer, 2 * 225_000, date(2025, 12, 10))
    issuing_others.issue(JANUARY)
    assert reasons(worker, date(2026, 1, 31), date(2026, 2, 1)) == [Reason.ELSEWHERE, Reason.PAYER_LATE]


def test_who_is_covered_by_somebody_else_too_is_served(worker):
    other = an_employer(name="PT LAIN")
    from jkn.members import service as members
    from jkn.members.models import CareClass

    members.cover(worker, other, Segment.PPU_BU, CareClass.II, date(2025, 6, 1))
    assert service.verdict(worker, date(2026, 1, 15)).payer == "PT LAIN"


@pytest.mark.parametrize("segment, code", [(Segment.PBI_JK, "PUSAT"), (Segment.PBPU_PEMDA, "35.78")])
def test_a_late_government_stops_nobodys_cover(app, segment, code):
    person = a_subsidised(a_government(code), segment)
    issuing_others.issue(NOVEMBER)
    assert reasons(person, date(2026, 1, 15)) == [Reason.ELSEWHERE]


def test_a_local_government_stops_cover_where_that_was_agreed_from_that_day_on(app):
    payer = a_government("35.78")
    person = a_subsidised(payer, Segment.PBPU_PEMDA)
    issuing_others.issue(NOVEMBER)
    statements.agree(payer, date(2026, 1, 1), True, "PKS 12/2026", SYSTEM)
    assert reasons(person, date(2025, 12, 31), date(2026, 1, 1)) == [Reason.ELSEWHERE, Reason.PAYER_LATE]
    statements.agree(payer, date(2026, 1, 10), False, "PKS 13/2026", SYSTEM)
    assert reasons(person, date(2026, 1, 9), date(2026, 1, 10)) == [Reason.PAYER_LATE, Reason.ELSEWHERE]


def test_the_page_says_who_has_not_paid_and_what_to_do(app, worker):
    page = sign_in(app, worker).get("/status").text
    assert "PT MAJU" in page and "1 Desember 2025" in page and "/pengaduan" in page
    assert "42(1)(2)" in page


def test_a_page_about_a_worker_asks_little(app, worker):
    client = sign_in(app, worker)
    for url in ("/status", "/tagihan"):
        client.get(url)
        with counted() as selects:
            client.get(url)
        assert len(selects) <= 8


def test_the_bills_page_says_who_pays_what_for_a_worker(app, worker):
    issuing_others.issue(JANUARY)
    page = sign_in(app, worker).get("/tagihan").text
    assert "PT MAJU" in page
    for amount in (180_000, 45_000, 4_500_000):
        assert f'<data value="{amount}">' in page


def test_nothing_of_it_is_said_to_a_family_that_pays_itself(app):
    client = sign_in(app, people(a_family(1))[0])
    assert "<dl>\n<dt>PT" not in client.get("/tagihan").text
