"""Members see which plans there are, join one with their PIN, follow it, print it, leave it; and what else there is."""

from datetime import date

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import service as accounts
from jkn.instalments import service
from jkn.instalments.models import Plan
from jkn.members import service as members
from jkn.notices.models import Notice
from jkn.payments import owing, pot
from tests.builders import PIN, a_family, people, post, sign_in
from tests.crawl import fields
from tests.instalments.test_service import at, behind, joined, moved_away, pay


def client_of(app, payer):
    person = members.people_of(payer.family_id)[0]
    accounts.store_pin(person, accounts.hash_pin(PIN), by=SYSTEM)
    return sign_in(app, person)


@pytest.fixture
def payer(app):
    return behind(8)


@pytest.fixture
def member(app, payer):
    return client_of(app, payer)


def test_the_plans_stand_side_by_side(member):
    page = member.get("/cicilan").text
    for count, per_month, active in ((2, "175.000", "Februari"), (3, "128.334", "Maret"), (4, "105.000", "April")):
        assert f"{count} bulan" in page and f"Rp{per_month}" in page and f"Aktif {active} 2026" in page
    assert "Rp315.000" in page and "Aktif pada hari Anda bayar" in page  # all at once, today
    assert "5 bulan" not in page and "New REHAB 2.0" in page


def test_joining_takes_the_pin(member, payer):
    assert "PIN" in post(member, "/cicilan/4/ikut", pin="000000").text and not Plan.select().exists()
    answer = post(member, "/cicilan/4/ikut", pin=PIN)
    assert answer.status_code == 303 and Plan.get().instalments == 4
    page = member.get("/cicilan").text
    assert "Cicilan ke-1 dari 4" in page and "31 Januari 2026" in page and "Rp105.000" in page
    assert Notice.get().name == "plan_joined" and "4 kali Rp105.000" in member.get("/kabar").text


def test_status_and_bills_ask_for_the_next_instalment_and_name_the_whole(member, payer):
    post(member, "/cicilan/4/ikut", pin=PIN)
    for url in ("/status", "/tagihan"):
        page = member.get(url).text
        assert "ke-1" in page and page.index("Rp105.000") < page.index("Rp315.000") and "31 Januari 2026" in page
        assert 'href="/cicilan"' in page and 'href="/bayar/saya"' in page
    pay(payer, 105_000)
    assert "ke-2" in member.get("/status").text and "28 Februari 2026" in member.get("/tagihan").text


@pytest.mark.parametrize(("months", "ways"), [(4, ["/cicilan"]), (3, ["/celengan", "/bayar/bagikan"])])
def test_a_suspended_family_reads_what_else_it_can_do(app, months, ways):
    page = client_of(app, behind(months)).get("/status").text
    offered = [url for url in ("/cicilan", "/celengan", "/bayar/bagikan") if f'href="{url}"' in page]
    assert offered == ways and page.index("/bayar/saya") < page.index(ways[0]) < page.index("Mengapa?")


def test_whoever_has_moved_reads_that_old_arrears_do_not_stop_the_card(app):
    payer = moved_away(3)
    page = client_of(app, payer).get("/tagihan").text
    assert "Tidak dijamin" not in page and "kepesertaan baru" in page and 'href="/cicilan"' in page


def test_the_second_tab_is_told_that_a_plan_runs(member):
    post(member, "/cicilan/4/ikut", pin=PIN)
    again = post(member, "/cicilan/3/ikut", pin=PIN)
    assert again.status_code == 200 and "sudah mencicil" in again.text and Plan.select().count() == 1


def test_a_plan_that_is_not_offered_cannot_be_joined(member):
    assert "Tidak bisa" in member.get("/cicilan/5/ikut").text
    typed = fields(member.get("/cicilan/4/ikut").text).hidden | {"pin": PIN}
    for number in (1, 5, 10**17):
        answer = member.post(f"/cicilan/{number}/ikut", data=typed)
        assert answer.status_code == 200 and "Pilih jumlah bulan dari daftar" in answer.text
    assert not Plan.select().exists()


def test_the_page_follows_the_plan(member, payer):
    joined(payer, 4)
    pay(payer, 125_000)
    page = member.get("/cicilan").text
    assert "Cicilan ke-2 dari 4" in page and "Rp85.000" in page and "28 Februari 2026" in page
    assert "3 / 12" in page and "Rp125.000" in page


