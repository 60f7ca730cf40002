from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import law
from jkn.contributions import explaining, rules, tariffs
from jkn.errors import Refused

NOW = date(2025, 11, 1)
months = st.dates(date(2014, 1, 1), date(2040, 1, 1)).map(lambda day: day.replace(day=1))
wages = st.integers(1, 10**11)
workers = st.sampled_from(["PPU_BU", "PPU_PN"])


def facts(trace):
    return {fact.label: fact.value for fact in trace}


def test_p01_a_wage_above_the_cap_counts_as_the_cap():
    share = tariffs.worker_share(NOW, "PPU_BU", 15_000_000)
    assert (share.base, share.employer, share.worker, share.total) == (12_000_000, 480_000, 120_000, 600_000)
    assert share.basis == "Perpres 82/2018 ps 30 jo 75/2019; Perpres 75/2019 ps 32(1)"


def test_p02_the_worker_pays_for_each_relative_beyond_five():
    share = tariffs.worker_share(NOW, "PPU_BU", 2_500_000, extra_people=2)
    assert (share.employer, share.own, share.extra, share.worker) == (100_000, 25_000, 50_000, 75_000)
    assert share.total == 175_000


@pytest.mark.parametrize(
    ("month", "cap"),
    [
        (date(2014, 1, 1), 4_725_000),
        (date(2016, 3, 1), 4_725_000),
        (date(2016, 4, 1), 8_000_000),
        (date(2019, 12, 1), 8_000_000),
        (date(2020, 1, 1), 12_000_000),
    ],
)
def test_p04_the_cap_is_that_of_the_month(month, cap):
    assert tariffs.wage_base(month, "PPU_BU", 20_000_000) == tariffs.wage_base(month, "PPU_PN", 20_000_000) == cap


def test_p04_a_wage_of_ten_million_in_2018():
    share = tariffs.worker_share(date(2018, 5, 1), "PPU_BU", 10_000_000)
    assert (share.employer, share.worker) == (320_000, 80_000)


def test_p05_a_wage_below_the_minimum_counts_as_the_minimum_and_fractions_round_half_up():
    share = tariffs.worker_share(date(2020, 2, 1), "PPU_BU", 3_000_000, floor=4_200_479)
    assert (share.base, share.employer, share.worker, share.total) == (4_200_479, 168_019, 42_005, 210_024)
    assert share.basis.endswith("; Perpres 82/2018 ps 32(2)")
    assert facts(share.trace)["Lowest wage that counts (UMK)"] == 4_200_479


def test_a_wage_above_the_minimum_counts_as_it_is():
    assert tariffs.wage_base(NOW, "PPU_BU", 5_000_000, 4_200_479) == 5_000_000
    assert tariffs.wage_base(NOW, "PPU_BU", 5_000_000) == 5_000_000


def test_the_state_has_no_minimum_wage():
    share = tariffs.worker_share(NOW, "PPU_PN", 3_000_000, floor=4_200_479)
    assert share.base == 3_000_000 and "82/2018 ps 32(2)" not in share.basis
    assert "Lowest wage that counts (UMK)" not in facts(share.trace)


@pytest.mark.parametrize(("wage", "care_class"), [(1, 2), (4_000_000, 2), (4_000_001, 1), (90_000_000, 1)])
def test_p06_the_class_follows_the_wage(wage, care_class):
    assert tariffs.care_class_of(NOW, wage) == tariffs.worker_share(NOW, "PPU_BU", wage).care_class == care_class


@pytest.mark.parametrize(
    ("segment", "month", "rates"),
    [
        ("PPU_BU", date(2015, 6, 1), (400, 50)),
        ("PPU_BU", date(2015, 7, 1), (400, 100)),
        ("PPU_PN", date(2019, 12, 1), (300, 200)),
        ("PPU_PN", date(2020, 1, 1), (400, 100)),
    ],
)
def test_the_split_is_that_of_the_month_and_segment(segment, month, rates):
    share = tariffs.worker_share(month, segment, 1_000_000)
    assert (share.employer, share.own) == tuple(rate * 100 for rate in rates)
    assert (facts(share.trace)["Employer's rate"], facts(share.trace)["Worker's rate"]) == rates


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [("half_up", (0, 1, 1, 2)), ("down", (0, 0, 0, 2)), ("up", (1, 1, 1, 2))],
)
def test_fractions_of_a_rupiah(rounding, expected):
    amounts = (49, 50, 99, 200)  # 1 %: 0.49, 0.5, 0.99, 2
    assert tuple(tariffs.share_of(amount, 100, rounding) for amount in amounts) == expected


