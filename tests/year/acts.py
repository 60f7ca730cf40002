"""What happens in the story. Each act takes the amount that it must come to, and fails when it comes to another."""

import re
from collections.abc import Callable
from datetime import date

from jkn.money import format_rupiah
from jkn.payments.bank import BankRefused
from tests.builders import PIN
from tests.year.life import Life, Page

CLINIC, HOSPITAL = "0217B005", "1301R001"
ESTIMATE = "5.000.000"
SERVED, NOT_SERVED = "Ya, Anda dilayani hari ini.", "Tidak, Anda tidak dilayani hari ini."


def joins(life: Life, amount: int) -> None:
    """Every step of the registration, and the code sheet copied."""
    typed = {
        "/daftar": {"agree": "y"},
        "/daftar/keluarga": {
            "kk": life.residents[0]["NO_KK"],
            "nik": life.residents[0]["NIK"],
            "born-d": "17",
            "born-m": "8",
            "born-y": "1980",
        },
        "/daftar/majikan": {"employer": "no"},
        "/daftar/kelas": {"care_class": "3"},
        "/daftar/autodebit": {"autodebit": "later"},
        "/daftar/faskes": {"clinic": CLINIC},
        "/daftar/pin": {"pin": PIN, "again": PIN},
    }
    reader, here = life.anybody, "/daftar"
    while here != "/daftar/selesai":
        answer = reader.send(here, **typed.get(here, {}))
        assert reader.path != here, answer.words
        here = reader.path
    done = reader.open("/daftar/selesai")
    same(done.amounts[0], amount)
    says(done, "17 Maret 2025", "2 April 2025")
    life.account = re.search(r"8888(?: \d{4}){3}", done.words)[0].replace(" ", "")
    code = dict(re.findall(r"\b(\d{1,2}) (\d{8})\b", done.words))["3"]
    says(reader.send("/daftar/lembar", code=code) and reader.open("/"), "Anda sudah masuk")


def is_too_early(life: Life, _amount: int) -> None:
    try:
        life.bank().inquire(life.account)
    except BankRefused as refused:
        same(refused.code, "4042412")
    else:
        raise AssertionError("the bank was given a bill")


def pays(life: Life, amount: int) -> None:
    """At the bank, what the family's number asks for."""
    _pay(life, life.account, amount)


def is_asked(life: Life, amount: int) -> None:
    """What the bank shows under the family's number."""
    same(_rupiah(life.bank().inquire(life.account)), amount)


def is_calculated(life: Life, amount: int) -> None:
    """What anybody may compute without signing in."""
    page = life.anybody.open(f"/hitung/tunggakan?kelas=3&jiwa=3&sejak=2025-05&tanggal={life.today}")
    same(int(re.search(r'id="total" value="(\d+)"', page)[1]), amount)


def is_served(life: Life, _amount: int) -> None:
    says(life.member.open("/status"), SERVED)


def is_late(life: Life, amount: int) -> None:
    says(life.member.open("/status"), SERVED, f"Iuran bulan ini terlambat. Bayar {format_rupiah(amount)}")


def is_suspended(life: Life, amount: int) -> None:
    says(life.member.open("/status"), NOT_SERVED, f"Bayar {format_rupiah(amount)}")


def sees_plans(life: Life, amount: int) -> None:
    """Two instalments and no more are offered; the amount is their total."""
    page = life.member.open("/cicilan")
    same(re.findall(r"/cicilan/(\d+)/ikut", page), ["2"])
    says(page, f"Jumlah: {format_rupiah(amount)}.", "Aktif Oktober 2025")


def joins_plan(life: Life, amount: int) -> None:
    """In two instalments of this amount."""
    life.member.send("/cicilan/2/ikut", pin=PIN)
    same(life.member.path, "/cicilan")
    says(life.member.open("/cicilan"), f"Bayar {format_rupiah(amount)}", "Cicilan ke-1 dari 2")


