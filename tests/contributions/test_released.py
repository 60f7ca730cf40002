"""Who paid ahead and is employed then: from the first month that the employer pays, the rest is credit again."""

from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.calendar import add_months
from jkn.contributions import corrections, issuing_others, released, service
from jkn.contributions.models import Correction, Reason
from jkn.employers import service as employers
from jkn.employers.models import Employer
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import CareClass
from jkn.payments import booking, owing
from tests.builders import a_family, people, sign_in
from tests.employers.places import JANUARY, an_employer

FEBRUARY, MARCH = add_months(JANUARY, 1), add_months(JANUARY, 2)
TODAY = date(2026, 1, 15)
ALL = range(1, 10**6)


@pytest.fixture
def family(app):
    """Two people of class I who paid January to June; from February one is employed."""
    family = a_family(2, CareClass.I)
    payer = members.payer_of(family.id)
    due = owing.due(payer, TODAY, 6)
    booking.take(payer, due.amount, "Bank", "r1", clock.now(), SYSTEM, due.months)
    head = people(family)[0]
    employers.add(Employer.get(Employer.payer == an_employer()), head, 5_000_000, 0, FEBRUARY, SYSTEM)
    return family


def employer_pays(*months):
    payer = Employer.get().payer
    with clock.frozen(clock.start_of(months[-1])):
        for month in months:
            issuing_others.issue(month)
        booking.take(payer, 250_000 * len(months), "Bank", f"e{months[0]}", clock.now(), SYSTEM)


def credit(family):
    payer = members.payer_of(family.id)
    assert sum(Movement.sum_of(payer.id, account) for account in Account) == 0
    return ledger.credit_of(payer.id)


def test_nothing_is_released_before_the_employer_has_paid(family):
    issuing_others.issue(FEBRUARY)
    assert released.release(ALL) == 0 and credit(family) == 0


def test_from_the_month_that_the_employer_pays_what_was_paid_ahead_is_credit(family):
    employer_pays(FEBRUARY)
    assert released.release(ALL) == 1
    assert credit(family) == 5 * 150_000
    assert {row.reason for row in Correction.select()} == {Reason.CHANGE}
    payer = members.payer_of(family.id)
    assert service.standing(payer, date(2026, 6, 20)).is_covered


def test_a_month_that_the_employer_has_not_paid_stays_paid_by_the_family(family):
    with clock.frozen(clock.start_of(date(2026, 3, 5))):
        issuing_others.issue(FEBRUARY)
        issuing_others.issue(MARCH)
        payer = Employer.get().payer
        service.claim(payer, [FEBRUARY], date(2026, 3, 5), clock.now(), service.How.WAIVED)
        booking.take(payer, 250_000, "Bank", "e", clock.now(), SYSTEM)
        released.release(ALL)
    assert credit(family) == 4 * 150_000


def test_it_is_released_once(family):
    employer_pays(FEBRUARY)
    assert [released.release(ALL), released.release(ALL)] == [1, 0]
    employer_pays(MARCH)
    assert released.release(ALL) == 0 and credit(family) == 750_000


def test_the_daily_run_does_it_and_the_bill_page_shows_the_credit(app, family):
    employer_pays(FEBRUARY)
    head = people(family)[0]
    assert '/pengembalian">Atau' not in sign_in(app, head).get("/tagihan").text
    assert app.test_cli_runner().invoke(args=["use-credit"]).exit_code == 0
    page = sign_in(app, head).get("/tagihan").text
    assert 'value="750000"' in page and "Saldo Anda" in page


def test_who_stays_on_the_familys_bill_is_left_alone(family):
    employer_pays(FEBRUARY)
    released.release(ALL)
    assert {row.person_id for row in Correction.select()} == {people(family)[0].id}


def test_a_later_month_is_paid_from_the_credit(family):
    employer_pays(FEBRUARY)
    released.release(ALL)
    payer = members.payer_of(family.id)
    with clock.frozen(clock.start_of(date(2026, 7, 3))):
        service.pay_from_credit(payer, date(2026, 7, 3))
        assert service.owed(payer, date(2026, 7, 3)).months == ()
    assert credit(family) == 600_000


def test_twin_that_never_looks_leaves_the_money_where_it_was(family, monkeypatch):
    monkeypatch.setattr(corrections, "correct", lambda *_args, **_more: {})
    employer_pays(FEBRUARY)
    assert released.release(ALL) == 0 and credit(family) == 0
