"""The calculators as anybody opens them: a link in, amounts for people and machines out."""

import re
from datetime import date, datetime
from html import unescape

import pytest

from jkn import clock
from jkn.calendar import add_months

pytestmark = pytest.mark.any_engine


@pytest.fixture
def ask(client):
    """Open a calculator; what its page says."""

    def ask(path, **query):
        answer = client.get(f"/hitung/{path}", query_string=query)
        assert answer.status_code == 200
        return Said(answer.text)

    return ask


class Said(str):
    """A page; `amount` reads one of its named amounts, `complaints` what stands beside the fields."""

    def amount(self, name="total"):
        found = re.findall(rf'<data id="{name}" value="(-?\d+)">(-?Rp[\d.]+)</data>', self)
        assert len(found) <= 1
        if not found:
            return None
        value, shown = found[0]
        assert shown.replace("Rp", "").replace(".", "") == value
        return int(value)

    @property
    def complaints(self):
        return [unescape(text) for text in re.findall(r'<strong id="[\w-]+-e">([^<]*)</strong>', self)]

    @property
    def why(self):
        return re.search(r"<details open>.*?</details>", self, re.DOTALL)[0]


def on(day: date):
    return clock.frozen(datetime(day.year, day.month, day.day, 10, tzinfo=clock.JAKARTA))


# --- A month's contribution


@pytest.mark.parametrize(
    ("month", "prices"),
    [
        ("2016-03", (59_500, 42_500, 25_500)),
        ("2016-04", (80_000, 51_000, 25_500)),
        ("2020-02", (160_000, 110_000, 42_000)),
        ("2020-05", (80_000, 51_000, 25_500)),
        ("2020-08", (150_000, 100_000, 25_500)),
        ("2021-01", (150_000, 100_000, 35_000)),
    ],
)
def test_t01_t02_the_contribution_of_each_month(ask, month, prices):
    assert tuple(ask("iuran", segmen="PBPU", kelas=each, bulan=month).amount() for each in (1, 2, 3)) == prices


@pytest.mark.parametrize(("kelas", "year"), [("I", 1_620_000), ("II", 1_083_000), ("III", 355_500)])
def test_t03_the_months_of_2020(ask, kelas, year):
    months = [f"2020-{month:02}" for month in range(1, 13)]
    assert sum(ask("iuran", kelas=kelas, bulan=month).amount() for month in months) == year


def test_class_three_shows_what_governments_add_beside_what_the_members_pay(ask):
    page = ask("iuran", segmen="PBPU", kelas=3, jiwa=4, bulan="2026-01")
    assert page.amount() == 140_000
    assert "Rp28.000" in page
    assert "Rp4.200" in page.why and "Rp2.800" in page.why and "PMK 78/2020" in page.why


@pytest.mark.parametrize("segmen", ["PPU", "ppu_bu", "PPU-PN", "ppu_pn"])
def test_p01_a_wage_above_the_cap(ask, segmen):
    page = ask("iuran", segmen=segmen, upah="15.000.000", bulan="2025-11")
    assert (page.amount("pemberi_kerja"), page.amount("pekerja"), page.amount()) == (480_000, 120_000, 600_000)
    assert "Rp12.000.000" in page.why and "Kelas I." in page


def test_p02_two_relatives_too_many_are_paid_by_the_worker(ask):
    page = ask("iuran", segmen="PPU", upah=2_500_000, keluarga_tambahan=2, bulan="2025-11")
    assert (page.amount("pemberi_kerja"), page.amount("pekerja"), page.amount()) == (100_000, 75_000, 175_000)


def test_p04_the_cap_of_2018(ask):
    page = ask("iuran", segmen="PPU_BU", upah="Rp10.000.000", bulan="2018-05")
    assert (page.amount("pemberi_kerja"), page.amount("pekerja")) == (320_000, 80_000)


