"""Members see what to pay and what was paid; anybody can pay for anybody; officers see what came late."""

from datetime import date, timedelta

import pytest

from jkn import clock, numbers
from jkn.access import SYSTEM, Role
from jkn.members import service as members
from jkn.payments import booking, owing, partners, service
from jkn.payments.models import BankNotice, Payment
from jkn.payments.snap.messages import PaymentRequest, VirtualAccount
from jkn.payments.snap.values import Amount
from tests.builders import a_family, officer_client, people, post, sign_in

PRICE = 105_000


@pytest.fixture
def family(app):
    return a_family()


@pytest.fixture
def member(app, family):
    return sign_in(app, people(family)[0])


@pytest.fixture
def pay(app, public_key):
    partner = partners.create("Bank Uji", "88888", public_key)[0]

    def pay(family, rupiah=PRICE, months=1, **more):
        va = owing.va_of(family)
        account = VirtualAccount(va[:5], va[5:], va, {})
        reference = f"ref-{Payment.select().count()}"
        request = PaymentRequest(account, reference, Amount(rupiah), months, {"paidAmount": {}}, **more)
        service.receive(partner, request, reference)
        return Payment.select().order_by(Payment.id.desc()).first()

    return pay


def test_anybody_can_ask_what_a_number_owes(client, family):
    head, *others = people(family)
    for number in (others[0].card, numbers.va_of(others[0].card), numbers.va_of(others[0].card, "89888")):
        page = post(client, "/bayar", number=number)
        assert page.status_code == 200 and '<data value="105000">Rp105.000</data>' in page.text
        assert "S*** A*****" in page.text and "SITI" not in page.text
        assert numbers.group(numbers.va_of(others[0].card)) in page.text
        assert numbers.group(numbers.va_of(others[0].card, "89888")) in page.text
        assert head.card[-7:] not in page.text.replace(" ", "")  # nobody learns another member's card


def test_who_is_unknown_and_who_owes_nothing_look_alike(client, family, pay):
    pay(family)
    paid, unknown = people(family)[0].card, "0001234567899"
    pages = [post(client, "/bayar", number=number).text.replace(number, "") for number in (paid, unknown)]
    tokenless = [text.split('name="csrf_token"')[0] + text.split("</form>")[1] for text in pages]
    assert tokenless[0] == tokenless[1] and "S***" not in pages[0]


def test_a_new_family_is_told_from_when(client):
    family = a_family(liable_from=None, registered_on=date(2026, 1, 10), since=date(2026, 1, 10))
    assert "24 Januari 2026" in post(client, "/bayar", number=people(family)[0].card).text


@pytest.mark.parametrize("number", ["", "12", "x" * 500, "3578080101800001", "<script>", "8888800000000000" * 9])
def test_a_wrong_number_shows_the_form_again(client, number):
    page = post(client, "/bayar", number=number)
    assert page.status_code == 200 and 'role="alert"' in page.text and "<script" not in page.text


