import pytest

from jkn.facilities import service
from jkn.facilities.models import Section
from tests.builders import counted
from tests.facilities.places import FACILITIES, GUBENG, load_facilities


@pytest.fixture(autouse=True)
def places(app):
    load_facilities()


def titles(text="", village=None, offset=0, *sections):
    return [facility.title for facility in service.search(text, village, offset, *sections)]


def test_near_a_village_the_district_named_comes_first_then_the_regency_then_distance():
    assert titles(village=GUBENG) == [
        "Puskesmas Pacar Keling",
        "Klinik Mediska Gubeng",
        "Klinik Prameswari",
        "Puskesmas Jagir",
        "Puskesmas Gading",
        "Klinik Salah Pin",
        "Puskesmas Waru",
        "Klinik Gubeng Jaya",
    ]


def test_hospitals_pharmacies_and_dentists_are_not_among_the_clinics():
    assert titles("gubeng") == [
        "Klinik Gubeng Jaya",
        "Klinik Mediska Gubeng",
        "Puskesmas Pacar Keling",
        "Klinik Prameswari",
    ]
    assert titles("gubeng", GUBENG, 0, Section.DENTIST) == ["drg. Ani"]
    assert set(titles("gubeng", None, 0, *Section)) > {"drg. Ani", "RSUD dr. Soetomo", "Apotek Gubeng"}


def test_words_and_a_village_together():
    assert titles("puskesmas", GUBENG)[:3] == ["Puskesmas Pacar Keling", "Puskesmas Jagir", "Puskesmas Gading"]
    assert titles("gubeng kli", GUBENG) == ["Klinik Mediska Gubeng", "Klinik Prameswari", "Klinik Gubeng Jaya"]
    assert titles("delanggu", GUBENG) == ["Puskesmas Delanggu"]
    assert titles("nowhere", GUBENG) == []


def test_a_search_by_name_address_regency_and_beginnings_of_words():
    assert titles("pramesw") == ["Klinik Prameswari"]
    assert titles("indrakila 2") == ["Klinik Mediska Gubeng"]
    assert titles("pusk gading") == ["Puskesmas Gading"]
    assert titles("waru sidoarjo") == ["Puskesmas Waru"]
    assert titles("") == titles("jl") == titles("%_'\\") == []


def test_a_village_that_no_address_names_still_leads_to_its_clinics():
    found = service.search("sidomulyo klaten")
    assert found.near.code == "33.10.19.2010"
    assert [facility.title for facility in found] == ["Puskesmas Delanggu"]


def test_villages_the_words_may_mean_are_offered():
    assert [village.name for village in service.search("gubeng").villages] == ["Gubeng", "Airlangga"]


def test_unknown_villages_and_districts_count_as_none():
    assert (
        titles("gubeng", "99.99.99.9999") == titles("gubeng", "35.78.08") == titles("gubeng", "\0") == titles("gubeng")
    )


def test_pages_of_eight_neither_skip_nor_repeat():
    more = "".join(f"0300B{n:03d},Klinik Jaya {n:02d},Klinik Pratama,FKTP,35.78,Jl. {n},,,,\n" for n in range(21))
    load_facilities(FACILITIES + more)
    for text, village, count in (("", GUBENG, 6 + 21 + 2), ("jaya", GUBENG, 22), ("jaya", None, 22)):
        seen, offset = [], 0
        while offset is not None:
            found = service.search(text, village, offset)
            assert len(found.facilities) == 8 or found.more is None
            seen += [facility.code for facility in found]
            offset = found.more
        assert len(seen) == len(set(seen)) == count


@pytest.mark.parametrize(
    "text, village, most",
    [
        ("", GUBENG, 4),
        ("puskesmas", GUBENG, 4),
        ("gubeng klinik", GUBENG, 4),
        ("gubeng klinik", None, 4),
        ("xyz", None, 1),
    ],
)
def test_a_search_takes_at_most_four_queries(text, village, most):
    with counted() as queries:
        service.search(text, village)
    assert len(queries) <= most
