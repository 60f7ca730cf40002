import gzip
import re
from datetime import date, datetime

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.calendar import add_months
from jkn.contributions import corrections, service
from jkn.contributions.models import Bill
from jkn.db import write
from jkn.members import service as members
from jkn.members.models import CareClass
from tests.builders import a_family, counted, pay_in, people, sign_in

JANUARY = date(2026, 1, 1)
TODAY = date(2026, 1, 15)


@pytest.fixture
def family(app):
    return a_family(3)


def client_of(app, family):
    return sign_in(app, people(family)[0])


def pay(family, on=TODAY):
    payer = members.payer_of(family.id)
    owed = service.owed(payer, on)
    with write():
        pay_in(payer, owed.total, on)
        service.settle(payer, [each.month for each in owed.months], on, clock.now(), by=service.SYSTEM)


def on(day: date):
    return clock.frozen(datetime(day.year, day.month, day.day, 10, tzinfo=clock.JAKARTA))


def test_the_page_says_first_what_is_due_when(app, family):
    service.issue_bills(JANUARY)
    with on(date(2026, 1, 9)):
        text = client_of(app, family).get("/tagihan").text
    assert re.search(r'<b>\w+ <data value="105000">Rp105.000</data></b>', text)
    assert "12 Januari 2026" in text
    assert text.index("<b>") < text.index("<h2>")


def test_a_late_family_reads_until_when_it_is_covered(app, family):
    text = client_of(app, family).get("/tagihan").text
    assert 'class="v x"' in text and "12 Januari 2026" in text and "31 Januari 2026" in text


def test_a_suspended_family_reads_the_whole_sum_and_since_when(app):
    family = a_family(1, liable_from=date(2025, 11, 1))
    text = client_of(app, family).get("/tagihan").text
    assert "Rp105.000" in text and "1 Desember 2025" in text


def test_a_new_family_reads_its_window(app):
    family = a_family(1, liable_from=None, registered_on=date(2026, 1, 10))
    text = client_of(app, family).get("/tagihan").text
    assert "24 Januari 2026" in text and "9 Februari 2026" in text


def test_a_family_that_let_its_window_pass_registers_again(app):
    family = a_family(1, liable_from=None, registered_on=date(2025, 11, 1))
    text = client_of(app, family).get("/tagihan").text
    assert "1 Desember 2025" in text and 'href="/daftar"' in text and "/bayar/saya" not in text


def test_who_paid_owes_nothing(app, family):
    pay(family)
    text = client_of(app, family).get("/tagihan").text
    assert "28 Februari 2026" in text and "Cara bayar" not in text
    assert "Bayar di muka" in text and "/riwayat" in text


def test_a_family_whom_others_pay_for_has_no_bills(app):
    family = a_family(1)
    members.Spell.update(until=date(2025, 6, 1)).execute()
    assert client_of(app, family).get("/tagihan").status_code == 200


def test_twelve_months_a_page_and_the_older_ones_as_a_fragment(app):
    family = a_family(1, liable_from=date(2024, 12, 1), since=date(2024, 12, 1))
    for index in range(14):
        service.issue_bills(add_months(date(2024, 12, 1), index))
    client = client_of(app, family)
    text = client.get("/tagihan").text
    assert text.count('<li><a href="/tagihan/') == 12
    link = re.search(r'data-hx-get="([^"]+)"', text)[1]
    assert link == "/tagihan?sebelum=2025-02"
    fragment = client.get(link, headers={"HX-Request": "true", "HX-Target": "bill_list"}).text
    assert fragment.startswith('<div id="bill_list">') and fragment.count("<li>") == 2
    assert "<html" in client.get(link).text


@pytest.mark.parametrize("before", ["", "x", "2025-13", "9999-99", "0000-01"])
def test_a_month_that_is_none_shows_the_newest(app, family, before):
    service.issue_bills(JANUARY)
    assert "Januari 2026" in client_of(app, family).get(f"/tagihan?sebelum={before}").text