@pytest.mark.parametrize("floor", ["4200479.19", "4.200.479,19", "4200479"])
def test_p05_the_floor_is_truncated(ask, floor):
    page = ask("iuran", segmen="PPU", upah=3_000_000, batas_bawah=floor, bulan="2020-02")
    assert "Rp4.200.479" in page.why
    assert (page.amount("pemberi_kerja"), page.amount("pekerja"), page.amount()) == (168_019, 42_005, 210_024)


@pytest.mark.parametrize(("wage", "care_class"), [(4_000_000, "Kelas II."), (4_000_001, "Kelas I.")])
def test_p06_the_class_follows_the_wage(ask, wage, care_class):
    assert care_class in ask("iuran", segmen="PPU", upah=wage, bulan="2026-01")


def test_companies_paid_half_a_percent_less_before_july_2015(ask):
    before = ask("iuran", segmen="PPU", upah=2_000_000, bulan="2015-06")
    assert (before.amount("pemberi_kerja"), before.amount("pekerja")) == (80_000, 10_000)
    assert "0,5%" in before.why
    assert ask("iuran", segmen="PPU", upah=2_000_000, bulan="2015-07").amount() == 100_000


@pytest.mark.parametrize("segmen", ["PBI", "pbi_jk", "Pemda", "PBPU_PEMDA"])
@pytest.mark.parametrize(("month", "rate"), [("2014-01", 19_225), ("2016-01", 23_000), ("2019-08", 42_000)])
def test_governments_pay_so_much_for_a_person(ask, segmen, month, rate):
    page = ask("iuran", segmen=segmen, jiwa=3, bulan=month)
    assert page.amount() == 3 * rate and "Kelas III." in page


def test_a_pensioner_pays_two_percent_and_the_government_three(ask):
    page = ask("iuran", segmen="BP_PN", upah="3.000.000", bulan="2026-01")
    assert (page.amount("pemerintah"), page.amount("pensiunan"), page.amount()) == (90_000, 60_000, 150_000)


def test_a_veterans_contribution_is_the_governments(ask):
    page = ask("iuran", segmen="VETERAN", bulan="2026-01")
    assert page.amount() == page.amount("pemerintah") == 77_875
    assert "Rp3.461.100" in page.why
    unknown = ask("iuran", segmen="VETERAN", bulan="2018-01")
    assert unknown.amount() is None and "gaji pokok" in unknown


def test_what_the_rule_of_a_year_before_would_cost_stands_beside_it(ask):
    page = ask("iuran", kelas=1, bulan="2021-01", jiwa=2)
    link = re.search(r'href="([^"]*bulan=2020-01[^"]*)"', page)[1]
    assert "Rp320.000" in page.partition(link)[2][:200]
    assert "bulan=2013" not in ask("iuran", kelas=1, bulan="2014-06")


def test_this_month_and_one_person_unless_told_otherwise(ask):
    with on(date(2020, 2, 9)):
        assert ask("iuran", kelas=1).amount() == 160_000


def test_a_month_ahead_is_priced_by_the_law_known_today(ask):
    assert "yang kami ketahui hari ini" in ask("iuran", bulan="2027-01")
    assert "yang kami ketahui hari ini" not in ask("iuran", bulan="2026-01")


# --- Arrears


def test_t05_two_years_and_more_in_class_three(ask):
    page = ask("tunggakan", kelas=3, jiwa=1, sejak="2023-01", tanggal="2026-01-15")
    assert page.amount() == 875_000
    assert '<data id="total" value="875000">Rp875.000</data>' in page
    assert "24 x" in page and "Perpres 82/2018 ps 42(3)" in page.why


def test_a01_march_unpaid_on_the_20th_of_may(ask):
    assert ask("tunggakan", kelas=1, sejak="2025-03", tanggal="2025-05-20").amount() == 450_000


@pytest.mark.parametrize(("day", "months"), [("2018-12-15", 12), ("2019-01-15", 13), ("2019-12-15", 24)])
def test_a02_the_cap_grew_by_one_month_each_month_of_2019(ask, day, months):
    assert ask("tunggakan", kelas=3, sejak="2017-12", tanggal=day).amount() == (months + 1) * 25_500


