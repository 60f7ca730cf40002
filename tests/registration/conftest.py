"""A village with two clinics, and families in the civil registry that nobody has registered."""

from datetime import date

import pytest

from jkn import sealed
from jkn.access import SYSTEM
from jkn.drafts import service as drafts
from jkn.drafts.models import Draft
from jkn.facilities.models import Facility, Section, Tier
from jkn.population.models import Resident
from jkn.regions.models import Level, Region
from jkn.registration import household, service
from tests.builders import a_nik

VILLAGE = "35.78.08.1001"


@pytest.fixture
def village(app):
    return a_village()


def a_village() -> str:
    """Gubeng with two clinics of its own and a dentist."""
    Region.create(code=VILLAGE, name="Gubeng", label="Gubeng, Kec. Gubeng, Kota Surabaya", level=Level.VILLAGE)
    for code, name, section in (
        ("13010001", "PUSKESMAS GUBENG", Section.CLINIC),
        ("1301B002", "KLINIK SEHAT", Section.CLINIC),
        ("1301G003", "DRG. WATI", Section.DENTIST),
    ):
        Facility.create(
            code=code,
            name=name,
            kind="Klinik",
            tier=Tier.FKTP,
            section=section,
            regency_code="35.78",
            regency="Kota Surabaya",
            words=name.lower(),
        )
    return VILLAGE


# relation, birth date, sex, name, job, marital status, alive
FARMERS = (
    ("head", date(1980, 8, 17), "L", "BUDI SANTOSO", "PETANI/PEKEBUN", "KAWIN", True),
    ("spouse", date(1982, 3, 9), "P", "SITI AMINAH", "MENGURUS RUMAH TANGGA", "KAWIN", True),
    ("child", date(2012, 5, 1), "P", "AYU LESTARI", "PELAJAR/MAHASISWA", "BELUM KAWIN", True),
    ("parent", date(1950, 1, 2), "L", "SLAMET", "PENSIUNAN", "CERAI MATI", False),
)


class Card:
    """A family card in the registry."""

    def __init__(self, people=FARMERS):
        self.kk = a_nik(date(2010, 5, 4))
        self.people = people
        self.niks = [a_nik(born, sex) for _relation, born, sex, *_rest in people]
        for order, (relation, born, sex, name, job, marital, alive) in enumerate(people):
            Resident.create(
                nik=self.niks[order],
                nik_hash=sealed.index("nik", self.niks[order]),
                kk=self.kk,
                kk_hash=sealed.index("kk", self.kk),
                name=name,
                birth_place="SURABAYA",
                born=born,
                sex=sex,
                relation=relation,
                marital=marital,
                job=job,
                address="JL. KENANGA NO. 4",
                rt="001",
                rw="002",
                village_code=VILLAGE,
                alive=alive,
                batch=1,
                line=order,
            )

    def typed(self, order: int = 0) -> dict[str, str]:
        """What one of them types to find the family."""
        born = self.people[order][1]
        return {
            "kk": self.kk,
            "nik": self.niks[order],
            "born-d": str(born.day),
            "born-m": str(born.month),
            "born-y": str(born.year),
        }


def a_draft(card: Card, order: int = 0, pin_hash: str = "hash", **more) -> Draft:
    """Every question answered, ready to be sent."""
    token = service.begin()
    draft = drafts.find(service.PURPOSE, token)
    answers = service.look_up(draft, card.kk, card.niks[order], card.people[order][1], {}, SYSTEM)
    if answers["asks_employer"]:
        answers = drafts.change(draft, employer=more.pop("employer", "no"))
    house = household.household(answers["card"])
    service.confirm_members(draft, house, household.joining(house, answers))
    chosen = {"care_class": 3, "autodebit": "later", "clinics": {"all": "13010001"}, "pin_hash": pin_hash}
    drafts.change(draft, contact={"phone": "+6281234567890", "email": None}, **chosen | more)
    return drafts.find(service.PURPOSE, token)


@pytest.fixture
def card(village):
    return Card()
