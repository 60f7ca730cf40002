from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jkn.contributions import arrears, rehab, rules
from jkn.errors import Refused

FIRST, SECOND = date(2023, 3, 1), date(2026, 1, 15)  # REHAB 1.0, 2.0


def plan(on, months, instalments, care_class=3, people=1, moved=False):
    return rehab.family_plan(on, care_class, people, months, instalments, moved)


def refusal(*args, **kwargs):
    with pytest.raises(Refused) as refused:
        plan(*args, **kwargs)
    return refused.value


def test_h01_four_months_of_arrears_and_not_three():
    assert plan(SECOND, 4, 2).instalments == 2
    no = refusal(SECOND, 3, 1)
    assert no.message == "REHAB begins at %(least)s months in arrears." and no.values == {"least": 4}
    assert no.basis == "BPJS Kesehatan, program New REHAB 2.0 (2025)"


def test_h01_who_has_moved_from_two():
    assert plan(SECOND, 2, 2, moved=True).per_month == 35_000
    assert refusal(SECOND, 1, 1, moved=True).values == {"least": 2}


@pytest.mark.parametrize(("months", "most"), [(24, 12), (23, 11), (8, 4), (5, 2), (4, 2), (60, 12)])
def test_h02_at_most_twelve_and_half_the_months(months, most):
    assert plan(SECOND, months, most).instalments == most
    no = refusal(SECOND, months, most + 1)
    assert no.message == "At most %(most)s instalments are possible for %(count)s months."
    assert no.values == {"most": most, "count": min(months, 24)} and no.basis


def test_h02_half_an_odd_number_is_a_parameter(own_law):
    own_law('half_rounding = "floor"', 'half_rounding = "up"')
    assert rehab.most_instalments(SECOND, 5) == 3 and rehab.most_instalments(SECOND, 4) == 2


def test_h02_without_the_rule_of_half_twelve_are_possible(own_law):
    own_law("half_rule = true", "half_rule = false")
    assert rehab.most_instalments(SECOND, 4) == 12


def test_h02_who_has_moved_divides_into_36_of_at_least_35_000():
    assert plan(SECOND, 24, 36, care_class=1, moved=True).per_month == 100_000
    assert refusal(SECOND, 24, 37, care_class=1, moved=True).values == {"most": 36, "count": 24}
    assert plan(SECOND, 24, 24, moved=True).per_month == 35_000
    no = refusal(SECOND, 24, 25, moved=True)
    assert no.message == "Each instalment must be at least %(least)s." and no.values == {"least": "Rp35.000"}
    assert no.basis == "BPJS Kesehatan, program New REHAB 2.0 (2025)"
    assert refusal(SECOND, 24, 36, moved=True).values == {"least": "Rp35.000"}
    assert refusal(SECOND, 24, 37, moved=True).values == {"most": 36, "count": 24}


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2023, 3, 28), None),
        (date(2023, 3, 29), 28),
        (date(2023, 2, 27), None),
        (date(2023, 2, 28), 27),
        (date(2024, 12, 31), 28),
        (date(2025, 2, 28), None),
        (date(2025, 3, 31), None),
    ],
)
def test_h04_the_last_day_to_join(day, last):
    if last is None:
        assert plan(day, 8, 4)
    else:
        no = refusal(day, 8, 4)
        assert no.message == "Joining REHAB is possible until day %(last)s of this month."
        assert no.values == {"last": last} and no.basis == "BPJS Kesehatan, program REHAB (2022)"


def test_before_a_programme_began_the_refusal_names_its_day():
    no = refusal(date(2021, 12, 31), 8, 4)
    assert no.message == "Paying in instalments (REHAB) is possible from %(day)s."
    assert no.values == {"day": date(2022, 1, 1)} and no.basis == "Perpres 12/2013"
    assert refusal(date(2025, 1, 31), 8, 4, moved=True).values == {"day": date(2025, 2, 1)}


def test_the_first_programme_divides_the_arrears_and_the_last_instalment_is_smaller():
    answer = plan(FIRST, 8, 3)
    assert (answer.arrears, answer.running, answer.total) == (280_000, 0, 280_000)
    assert (answer.per_month, answer.last) == (93_334, 93_332)
    assert answer.pays_running_apart and answer.active_from == date(2023, 5, 1)
    assert "Contributions of the months of paying" not in [fact.label for fact in answer.trace]


