"""The pages of cash: the agent's, the member's, the officers'."""

import re
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import sheets
from jkn.accounts.models import Officer
from jkn.assisting import volunteers
from jkn.audit import service as audit
from jkn.audit.models import Entry
from jkn.cash import service as cash
from jkn.cash.models import Agent, Cash, Ending, State
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.notices import service as notices
from jkn.numbers import group
from jkn.payments import booking, pot
from jkn.payments.models import Payment
from jkn.permissions import Scope
from tests.assisting.helping import help_of, phone_of
from tests.builders import a_family, an_officer, officer_client, people, post, sign_in
from tests.cash.cashing import PRICE, an_agent, consent_of, fill, take
from tests.crawl import fields

TAKE, MINE = "/kader/tunai/terima", "/kader/tunai"


@pytest.fixture
def agent(kader):
    return an_agent(kader, 50_000)


@pytest.fixture
def helping(phone, siti, codes, agent):
    """The agent's phone inside a consent of Siti's for bills."""
    help_of(phone, siti, codes[0], Scope.BILLS)
    return phone


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_bill_paid_in_cash_has_a_receipt_that_says_lunas(helping, agent):
    assert "Rp35.000" in helping.get(TAKE).text and "LUNAS" not in helping.get(TAKE).text
    answer = post(helping, TAKE, amount="35.000")
    row = Cash.get()
    assert (answer.status_code, answer.location) == (303, f"/tunai/{row.id}")
    receipt = words(helping.get(answer.location).text)
    for part in ("LUNAS", "Rp35.000", group(row.number), "S*** A****", "Dewi Ratna", "Januari 2026"):
        assert part in receipt
    assert "BELUM" not in receipt


def test_the_member_sees_who_paid_when_and_the_number(app, helping, siti):
    post(helping, TAKE, amount="35000")
    row, member = Cash.get(), sign_in(app, siti)
    seen = words(member.get("/akses").text)
    assert "Uang tunai Anda diterima" in seen and "Dewi Ratna" in seen and "izin nomor" in seen
    assert "Agen Dewi Ratna" in member.get("/riwayat").text
    assert row.number in member.get(f"/kuitansi/{Payment.get(Payment.family_id == row.family_id).id}").text
    assert "LUNAS" in member.get("/tunai").text and "LUNAS" in member.get(f"/tunai/{row.id}").text


def test_a_receipt_whose_payment_was_taken_back_says_that_it_is_not_valid(app, helping, siti):
    answer = post(helping, TAKE, amount="35000")
    booking.reverse(Cash.get().payment, "test", SYSTEM)
    for reader in (helping, sign_in(app, siti)):
        shown = words(reader.get(answer.location).text)
        assert "Tidak berlaku" in shown and "Untuk bulan" not in shown and not re.search("LUNAS|sudah menerima", shown)
    assert "LUNAS" not in helping.get(MINE).text


def test_with_too_small_a_deposit_the_page_warns_and_the_receipt_says_how_to_check(app, phone, kader, siti, codes):
    an_agent(kader)
    help_of(phone, siti, codes[0], Scope.BILLS)
    assert "BELUM LUNAS" in phone.get(TAKE).text
    receipt = phone.get(post(phone, TAKE, amount="35000").location).text
    assert "BELUM LUNAS" in receipt and "TAGIHAN" in receipt and "165" in receipt
    assert "BELUM LUNAS" in sign_in(app, siti).get("/tunai").text


def test_one_press_pays_what_waits(phone, kader, siti, codes):
    agent = an_agent(kader)
    take(consent_of(kader, siti))
    assert "BELUM LUNAS" in phone.get(MINE).text
    post(phone, MINE)
    assert "Deposit kurang" in phone.get(MINE).text and Cash.get().state == State.UNPAID
    fill(agent, PRICE)
    post(phone, MINE)
    shown = phone.get(MINE).text
    assert "BELUM LUNAS" not in shown and "Semua uang tunai sudah disetor" in shown


def test_the_page_says_before_the_press_that_the_cap_is_reached(phone, kader, siti, codes):
    an_agent(kader, cap=PRICE)
    take(consent_of(kader))
    help_of(phone, siti, codes[0], Scope.BILLS)
    assert "Anda memegang Rp35.000" in words(phone.get(TAKE).text)