def test_a03_in_2020_six_months_were_enough_and_the_rest_was_owed_until_the_end_of_2021(ask):
    page = ask("tunggakan", kelas=3, sejak="2018-10", tanggal="2020-06-15")
    assert page.amount() == 7 * 25_500
    assert "31 Desember 2021" in page and "14" in page.why
    assert ask("tunggakan", kelas=3, sejak="2019-12", tanggal="2020-06-15").amount() == 3 * 25_500 + 3 * 42_000 + 25_500


def test_who_is_six_months_behind_in_2020_pays_them_all(ask):
    assert "2021" not in ask("tunggakan", kelas=3, sejak="2019-12", tanggal="2020-06-15").why


def test_each_month_has_its_own_tariff_and_equal_ones_are_told_together(ask):
    page = ask("tunggakan", kelas=1, jiwa=2, sejak="2020-11", tanggal="2021-03-01")
    assert page.amount() == 2 * 5 * 150_000
    assert re.search(r"November 2020 - Desember 2020: 2 x 2 x <data[^>]*>Rp150.000</data>", page)


def test_a_month_that_left_the_smaller_cap_never_returns(ask):
    page = ask("tunggakan", kelas=3, sejak="2014-10", tanggal="2016-07-01")
    assert page.amount() == 8 * 25_500  # not 13
    assert "14" in page


def test_the_running_month_alone_when_it_is_the_first_unpaid_one(ask):
    assert ask("tunggakan", kelas=2, jiwa=3, sejak="2026-01-10").amount() == 300_000


def test_a_first_unpaid_month_ahead_is_refused(ask):
    page = ask("tunggakan", kelas=2, sejak="2026-02", tanggal="2026-01-31")
    assert page.amount() is None and len(page.complaints) == 1


def test_t07_arrears_of_class_three_at_the_whole_contribution_where_the_law_says_so(ask, own_law):
    own_law('price = "NET"', 'price = "GROSS"')
    year = ask("tunggakan", kelas=3, sejak="2025-01", tanggal="2026-01-15")
    assert year.amount() == 504_000 + 35_000
    assert ask("tunggakan", kelas=3, sejak="2024-01", tanggal="2026-01-15").amount() == 1_008_000 + 35_000
    assert ask("tunggakan", kelas=2, sejak="2025-01", tanggal="2026-01-15").amount() == 1_300_000


# --- Penalty


def test_d02_ten_months_of_five_million(ask):
    assert ask("denda", biaya=5_000_000, bulan=10, tanggal="2025-06-01").amount() == 2_500_000


def test_d03_no_more_than_twelve_months_count(ask):
    page = ask("denda", biaya="10.000.000", bulan=15, tanggal="2023-10-15")
    assert page.amount() == 6_000_000
    assert "5%" in page.why and "12" in page.why and "Perpres 64/2020 ps 42(6)" in page.why


def test_d05_three_months_of_six_million(ask):
    assert ask("denda", biaya=6_000_000, bulan=3, tanggal="2025-06-01").amount() == 900_000


def test_d09_who_is_exempt_and_whose_employer_pays(ask):
    asked = {"biaya": 6_000_000, "bulan": 3, "tanggal": "2025-06-01"}
    for segment in ("PBI", "pemda"):
        page = ask("denda", **asked, segmen=segment)
        assert page.amount() == 0 and "dikecualikan" in page
    page = ask("denda", **asked, segmen="PPU")
    assert page.amount() == 900_000 and "Pemberi kerja" in page


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2016-06-30", 0),
        ("2016-07-01", 30_000_000),
        ("2020-12-31", 30_000_000),
        ("2024-05-07", 30_000_000),
        ("2024-05-08", 20_000_000),
    ],
)
def test_the_cap_is_that_of_the_day(ask, day, amount):
    assert ask("denda", biaya=500_000_000, bulan=12, tanggal=day).amount() == amount