def test_each_share_of_each_person_is_rounded_by_itself():
    share = tariffs.worker_share(NOW, "PPU_BU", 1_000_050, extra_people=3)
    assert (share.employer, share.own, share.extra) == (40_002, 10_001, 30_003)


def test_the_law_says_how_to_round(own_law):
    own_law('method = "half_up"', 'method = "down"')
    assert tariffs.worker_share(NOW, "PPU_BU", 1_000_050, extra_people=3).extra == 30_000
    assert tariffs.worker_share(NOW, "PPU_BU", 1_000_024).employer == 40_000  # exactly 40,000.96
    assert tariffs.pensioner_share(NOW, 99).total == 3
    assert tariffs.veteran_share(date(2019, 1, 1)).government == 72_105


def test_a_worker_reads_every_step():
    share = tariffs.worker_share(NOW, "PPU_BU", 15_000_000, floor=5_000_000, extra_people=1)
    assert [tuple(fact) for fact in share.trace] == [
        ("Wage", 15_000_000, "rupiah"),
        ("Lowest wage that counts (UMK)", 5_000_000, "rupiah"),
        ("Highest wage that counts", 12_000_000, "rupiah"),
        ("Wage that counts", 12_000_000, "rupiah"),
        ("Employer's rate", 400, "percent"),
        ("The employer pays", 480_000, "rupiah"),
        ("Worker's rate", 100, "percent"),
        ("For the worker's own family", 120_000, "rupiah"),
        ("People covered by that", 5, ""),
        ("More relatives", 1, ""),
        ("Rate for each of them", 100, "percent"),
        ("For these relatives", 120_000, "rupiah"),
        ("Class II up to a wage of", 4_000_000, "rupiah"),
    ]


def test_a_pensioner_pays_two_percent_and_the_government_three():
    share = tariffs.pensioner_share(NOW, 3_333_333)
    assert (share.government, share.pensioner, share.total) == (100_000, 66_667, 166_667)
    assert share.basis == "Perpres 82/2018"
    assert [tuple(fact) for fact in share.trace] == [
        ("Pension", 3_333_333, "rupiah"),
        ("Government's rate", 300, "percent"),
        ("The government pays", 100_000, "rupiah"),
        ("Pensioner's rate", 200, "percent"),
        ("The pensioner pays", 66_667, "rupiah"),
    ]