def test_the_second_programme_includes_the_months_of_paying():
    answer = plan(SECOND, 24, 12, people=2)
    assert (answer.arrears, answer.running, answer.total) == (1_680_000, 840_000, 2_520_000)
    assert (answer.per_month, answer.last) == (210_000, 210_000)
    assert not answer.pays_running_apart and answer.active_from == date(2026, 12, 1)
    assert [tuple(fact) for fact in answer.trace] == [
        ("Months in arrears that count", 24, ""),
        ("Fewest months in arrears", 4, ""),
        ("Most instalments for these months", 12, ""),
        ("Instalments", 12, ""),
        ("Arrears", 1_680_000, "rupiah"),
        ("Contributions of the months of paying", 840_000, "rupiah"),
        ("Total", 2_520_000, "rupiah"),
        ("Divided by the instalments, rounded up", 210_000, "rupiah"),
    ]
    assert answer.basis == "BPJS Kesehatan, program New REHAB 2.0 (2025)"


def test_who_has_moved_pays_no_running_month():
    answer = plan(SECOND, 10, 5, moved=True)
    assert (answer.total, answer.running, answer.pays_running_apart) == (350_000, 0, False)
    assert answer.basis == "BPJS Kesehatan, program New REHAB 2.0 (2025)"


def test_running_months_cost_what_is_known_of_them(coming_row):
    coming_row("pbpu_tariff", "from = 2026-03-01, class_1 = 1, class_2 = 2, class_3 = 3, class_3_gross = 3, aid = 0")
    assert plan(SECOND, 8, 4).running == 35_000 * 2 + 3 * 2


def test_the_card_may_turn_active_on_the_first_instalment_where_the_law_says_so(own_law):
    own_law('active_on = "last"', 'active_on = "first"')
    assert plan(SECOND, 8, 4).active_from == date(2026, 1, 1)


def test_arrears_are_the_months_before_each_at_its_own_tariff(own_law):
    answer = plan(date(2022, 1, 10), 18, 9, care_class=3)
    assert answer.arrears == 6 * 25_500 + 12 * 35_000
    own_law('price = "NET"', 'price = "GROSS"')
    assert plan(SECOND, 10, 5).arrears == 420_000 and plan(SECOND, 10, 5).running == 175_000


@pytest.mark.parametrize(
    ("day", "months", "count"), [(SECOND, 30, 24), (SECOND, 24, 24), (SECOND, 3, 3), (date(2015, 1, 1), 9, 6)]
)
def test_older_months_do_not_count(day, months, count):
    assert rehab.months_that_count(day, months) == count


def test_the_programmes_own_limit_counts_too(own_law):
    own_law(
        "max_months = 24, most_instalments = 12, half_rule = true,  half",
        "max_months = 20, most_instalments = 12, half_rule = true,  half",
    )
    assert rehab.months_that_count(SECOND, 30) == 20


def test_nobody_has_moved_unless_told():
    rehab.check_eligible(date(2023, 3, 1), 4)
    with pytest.raises(Refused):
        rehab.check_eligible(date(2023, 3, 1), 4, moved=True)


def test_the_cap_of_the_law_counts_beside_the_programmes_limit(own_law):
    own_law("from = 2021-01-01, months = 24", "from = 2021-01-01, months = 18")
    assert rehab.months_that_count(SECOND, 30) == 18


def test_every_plan_that_is_possible_the_shortest_first():
    plans = rehab.family_plans(SECOND, 3, 1, 8)
    assert [each.instalments for each in plans] == [1, 2, 3, 4]
    assert plans[-1] == plan(SECOND, 8, 4)
    assert len(rehab.family_plans(SECOND, 3, 1, 24, moved=True)) == 24
    assert len(rehab.family_plans(SECOND, 3, 2, 24, moved=True)) == 36
    with pytest.raises(Refused):
        rehab.family_plans(SECOND, 3, 1, 3)


def test_a_plan_for_a_familys_own_bills():
    answer = rehab.plan(SECOND, [70_000, 70_000, 35_000, 35_000], lambda month: 35_000 * month.month, 2)
    assert (answer.arrears, answer.running, answer.per_month) == (210_000, 105_000, 157_500)


@given(
    st.dates(date(2022, 1, 1), date(2035, 12, 31)),
    st.integers(1, 40),
    st.sampled_from([1, 2, 3]),
    st.integers(1, 9),
    st.booleans(),
)
def test_the_instalments_add_up_to_what_is_owed(on, months, care_class, people, moved):
    try:
        plans = rehab.family_plans(on, care_class, people, months, moved)
    except Refused:
        assume(False)
    debt = sum(arrears.price_on(each, care_class, on).amount for each in arrears.months_before(on, min(months, 24)))
    for each in plans:
        assert each.per_month * (each.instalments - 1) + each.last == each.total
        assert 0 < each.last <= each.per_month and type(each.per_month) is int
        assert each.arrears == debt * people and each.total >= each.arrears
    assert all(after.per_month <= before.per_month for before, after in zip(plans, plans[1:], strict=False))
    assert rules.cap_on(on) == 24
