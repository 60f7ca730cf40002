"""People already in the scheme: spells, clinics and opening balances, entered twice and counted once."""

from datetime import date

import pytest

from jkn import clock
from jkn.audit.models import Act, Entry
from jkn.contributions import service as contributions
from jkn.contributions.models import Bill
from jkn.facilities.models import ClinicChoice, Facility, Section, Tier
from jkn.imports import Report
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Card, Family, Payer, PayerKind, Person, Relation, Segment, Spell, Stay
from jkn.population.imports import import_population
from jkn.registration import imports
from jkn.registration.spell_lines import COLUMNS
from tests.population.registries import KK, a_household, a_resident, as_file

CLINIC = "0301R001"


@pytest.fixture(autouse=True)
def facilities(app):
    Facility.insert(
        code=CLINIC,
        name="Klinik Gubeng",
        kind="Klinik Pratama",
        tier=Tier.FKTP,
        section=Section.CLINIC,
        regency_code="35.78",
        regency="Kota Surabaya",
    ).execute()


@pytest.fixture
def household(app, tmp_path):
    """A child, a mother who is the head, and a grandfather who died."""
    rows = a_household()
    import_population(as_file(tmp_path / "population.csv", rows), Report())
    return rows


@pytest.fixture
def load(run, tmp_path):
    return lambda rows: run("import-members", as_file(tmp_path / "members.csv", rows, COLUMNS))


def a_spell(resident: dict, card: str, **more) -> dict:
    """A line of a self-paying person, paid up to and with December 2025."""
    return {
        "NIK": resident["NIK"],
        "NO_KK": resident["NO_KK"],
        "NOKA": card,
        "SEGMEN": "PBPU",
        "KELAS": "3",
        "PEMBAYAR": resident["NO_KK"],
        "MULAI": "2024-03-01",
        "SELESAI": "",
        "ALASAN": "",
        "KELAS_SEJAK": "2024-03-01",
        "KODE_FASKES": CLINIC,
        "FASKES_SEJAK": "2025-06-01",
        "LUNAS_SAMPAI": "2025-12",
        "SALDO_KREDIT": "0",
        "NO_HP": "081234567890",
    } | more


@pytest.fixture
def spells(household):
    child, mother, _grandfather = household
    return [a_spell(child, "0001944358911", NO_HP=""), a_spell(mother, "0001944358922")]


def test_a_family_is_entered_with_all_it_has(load, spells):
    done = load(spells)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "2 good, 0 bad, 0 warnings.")
    mother = members.find_by_nik(spells[1]["NIK"])
    assert (mother.name, mother.born, mother.card, mother.phone) == (
        "SITI AMINAH",
        date(1980, 8, 17),
        "0001944358922",
        "+6281234567890",
    )
    family = members.find_family(KK)
    assert (family.kk, family.head_id, family.village_code) == (KK, mother.id, "35.78.08.1001")
    assert family.proven_at == clock.now()
    assert [(one.name, one.relation) for one in members.people_of(family.id)] == [
        ("SITI AMINAH", Relation.HEAD),
        ("BUDI SANTOSO", Relation.CHILD),
    ]
    spell = Spell.get(Spell.person == mother)
    assert (spell.segment, spell.since, spell.until, spell.payer.kind, spell.family_id) == (
        Segment.PBPU,
        date(2024, 3, 1),
        None,
        PayerKind.FAMILY,
        family.id,
    )
    choice = ClinicChoice.get(ClinicChoice.person == mother)
    assert (choice.facility_code, choice.since, choice.family_id) == (CLINIC, date(2025, 6, 1), family.id)
    assert members.find_by_va("8888801944358922") == mother


def counts() -> list[int]:
    tables = (Person, Family, Stay, Payer, Spell, Card, ClinicChoice, Movement, Bill)
    return [table.select().count() for table in tables]


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_a_second_run_updates_and_never_doubles(load, spells, monkeypatch, chunk):
    monkeypatch.setattr(imports, "CHUNK", chunk)
    spells[1] |= {"SALDO_KREDIT": "16500", "LUNAS_SAMPAI": "2025-10"}
    load(spells)
    before = counts()
    spells[1] |= {"KELAS": "2", "NO_HP": "081234567899"}
    done = load(spells)
    assert done.exit_code == 0
    assert counts() == before
    assert Spell.get(Spell.person == members.find_by_nik(spells[1]["NIK"])).care_class == 2
    assert members.find_by_nik(spells[1]["NIK"]).phone == "+6281234567899"