def test_a_page_without_older_months_loads_no_script(app, family):
    assert "<script" not in client_of(app, family).get("/tagihan").text


def test_a_bill_explains_itself(app):
    family = a_family(2, CareClass.III)
    service.issue_bills(JANUARY)
    text = client_of(app, family).get(f"/tagihan/{Bill.get().id}").text
    for word in (
        "SITI AMINAH",
        "BUDI SANTOSO",
        "Rp70.000",
        "Rp35.000",
        "Rp7.000",
        "Perpres 64/2020",
        "12 Januari 2026",
    ):
        assert word in text


def test_a_bill_tells_what_it_was_under_last_years_rule(app):
    family = a_family(2, CareClass.III, liable_from=date(2021, 1, 1), since=date(2020, 1, 1))
    service.issue_bills(date(2021, 1, 1))
    client, url = client_of(app, family), f"/tagihan/{Bill.get().id}"
    assert f"{url}?menurut=2020-01" in client.get(url).text
    text = client.get(f"{url}?menurut=2020-01").text
    assert "Rp84.000" in text and "Perpres 75/2019" in text  # two people at 42,000
    assert "Rp70.000" in text


@pytest.mark.parametrize("asked", ["2013-01", "x", "2021-13", ""])
def test_a_month_without_a_tariff_changes_nothing_on_a_bill(app, family, asked):
    service.issue_bills(JANUARY)
    assert client_of(app, family).get(f"/tagihan/{Bill.get().id}?menurut={asked}").status_code == 200


def test_a_corrected_bill_says_why_and_by_how_much(app):
    family = a_family(2, CareClass.III)
    service.issue_bills(JANUARY)
    corrections.report_death(people(family)[1], date(2025, 12, 20), SYSTEM)
    text = client_of(app, family).get(f"/tagihan/{Bill.get().id}").text
    assert "-Rp35.000" in text and "Meninggal" in text
    assert re.search(r'class="n"><data value="35000">', text)


def test_names_are_masked_until_the_family_is_proven(app):
    family = a_family(1, proven=False)
    service.issue_bills(JANUARY)
    text = client_of(app, family).get(f"/tagihan/{Bill.get().id}").text
    assert "SITI" not in text and "S***" in text


def test_a_paid_bill_says_when(app, family):
    pay(family)
    text = client_of(app, family).get(f"/tagihan/{Bill.get().id}").text
    assert "15 Januari 2026" in text and "/bayar/saya" not in text


def test_the_bill_of_another_family_does_not_exist(app, family):
    service.issue_bills(JANUARY)
    stranger = client_of(app, a_family(1))
    assert stranger.get(f"/tagihan/{Bill.get().id}").status_code == 404
    assert "Rp105.000" not in stranger.get("/tagihan").text


def test_bills_need_a_sign_in(client):
    assert client.get("/tagihan").status_code == 303


def test_the_command_bills_a_month_and_says_how_many(app, run):
    a_family(1)
    first, second = run("issue-bills", "2026-01"), run("issue-bills", "2026-01")
    # the family's, and those of the two governments that add to class III
    assert "3 bills issued" in first.output and "0 bills issued" in second.output
    assert first.exit_code == second.exit_code == 0


@pytest.mark.parametrize("month", ["2026-13", "januari", "2013-12", "2031-05"])
def test_the_command_refuses_what_is_no_month_of_the_scheme(app, run, month):
    result = run("issue-bills", month)
    assert result.exit_code == 2 and not isinstance(result.exception, ValueError | LookupError)


def test_a_bill_list_is_light_and_asks_little(app, family):
    service.issue_bills(JANUARY)
    client = client_of(app, family)
    with counted() as queries:
        text = client.get("/tagihan").text
    assert len(queries) <= 8, queries
    assert len(gzip.compress(text.encode(), 6)) <= 1_900