def test_one_number_can_be_looked_up_thirty_times_in_a_quarter_of_an_hour(client, family):
    number = people(family)[0].card
    answers = [post(client, "/bayar", number=number).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
    with clock.frozen(clock.now() + timedelta(minutes=15)):
        assert post(client, "/bayar", number=number).status_code == 200


def test_a_family_sees_its_amount_its_number_and_months_ahead(member, family):
    page = member.get("/bayar/saya").text
    va = owing.va_of(family)
    assert '<data value="105000">Rp105.000</data>' in page and "12 Januari 2026" in page
    assert numbers.group(va) in page and numbers.group("89888" + va[5:]) in page
    assert all(f'<data value="{PRICE * count}">' in page for count in range(1, 13))
    ahead = member.get("/bayar/saya?bulan=3").text
    assert ahead.index('<data value="315000">') < ahead.index("<dt>") and "Maret 2026" in ahead


@pytest.mark.parametrize("months", ["0", "13", "-1", "x", "", "9" * 30])
def test_a_strange_number_of_months_still_shows_a_page(member, months):
    assert member.get(f"/bayar/saya?bulan={months}").status_code == 200


def test_a_paid_family_owes_nothing_but_can_pay_ahead(member, family, pay):
    pay(family)
    page = member.get("/bayar/saya").text
    assert f'<data value="{PRICE}">' in page and 'class="n"' not in page
    assert 'class="n"' in member.get("/bayar/saya?bulan=2").text


@pytest.mark.parametrize(
    "registered, day", [(date(2026, 1, 10), "24 Januari 2026"), (date(2025, 12, 1), "31 Desember")]
)
def test_outside_its_window_a_new_family_sees_the_date(app, registered, day):
    family = a_family(liable_from=None, registered_on=registered, since=registered)
    page = sign_in(app, people(family)[0]).get("/bayar/saya")
    assert page.status_code == 200 and day in page.text


def test_payments_and_their_receipts(member, family, pay):
    payment = pay(family, 2 * PRICE, months=2)
    assert f"/kuitansi/{payment.id}" in member.get("/riwayat").text
    receipt = member.get(f"/kuitansi/{payment.id}").text
    for text in (numbers.group(payment.number), "SITI AMINAH", "Januari 2026", "Februari 2026", "Bank Uji"):
        assert text in receipt


def test_the_history_goes_on_after_ten(member, family, pay):
    for _ in range(12):
        pay(family, PRICE, months=1 if not Payment.select().exists() else 2)
    first = member.get("/riwayat").text
    assert first.count("/kuitansi/") == 10
    oldest = Payment.select().order_by(Payment.id.desc()).offset(9).first()
    assert member.get(f"/riwayat?sebelum={oldest.id}").text.count("/kuitansi/") == 2


def test_another_familys_receipt_does_not_exist(app, family, pay):
    payment = pay(family)
    stranger = sign_in(app, people(a_family())[0])
    assert stranger.get(f"/kuitansi/{payment.id}").status_code == 404
    assert stranger.get("/kuitansi/999999999").status_code == 404
    assert "/kuitansi/" not in stranger.get("/riwayat").text


@pytest.mark.parametrize("url", ["/bayar/saya", "/riwayat", "/kuitansi/1", "/petugas/pembayaran"])
def test_strangers_are_sent_to_sign_in(client, url):
    assert client.get(url).status_code == 303


def test_an_officer_marks_late_payments_as_seen(app, family, pay):
    pay(a_family())
    pay(family, paid_at=clock.now() - timedelta(days=2))
    officer = officer_client(app)
    notice = BankNotice.get(BankNotice.is_late)
    assert post(officer, "/petugas/pembayaran", notice="x").status_code == 404
    page = officer.get("/petugas/pembayaran").text
    assert page.count('name="notice"') == 1 and notice.reference in page
    assert post(officer, "/petugas/pembayaran", notice=notice.id).status_code == 303
    assert notice.reference not in officer.get("/petugas/pembayaran").text


def test_others_do_not_see_the_officers_list(app, member):
    assert member.get("/petugas/pembayaran").status_code == 403
    assert officer_client(app, Role.AUDITOR, "adi").get("/petugas/pembayaran").status_code == 403


def test_a_receipt_of_money_taken_back_says_so(app):
    person = people(a_family(1))[0]
    payer = members.payer_of(members.family_of(person.id).id)
    payment = booking.take(payer, 35_000, "Bank Uji", "r1", clock.now(), SYSTEM)
    client, receipt = sign_in(app, person), f"/kuitansi/{payment.id}"
    assert "BPJS Kesehatan sudah menerima" in client.get(receipt).text
    booking.reverse(payment, "wrong account", SYSTEM)
    page = client.get(receipt).text
    assert "Tidak berlaku" in page and "BPJS Kesehatan sudah menerima" not in page and "Untuk bulan" not in page
    assert "dibatalkan" in client.get("/riwayat").text