# --- Instalments


def plan(ask, months, instalments, day="2026-01-15", **more):
    return ask("cicilan", **{"kelas": 3, "jiwa": 1} | more, bulan_tunggakan=months, angsuran=instalments, tanggal=day)


def test_h01_four_months_may_be_divided_and_three_may_not(ask):
    assert plan(ask, 4, 2).amount("per_bulan") == 105_000
    refused = plan(ask, 3, 1)
    assert refused.amount("per_bulan") is refused.amount() is None
    assert "4 bulan" in refused and "REHAB 2.0" in refused and "/bayar" in refused


def test_h01_who_has_moved_may_from_two_months(ask):
    assert plan(ask, 2, 2, alih=1).amount("per_bulan") == 35_000
    assert plan(ask, 1, 1, alih=1).amount() is None


@pytest.mark.parametrize(("months", "most"), [(24, 12), (8, 4), (5, 2)])
def test_h02_at_most_half_the_months_and_twelve(ask, months, most):
    assert plan(ask, months, most).amount() == (months + most) * 35_000
    assert plan(ask, months, most + 1).amount() is None


def test_h02_who_has_moved_pays_at_least_so_much_a_month(ask):
    assert plan(ask, 24, 36, kelas=1, alih=1).amount("per_bulan") == 100_000
    assert plan(ask, 24, 37, kelas=1, alih=1).amount() is None
    assert plan(ask, 24, 24, alih=1).amount("per_bulan") == 35_000
    assert "Rp35.000" in plan(ask, 24, 25, alih=1) and plan(ask, 24, 25, alih=1).amount() is None


@pytest.mark.parametrize(
    ("day", "is_possible"),
    [("2023-03-28", 1), ("2023-03-29", 0), ("2023-02-27", 1), ("2023-02-28", 0), ("2025-03-31", 1)],
)
def test_h04_the_last_day_to_join(ask, day, is_possible):
    assert (plan(ask, 8, 4, day).amount() is not None) == is_possible


def test_the_first_programme_divides_the_arrears_alone(ask):
    page = plan(ask, 8, 3, "2023-03-01")
    assert (page.amount("per_bulan"), page.amount()) == (93_334, 280_000)
    assert "Rp93.332" in page


def test_there_was_no_programme_before_2022(ask):
    page = plan(ask, 8, 3, "2021-12-31")
    assert page.amount() is None and "1 Januari 2022" in page


def test_more_months_than_are_billed_count_as_those_that_are(ask):
    page = plan(ask, 30, 12)
    assert page.amount() == 36 * 35_000
    assert "24 bulan" in page


def test_every_possible_plan_stands_beside_it_with_the_month_the_card_turns_active(ask):
    page = plan(ask, 8, 4)
    for count, last in enumerate(("Januari", "Februari", "Maret", "April"), 1):
        assert f"angsuran={count}" in page and f"{last} 2026" in page
    assert "angsuran=5" not in page


# --- What anybody may type


EXAMPLES = {
    "iuran": {"segmen": "PBPU", "kelas": "3", "jiwa": "2", "bulan": "2026-01"},
    "tunggakan": {"kelas": "3", "jiwa": "2", "sejak": "2025-01", "tanggal": "2026-01-15"},
    "denda": {"biaya": "1000000", "bulan": "3", "tanggal": "2026-01-15"},
    "cicilan": {"kelas": "3", "jiwa": "2", "bulan_tunggakan": "8", "angsuran": "2", "tanggal": "2026-01-15"},
}
WRONG = {
    "segmen": ["TNI", "<b>"],
    "kelas": ["0", "4", "IV", "x"],
    "jiwa": ["0", "51", "-1", "1.5", "x", "9" * 30, "٣"],
    "bulan": ["2013-12", "2026-13", "2026", "x", "0", "9" * 30, "2100-01"],
    "denda bulan": ["-1", "601", "x", "1.5", ""],
    "sejak": ["2013-12", "2026-00", "x", "2025-02-30", ""],
    "tanggal": ["2013-12-31", "2026-02-30", "2026-01", "x", "9999-12-31"],
    "biaya": ["0", "-5", "1,5", "x", "9" * 30, ""],
    "bulan_tunggakan": ["0", "x", "601", ""],
    "angsuran": ["0", "x", "121"],
}


