"""I paid but it does not show: found, booked, explained; and nobody learns of others' payments."""

from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import Actor, Role
from jkn.contributions import service as contributions
from jkn.errors import Refused
from jkn.members import service as members
from jkn.notices.models import Notice
from jkn.payments import owing
from jkn.payments.models import Payment
from jkn.reconciliation import claiming
from jkn.reconciliation.models import Answer, Claim, Difference, Stage
from tests.builders import a_family, officer_client, people, post, sign_in
from tests.reconciliation.conftest import PRICE, notified, reconcile

TODAY = date(2026, 1, 15)
DAY = {"paid_on-d": "15", "paid_on-m": "1", "paid_on-y": "2026"}


@pytest.fixture
def family(app):
    family = a_family()
    contributions.issue_bills(date(2026, 1, 1))
    return family


def va_of(family):
    return owing.va_of(members.payer_of(family.id))


def missed(family, partner=None, *, reference=None, amount=PRICE, by_member=True, key="k1", va=None, on=TODAY):
    person = people(family)[0]
    by = Actor(person_id=person.id, family_id=family.id, role=Role.MEMBER) if by_member else Actor()
    where = {"va": va or va_of(family), "partner": partner, "reference": reference}
    return claiming.make(key=key, amount=amount, paid_on=on, by=by, **where)


def test_what_is_booked_is_found_at_once(partner, family):
    payment = notified(partner, family, "r1")
    claim = missed(family)
    assert (claim.answer, claim.payment_id) == (Answer.FOUND, payment.id)


def test_one_payment_answers_one_report(partner, family):
    notified(partner, family, "r1")
    missed(family)
    assert missed(family, key="k2").answer == Answer.WAITING


def test_what_the_list_has_for_the_number_is_booked_without_an_officer(partner, bank_list, family):
    reconcile(bank_list.add("r1", va_of(family)).write(), partner)
    claim = missed(family, partner)
    assert claim.answer == Answer.BOOKED
    assert Payment.get().covers == [date(2026, 1, 1)]
    assert Difference.get().stage == Stage.CLOSED


@pytest.mark.parametrize("reference, amount", [("r1", PRICE - 1), ("r1", PRICE + 1)])
def test_what_arrived_with_another_amount_goes_to_an_officer(partner, bank_list, family, reference, amount):
    reconcile(bank_list.add("r1", va_of(family)).write(), partner)
    assert missed(family, partner, reference=reference, amount=amount).answer == Answer.OFFICER
    assert Payment.select().count() == 0


def test_what_went_to_another_number_goes_to_an_officer_and_names_nobody(app, partner, family):
    other = a_family(names=("RAHASIA LAIN",))
    notified(partner, other, "r1")
    claim = missed(family, partner, reference="r1")
    assert claim.answer == Answer.OFFICER
    client = sign_in(app, people(family)[0])
    page = client.get(f"/bayar/lapor/{claim.id}").text
    assert "RAHASIA" not in page and "R******" not in page
    assert "/pengembalian/baru?alasan=wrong-va" in page


def test_what_waits_is_answered_by_the_next_list_with_a_notice(partner, bank_list, family, run):
    claim = missed(family, partner)
    assert (claim.answer, claim.answer_by) == (Answer.WAITING, date(2026, 1, 20))  # 16 January is a holiday
    path = bank_list.add("r1", va_of(family)).write()
    assert "claims answered    1" in run("reconcile", path, "--partner", partner.client_id).output
    assert Claim.get().answer == Answer.BOOKED
    assert Notice.select().where(Notice.name == "claim_answered").count() == 1


def test_a_list_without_it_is_an_answer_and_a_later_list_a_better_one(partner, bank_list, family):
    missed(family, partner)
    reconcile(bank_list.write(), partner, TODAY)
    assert claiming.answer_waiting() == 1 and Claim.get().answer == Answer.NOT_THERE
    assert claiming.answer_waiting() == 0
    reconcile(bank_list.add("r1", va_of(family)).write(), partner)
    assert claiming.answer_waiting() == 1 and Claim.get().answer == Answer.BOOKED