def test_looking_at_the_own_list_reads_nobodys_data(phone, kader, siti):
    an_agent(kader)
    take(consent_of(kader, siti))
    before = Entry.select().count()
    assert phone.get(MINE).status_code == 200 and Entry.select().count() == before


def test_the_deposits_number_stands_on_the_agents_page(phone, agent):
    shown = phone.get(MINE).text
    assert "8888 86" in shown and "8988 86" in shown and "Rp50.000" in shown


def test_the_same_form_again_leads_to_its_receipt_also_when_the_consent_is_over(helping, agent):
    form = fields(helping.get(TAKE).text).hidden | {"amount": "35000", "purpose": "bill"}
    first = helping.post(TAKE, data=form)
    post(helping, "/wakil/selesai")
    assert helping.post(TAKE, data=form).location == first.location
    assert helping.get(first.location).status_code == 200
    assert Cash.select().count() == 1 and ledger.credit_of(agent.payer_id) == 15_000


def test_without_a_consent_for_bills_no_cash_is_taken(phone, siti, codes, agent):
    assert phone.get(TAKE).location == "/kader/bantu"
    help_of(phone, siti, codes[0], Scope.STATUS)
    assert phone.get(TAKE).location == "/kader/bantu"
    assert phone.post(TAKE, data={"amount": "35000"}).status_code in (303, 400)
    assert Cash.select().count() == 0


def test_another_amount_is_refused_beside_its_field(helping):
    answer = post(helping, TAKE, amount="40.000")
    assert answer.status_code == 200 and "Tagihannya Rp35.000" in answer.text and 'value="40.000"' in answer.text
    assert post(helping, TAKE, amount="0").status_code == post(helping, TAKE, amount="tiga").status_code == 200


def test_taken_without_a_line_it_is_written_down_and_kept_as_credit(helping, agent):
    answer = post(helping, TAKE, amount="40.000", is_taken="y")
    assert answer.status_code == 303 and Cash.get().payment.amount == 40_000
    assert Cash.get().state == State.PAID  # the bill, and the rest is credit
    assert ledger.credit_of(Cash.get().payer_id) == 5_000


def test_who_wrote_down_too_much_beyond_the_cap_reads_to_take_no_more(phone, kader, siti, codes, monkeypatch):
    monkeypatch.setattr(cash, "OVER_A_DAY", PRICE)
    an_agent(kader, cap=10_000)
    help_of(phone, siti, codes[0], Scope.BILLS)
    first = post(phone, TAKE, amount="35000", is_taken="y")
    assert "Jangan terima uang tunai lagi" not in phone.get(first.location).text
    second = post(phone, TAKE, amount="35000", is_taken="y")
    assert "Jangan terima uang tunai lagi" in phone.get(second.location).text
    assert Cash.select().count() == 2


def test_the_pot_can_be_chosen_where_there_is_one(phone, kader, siti, codes, agent):
    help_of(phone, siti, codes[0], Scope.BILLS)
    assert 'name="purpose"' not in phone.get(TAKE).text
    pot.number_of(members.payer_of(members.family_of(siti.id).id))
    answer = post(phone, TAKE, amount="20000", purpose="pot")
    assert "celengan" in phone.get(answer.location).text


def test_who_is_no_agent_reads_so(phone, siti, codes):
    help_of(phone, siti, codes[0], Scope.BILLS)
    for url in (TAKE, MINE):
        assert "Anda bukan agen" in phone.get(url).text


def test_receipts_of_others_stay_shut(app, phone, kader, agent, siti):
    row = take(consent_of(kader, siti))
    other = an_officer(Role.VOLUNTEER, "joko")
    assert phone_of(app, other).get(f"/tunai/{row.id}").status_code == 404
    assert sign_in(app, people(a_family(1))[0]).get(f"/tunai/{row.id}").status_code == 404
    assert phone.get(f"/tunai/{row.id}").status_code == 200


def test_a_volunteer_helping_another_family_sees_none_of_their_receipts_but_their_own(app, kader, agent, siti, codes):
    row = take(consent_of(kader, siti))
    other = phone_of(app, an_officer(Role.VOLUNTEER, "joko"))
    assert other.get("/tunai").status_code == 403
    assert other.get(f"/tunai/{row.id}").status_code == 404