def test_a_family_owes_from_the_month_after_the_last_one_paid(load, spells):
    """The child was born later; the family owes from where its eldest line stops."""
    spells[0] |= {"MULAI": "2025-11-01", "LUNAS_SAMPAI": "2025-11"}
    spells[1] |= {"LUNAS_SAMPAI": "2025-10"}
    load(spells)
    payer = Payer.get(Payer.kind == PayerKind.FAMILY)
    assert (payer.liable_from, payer.registered_on) == (date(2025, 11, 1), None)
    bills = Bill.select().where(Bill.payer == payer).order_by(Bill.month)
    assert [(bill.month, bill.amount) for bill in bills] == [
        (date(2025, 11, 1), 70_000),
        (date(2025, 12, 1), 70_000),
        (date(2026, 1, 1), 70_000),
    ]
    booked = Movement.select(Movement.credit).where(Movement.debit == Account.DUE).order_by(Movement.booked_on)
    assert [move.credit for move in booked] == [Account.OPENING, Account.OPENING, Account.INCOME]
    assert ledger.due_of(payer.id) == 210_000


def test_a_family_paid_up_owes_nothing(load, spells):
    for spell in spells:
        spell["LUNAS_SAMPAI"] = "2026-01"
    load(spells)
    assert Payer.get(Payer.kind == PayerKind.FAMILY).liable_from == date(2026, 2, 1)
    assert Bill.select().count() == 0


def test_no_month_older_than_the_cap_becomes_a_bill(load, spells):
    for spell in spells:
        spell |= {"MULAI": "2018-01-01", "LUNAS_SAMPAI": "2018-01"}
    load(spells)
    assert Bill.select().count() == 25
    assert Bill.select().order_by(Bill.month).first().month == date(2024, 1, 1)


def test_the_paid_through_month_stays_once_bills_exist(load, spells):
    load(spells)
    for spell in spells:
        spell["LUNAS_SAMPAI"] = "2025-06"
    assert "1 families have bills here already" in load(spells).output
    assert Payer.get(Payer.kind == PayerKind.FAMILY).liable_from == date(2026, 1, 1)


def test_credit_is_the_familys_money_and_booked_once(load, spells):
    for spell in spells:
        spell |= {"SALDO_KREDIT": "16500", "LUNAS_SAMPAI": "2026-01"}
    load(spells)
    payer = Payer.get(Payer.kind == PayerKind.FAMILY)
    assert ledger.credit_of(payer.id) == 33_000
    spells[0]["SALDO_KREDIT"] = "20000"
    assert "line 2: warning: another opening credit is booked already, and stays" in load(spells).output
    assert ledger.credit_of(payer.id) == 33_000


@pytest.mark.parametrize(
    "segment, code, kind",
    [
        ("PPU_BU", "BU00001234", PayerKind.EMPLOYER),
        ("PPU_PN", "SATKER3578", PayerKind.EMPLOYER),
        ("PBI_JK", "PUSAT", PayerKind.GOVERNMENT),
        ("PBPU_PEMDA", "35.78", PayerKind.GOVERNMENT),
    ],
)
def test_who_is_paid_for_by_others_owes_nothing(load, spells, segment, code, kind):
    for spell in spells:
        spell |= {"SEGMEN": segment, "PEMBAYAR": code, "LUNAS_SAMPAI": "", "SALDO_KREDIT": ""}
    load(spells)
    payer = Payer.get()
    assert (payer.kind, payer.code, payer.liable_from) == (kind, code, None)
    assert {spell.payer_id for spell in Spell.select()} == {payer.id}
    assert Bill.select().count() == 0


def test_earlier_spells_of_a_person_are_kept_with_their_end(load, spells):
    earlier = {"SEGMEN": "PPU_BU", "PEMBAYAR": "BU00001234", "MULAI": "2020-01-01", "SELESAI": "2024-01-01"}
    earlier |= {"ALASAN": "KELUAR KERJA", "KELAS_SEJAK": "", "LUNAS_SAMPAI": "", "SALDO_KREDIT": ""}
    load([spells[0], spells[1] | earlier, spells[1]])
    mother = members.find_by_nik(spells[1]["NIK"])
    rows = Spell.select().where(Spell.person == mother).order_by(Spell.since)
    assert [(row.segment, row.until, row.reason) for row in rows] == [
        (Segment.PPU_BU, date(2024, 1, 1), "KELUAR KERJA"),
        (Segment.PBPU, None, None),
    ]
    assert Stay.get(Stay.person == mother).since == date(2020, 1, 1)
    assert Bill.select().count() == 1


def test_who_stands_on_another_family_card_by_now_has_moved(load, spells):
    load(spells)
    spells[0] |= {"NO_KK": "3578080405100002", "PEMBAYAR": "3578080405100002"}
    done = load(spells)
    assert "warning: the civil registry has this person on another family card" in done.output
    child = members.find_by_nik(spells[0]["NIK"])
    assert members.family_of(child.id) == members.find_family("3578080405100002")
    assert [one.name for one in members.people_of(members.find_family(KK).id)] == ["SITI AMINAH"]


