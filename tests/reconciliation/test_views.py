"""The officers' list of differences: the oldest first, one page per difference, one step at a time."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import Role
from jkn.audit.models import Act, Entry
from jkn.members import service as members
from jkn.payments import owing
from jkn.payments.models import Payment
from jkn.reconciliation.models import Difference, Stage
from tests.builders import a_family, officer_client, people, post, sign_in
from tests.conftest import NOW
from tests.reconciliation.conftest import notified, reconcile

LIST = "/petugas/rekonsiliasi"


@pytest.fixture
def family(app):
    return a_family()


@pytest.fixture
def missing(partner, bank_list, family):
    """The bank has it, we do not."""
    reconcile(bank_list.add("r1", owing.va_of(members.payer_of(family.id))).write(), partner)
    return Difference.get()


@pytest.fixture
def unlisted(partner, bank_list, family):
    """We have it, the bank does not."""
    notified(partner, family, "r1")
    reconcile(bank_list.write(), partner, clock.today())
    return Difference.get()


def test_an_officer_books_what_is_missing(app, missing):
    client = officer_client(app)
    url = f"{LIST}/{missing.id}"
    assert url in client.get(LIST).text
    assert post(client, url, step="book", note="").status_code == 303
    assert Payment.select().count() == 1 and Difference.get().stage == Stage.CLOSED
    assert url not in client.get(LIST).text
    assert "<form" not in client.get(url).text
    assert Entry.select().where(Entry.act == Act.DIFFERENCE_ADVANCED, Entry.by_officer.is_null(False)).count() == 1


def test_two_officers_take_a_booking_back(app, unlisted):
    first, second = officer_client(app), officer_client(app, username="rina")
    url = f"{LIST}/{unlisted.id}"
    assert post(first, url, step="take-back", note="Tidak ada di bank.").status_code == 303
    assert post(first, url, verdict="yes", note="").status_code == 200
    assert Payment.get().reversed_on is None
    assert post(second, url, verdict="yes", note="").status_code == 303
    assert Payment.get().reversed_on == clock.today()
    assert "Tidak ada di bank." in second.get(url).text


def test_two_officers_give_suspense_money_to_a_family(app, partner, bank_list, family):
    reconcile(bank_list.add("r1", "8888899999999999").write(), partner)
    first, second = officer_client(app), officer_client(app, username="rina")
    url, va = f"{LIST}/{Difference.get().id}", owing.va_of(members.payer_of(family.id))
    assert post(first, url, step="suspend", note="").status_code == 303
    assert post(first, url, step="assign", number=va, note="Slipnya.").status_code == 303
    assert Payment.select().count() == 0
    page = second.get(url).text
    assert va[-4:] in page and va not in page and people(family)[0].name not in page
    assert post(first, url, verdict="yes", note="").status_code == 200 and Payment.select().count() == 0
    assert post(second, url, verdict="yes", note="").status_code == 303
    assert Payment.get().family_id == family.id


def test_what_waits_more_than_a_day_is_an_alarm(app, missing):
    client = officer_client(app)
    assert "LEBIH DARI SEHARI" not in client.get(LIST).text
    with clock.frozen(NOW + timedelta(hours=25)):
        client = officer_client(app, username="rina")
        assert "LEBIH DARI SEHARI" in client.get(LIST).text


def test_one_kind_can_be_looked_at_alone(app, missing):
    client = officer_client(app)
    assert f"{LIST}/{missing.id}" in client.get(f"{LIST}?jenis=missing-here").text
    assert f"{LIST}/{missing.id}" not in client.get(f"{LIST}?jenis=missing-there").text
    assert client.get(f"{LIST}?jenis=nonsense").status_code == 200


def test_what_was_typed_stays_when_a_step_is_refused(app, missing):
    page = post(officer_client(app), f"{LIST}/{missing.id}", step="ask", note="")
    assert page.status_code == 200 and 'href="#note"' in page.text


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLERK, Role.AUDITOR])
def test_nobody_else_on_the_staff_may_look(app, missing, role):
    client = officer_client(app, role, f"kru-{role}")
    assert {client.get(url).status_code for url in (LIST, f"{LIST}/{missing.id}")} == {403}


def test_a_member_may_not_look(app, missing, family):
    assert sign_in(app, people(family)[0]).get(LIST).status_code == 403
