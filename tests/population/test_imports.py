"""A civil registry's file: sealed, updated on a second run, every bad line named."""

import tracemalloc

import pytest

from jkn import sealed
from jkn.audit.models import Act, Entry
from jkn.db import db
from jkn.imports import Report
from jkn.population import imports
from jkn.population.models import Resident
from jkn.regions.models import Level, Region
from tests.population.registries import KK, a_household, a_resident, as_file


@pytest.fixture(autouse=True)
def villages(app):
    Region.insert(code="35.78.08.1001", name="Gubeng", label="Gubeng", level=Level.VILLAGE).execute()


@pytest.fixture
def load(run, tmp_path):
    def load(rows, **more):
        return run("import-population", as_file(tmp_path / "population.csv", rows, **more))

    return load


def test_a_household_is_loaded_with_all_it_says(load):
    done = load(rows := a_household())
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "3 good, 0 bad, 0 warnings.")
    child = Resident.get(Resident.name == "BUDI SANTOSO")
    assert (child.nik, child.kk, child.relation, child.sex) == (rows[0]["NIK"], KK, "child", "L")
    assert child.born.isoformat() == "2010-03-03"
    assert [row.alive for row in Resident.select().order_by(Resident.born)] == [False, True, True]


def test_a_second_run_updates_and_never_doubles(load):
    rows = a_household()
    load(rows)
    for row in rows:
        row |= {"NO_KK": "3578080405100002", "ALAMAT": "JL. MELATI NO. 9"}
    assert load(rows).exit_code == 0
    assert [(row.kk, row.address) for row in Resident.select()] == [("3578080405100002", "JL. MELATI NO. 9")] * 3


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_nik_twice_in_the_same_file_is_a_bad_line(load, monkeypatch, chunk):
    monkeypatch.setattr(imports, "CHUNK", chunk)
    first, second = a_resident(), a_resident()
    for _again in range(2):
        done = load([first, second, first | {"NAMA_LGKP": "SOMEBODY ELSE"}])
        assert done.exit_code == 1
        assert "line 4: this NIK stands in line 2 already" in done.output
        assert "2 good, 1 bad, 0 warnings." in done.output
        assert [row.name for row in Resident.select()] == ["SITI AMINAH"] * 2


@pytest.mark.parametrize(
    "wrong, reason",
    [
        ({"NIK": "3578084002039999"}, "the NIK is not valid"),
        ({"NIK": "3578081708800000"}, "the NIK is not valid"),
        ({"NIK": "0078081708800001"}, "the NIK is not valid"),
        ({"NIK": "357808170880001"}, "the NIK is not valid"),
        ({"NIK": ""}, "the NIK is not valid"),
        ({"NO_KK": "35780804051000"}, "the family card number is not valid"),
        ({"NO_KK": "9978080405100001"}, "the family card number is not valid"),
        ({"NAMA_LGKP": ""}, "the name is missing"),
        ({"NAMA_LGKP": "A" * 101}, "NAMA_LGKP is longer than 100 letters"),
        ({"TGL_LHR": "1980-02-31"}, "the birth date does not exist"),
        ({"TGL_LHR": ""}, "the birth date does not exist"),
        ({"JENIS_KLMIN": "X"}, "the sex must be L or P"),
        ({"ALAMAT": "A" * 201}, "ALAMAT is longer than 200 letters"),
        ({"KODE_DESA": "35.78.08.1001.99"}, "KODE_DESA is longer than 13 letters"),
    ],
)
def test_what_cannot_be_a_person_is_left_out_and_the_rest_kept(load, wrong, reason):
    done = load([a_resident(), a_resident() | wrong, a_resident()])
    assert done.exit_code == 1
    assert f"line 3: {reason}" in done.output
    assert Resident.select().count() == 2


@pytest.mark.parametrize(
    "odd, reason",
    [
        ({"KODE_DESA": "35.78.08.9999"}, "we do not know its village"),
        ({"TGL_LHR": "1980-08-18"}, "birth date or sex differ from those inside the NIK"),
        ({"JENIS_KLMIN": "L"}, "birth date or sex differ from those inside the NIK"),
    ],
)
def test_what_is_only_odd_is_kept_with_a_warning(load, odd, reason):
    done = load([a_resident(), a_resident() | odd])
    assert done.exit_code == 0
    assert f"line 3: warning: {reason}" in done.output
    assert Resident.select().count() == 2


def test_without_villages_one_warning_says_that_none_was_checked(load):
    Region.delete().execute()
    assert load(a_household()).output.count("warning:") == 1


def test_a_missing_column_is_one_clear_sentence(load):
    done = load([a_resident()], columns=imports.COLUMNS[1:])
    assert (done.exit_code, Resident.select().count()) == (1, 0)
    assert "line 1: the header lacks: NIK" in done.output


def test_old_people_grandchildren_and_names_of_one_word_are_people_too(load):
    rows = [
        a_resident(NAMA_LGKP="SLAMET", STAT_HBKEL="CUCU"),
        a_resident(NAMA_LGKP="MA'RUF LUMBAN-GAOL"),
        a_resident(nik="3578084108230001", TGL_LHR="1923-08-01"),
    ]
    assert load(rows).exit_code == 0
    assert {row.relation for row in Resident.select()} == {"other", "head"}


def test_no_number_rests_readable(load):
    load(rows := a_household())
    text = repr(
        [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in db.execute_sql("SELECT * FROM resident").fetchall()
        ]
    )
    assert "SITI AMINAH" in text
    assert not any(number in text for row in rows for number in (row["NIK"], row["NO_KK"]))


def test_nothing_personal_is_printed(load):
    rows = [*a_household(), a_resident(NAMA_LGKP="")]
    said = load([*rows, rows[0]]).output
    assert not any(row[name] in said for row in rows for name in ("NIK", "NO_KK"))


def test_each_chunk_has_its_audit_entry(load, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 2)
    load(a_household())
    entries = Entry.select().where(Entry.act == Act.DATA_IMPORTED).order_by(Entry.id)
    assert [(entry.subject, entry.count) for entry in entries] == [("resident", 2), ("resident", 1)]


def test_a_new_index_key_does_not_double_people(load, app, monkeypatch):
    load(rows := a_household())
    monkeypatch.setattr(sealed, "_index_keys", sealed._index_keys | {9: b"9" * 32})
    assert load(rows).exit_code == 0
    assert Resident.select().count() == 3


def test_memory_does_not_grow_with_the_file(app, tmp_path, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 200)

    def peak(people: int) -> int:
        file = as_file(tmp_path / f"{people}.csv", [a_resident(f"357808570880{n:04d}") for n in range(1, people + 1)])
        tracemalloc.start()
        imports.import_population(file, Report())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(200)
    assert peak(3000) < 1.5 * peak(400)