def test_a_family_that_comes_in_pieces_is_one_family_with_its_head(load, spells, monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 1)
    other = a_resident(NAMA_LGKP="WAYAN", NO_KK="3578080405100077")
    load([spells[0], a_spell(other, "0001944358933"), spells[1]])  # WAYAN is in no registry
    family = Family.get()
    assert family.head_id == members.find_by_nik(spells[1]["NIK"]).id
    assert len(members.people_of(family.id)) == 2


@pytest.mark.parametrize(
    "wrong, reason",
    [
        ({"NIK": "3578081708800000"}, "the NIK is not valid"),
        ({"NIK": "3578085708809999"}, "the civil registry does not know this NIK"),
        ({"NO_KK": "123"}, "the family card number is not valid"),
        ({"NOKA": "1001944358922"}, "the card number is not valid"),
        ({"NOKA": "0001944358911"}, "this card number is somebody else's"),
        ({"SEGMEN": "MANDIRI"}, "the segment is not known"),
        ({"KELAS": "4"}, "the class must be 1, 2 or 3"),
        ({"KELAS": ""}, "the class must be 1, 2 or 3"),
        ({"PEMBAYAR": "3578080405100002"}, "the payer of this segment must be the family card"),
        ({"SEGMEN": "PPU_BU", "PEMBAYAR": ""}, "the payer's code is not valid"),
        ({"MULAI": "2024-02-30"}, "MULAI is not a date"),
        ({"LUNAS_SAMPAI": "2025-13"}, "LUNAS_SAMPAI is not a month"),
        ({"SALDO_KREDIT": "-5"}, "SALDO_KREDIT is not an amount in whole rupiah"),
        ({"SALDO_KREDIT": "5.5"}, "SALDO_KREDIT is not an amount in whole rupiah"),
    ],
)
def test_a_bad_line_is_left_out_and_the_rest_kept(load, spells, wrong, reason):
    done = load([spells[0], spells[1] | wrong])
    assert done.exit_code == 1
    assert f"line 3: {reason}" in done.output
    assert [person.name for person in Person.select()] == ["BUDI SANTOSO"]


def test_the_dead_are_left_out(load, spells, household):
    done = load([*spells, a_spell(household[2], "0001944358933")])
    assert "line 4: the civil registry has this person as dead" in done.output
    assert Person.select().count() == 2


def test_a_person_keeps_one_card_number(load, spells):
    load(spells)
    done = load([spells[0], spells[1] | {"NOKA": "0001944358999"}])
    assert "line 3: this person has another card number" in done.output


@pytest.mark.parametrize("chunk", [1, 1000])
def test_the_same_spell_twice_in_a_file_is_a_bad_line(load, spells, monkeypatch, chunk):
    monkeypatch.setattr(imports, "CHUNK", chunk)
    for _again in range(2):
        done = load([*spells, spells[0] | {"KELAS": "1"}])
        assert "line 4: this NIK has a spell of the same segment and first day already" in done.output
        assert "2 good, 1 bad" in done.output
        assert {spell.care_class for spell in Spell.select()} == {3}


@pytest.mark.parametrize(
    "odd, reason",
    [
        ({"KODE_FASKES": "0999R999"}, "we do not know its clinic"),
        ({"KODE_FASKES": "X"}, "the clinic's code is not valid and was left out"),
        ({"NO_HP": "12345"}, "the phone number is not valid and was left out"),
        ({"SELESAI": "2024-02-28"}, "SELESAI lies before MULAI: the spell covers no day"),
    ],
)
def test_what_is_only_odd_is_a_warning(load, spells, odd, reason):
    done = load([spells[0], spells[1] | odd])
    assert done.exit_code == 0
    assert f"line 3: warning: {reason}" in done.output
    assert Person.select().count() == 2


def test_a_clinic_that_the_member_chose_here_stays(load, spells):
    load(spells)
    ClinicChoice.update(key="theirs", facility_code="0301R002").execute()
    load(spells)
    assert {choice.facility_code for choice in ClinicChoice.select()} == {"0301R002"}


def test_each_chunk_has_its_audit_entry_and_nothing_personal_is_printed(load, spells):
    done = load([*spells, spells[0]])
    entry = Entry.get(Entry.act == Act.DATA_IMPORTED, Entry.subject == "members")
    assert entry.count == 2
    assert not any(spell[name] in done.output for spell in spells for name in ("NIK", "NO_KK", "NOKA"))


def test_the_family_is_active_suspended_or_in_credit_as_its_payments_say(load, spells):
    load(spells)
    payer = Payer.get(Payer.kind == PayerKind.FAMILY)
    assert contributions.owed(payer, clock.today()).total == 70_000