def test_what_to_pay_is_the_instalment_or_all_of_it(client, member, payer):
    joined(payer, 4)
    page = member.get("/bayar/saya").text
    assert "Rp105.000" in page and "Rp315.000" in page and "Sekaligus" in page
    assert "pilih 2 bulan" in member.get("/bayar/saya?bulan=2").text
    for_all = post(client, "/bayar", number=people(payer.family)[0].card).text
    assert "Rp105.000" in for_all and "Rp315.000" in for_all and "SITI" not in for_all


def test_the_agreement_prints_and_says_how_it_ended(member, payer):
    plan = joined(payer, 4)
    page = member.get(f"/cicilan/{plan.id}/perjanjian").text
    assert "Berjalan" in page and "SITI AMINAH" in page and "Rp420.000" in page and "April 2026" in page
    with clock.frozen(at(2026, 2, 3)):
        client = sign_in(member.application, people(payer.family)[0])
        assert "ada cicilan yang tidak dibayar" in client.get(f"/cicilan/{plan.id}/perjanjian").text
        page = client.get("/cicilan").text
        assert "Cicilan Anda berakhir pada 1 Februari 2026" in page and "Anda boleh mencicil" in page


def test_leaving_takes_the_pin_too(member, payer):
    plan = joined(payer, 4)
    assert post(member, f"/cicilan/{plan.id}/batal", pin="000000").status_code == 200
    assert service.running(payer, clock.today())
    assert post(member, f"/cicilan/{plan.id}/batal", pin=PIN).status_code == 303
    assert service.running(payer, clock.today()) is None
    assert "sudah berakhir" in member.get(f"/cicilan/{plan.id}/batal").text
    assert f"/cicilan/{plan.id}/perjanjian" in member.get("/cicilan").text


def test_below_four_months_the_page_says_so_and_never_to_wait(app):
    payer = behind(3)
    page = client_of(app, payer).get("/cicilan").text
    assert "REHAB mulai dari tunggakan 4 bulan" in page and "Jangan menunggu" in page
    assert owing.va_of(payer)[-4:] in page and "/bayar" in page and "/celengan" in page and "Dinsos" in page


def test_who_owes_nothing_sees_no_plans(app):
    family = a_family(1)
    assert "Tidak ada tunggakan" in sign_in(app, people(family)[0]).get("/cicilan").text


def test_who_has_moved_keeps_the_card_and_pays_the_old_arrears(app):
    page = client_of(app, moved_away(5)).get("/cicilan").text
    assert "5 bulan" in page and "Rp35.000" in page and "Aktif" not in page and "kepesertaan" in page


def test_a_family_that_pays_nothing_itself_has_neither_plans_nor_pot(app):
    family = a_family(1)
    members.payer_of(family.id).delete_instance(recursive=True)
    client = sign_in(app, people(family)[0])
    for url in ("/cicilan", "/celengan"):
        assert "tidak membayar iuran sendiri" in client.get(url).text
    assert client.get("/cicilan/4/ikut").status_code == 303


def test_the_pot_gets_its_number_once_asked_for(member, payer, client):
    assert "Rp315.000" in member.get("/celengan").text and "8888 87" not in member.get("/celengan").text
    assert post(member, "/celengan").status_code == 303
    tail = pot.number_of(payer)
    page = member.get("/celengan").text.replace(" ", "")
    assert f"88888{tail}" in page and f"89888{tail}" in page
    found = post(client, "/bayar", number=f"88888{tail}").text
    assert "Berapa saja" in found and "S***" in found and "SITI" not in found and "Rp" not in found


def test_a_new_family_may_fill_the_pot_before_its_window(app):
    family = a_family(1, liable_from=None, registered_on=date(2026, 1, 10), since=date(2026, 1, 10))
    client = sign_in(app, people(family)[0])
    assert "24 Januari 2026" in client.get("/celengan").text and "/celengan" in client.get("/bayar/saya").text


def test_the_command_looks_at_every_plan(run, payer):
    joined(payer, 4)
    assert "1 plans looked at" in run("check-instalments").output
