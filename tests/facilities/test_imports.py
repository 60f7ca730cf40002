import pytest

from jkn.audit.models import Act, Entry
from jkn.facilities import service
from jkn.facilities.models import Facility, Section
from jkn.search import SearchWord
from tests.facilities.places import FACILITIES, HEADER
from tests.regions.places import load_regions


@pytest.fixture
def load(app, run, tmp_path):
    def load(content):
        path = tmp_path / "faskes.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("import-facilities", path)

    load_regions()
    return load


def test_each_facility_lands_on_its_list(load):
    result = load(FACILITIES)
    assert (result.exit_code, "12 good, 0 bad, 0 warnings." in result.output) == (0, True)
    assert service.get("0217g001").section == Section.DENTIST
    assert service.get("1301R001").section == Section.HOSPITAL
    assert service.get("0217A001").section == Section.SUPPORT
    assert service.get("13010101").section == Section.CLINIC
    assert service.get("13010101").title == "Puskesmas Pacar Keling"
    assert service.get("13010101").regency == "Kota Surabaya"
    assert service.get("\0") is None


def test_a_wrong_pin_is_not_kept(load):
    load(FACILITIES)
    assert (service.get("0217B099").lat, service.get("0217B099").lon) == (None, None)


def test_running_again_updates_and_never_duplicates(load):
    load(FACILITIES)
    words = SearchWord.select().count()
    load(FACILITIES)
    assert (Facility.select().count(), SearchWord.select().count()) == (12, words)
    load(FACILITIES.replace("Klinik Prameswari,Klinik Pratama,FKTP", "Klinik Menteng,Dokter Gigi,FKTP"))
    assert service.get("0217B005").section == Section.DENTIST
    assert list(service.search("prameswari")) == []
    assert list(service.search("menteng")) == []
    assert [row.code for row in service.search("menteng", None, 0, Section.DENTIST)] == ["0217B005"]


@pytest.mark.parametrize(
    "line, reason",
    [
        (b"123,X,Puskesmas,FKTP,35.78,Jl,,,,", "line 2: a facility's code has 8 characters, such as 0301R001"),
        (b"13010199,,Puskesmas,FKTP,35.78,Jl,,,,", "line 2: the name or the type is missing"),
        (b"13010199,X,Puskesmas,KELAS,35.78,Jl,,,,", "line 2: jenjang must be FKTP, FKRTL or PENUNJANG"),
        (b"13010199,X,Puskesmas,FKTP,35.78,Jl,,north,1,", "line 2: lat and lon are not numbers"),
        (b"13010199,X,Puskesmas,FKTP,35.78," + b"J" * 201 + b",,,,", "line 2: too long: alamat"),
        (b"13010199,X,Puskesmas,FKTP", "line 2: it has 4 values, the header 10"),
        (b"13010199,\xe9,Puskesmas,FKTP,35.78,Jl,,,,", "line 2: it is not UTF-8 (byte 10)"),
        (b"13010101,X,Puskesmas,FKTP,35.78,Jl,,,,", "line 5: the code 13010101 is twice in this file"),
    ],
)
def test_every_bad_line_is_named_and_every_good_one_kept(load, line, reason):
    rest = FACILITIES.removeprefix(HEADER).encode()
    result = load(HEADER.encode() + line + b"\n" + rest)
    assert result.exit_code == 1
    assert reason in result.output
    assert "12 good, 1 bad" in result.output
    assert Facility.select().count() == 12


def test_an_unknown_regency_or_a_pin_in_the_sea_is_a_warning(load):
    result = load(HEADER + "13010199,X,Puskesmas,FKTP,99.99,Jl,,,,\n13010198,Y,Puskesmas,FKTP,35.78,Jl,,nan,5,\n")
    assert result.exit_code == 0
    assert "line 2: warning: nobody knows the regency 99.99" in result.output
    assert "line 3: warning: the pin lies outside Indonesia; it is left out" in result.output
    assert service.get("13010198").lat is None


def test_a_missing_column_stops_the_import_with_one_sentence(load):
    result = load("kode_faskes,nama\n13010101,X\n")
    assert result.exit_code == 1
    assert "line 1: the header lacks: tipe, jenjang, kode_kabupaten, alamat" in result.output


def test_each_chunk_is_one_entry_of_the_audit_log(load):
    load(FACILITIES)
    entries = Entry.select().where(Entry.act == Act.DATA_IMPORTED, Entry.subject == "facilities")
    assert [entry.count for entry in entries] == [12]
