"""Employers and their workers from files: entered twice and counted once, each bad line named."""

from datetime import date

import pytest

from jkn.employers import service
from jkn.employers.imports import EMPLOYER_COLUMNS, WORKER_COLUMNS
from jkn.employers.models import Employer, Worker
from jkn.members.models import Payer, PayerKind, Segment
from tests.builders import a_nik
from tests.employers.places import a_government, a_subsidised, somebody
from tests.population.registries import as_file
from tests.regions.places import load_regions

MAJU = {"KODE": "BU00000166", "NAMA": "PT MAJU BERSAMA", "SEGMEN": "PPU_BU", "KABUPATEN_KOTA": "35.78", "KODE_BU": ""}
SATKER = {"KODE": "SATKER3507", "NAMA": "Dinas", "SEGMEN": "PPU_PN", "KABUPATEN_KOTA": "35.78", "KODE_BU": ""}


@pytest.fixture
def employers(app, run, tmp_path):
    load_regions()
    columns = (*EMPLOYER_COLUMNS, "KODE_BU")
    return lambda *rows: run("import-employers", as_file(tmp_path / "employers.csv", rows, columns))


@pytest.fixture
def workers(employers, run, tmp_path):
    employers(MAJU, SATKER)
    return lambda *rows: run("import-workers", as_file(tmp_path / "workers.csv", rows, WORKER_COLUMNS))


def a_line(person, **more):
    return {
        "NIK": person.nik,
        "KODE": "BU00000166",
        "UPAH": "4500000",
        "MULAI": "2025-01-01",
        "SELESAI": "",
        "KELUARGA_TAMBAHAN": "",
    } | more


def rows():
    return [(row.wage, row.extra_family, row.since, row.until) for row in Worker.select().order_by(Worker.since)]


def test_employers_are_entered_once_and_found_by_name_and_code(employers):
    for _ in range(2):
        assert "2 good, 0 bad, 0 warnings." in employers(MAJU, SATKER).output
    payer = Payer.get(Payer.code == "BU00000166")
    assert (payer.kind, Employer.get(Employer.payer == payer).bu_code) == (PayerKind.EMPLOYER, "00000166")
    assert (
        service.matching("maju bersa") == service.matching("bu00000166") == service.matching("00000166") == [payer.id]
    )
    assert service.employer_of_number("90000000166") == payer
    assert Employer.get(Employer.bu_code.is_null()).segment == Segment.PPU_PN


def test_a_payer_that_members_brought_along_gets_its_name(employers):
    Payer.create(kind=PayerKind.EMPLOYER, code="BU00000166")
    employers(MAJU)
    assert Payer.get(Payer.code == "BU00000166").name == "PT MAJU BERSAMA"


@pytest.mark.parametrize(
    "wrong, reason",
    [
        ({"KODE": "bu 1"}, "the employer's code is not valid"),
        ({"NAMA": ""}, "the name must have 1 to 100 signs"),
        ({"SEGMEN": "PBPU"}, "the segment must be PPU_BU or PPU_PN"),
        ({"KODE": "BU00000166"}, "the employer's code is twice in this file"),
        ({"KODE_BU": "123"}, "KODE_BU must have eight digits"),
        ({"KODE_BU": "00000166"}, "another employer has this KODE_BU"),
    ],
)
def test_every_bad_employer_is_named_and_the_good_ones_kept(employers, wrong, reason):
    done = employers(MAJU, SATKER | wrong)
    assert (done.exit_code, Employer.select().count()) == (1, 1)
    assert f"line 3: {reason}" in done.output


def test_workers_are_entered_once_and_a_new_wage_closes_the_old_row(workers):
    person = somebody()
    old, new = a_line(person), a_line(person, UPAH="5000000", MULAI="2026-02-01", KELUARGA_TAMBAHAN="2")
    for order in ((old, new), (new, old)):
        assert "2 good, 0 bad" in workers(*order).output
        assert rows() == [
            (4_500_000, 0, date(2025, 1, 1), date(2026, 2, 1)),
            (5_000_000, 2, date(2026, 2, 1), None),
        ]


def test_a_worker_without_cover_is_entered_with_a_warning(workers):
    assert (
        "line 2: warning: this worker is billed, but not covered by this employer" in workers(a_line(somebody())).output
    )


def test_a_pensioner_and_a_veteran_belong_to_their_government(workers):
    payer = a_government()
    pensioner, veteran = a_subsidised(payer, Segment.BP_PN), a_subsidised(payer, Segment.BP_PN)
    done = workers(a_line(pensioner, KODE="PUSAT"), a_line(veteran, KODE="PUSAT", UPAH=""))
    assert "2 good, 0 bad, 0 warnings." in done.output
    assert {row.wage for row in Worker.select()} == {4_500_000, None}


@pytest.mark.parametrize(
    "wrong, reason",
    [
        ({"NIK": "1"}, "the NIK is not valid"),
        ({"NIK": a_nik()}, "no member has this NIK (flask import-members)"),
        ({"KODE": "BU99999999"}, "nobody knows this employer (flask import-employers)"),
        ({"UPAH": ""}, "UPAH is missing"),
        ({"UPAH": "0"}, "UPAH is no wage"),
        ({"UPAH": "4.5"}, "UPAH is not a whole number"),
        ({"MULAI": "kemarin"}, "MULAI is not a date"),
        ({"SELESAI": "2024-12-31"}, "SELESAI lies before MULAI"),
        ({"KELUARGA_TAMBAHAN": "21"}, "KELUARGA_TAMBAHAN is more than twenty"),
        ({}, "this worker has a line with the same first day already"),
    ],
)
def test_every_bad_worker_is_named_and_the_good_ones_kept(workers, wrong, reason):
    good = a_line(somebody())
    done = workers(good, good | wrong)
    assert (done.exit_code, Worker.select().count()) == (1, 1)
    assert f"line 3: {reason}" in done.output
