import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import law
from jkn.calendar import due_date, is_working_day, months_between

BEGINNING = date(2014, 1, 1)
ROW = '{ from = 2014-01-01, n = 1, basis = "B", checked = 2026-01-01 }'


@pytest.fixture
def book(tmp_path):
    def write(text):
        path = tmp_path / "law.toml"
        path.write_text(text)
        return path

    return write


def prices(month):
    row = law.at(month).pbpu_tariff
    return row.class_1, row.class_2, row.class_3


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (date(2020, 2, 1), (160_000, 110_000, 42_000)),
        (date(2020, 5, 1), (80_000, 51_000, 25_500)),
        (date(2020, 8, 1), (150_000, 100_000, 25_500)),
        (date(2021, 1, 1), (150_000, 100_000, 35_000)),
        (date(2026, 11, 1), (150_000, 100_000, 35_000)),
    ],
)
def test_t01_tariffs_since_2020(month, expected):
    assert prices(month) == expected


@pytest.mark.parametrize(
    ("month", "expected"), [(date(2016, 3, 1), (59_500, 42_500, 25_500)), (date(2016, 4, 1), (80_000, 51_000, 25_500))]
)
def test_t02_class_three_did_not_rise_in_2016(month, expected):
    assert prices(month) == expected


def test_t03_the_year_2020_for_one_person():
    year = [prices(month) for month in months_between(date(2020, 1, 1), date(2021, 1, 1))]
    assert tuple(map(sum, zip(*year, strict=True))) == (1_620_000, 1_083_000, 355_500)


@pytest.mark.parametrize(
    ("day", "months"),
    [(date(2016, 6, 30), 6), (date(2016, 7, 1), 12), (date(2018, 12, 31), 12), (date(2019, 1, 1), 13)]
    + [(date(2019, month, 28), 12 + month) for month in range(1, 13)]
    + [(date(2020, 6, 1), 24), (date(2026, 11, 22), 24)],
)
def test_a02_the_arrears_cap_grew_month_by_month_in_2019(day, months):
    assert law.at(day).arrears_cap.months == months


@pytest.mark.parametrize(
    ("day", "rate", "cap", "once"),
    [
        (date(2016, 6, 30), 0, 0, False),
        (date(2020, 12, 31), 250, 30_000_000, False),
        (date(2024, 5, 7), 500, 30_000_000, False),
        (date(2024, 5, 8), 500, 20_000_000, True),
    ],
)
def test_the_penalty_changed_three_times(day, rate, cap, once):
    row = law.at(day).penalty
    assert (row.rate, row.cap, row.once) == (rate, cap, once)


def test_seven_days_before_june_2015_fourteen_since():
    assert law.at(date(2015, 5, 31)).first_payment.min_days == 7
    assert law.at(date(2015, 6, 1)).first_payment.min_days == 14


def test_class_three_pays_gross_less_aid():
    for row in law.history("pbpu_tariff"):
        assert row.class_3 + row.aid == row.class_3_gross


def test_a_row_knows_its_basis_and_its_days():
    row = law.at(date(2020, 5, 31)).pbpu_tariff
    assert (row.basis, row.since, row.until) == ("Perpres 64/2020 ps 34(8)", date(2020, 4, 1), date(2020, 7, 1))
    assert law.at(date(2026, 1, 1)).pbpu_tariff.until is None


def test_what_sources_contradict_says_so():
    assert law.at(date(2026, 1, 1)).class3_arrears_basis.uncertain
    assert not law.at(date(2026, 1, 1)).suspension.uncertain


@pytest.mark.parametrize("table", [table for table in law.tables() if table != "decreed_leave"])
def test_law_rows_are_contiguous_since_the_beginning(table):
    rows = law.history(table)
    assert rows[0].since == BEGINNING
    assert rows[-1].until is None
    assert all(row.until == after.since for row, after in zip(rows, rows[1:], strict=False))


@given(st.dates(BEGINNING, date(2100, 1, 1)))
def test_every_day_has_exactly_one_row_of_each_table(day):
    for table in law.tables():
        in_force = [row for row in law.history(table) if row.since <= day and (row.until is None or day < row.until)]
        if table != "decreed_leave":
            assert in_force == [getattr(law.at(day), table)]


