"""Wallets' and QRIS houses' lists beside our charges: the same four results as a bank's, and resolved the same way."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.collecting import booking, charging
from jkn.collecting.booking import Finding
from jkn.collecting.models import Charge, Outcome
from jkn.contributions import service as contributions
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Family
from jkn.payments import owing, partners
from jkn.payments.models import Partner, Payment
from jkn.reconciliation import checking, claiming, service
from jkn.reconciliation.models import Answer, Difference, SettlementLine, Stage
from jkn.reconciliation.rules import Step
from tests.builders import a_family, officer_client
from tests.collecting.conftest import key_pairs, known, qris_house, wallet
from tests.collecting.households import PRICE, as_head, payer_of
from tests.reconciliation.conftest import CHECKER, MAKER, reconcile

__all__ = ["key_pairs", "known", "qris_house", "wallet"]
HEADER = "referensi,jumlah,waktu,status"


@pytest.fixture(autouse=True)
def evening(app, now):
    with clock.frozen(datetime(2026, 1, 15, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def partner(wallet):
    return partners.of_provider("dompet", "Dompet Uji")


def a_charge(simulator, is_paid=True) -> Charge:
    """A family of one is shown the wallet's page and pays; `is_paid`: and we heard of it."""
    charge = charging.work_on(charging.ask_now(payer_of(a_family(1)), simulator.provider, "k", SYSTEM))
    simulator.books.take(charge.reference, "1")
    return booking.note(charge.id, Finding(Outcome.PAID, "00", paid_at=clock.now())) if is_paid else charge


def the_list(tmp_path, *rows):
    """(reference, amount[, status]) as the wallet writes them."""
    path = tmp_path / f"list-{len(list(tmp_path.iterdir()))}.csv"
    lines = [f"{row[0]},{row[1]},2026-01-15T18:00:00,{row[2] if len(row) > 2 else 'SUKSES'}" for row in rows]
    path.write_text("\n".join([HEADER, *lines, ""]))
    return path


def settlement_of(simulator, tmp_path):
    """The simulator's own list of today."""
    path = tmp_path / f"{simulator.provider.code}-{len(list(tmp_path.iterdir()))}.csv"
    path.write_bytes(httpx.get(f"{simulator.url}/settlement?day={clock.today()}", trust_env=False).content)
    return path


def act(step, by=MAKER, **more):
    difference = Difference.get(Difference.stage != Stage.CLOSED)
    service.take_step(difference, step, seen=difference.steps, by=by, **more)


def approve():
    difference = Difference.get(Difference.stage == Stage.PROPOSED)
    service.decide(difference, True, seen=difference.steps, by=CHECKER)


def assert_books_agree(theirs):
    days = [(day.theirs, day.ours, day.unresolved) for day in checking.days()]
    assert days == ([(theirs, theirs, 0)] if theirs else [])
    assert not (checking.astray() or checking.overspent() or checking.settled_twice())


def settled(charge) -> bool:
    return not contributions.standing(charge.payer, charge.day).unpaid


def test_the_four_results(wallet, partner, tmp_path):
    right, unheard, other, unlisted = a_charge(wallet), a_charge(wallet, False), a_charge(wallet), a_charge(wallet)
    rows = (right.reference, PRICE), (unheard.reference, PRICE), (other.reference, PRICE - 1), ("nobody", 5_000)
    found, report = reconcile(the_list(tmp_path, *rows), partner)
    expected = ("matched", "missing-here", "different-amount", "unknown-number", "missing-there")
    assert found == dict.fromkeys(expected, 1)
    assert report.bad_lines == 0 and Difference.get(Difference.kind == "missing-there").payment == unlisted.payment


def test_the_wallets_own_list_agrees_with_what_we_booked(wallet, tmp_path, run):
    a_charge(wallet)
    path = settlement_of(wallet, tmp_path)
    output = run("reconcile", path, "--provider", "dompet").output
    assert re.search(r"matched +1\n", output) and "1 good, 0 bad" in output
    assert "nothing changes" in run("reconcile", path, "--provider", "dompet").output
    assert_books_agree(PRICE)
    assert "Dompet Uji" in run("check-books").output


def test_a_qris_house_sends_the_same_list(qris_house, tmp_path, run):
    a_charge(qris_house, is_paid=False)
    output = run("reconcile", settlement_of(qris_house, tmp_path), "--provider", "qris").output
    assert re.search(r"missing-here +1\n", output)
    act(Step.BOOK)
    assert Payment.get().via == "QRIS Uji"
    assert_books_agree(PRICE)


def test_booking_what_was_missing_closes_the_charge_and_a_late_notice_changes_nothing(wallet, partner, tmp_path):
    charge = a_charge(wallet, is_paid=False)
    reconcile(settlement_of(wallet, tmp_path), partner)
    act(Step.BOOK)
    assert Charge.get_by_id(charge.id).outcome is Outcome.PAID and settled(charge)
    charging.work_on(charge)
    booking.note(charge.id, Finding(Outcome.PAID, "00"))
    assert Payment.select().count() == 1
    assert_books_agree(PRICE)


def test_what_was_paid_after_the_list_is_found_by_the_next_one(wallet, partner, tmp_path):
    charge = a_charge(wallet, is_paid=False)
    reconcile(the_list(tmp_path, (charge.reference, PRICE)), partner)
    booking.note(charge.id, Finding(Outcome.PAID, "00", paid_at=clock.now()))
    reconcile(the_list(tmp_path, ("nobody", 1_000)), partner)
    assert [row.kind for row in Difference.select().where(Difference.stage != Stage.CLOSED)] == ["unknown-number"]
    assert SettlementLine.get(SettlementLine.reference == charge.reference).payment == Payment.get()