def test_sent_twice_it_is_one(partner, family):
    assert missed(family).id == missed(family).id


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), date(2020, 1, 1)])
def test_a_day_that_cannot_be_is_refused(family, on):
    with pytest.raises(Refused):
        missed(family, on=on)


def test_a_visitor_without_the_reference_learns_nothing(partner, family):
    notified(partner, family, "r1")
    for number, reference in enumerate((None, "r2", "R1")):
        claim = missed(family, partner, by_member=False, reference=reference, key=f"v{number}")
        assert claim.answer == Answer.WAITING
    assert missed(family, partner, by_member=False, reference="r1", key="v9").answer == Answer.FOUND


def test_a_visitor_sees_the_same_for_nobodys_number_and_for_anothers(app, partner, family):
    other = a_family()
    notified(partner, other, "r1")
    pages = []
    for number in (va_of(family), "8888899999999999"):
        client = app.test_client()
        typed = {"number": number, "amount": "105.000", "bank": str(partner.id), "reference": "r1"}
        answer = post(client, "/bayar/lapor", **typed, **DAY)
        assert answer.location == "/bayar/lapor/kode"
        pages.append(client.get(answer.location).text)
    assert Claim.select().where(Claim.answer == Answer.OFFICER).count() == 2
    one, two = ("\n".join(line for line in page.splitlines() if 'class="n"' not in line) for page in pages)
    assert one == two


def test_a_visitor_follows_by_the_code_alone(app, partner, family):
    notified(partner, family, "r1")
    claim = missed(family, partner, by_member=False, reference="r1")
    client = app.test_client()
    assert client.get("/bayar/lapor/kode").location == "/bayar/lapor/lacak"
    assert post(client, "/bayar/lapor/lacak", code="000000000000").status_code == 200
    assert post(client, "/bayar/lapor/lacak", code=claim.shown_code).location == "/bayar/lapor/kode"
    page = client.get("/bayar/lapor/kode").text
    assert "Sudah masuk" in page or "Arrived" in page or "dicatat" in page
    assert "kuitansi" not in page


def test_a_members_code_opens_nothing(app, family):
    assert claiming.find(missed(family).code) is None


def test_about_one_number_only_so_many_reports(app, partner, family):
    client = app.test_client()
    typed = {"number": va_of(family), "amount": "105.000", "bank": "0", "reference": "r1"}
    answers = [post(client, "/bayar/lapor", **typed, **DAY).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]


def test_a_member_reports_and_reads_the_receipt(app, partner, family):
    payment = notified(partner, family, "r1")
    client = sign_in(app, people(family)[0])
    answer = post(client, "/bayar/lapor", amount="Rp105.000", bank=str(partner.id), reference="", **DAY)
    assert answer.status_code == 303
    assert f"/kuitansi/{payment.id}" in client.get(answer.location).text


def test_errors_stand_beside_their_fields(app, partner, family):
    page = post(app.test_client(), "/bayar/lapor", number="12", amount="lots", bank="", reference="").text
    for name in ("number", "amount", "paid_on", "bank", "reference"):
        assert f'href="#{name}"' in page


def test_an_officer_answers_in_words(app, partner, family):
    notified(partner, a_family(), "r1")
    claim = missed(family, partner, reference="r1")
    client = officer_client(app)
    assert f"/petugas/lapor/{claim.id}" in client.get("/petugas/rekonsiliasi").text
    assert post(client, f"/petugas/lapor/{claim.id}", text="Salah nomor.").status_code == 303
    assert (Claim.get().answer, Claim.get().note) == (Answer.ANSWERED, "Salah nomor.")
    assert "Salah nomor." in sign_in(app, people(family)[0]).get(f"/bayar/lapor/{claim.id}").text
    assert clock.today() == TODAY