def test_before_the_beginning_there_is_no_law_and_we_say_so():
    with pytest.raises(LookupError, match="pbpu_tariff.*2013-12-31"):
        law.at(BEGINNING - timedelta(days=1)).pbpu_tariff.class_1  # noqa: B018


def test_a_table_or_value_that_nobody_knows_is_a_mistake_of_ours():
    with pytest.raises(AttributeError, match="no table tarif"):
        law.at(BEGINNING).tarif  # noqa: B018
    with pytest.raises(AttributeError, match="pbpu_tariff has no class_4"):
        law.at(BEGINNING).pbpu_tariff.class_4  # noqa: B018


def test_rows_cannot_be_changed_but_can_be_copied():
    row = law.at(BEGINNING).penalty
    with pytest.raises((AttributeError, TypeError)):
        row.cap = 1
    with pytest.raises(TypeError):
        row.values["cap"] = 1
    assert row.exempt == ("PBI_JK", "PBPU_PEMDA")
    assert pickle.loads(pickle.dumps(row)) == row
    assert len({row, row}) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("t = 3", "t: a list of rows"),
        ("t = [3]", "t: a list of rows"),
        ("t = [{ n = 1 }]", "`from` must be a date"),
        ('t = [{ from = "2014", n = 1 }]', "`from` must be a date"),
        ("t = [{ from = 2014-01-01T10:00:00, n = 1 }]", "`from` must be a date"),
        ('t = [{ from = 2014-01-01, n = 1, basis = "B" }]', "`checked` must be a date"),
        ("t = [{ from = 2014-01-01, n = 1, checked = 2026-01-01 }]", "legal basis is missing"),
        (f"t = [{ROW}, {ROW}]", "later than the one before"),
        (f"t = [{ROW.replace('2014', '2020')}, {ROW}]", "later than the one before"),
        (f"t = [{ROW.replace('n = 1', 'n = 0.05')}]", "n must be a whole number"),
        (f"t = [{ROW.replace('n = 1', 'n = [0.05]')}]", "n must be a whole number"),
        (f"t = [{ROW.replace('n = 1', 'since = 1')}]", "may not be called since"),
        (f"t = [{ROW}, {ROW.replace('2014', '2020').replace('n =', 'm =')}]", "same values"),
        (f"t = [{ROW}", "law.toml"),
    ],
)
def test_a_file_that_is_no_book_of_law_is_refused_with_the_reason(book, text, complaint):
    with pytest.raises(law.BadLaw, match=complaint):
        law.read(book(text))


def test_an_operators_newer_file_takes_effect(own_law):
    before = law.at(date(2030, 1, 1)).complaint_days.working_days
    own_law(
        "complaint_days = [",
        'complaint_days = [\n  { from = 2013-01-01, working_days = 9, basis = "UU", checked = 2026-01-01 },',
    )
    assert before == 5
    assert law.at(date(2013, 6, 1)).complaint_days.working_days == 9


def test_a_decreed_day_overrides_the_list_of_holidays(own_law):
    own_law(
        "decreed_leave = []",
        "decreed_leave = ["
        '{ from = 2026-02-10, working = false, basis = "SKB", checked = 2026-01-01 },'
        '{ from = 2026-02-16, working = true, basis = "SKB", checked = 2026-01-01 } ]',
    )
    assert due_date(date(2026, 2, 1), 10) == date(2026, 2, 11)
    assert is_working_day(date(2026, 2, 16))


def test_a_file_that_lacks_a_table_is_refused_and_changes_nothing(book):
    with pytest.raises(law.BadLaw, match="table is missing"):
        law.load(book(f"t = [{ROW}]"))
    assert prices(date(2026, 1, 1)) == (150_000, 100_000, 35_000)


def test_a_file_that_lacks_a_value_is_refused(book):
    with pytest.raises(law.BadLaw, match="due_day: day is missing"):
        law.load(book(law.PACKAGED.read_text().replace("day = 10", "date = 10")))


def test_the_environment_names_the_file(own_law, monkeypatch):
    path = own_law("working_days = 5", "working_days = 6", load=False)
    monkeypatch.setenv("JKN_LAW", str(path))
    monkeypatch.setattr(law, "_book", None)
    law.at.cache_clear()
    assert law.at(date(2026, 1, 1)).complaint_days.working_days == 6
