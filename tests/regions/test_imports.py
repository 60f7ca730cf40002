import pytest

from jkn.audit.models import Act, Entry
from jkn.regions import service
from jkn.regions.models import Region
from jkn.search import SearchWord
from tests.regions.places import FILES, write_regions


def everything():
    return sorted(Region.select(Region.code, Region.label, Region.parent_code, Region.postcode).tuples())


def test_four_files_become_provinces_regencies_districts_and_villages(app, run, tmp_path):
    result = run("import-regions", write_regions(tmp_path))
    assert result.exit_code == 0
    assert "14 good, 0 bad, 0 warnings." in result.output
    assert ("35.78.08.1003", "Gubeng, Kec. Gubeng, Kota Surabaya", "35.78.08", "60281") in everything()
    assert ("35.15", "Kab. Sidoarjo", "35", "") in everything()


def test_running_again_updates_and_never_duplicates(app, run, tmp_path):
    run("import-regions", write_regions(tmp_path))
    before, words = everything(), SearchWord.select().count()
    assert run("import-regions", tmp_path).exit_code == 0
    assert everything() == before
    assert SearchWord.select().count() == words
    write_regions(tmp_path, kecamatan=FILES["kecamatan.csv"].replace("Gubeng", "Goebeng"))
    assert run("import-regions", tmp_path).exit_code == 0
    assert service.village_label("35.78.08.1003") == "Gubeng, Kec. Goebeng, Kota Surabaya"
    assert [region.name for region in service.find("goebeng")] == ["Airlangga", "Gubeng"]


@pytest.mark.parametrize(
    "line, reason",
    [
        ("35.78.08.1009,35.78.08,,desa,1", "line 7: the name is missing or too long"),
        ("35.78.08.1009,35.78.08", "line 7: it has 2 values, the header 5"),
        ("35.78.08.1001,35.78.08,Again,desa,1", "line 7: the code 35.78.08.1001 is twice in this file"),
        ("35.78.09.1001,35.78.09,Lost,desa,1", "line 7: nobody knows the region 35.78.09 around it"),
        ("35.78.08.1009,35.78.10,Moved,desa,1", "line 7: 35.78.08.1009 does not lie in 35.78.10"),
        ("3578081009,35.78.08,Flat,desa,1", "line 7: a code of this level looks otherwise"),
        ("35.78.08.1009,35.78.08,Ko\udce9ta,desa,1", "line 7: it is not UTF-8 (byte 26)"),
    ],
)
def test_every_bad_line_is_named_and_every_good_one_kept(app, run, tmp_path, line, reason):
    write_regions(tmp_path)
    path = tmp_path / "desa_kelurahan.csv"
    path.write_bytes(f"{FILES[path.name]}{line}\n".encode(errors="surrogateescape"))
    result = run("import-regions", tmp_path)
    assert result.exit_code == 1
    assert reason in result.output
    assert "14 good, 1 bad" in result.output
    assert Region.select().count() == 14


def test_a_missing_column_or_file_is_one_clear_sentence(app, run, tmp_path):
    write_regions(tmp_path, kecamatan="kode,nama\n35.78.08,Gubeng\n")
    (tmp_path / "provinsi.csv").unlink()
    result = run("import-regions", tmp_path)
    assert result.exit_code == 1
    assert "provinsi.csv: the file is missing" in result.output
    assert "line 1: the header lacks: kode_kabupaten" in result.output


def test_each_chunk_is_one_entry_of_the_audit_log(app, run, tmp_path):
    run("import-regions", write_regions(tmp_path))
    entries = Entry.select().where(Entry.act == Act.DATA_IMPORTED)
    assert [entry.count for entry in entries.order_by(Entry.id)] == [2, 3, 4, 5]
