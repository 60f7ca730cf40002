import pytest

from jkn.audit.models import Act, Entry
from jkn.offices import service
from jkn.offices.models import Office, OfficeRegency
from tests.regions.places import load_regions

FILE = """code,name,address,phone,hours,regencies
1301,Kantor Cabang Surabaya,Jl. Raya Jemursari No. 234,031-8470000,Senin-Jumat 08.00-15.00,35.78 35.15
1302,Kantor Cabang Klaten,Jl. Pemuda 1,,,33.10
"""


@pytest.fixture
def load(app, run, tmp_path):
    def load(text):
        path = tmp_path / "offices.csv"
        path.write_text(text)
        return run("import-offices", path)

    load_regions()
    return load


def names(*codes):
    return [office.name for office in service.serving(codes)]


def test_each_regency_has_its_branch(load):
    result = load(FILE)
    assert (result.exit_code, "2 good, 0 bad, 0 warnings." in result.output) == (0, True)
    assert names("35.15") == ["Kantor Cabang Surabaya"]
    assert names("35.78", "33.10") == ["Kantor Cabang Klaten", "Kantor Cabang Surabaya"]
    assert names() == names("11.01") == []
    assert Entry.select().where(Entry.act == Act.DATA_IMPORTED, Entry.subject == "offices").get().count == 2


def test_running_again_updates_and_never_duplicates(load):
    load(FILE)
    load(FILE.replace("35.78 35.15", "35.15").replace("Pemuda 1", "Pemuda 2"))
    assert (Office.select().count(), OfficeRegency.select().count()) == (2, 2)
    assert names("35.78") == []
    assert Office.get(Office.code == "1302").address == "Jl. Pemuda 2"


@pytest.mark.parametrize(
    "line, reason",
    [
        ("1303,,Jl. 1,,,", "line 4: code, name and address must not be empty"),
        ("1301,Again,Jl. 1,,,", "line 4: the code 1301 is twice in this file"),
        ("1303,Short", "line 4: it has 2 values, the header 6"),
        (f"1303,Long,{'J' * 201},,,", "line 4: too long: address"),
        ("1303,Odd,Jl. 1,,,Surabaya", "line 4: regencies must be codes such as 35.78, with spaces between"),
    ],
)
def test_every_bad_line_is_named_and_every_good_one_kept(load, line, reason):
    result = load(f"{FILE}{line}\n")
    assert result.exit_code == 1
    assert reason in result.output
    assert Office.select().count() == 2


def test_an_unknown_regency_is_a_warning(load):
    result = load(FILE.replace("33.10", "99.99"))
    assert result.exit_code == 0
    assert "line 3: warning: nobody knows the regency 99.99" in result.output


def test_anybody_finds_the_branch_of_a_city(load, client):
    load(FILE)
    for url in ("/kantor?q=sidoarjo", "/kantor?daerah=35.15"):
        page = client.get(url).text
        assert "Kantor Cabang Surabaya" in page
        assert "Senin-Jumat 08.00-15.00" in page
        assert "Klaten" not in page
    assert (
        "Kantor"
        not in client.get("/kantor?q=nowhere")
        .text.partition("<main>")[2]
        .partition("</h1>")[2]
        .partition("<footer>")[0]
    )
