from datetime import date

import pytest

from jkn.audit.models import Act, Entry
from jkn.employers.models import WageFloor
from jkn.employers.wage_floors import wage_floor
from tests.regions.places import load_regions

FILE = """kode_wilayah,tahun,upah
35.78,2020,4200479.19
35.78,2026,5288796
35,2020,1768777.08
33,2020,"1.742.015,22"
"""


@pytest.fixture
def load(app, run, tmp_path):
    def load(text=FILE):
        path = tmp_path / "umk.csv"
        path.write_text(text)
        return run("import-wage-floors", path)

    load_regions()
    return load


def test_p05_the_minimum_wage_of_surabaya_2020_is_truncated_to_whole_rupiah(load):
    result = load()
    assert (result.exit_code, "4 good, 0 bad, 0 warnings." in result.output) == (0, True)
    assert wage_floor("35.78", date(2020, 6, 1)) == 4_200_479
    assert Entry.select().where(Entry.act == Act.DATA_IMPORTED, Entry.subject == "wage floors").get().count == 4


def test_a_regency_without_one_has_its_provinces(load):
    load()
    assert wage_floor("35.15", date(2020, 12, 31)) == 1_768_777
    assert wage_floor("33.10", date(2020, 1, 1)) == 1_742_015


def test_each_year_has_its_own_and_a_place_nobody_decreed_for_has_none(load):
    load()
    assert wage_floor("35.78", date(2026, 1, 1)) == 5_288_796
    assert wage_floor("35.78", date(2019, 12, 31)) is wage_floor("35.15", date(2026, 1, 1)) is None
    assert wage_floor("11.01", date(2020, 1, 1)) is None


def test_running_again_updates_and_never_duplicates(load):
    load()
    load(FILE.replace("5288796", "5300000"))
    assert WageFloor.select().count() == 4
    assert wage_floor("35.78", date(2026, 1, 1)) == 5_300_000


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("3578,2020,1", "line 6: kode_wilayah must be a regency such as 35.78"),
        ("35.78.08,2020,1", "line 6: kode_wilayah must be a regency such as 35.78"),
        ("35.15,20,1", "line 6: tahun must be a year"),
        ("35.15,2020,", "line 6: upah must be an amount"),
        ("35.15,2020,-5", "line 6: upah must be an amount"),
        ("35.15,2020,0.50", "line 6: upah must be an amount"),
        ("35.15,2020,1000000001", "line 6: upah must be an amount"),
        ("35.15,2020,banyak", "line 6: upah must be an amount"),
        ("35.78,2020,1", "line 6: 35.78 is twice in this file for 2020"),
        ("35.15,2020", "line 6: it has 2 values, the header 3"),
    ],
)
def test_every_bad_line_is_named_and_every_good_one_kept(load, line, reason):
    result = load(f"{FILE}{line}\n")
    assert result.exit_code == 1 and reason in result.output
    assert WageFloor.select().count() == 4


def test_an_unknown_region_is_a_warning(load):
    result = load(FILE.replace("33,2020", "99.99,2020"))
    assert result.exit_code == 0
    assert "line 5: warning: nobody knows the region 99.99" in result.output


def test_the_look_up_is_answered_by_an_index(load):
    from tests.asking import asked, read_whole

    load()
    with asked() as found:
        wage_floor("35.78", date(2020, 1, 1))
    assert [read_whole(*question) for question in found] == [[]]