@pytest.mark.parametrize("path", EXAMPLES)
def test_nothing_asked_shows_the_form_alone(ask, path):
    page = ask(path)
    assert "<form" in page and "<details" not in page and page.complaints == [] and page.amount() is None


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        (path, name, text)
        for path, asked in EXAMPLES.items()
        for name in asked
        for text in WRONG.get(f"{path} {name}", WRONG[name])
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_stays_typed(ask, path, name, text):
    page = ask(path, **EXAMPLES[path] | {name: text})
    assert len(page.complaints) == 1 and page.complaints[0].endswith(".")
    assert page.amount() is None and 'class="e"' in page


@pytest.mark.parametrize("path", EXAMPLES)
def test_the_form_keeps_what_was_asked(ask, path):
    page = ask(path, **EXAMPLES[path])
    assert page.amount() > 0 and page.complaints == []
    for name, text in EXAMPLES[path].items():
        assert re.search(rf'name="{name}"[^>]*value="{text}"|<option selected value="{text}"', page)


@pytest.mark.parametrize("wage", ["15000000", "15.000.000", "Rp15.000.000", "rp 15.000.000,-", "15000000,00"])
def test_a_wage_may_be_typed_in_many_ways(ask, wage):
    assert ask("iuran", segmen="PPU", upah=wage).amount() == 600_000


def test_a_wage_is_asked_of_workers(ask):
    for segmen in ("PPU", "PPU_PN", "BP_PN"):
        page = ask("iuran", segmen=segmen)
        assert len(page.complaints) == 1 and page.amount() is None


def test_a_future_row_takes_effect_by_itself(ask, coming_row):
    coming_row("pbpu_tariff", "from = 2026-03-01, class_1 = 1, class_2 = 2, class_3 = 3, class_3_gross = 3, aid = 0")
    assert ask("iuran", kelas=3, bulan="2026-02").amount() == 35_000
    page = ask("iuran", kelas=3, bulan="2026-03")
    assert page.amount() == 3 and "Perpres 1/2027" in page.why


def test_a_calculator_asks_the_database_nothing(ask):
    from tests.asking import asked

    with asked() as found:
        ask("tunggakan", **EXAMPLES["tunggakan"])
    assert found == []


@pytest.mark.parametrize("back", range(1, 40))
def test_another_month_in_arrears_never_costs_less(ask, back):
    since, before = (f"{add_months(date(2026, 1, 1), -each):%Y-%m}" for each in (back, back - 1))
    assert ask("tunggakan", kelas=3, sejak=since).amount() >= ask("tunggakan", kelas=3, sejak=before).amount()


@pytest.mark.parametrize("typed", ["2018-10", "10-2018", "10/2018", "10 2018", "2018.10", "2018-10-31", "31/10/2018"])
def test_a_month_is_read_whichever_way_it_is_written(ask, typed):
    said = ask("tunggakan", sejak=typed, tanggal="15/6/2020", jiwa=4)
    assert not said.complaints and said == ask("tunggakan", sejak="2018-10", tanggal="2020-06-15", jiwa=4).replace(
        'value="2018-10"', f'value="{typed}"'
    ).replace('value="2020-06-15"', 'value="15/6/2020"')


@pytest.mark.parametrize("typed", ["2018", "10", "10-18", "2018-10-1-1", "x/2018", "13/2018", "/2018", ""])
def test_what_is_no_month_is_said_to_be_none(ask, typed):
    assert ask("tunggakan", sejak=typed).complaints