def has_window(until: str, months: int) -> Callable[[Life, int], None]:
    """A stay until this day costs so many months' worth, at most the amount."""

    def act(life: Life, amount: int) -> None:
        cost = f"5% dari perkiraan biaya rumah sakit x {months} bulan, paling banyak {format_rupiah(amount)}"
        for path in ("/status", "/denda"):
            says(life.member.open(path), f"Rawat inap di rumah sakit sampai {until} bisa kena denda", cost)

    return act


def is_admitted(life: Life, amount: int) -> None:
    """An officer sees what the admission costs, and records it; the family finds its bill and its number."""
    says(_admit(life), f"Denda {format_rupiah(amount)}")
    number = re.search(r"/denda/(\d+)", life.member.open("/denda"))[1]
    bill = life.member.open(f"/denda/{number}")
    says(bill, f"Bayar {format_rupiah(amount)}")
    life.penalty = re.search(r"8888(?: \d{4}){3}", bill.words)[0].replace(" ", "")


def is_admitted_again(life: Life, _amount: int) -> None:
    says(_admit(life), "Tanpa denda")
    same(len(re.findall(r"/denda/\d+", life.member.open("/denda"))), 1)


def pays_penalty(life: Life, amount: int) -> None:
    """Under its own number."""
    _pay(life, life.penalty, amount)


def fills_pot(life: Life, amount: int) -> None:
    """Under the pot's own number, made when it is first asked for."""
    if not life.pot:
        life.member.send("/celengan")
        life.pot = re.search(r"8888(?: \d{4}){3}", life.member.open("/celengan").words)[0].replace(" ", "")
    bank = life.bank()
    quote = bank.inquire(life.pot)
    same(quote["virtualAccountTrxType"], "O")
    bank.pay(life.pot, quote["inquiryRequestId"], amount)


def has_in_pot(life: Life, amount: int) -> None:
    says(life.member.open("/celengan"), f"Isi celengan: {format_rupiah(amount)}")


def runs(*words: str, saying: str) -> Callable[[Life, int], None]:
    """A command of the night."""

    def act(life: Life, _amount: int) -> None:
        printed = life.flask(*words)
        assert saying in printed, printed

    return act


def has_paid(life: Life, amount: int) -> None:
    """All payments that the family can see."""
    same(sum(life.member.open("/riwayat").amounts), amount)


def has_settled(life: Life, amount: int) -> None:
    """All bills that the family can see, each of them paid."""
    page = life.member.open("/tagihan")
    bills = Page(page[page.index('<div id="bill_list">') :])
    same(sum(bills.amounts), amount)
    same(bills.words.count("lunas"), len(bills.amounts))


def books(account: str) -> Callable[[Life, int], None]:
    """An account of the whole ledger: debits less credits."""
    return lambda life, amount: same(life.books()[account], format_rupiah(amount))


def same(found, expected) -> None:
    assert found == expected, f"{found} instead of {expected}"


def says(page: Page, *texts: str) -> None:
    missing = [text for text in texts if text not in page.words]
    assert not missing, f"{missing} is not in:\n{page.words}"


def _pay(life: Life, number: str, amount: int) -> None:
    bank = life.bank()
    quote = bank.inquire(number)
    same(_rupiah(quote), amount)
    bank.pay(number, quote["inquiryRequestId"], amount)


def _rupiah(quote: dict) -> int:
    return int(quote["totalAmount"]["value"].removesuffix(".00"))


def _admit(life: Life) -> Page:
    """The head of the family, today, to the hospital: shown first, then recorded."""
    day: date = life.today
    typed = {
        "number": life.residents[0]["NIK"],
        "facility": HOSPITAL,
        "care": "hospital-inpatient",
        "admitted-d": f"{day.day}",
        "admitted-m": f"{day.month}",
        "admitted-y": f"{day.year}",
        "estimate": ESTIMATE,
    }
    shown = life.officer.send("/petugas/rawat-inap/baru", **typed)
    life.officer.send("/petugas/rawat-inap/baru", shown=shown, **typed)
    same(bool(re.search(r"/petugas/rawat-inap/\d+$", life.officer.path)), True)
    return shown