def test_an_officer_makes_a_volunteer_an_agent_and_says_how_much(app, kader, phone):
    desk = officer_client(app, username="budi")
    url = f"/petugas/kader/{kader.id}/agen"
    assert "Belum boleh" in desk.get(url).text
    assert post(desk, url, cap="2.000.000").status_code == 200 and Agent.select().count() == 0
    assert post(desk, url, cap="250.000").status_code == 303
    shown = desk.get(url).text
    assert "Rp250.000" in shown and "8888 86" in shown
    assert f'href="{url}"' in desk.get("/petugas/kader").text
    assert post(desk, url, cap="0").status_code == 303 and Agent.get().cap == 0


def test_officers_see_what_is_unpaid_after_a_day_and_two_of_them_close_it(app, kader, siti):
    an_agent(kader)
    row = take(consent_of(kader, siti))
    first, second = (officer_client(app, username=name) for name in ("satu", "dua"))
    assert group(row.number) not in first.get("/petugas/kader/tunai").text
    url = f"/petugas/kader/tunai/{row.id}"
    with clock.frozen(clock.now() + timedelta(days=1)):
        first, second = (sign_in_again(app, name) for name in ("satu", "dua"))
        assert group(row.number) in first.get("/petugas/kader/tunai").text
        assert post(first, url, ending="given-back").status_code == 200  # how do you know?
        assert post(first, url, ending="given-back", note="Peserta ditelepon.").status_code == 303
        assert "Petugas lain yang memutuskan" in first.get(url).text
        assert "<form" not in first.get(url).text  # not the one who proposed it
        assert Cash.get_by_id(row.id).is_open
        assert "Peserta ditelepon." in second.get(url).text
        assert post(second, url, answer="close").status_code == 303
        assert Cash.get_by_id(row.id).ending == Ending.GIVEN_BACK
        assert group(row.number) not in second.get("/petugas/kader/tunai").text
        assert "DITUTUP" in sign_in(app, siti).get(f"/tunai/{row.id}").text


def sign_in_again(app, name: str):
    return phone_of(app, Officer.get(Officer.username == name))


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("module, name", [(ledger, "book"), (audit, "record"), (notices, "tell")])
@pytest.mark.parametrize("moment", range(3))
def test_a_process_that_dies_while_it_settles_leaves_nothing_half_done(kader, monkeypatch, module, name, moment):
    agent, by = an_agent(kader), consent_of(kader)
    row = take(by)
    fill(agent, PRICE)
    left, real = [moment], getattr(module, name)

    def dying(*args, **more):
        done = real(*args, **more)
        if not left[0]:
            raise Died
        left[0] -= 1
        return done

    with monkeypatch.context() as patch:
        patch.setattr(module, name, dying)
        try:
            cash.settle_everybody()
        except Died:
            assert Cash.get_by_id(row.id).is_open
            assert (ledger.credit_of(agent.payer_id), Payment.select().count()) == (PRICE, 1)
    cash.settle_everybody()
    assert Cash.get_by_id(row.id).state == State.PAID
    assert (ledger.credit_of(agent.payer_id), Payment.select().count()) == (0, 2)


def test_the_deposit_stays_when_the_volunteer_is_suspended_and_still_pays_what_waits(kader, siti):
    agent, by = an_agent(kader), consent_of(kader, siti)
    take(by)
    volunteers.suspend(kader, SYSTEM)
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    with pytest.raises(Refused):
        take(by, key="again")


def test_a_form_made_for_one_family_pays_for_no_other(phone, siti, codes, agent):
    other = people(a_family(1, names=("JOKO LAIN",)))[0]
    help_of(phone, other, sheets.codes(sheets.issue(other, SYSTEM))[0], Scope.BILLS)
    form = fields(phone.get(TAKE).text).hidden | {"amount": "35000"}
    help_of(phone, siti, codes[0], Scope.BILLS)
    assert "untuk orang lain" in phone.post(TAKE, data=form).text
    assert Cash.select().count() == 0
    assert phone.post(TAKE, data=form | {"whose": ""}).status_code == 303  # the twin: a form that does not say for whom
    assert Cash.get().person_id == siti.id