@pytest.mark.parametrize(("month", "amount"), [(date(2019, 1, 1), 72_106), (date(2024, 1, 1), 77_875)])
def test_the_government_pays_for_veterans(month, amount):
    share = tariffs.veteran_share(month)
    assert (share.government, share.pensioner, share.total) == (amount, 0, amount)
    assert [tuple(fact) for fact in share.trace] == [
        ("Base salary of a civil servant III/a after 14 years", law.at(month).veteran.base_salary, "rupiah"),
        ("Part of it that counts", 4_500, "percent"),
        ("That is", law.at(month).veteran.base_salary * 45 // 100, "rupiah"),
        ("Government's rate", 500, "percent"),
        ("The government pays", amount, "rupiah"),
    ]
    assert share.basis == law.at(month).veteran.basis


def test_a_base_salary_that_nobody_knows_is_no_amount():
    with pytest.raises(Refused, match="^We do not know the base salary of that month.$") as refused:
        tariffs.veteran_share(date(2018, 12, 1))
    assert refused.value.basis == "Perpres 12/2013 jo 111/2013"


@pytest.mark.parametrize(
    ("month", "amount"),
    [(date(2014, 1, 1), 19_225), (date(2016, 1, 1), 23_000), (date(2019, 7, 1), 23_000), (date(2019, 8, 1), 42_000)],
)
def test_governments_pay_the_same_for_everybody(month, amount):
    pbi, pemda = tariffs.subsidy(month, "PBI_JK"), tariffs.subsidy(month, "PBPU_PEMDA")
    assert pbi.amount == pemda.amount == amount
    assert tuple(pbi.trace[0]) == ("One person, one month", amount, "rupiah")
    assert (pbi.basis, pemda.basis) == (law.at(month).pbi_tariff.basis, law.at(month).pemda_tariff.basis)


def test_the_two_subsidies_are_rows_of_their_own(coming_row):
    coming_row("pemda_tariff", "from = 2030-01-01, person = 50000, effective_months = 1, priority_regions = []")
    assert tariffs.subsidy(date(2030, 1, 1), "PBPU_PEMDA").amount == 50_000
    assert tariffs.subsidy(date(2030, 1, 1), "PBI_JK").amount == 42_000


@pytest.mark.parametrize(
    ("month", "shares"),
    [(date(2020, 6, 1), (0, 0)), (date(2020, 7, 1), (16_500, 0)), (date(2021, 1, 1), (4_200, 2_800))],
)
def test_the_aid_is_split_between_the_governments(month, shares):
    aid = tariffs.class3_aid(month)
    assert (aid.central, aid.regional, aid.regional_payer) == (*shares, "province")
    assert aid.basis == law.at(month).class3_aid.basis


@given(months)
def test_both_shares_are_the_whole_aid(month):
    aid = tariffs.class3_aid(month)
    assert aid.central + aid.regional == rules.price(month, 3).aid


def test_a_bill_explains_the_price_of_class_three():
    assert [tuple(step) for step in explaining.price_steps(NOW, 3)] == [
        ("Month", NOW, "month"),
        ("Whole contribution", 42_000, "rupiah"),
        ("The central government adds", 4_200, "rupiah"),
        ("The regional government adds", 2_800, "rupiah"),
        ("One person, one month", 35_000, "rupiah"),
    ]
    assert explaining.basis_of(NOW, 3) == "Perpres 64/2020 ps 34; PMK 78/2020"


def test_a_bill_names_no_aid_where_there_is_none():
    assert [step.label for step in explaining.price_steps(NOW, 1)] == ["Month", "One person, one month"]
    assert explaining.basis_of(NOW, 1) == "Perpres 64/2020 ps 34; PMK 78/2020"
    july = explaining.price_steps(date(2020, 7, 1), 3)
    assert [step.label for step in july][2:] == ["The central government adds", "One person, one month"]
    assert explaining.basis_of(date(2020, 7, 1), 3) == "Perpres 64/2020 ps 34"


def test_a_bill_cites_who_pays_the_aid_where_that_is_another_decree(coming_row):
    coming_row("class3_aid", 'from = 2027-01-01, central = 7000, regional = 0, regional_payer = "regency"')
    assert explaining.basis_of(date(2027, 1, 1), 3) == "Perpres 64/2020 ps 34; PMK 78/2020; Perpres 1/2027"
    assert explaining.basis_of(date(2027, 1, 1), 2) == "Perpres 64/2020 ps 34; PMK 78/2020"
    assert tariffs.class3_aid(date(2027, 1, 1)).regional_payer == "regency"


@given(months, workers, wages, wages, st.integers(0, 20))
def test_nobody_pays_less_for_a_higher_wage_or_more_people_and_all_is_whole(month, segment, wage, more, extra):
    less = tariffs.worker_share(month, segment, wage, extra_people=extra)
    higher = tariffs.worker_share(month, segment, wage + more, extra_people=extra + 1)
    assert higher.employer >= less.employer and higher.worker >= less.worker
    assert all(type(amount) is int for amount in (less.base, less.employer, less.own, less.extra, less.total))
    assert less.total == less.employer + less.worker
    cap = law.at(month).ppu_cap.wage
    assert less.total <= cap * (500 + 100 * extra) // 10_000 + 2 + extra


@given(months, wages, wages)
def test_a_minimum_wage_never_lowers_a_contribution(month, wage, floor):
    assert tariffs.wage_base(month, "PPU_BU", wage, floor) >= tariffs.wage_base(month, "PPU_BU", wage)
