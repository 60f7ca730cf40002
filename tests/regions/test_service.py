import pytest

from jkn.regions import service
from jkn.regions.models import Level
from tests.builders import counted
from tests.regions.places import load_regions


@pytest.fixture(autouse=True)
def places(app):
    load_regions()


def names(text, **more):
    return [region.name for region in service.find(text, **more)]


def test_a_village_is_found_by_its_name_its_district_and_its_city():
    assert names("gubeng") == ["Gubeng", "Airlangga"]
    assert names("airl surabaya") == ["Airlangga"]
    assert names("Kec. Delanggu") == ["Sidomulyo"]
    assert names("pacar kel") == ["Pacar Keling"]
    assert names("nowhere") == names("") == names("'; --") == []


def test_other_levels_are_found_too():
    assert names("surabaya", level=Level.REGENCY) == ["Kota Surabaya"]
    assert names("waru", level=Level.DISTRICT) == ["Waru"]


def test_finding_takes_two_queries():
    with counted() as queries:
        service.find("gubeng surabaya")
    assert len(queries) == 2


def test_labels_and_known_villages():
    assert service.village_label("35.78.08.1001") == "Airlangga, Kec. Gubeng, Kota Surabaya"
    assert service.village_label("99.99.99.9999") == service.village_label(None) == service.village_label("\0") == ""
    assert service.labels(["35.78", "00"]) == {"35.78": "Kota Surabaya"}
    assert service.known_villages(["35.78.08.1001", "35.78.08", "35.78.08.9999"]) == {"35.78.08.1001"}
