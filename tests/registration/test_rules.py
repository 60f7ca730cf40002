from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from jkn.contributions.rules import first_payment_window
from jkn.registration import rules
from jkn.registration.rules import OnCard, Part, first_missing, parts

DAY = date(2026, 1, 15)
FATHER = OnCard("head", date(1980, 8, 17), "KARYAWAN SWASTA", "KAWIN")
MOTHER = OnCard("spouse", date(1982, 3, 9), "MENGURUS RUMAH TANGGA", "KAWIN")
FARMER = OnCard("head", date(1980, 8, 17), "PETANI/PEKEBUN", "KAWIN")


def child(year, job="PELAJAR/MAHASISWA", marital="BELUM KAWIN", **more):
    return OnCard("child", date(year, 5, 1), job, marital, **more)


def test_everybody_alive_and_not_covered_joins():
    people = [FARMER, MOTHER, child(2012), OnCard("parent", date(1950, 1, 2), alive=False)]
    assert parts(people, DAY, employer_covers=False) == [Part.JOINS, Part.JOINS, Part.JOINS, Part.DEAD]


def test_whoever_is_covered_elsewhere_is_left_out():
    people = [FARMER, OnCard("spouse", date(1982, 3, 9), segment="PBI_JK")]
    assert parts(people, DAY, employer_covers=False) == [Part.JOINS, Part.COVERED]


def test_an_employer_covers_the_couple_and_the_three_oldest_children():
    people = [FATHER, MOTHER, child(2018), child(2012), child(2014), child(2016)]
    assert rules.through_employer(people, DAY) == {0, 1, 3, 4, 5}
    assert parts(people, DAY, employer_covers=True)[2] == Part.JOINS


def test_a_child_counts_until_the_day_before_21_or_25_as_a_student():
    day = date(2026, 5, 1)
    assert rules.is_dependant_child(child(2005, job="WIRASWASTA"), date(2026, 4, 30))
    assert not rules.is_dependant_child(child(2005, job="WIRASWASTA"), day)
    assert rules.is_dependant_child(child(2002), day)
    assert not rules.is_dependant_child(child(2001), day)
    assert not rules.is_dependant_child(child(2008, marital="KAWIN"), day)


def test_a_working_child_is_covered_alone():
    people = [FARMER, MOTHER, child(2000, job="KARYAWAN SWASTA"), child(2012)]
    assert rules.through_employer(people, DAY) == {2}


def test_nobody_is_asked_about_an_employer_when_all_it_covers_are_covered():
    covered = OnCard("head", FATHER.born, FATHER.job, "KAWIN", segment="PPU_BU")
    spouse = OnCard("spouse", MOTHER.born, marital="KAWIN", segment="PPU_BU")
    assert not rules.asks_employer([covered, spouse, OnCard("parent", date(1950, 1, 2))], DAY)
    assert rules.asks_employer([covered, MOTHER], DAY)


def test_a_day_labourer_is_no_employee_and_an_employee_in_pbi_is_not_asked():
    assert not rules.is_employee(OnCard("head", date(1980, 1, 1), "BURUH HARIAN LEPAS"), DAY)
    assert not rules.is_employee(OnCard("head", date(1980, 1, 1), "KARYAWAN SWASTA", segment="PBI_JK"), DAY)
    assert rules.is_employee(OnCard("head", date(1980, 1, 1), "Pegawai Negeri Sipil (PNS)"), DAY)


people = st.builds(
    OnCard,
    relation=st.sampled_from(["head", "spouse", "child", "parent", "other"]),
    born=st.dates(date(1930, 1, 1), date(2026, 1, 1)),
    job=st.sampled_from(["KARYAWAN SWASTA", "PETANI/PEKEBUN", "PELAJAR/MAHASISWA", ""]),
    marital=st.sampled_from(["KAWIN", "BELUM KAWIN", ""]),
    alive=st.booleans(),
    segment=st.sampled_from([None, None, "PBI_JK", "PPU_BU", "PBPU"]),
)


@given(st.lists(people, max_size=12), st.booleans())
def test_the_dead_and_the_covered_never_join_and_an_employer_only_takes_away(card, covers):
    found = parts(card, DAY, covers)
    alone = parts(card, DAY, employer_covers=False)
    for person, part, without in zip(card, found, alone, strict=True):
        assert (part == Part.DEAD) == (not person.alive)
        assert part != Part.JOINS or (person.alive and not person.segment)
        assert part in (without, Part.EMPLOYER)


def test_a_step_without_its_answer_comes_first():
    answers = {"consent": {}}
    assert first_missing({}) == "start"
    assert first_missing(answers) == "family"
    assert first_missing(answers, before="family") is None
    answers |= {"card": {}, "asks_employer": True, "newcomer": False}
    assert first_missing(answers) == "employer"
    answers |= {"asks_employer": False, "joins": [0], "care_class": 3, "autodebit": "later", "clinics": {"all": "x"}}
    assert first_missing(answers) is None
    assert first_missing(answers | {"newcomer": True}) == "contact"
    assert first_missing(answers | {"newcomer": True, "contact": {}}) == "pin"


def test_auto_debit_is_compulsory_in_classes_one_and_two_and_offered_in_three():
    assert [rules.autodebit_rule(DAY, number) for number in (1, 2, 3)] == ["compulsory", "compulsory", "offered"]
    assert rules.autodebit_rule(date(2018, 1, 1), 3) == "none"


def test_g01_who_registers_on_1_june_pays_from_15_june_to_1_july():
    assert first_payment_window(date(2025, 6, 1)) == (date(2025, 6, 15), date(2025, 7, 1))
