"""Files as the world sends them: wrong bytes, short rows, open quotes; every good line is kept."""

import tracemalloc

import pytest

from jkn.imports import Report, chunks, read

COLUMNS = ("kode", "nama")


@pytest.fixture
def load(tmp_path, capsys):
    """Read a file of these bytes: its rows, and what was said about the rest."""

    def load(content: bytes, **more):
        path = tmp_path / "file.csv"
        path.write_bytes(content)
        report = Report()
        rows = list(read(path, COLUMNS, report, **more))
        load.report = report
        return rows, capsys.readouterr().out.splitlines()

    return load


def test_good_lines_come_with_their_numbers(load):
    rows, said = load(b"kode,nama\n11,Aceh\n12,Sumatera Utara\n")
    assert rows == [(2, {"kode": "11", "nama": "Aceh"}), (3, {"kode": "12", "nama": "Sumatera Utara"})]
    assert said == []


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfkode,nama\r\n11,Aceh\r\n", b"nama,x,kode\nAceh,,11", b"kode , nama\n 11 ,Aceh "]
)
def test_a_bom_windows_line_ends_spaces_and_other_columns_do_no_harm(load, content):
    rows, said = load(content)
    assert [row for _line, row in rows] == [{"kode": "11", "nama": "Aceh"}]
    assert said == []


def test_one_open_quote_spoils_one_line_only(load):
    rows, said = load(b'kode,nama\n11,"Aceh\n12,"Sumatera, Utara"\n13,Say "A" here\n')
    assert [row["nama"] for _line, row in rows] == ["Sumatera, Utara", 'Say "A" here']
    assert said == ["line 2: a quotation mark is not closed"]


@pytest.mark.parametrize(
    "line, reason",
    [
        (b"11,\xe9t\xe9", "it is not UTF-8 (byte 4)"),
        (b"11", "it has 1 values, the header 2"),
        (b"11,Aceh,", "it has 3 values, the header 2"),
        (b"", "it is empty"),
        (b"  ", "it is empty"),
        (b"11,A\0ceh", "it holds a control character"),
        (b"11,A\rceh", "it holds a control character"),
        (b"11," + b"x" * 200_000, "it is longer than 65536 bytes"),
    ],
)
def test_a_bad_line_is_named_and_the_next_is_read(load, line, reason):
    rows, said = load(b"kode,nama\n" + line + b"\n12,Sumatera Utara\n")
    assert rows == [(3, {"kode": "12", "nama": "Sumatera Utara"})]
    assert said == [f"line 2: {reason}"]
    assert load.report.bad_lines == 1


@pytest.mark.parametrize(
    "header, reason",
    [
        (b"kode,name", "the header lacks: nama"),
        (b"x", "the header lacks: kode, nama"),
        (b"kode;nama", "the header lacks: kode, nama; separate the values by commas"),
        (b"kode,nama,nama", "the header has twice: nama"),
        (b"", "it is empty"),
        ("kode,nama".encode("utf-16"), "it is not UTF-8 (byte 1)"),
    ],
)
def test_a_wrong_header_is_one_sentence(load, header, reason):
    rows, said = load(header + b"\n11,Aceh\n")
    assert rows == []
    assert said == [f"line 1: {reason}"]


def test_an_absent_optional_column_is_empty(load):
    rows, _said = load(b"kode,nama\n11,Aceh\n", optional=("jenis",))
    assert rows == [(2, {"kode": "11", "nama": "Aceh", "jenis": ""})]


def test_the_totals_end_with_one_if_a_line_was_bad(capsys):
    report = Report()
    report.good = 2
    report.warn(3, "unknown village")
    report.finish()
    report.bad(4, "no %(what)s", what="NIK")
    with pytest.raises(SystemExit) as ended:
        report.finish()
    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "line 3: warning: unknown village",
        "2 good, 0 bad, 1 warnings.",
        "line 4: no NIK",
        "2 good, 1 bad, 1 warnings.",
    ]


def peak(path) -> int:
    tracemalloc.start()
    for chunk in chunks(read(path, COLUMNS, Report()), 100):
        del chunk
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return used


def test_memory_does_not_grow_with_the_file(tmp_path):
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    for path, lines in ((small, 2_000), (large, 40_000)):
        path.write_text("kode,nama\n" + "11,Aceh\n" * lines)
    peak(small)  # modules load once
    assert peak(large) < 1.3 * peak(small) + 20_000


def test_memory_does_not_grow_with_one_endless_line(tmp_path):
    path = tmp_path / "endless.csv"
    path.write_bytes(b"kode,nama\n" + b"x" * 20_000_000)
    assert peak(path) < 2_000_000