def test_money_for_no_charge_waits_in_suspense_and_is_given_by_two(wallet, partner, tmp_path):
    reconcile(the_list(tmp_path, ("nobody", PRICE)), partner)
    payer = payer_of(a_family(1))
    act(Step.SUSPEND)
    act(Step.ASSIGN, va=owing.va_of(payer), note="Their slip.")
    approve()
    assert Payment.get().payer == payer and checking.balances()[Account.SUSPENSE] == 0
    assert_books_agree(PRICE)
    found, _report = reconcile(the_list(tmp_path, ("nobody", PRICE, "BATAL")), partner)
    assert found == {"taken-back": 1}


def test_another_amount_is_booked_as_the_wallet_has_it(wallet, partner, tmp_path):
    charge = a_charge(wallet)
    reconcile(the_list(tmp_path, (charge.reference, PRICE - 5_000)), partner)
    act(Step.REBOOK, note="As the wallet has it.")
    approve()
    assert ledger.credit_of(charge.payer_id) == PRICE - 5_000 and not settled(charge)
    assert_books_agree(PRICE - 5_000)


def test_the_rest_of_a_larger_amount_is_booked(wallet, partner, tmp_path):
    charge = a_charge(wallet)
    reconcile(the_list(tmp_path, (charge.reference, PRICE + 5_000)), partner)
    act(Step.BOOK_REST)
    assert ledger.credit_of(charge.payer_id) == 5_000
    assert_books_agree(PRICE + 5_000)


def test_what_the_wallet_gave_back_leaves_our_books(wallet, partner, tmp_path):
    charge = a_charge(wallet)
    wallet.books.give_back(charge.reference)
    found, _report = reconcile(settlement_of(wallet, tmp_path), partner)
    assert found == {"matched": 1, "taken-back": 1}
    act(Step.TAKE_BACK, note="See the list.")
    approve()
    assert not settled(charge)
    assert_books_agree(0)


def test_what_was_given_back_before_we_heard_of_it_is_looked_at_when_it_is_booked(wallet, partner, tmp_path):
    charge = a_charge(wallet, is_paid=False)
    wallet.books.give_back(charge.reference)
    assert reconcile(settlement_of(wallet, tmp_path), partner)[0] == {"missing-here": 1, "reversed": 1}
    assert not Difference.select().where(Difference.stage != Stage.CLOSED).exists()
    booking.note(charge.id, Finding(Outcome.PAID, "00", paid_at=clock.now()))
    reconcile(the_list(tmp_path, ("nobody", 1_000)), partner)
    assert Difference.select().where(Difference.kind == "taken-back", Difference.stage == Stage.OPEN).exists()


def test_another_providers_charge_is_not_this_ones(wallet, partner, tmp_path):
    charge = a_charge(wallet)
    Charge.update(provider="bank").where(Charge.id == charge.id).execute()
    found, _report = reconcile(the_list(tmp_path, (charge.reference, PRICE)), partner)
    assert found == {"unknown-number": 1}
    reconcile(the_list(tmp_path, ("nobody", 1_000)), partner)
    assert Difference.select().where(Difference.stage == Stage.OPEN).count() == 2


def test_a_member_who_missed_it_is_answered_by_the_wallets_list(wallet, partner, tmp_path):
    charge = a_charge(wallet, is_paid=False)
    by = as_head(family_of(charge))
    slip = {"va": owing.va_of(charge.payer), "amount": PRICE, "paid_on": clock.today(), "partner": partner}
    claim = claiming.make(key="k", reference=charge.reference, by=by, **slip)
    assert claim.answer == Answer.WAITING
    reconcile(settlement_of(wallet, tmp_path), partner)
    claiming.answer_waiting()
    assert type(claim).get_by_id(claim.id).answer == Answer.BOOKED and settled(charge)
    assert_books_agree(PRICE)


def family_of(charge) -> Family:
    return Family.get_by_id(charge.family_id)


def test_a_provider_may_send_lists_and_nothing_else(wallet, partner):
    assert partners.find_live(partner.client_id) is None
    for deed in (partners.rotate_secret, partners.suspend, partners.resume):
        with pytest.raises(Refused, match="No partner"):
            deed(partner.client_id)
    assert partners.of_provider("dompet", "Dompet Uji") == partner and Partner.select().count() == 1


def test_whose_list_it_is_must_be_said_once_and_rightly(wallet, tmp_path, run):
    path = the_list(tmp_path, ("x", 1_000))
    assert "Say whose list it is" in run("reconcile", path).output
    assert "Say whose list it is" in run("reconcile", path, "--partner", "a", "--provider", "b").output
    assert "No provider has this code." in run("reconcile", path, "--provider", "nobody").output
    assert not SettlementLine.select().exists()


def test_a_difference_with_a_wallet_shows_no_number(app, wallet, partner, tmp_path):
    charge = a_charge(wallet, is_paid=False)
    reconcile(the_list(tmp_path, (charge.reference, PRICE)), partner)
    page = officer_client(app).get(f"/petugas/rekonsiliasi/{Difference.get().id}").text
    assert "Dompet Uji" in page and charge.reference in page and "Berakhiran" not in page


def test_a_list_judges_only_its_own_day(wallet, partner, tmp_path):
    a_charge(wallet)
    tomorrow = clock.today() + timedelta(days=1)
    with clock.frozen(clock.now() + timedelta(days=1)):
        reconcile(the_list(tmp_path), partner, tomorrow)
        assert not Difference.select().exists()
        reconcile(the_list(tmp_path, ("nobody", 1_000)), partner)
    assert Difference.select().where(Difference.kind == "missing-there").count() == 1
