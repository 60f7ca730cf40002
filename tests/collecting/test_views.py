"""The pages: auto-debit with the PIN, paying once, a link for others, and the truth meanwhile."""

import re
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import service as accounts
from jkn.collecting import charging, mandates, running
from jkn.collecting.models import Charge, Mandate, Outcome, PayLink, Stage
from jkn.members.models import Person
from jkn.payments import owing
from tests.builders import PIN, a_family, officer_client, people, post, sign_in
from tests.collecting.households import DEBIT_DAY, PRICE, as_head, bound, payer_of
from tests.crawl import as_kiosk


@pytest.fixture(autouse=True)
def on_the_debit_day(app, now):
    with clock.frozen(datetime(2026, 1, 20, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def family(app):
    family = a_family(1)
    accounts.store_pin(people(family)[0], accounts.hash_pin(PIN), by=SYSTEM)
    return family


@pytest.fixture
def member(app, family):
    return sign_in(app, people(family)[0])


def begin(member) -> str:
    """The page of a mandate just asked for."""
    answer = post(member, "/autodebit", provider="dompet", pin=PIN)
    assert answer.status_code == 303
    return answer.location


def link_on(page: str) -> str:
    return re.search(r'href="(http://127[^"]+)"', page)[1].replace("&amp;", "&")


def test_a_member_begins_says_yes_and_comes_back(wallet, member, family):
    url = begin(member)
    go = link_on(member.get(url).text)
    asked = dict(httpx.QueryParams(httpx.URL(go).query))
    assert asked["redirectUrl"] == "http://localhost/autodebit/kembali"
    assert "Uji" in httpx.get(go).text
    data = {"answer": "yes", "account": "1", "state": asked["state"], "redirectUrl": asked["redirectUrl"]}
    back = httpx.post(f"{wallet.url}/authorise", data=data).headers["location"].removeprefix("http://localhost")
    assert "satu langkah" in member.get(back).text
    assert Mandate.get().bound_at is None  # opening a page changes nothing
    assert post(member, back).location == url
    assert Mandate.get().stage_on(DEBIT_DAY) is Stage.ACTIVE
    running.collect(DEBIT_DAY)
    page = member.get(url).text
    assert "0812****5401" in page and "/kuitansi/" in page and f'value="{PRICE}"' in page


def test_who_says_no_has_nothing_on(wallet, member):
    begin(member)
    page = member.get(f"/autodebit/kembali?state={Mandate.get().state}").text
    assert "tidak menyetujui" in page


def test_a_stranger_with_the_address_finishes_nothing(wallet, app, member):
    begin(member)
    stranger = a_family(1)
    code = wallet.books.authorise("1")
    url = f"/autodebit/kembali?authCode={code}&state={Mandate.get().state}"
    other = sign_in(app, people(stranger)[0])
    assert "tidak berlaku lagi" in other.get(url).text
    post(other, url, code=code, state=Mandate.get().state)
    assert Mandate.get().bound_at is None


def test_a_wrong_pin_begins_nothing(wallet, member):
    page = post(member, "/autodebit", provider="dompet", pin="000000").text
    assert "PIN itu salah" in page and Mandate.select().count() == 0


def test_pausing_and_ending_need_the_pin(wallet, member, family):
    mandate = bound(wallet, family)
    url = f"/autodebit/{mandate.id}"
    post(member, url, deed="pause", pin="000000")
    assert Mandate.get().paused_from is None
    post(member, url, deed="pause", pin=PIN)
    assert "Dijeda" in member.get(url).text
    post(member, url, deed="resume", pin=PIN)
    assert Mandate.get().stage_on(DEBIT_DAY) is Stage.ACTIVE
    post(member, url, deed="cancel", pin=PIN)
    assert "Berakhir" in member.get(url).text and wallet.books.bindings() == []


def test_while_the_answer_is_awaited_the_page_says_so(wallet, member, family):
    mandate = bound(wallet, family)
    wallet.faults += ["54:drop"]
    charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    assert "menunggu jawaban" in member.get(f"/autodebit/{mandate.id}").text
    running.check_open()
    assert "menunggu jawaban" not in member.get(f"/autodebit/{mandate.id}").text


def test_a_family_that_pays_nothing_itself_is_offered_nothing(wallet, app, member, family):
    from jkn.members.models import Payer

    Payer.update(family=None, kind="suspense").where(Payer.family == family).execute()
    assert member.get("/autodebit").status_code == 200
    for page in ("/bayar/saya/dompet", "/bayar/bagikan"):
        assert member.get(page).location == "/bayar/saya"  # which says why
    assert "tidak membayar iuran sendiri" in member.get("/bayar/saya").text


def test_a_member_pays_by_wallet_and_the_page_tells_the_truth(wallet, member, family):
    location = post(member, "/bayar/saya/dompet", provider="dompet").location
    page = member.get(location).text
    assert "Belum dibayar" in page and 'http-equiv="refresh"' in page
    pay_page = link_on(page)
    assert "35.000" in httpx.get(pay_page).text
    httpx.post(pay_page, data={"answer": "yes", "account": "1"})
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        member.get(location)  # the provider is asked after this answer
    page = member.get(location).text
    assert "Dibayar" in page and 'http-equiv="refresh"' not in page
    assert Charge.get().outcome is Outcome.PAID


def test_a_waiting_page_asks_the_provider_only_now_and_then(wallet, member):
    location = post(member, "/bayar/saya/dompet", provider="dompet").location
    before = len(wallet.asked)
    for _time in range(3):
        member.get(location)
    assert len(wallet.asked) == before
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        for _time in range(3):
            member.get(location)
    assert len(wallet.asked) == before + 1


def test_who_refuses_on_the_wallets_page_reads_not_paid(wallet, member):
    location = post(member, "/bayar/saya/dompet", provider="dompet").location
    httpx.post(link_on(member.get(location).text), data={"answer": "no"})
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        member.get(location)
    assert "Tidak terbayar" in member.get(location).text


def test_too_little_money_is_named(wallet, member):
    location = post(member, "/bayar/saya/dompet", provider="dompet").location
    httpx.post(link_on(member.get(location).text), data={"answer": "yes", "account": "2"})
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        member.get(location)
    assert "tidak cukup" in member.get(location).text


@pytest.mark.parametrize("fault", ["lost", "drop", "garbage", "error-after"])
def test_a_wallet_that_does_not_answer_is_said_to_be_unknown(wallet, member, fault):
    wallet.faults += [f"54:{fault}"]
    location = post(member, "/bayar/saya/dompet", provider="dompet").location
    page = member.get(location).text
    assert "Menunggu" in page and "Jangan bayar dua kali" in page


def test_anybody_pays_for_anybody_by_number(wallet, client, family):
    va = owing.va_of(payer_of(family))
    found = post(client, "/bayar", number=va)
    assert 'action="/bayar/dompet"' in found.text
    page = post(client, "/bayar/dompet", number=va).text
    assert "S*** A*****" in page or "SITI AMINAH" not in page
    assert f'value="{PRICE}"' in page and va not in page.replace(f'value="{va}"', "")
    location = post(client, "/bayar/dompet", number=va, provider="dompet").location
    assert location.startswith("/bayar/tautan/JKN") and va not in location


def test_an_unknown_number_and_a_paid_one_look_alike(wallet, client, family):
    va = owing.va_of(payer_of(family))
    bound(wallet, family)
    running.collect(DEBIT_DAY)
    said = [
        re.search(r'role="alert">(.*?)</div>', post(client, "/bayar/dompet", number=number).text, re.DOTALL)[1]
        for number in (va, "8888800000000000")
    ]
    assert said[0] == said[1]


def test_a_wallet_not_offered_is_refused(wallet, client, family):
    va = owing.va_of(payer_of(family))
    assert post(client, "/bayar/dompet", number=va, provider="bank").status_code == 200
    assert Charge.select().count() == 0


def test_a_family_lets_somebody_else_pay(wallet, app, member, client, family):
    assert post(member, "/bayar/bagikan").status_code == 303
    address = re.search(r"http://localhost(/b/[^<]+)<", member.get("/bayar/bagikan").text)[1]
    page = client.get(address).text
    assert "SITI AMINAH" not in page and f'value="{PRICE}"' in page and "8888 8" in page
    location = post(client, address, provider="dompet").location
    wallet.books.take(Charge.get().reference, "1")
    charging.work_on(Charge.get())
    assert "Dibayar" in client.get(location).text
    assert "Tidak ada" in client.get(address).text
    PayLink.update(expires_at=clock.now()).execute()
    assert client.get(address).status_code == 404


def test_a_kiosk_shows_a_code_to_scan(qris_house, app, family):
    kiosk = as_kiosk(app)
    va = owing.va_of(payer_of(family))
    location = post(kiosk, "/bayar/dompet", number=va, provider="qris").location
    page = kiosk.get(location).text
    assert "data:image/png" in page and 'content="5"' in page and "/kios/masih" not in page
    qris_house.books.take(Charge.get().reference, "1")
    with clock.frozen(clock.now() + timedelta(seconds=6)):
        kiosk.get(location)
    page = kiosk.get(location).text
    assert "Dibayar" in page and "/kios/masih" in page


def test_elsewhere_no_code_is_offered(qris_house, client, family):
    va = owing.va_of(payer_of(family))
    assert "QRIS" not in post(client, "/bayar/dompet", number=va).text


def test_an_officer_asks_again_about_what_nobody_knows(wallet, app, family):
    mandate = bound(wallet, family)
    wallet.faults += ["54:drop"]
    charge = charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    with clock.frozen(clock.now() + timedelta(hours=25)):
        officer = officer_client(app)
        assert charge.reference in officer.get("/petugas/debit").text
        assert post(officer, "/petugas/debit", charge=charge.id).status_code == 303
        assert charge.reference not in officer.get("/petugas/debit").text
    assert Charge.get().outcome is Outcome.PAID


def test_a_code_in_an_address_is_cut_and_harmless(wallet, member):
    assert member.get("/autodebit/kembali?authCode=" + "x" * 5000 + "&state=%00").status_code == 200
    assert member.get("/bayar/tautan/" + "x" * 300).status_code == 404


def test_the_head_and_another_adult_manage_the_same_mandate(wallet, app):
    family = a_family(2)
    mandate = bound(wallet, family)
    other = sign_in(app, people(family)[1])
    assert other.get(f"/autodebit/{mandate.id}").status_code == 200
    assert as_head(family).family_id == mandate.family_id
    mandates.cancel(mandate, SYSTEM)


def test_a_payment_on_its_way_can_be_followed_when_nobody_of_the_family_lives(app, client, wallet, family):
    charge = charging.ask_now(payer_of(family), wallet.provider, "k", as_head(family))
    Person.update(died_on=date(2026, 1, 19)).execute()
    assert client.get(f"/bayar/tautan/{charge.reference}").status_code == 200
