from enum import StrEnum

from peewee import BigIntegerField, CharField, Check, DateField, FloatField, ForeignKeyField, SmallIntegerField
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField
from jkn.members.models import Person


class Tier(StrEnum):
    """Where in the chain of care: first contact, hospital, or supporting."""

    FKTP = "FKTP"
    FKRTL = "FKRTL"
    PENUNJANG = "PENUNJANG"


class Section(StrEnum):
    """The lists in which facilities are shown. Only the first holds what a member may choose as clinic."""

    CLINIC = "clinic"
    DENTIST = "dentist"
    HOSPITAL = "hospital"
    SUPPORT = "support"


class Facility(BaseModel):
    """A clinic, hospital or pharmacy. `words` is what its name and address say, as search.py reads them."""

    code = CharField(max_length=8, unique=True)
    name = CharField(max_length=100)
    kind = CharField(max_length=40)  # in the directory's words: Puskesmas, Klinik Pratama, …
    tier = EnumField(Tier, max_length=10)
    section = EnumField(Section, max_length=10)
    regency_code = CharField(max_length=5)
    regency = CharField(max_length=60)
    address = CharField(max_length=200, default="")
    phone = CharField(max_length=32, default="")
    lat = FloatField(null=True)  # degrees; empty where the pin is unknown or known to be wrong
    lon = FloatField(null=True)
    words = CharField(max_length=400, default="")

    class Meta:
        indexes = ((("regency_code", "section"), False), (("section", "lat", "lon"), False))
        constraints = [Check("(lat IS NULL) = (lon IS NULL)")]

    @property
    def title(self) -> str:
        """The name, with the kind before it where the directory gives a health centre only its place."""
        if self.kind == "Puskesmas" and not self.name.lower().startswith(("puskesmas", "pusk", "pkm", "uptd")):
            return f"{self.kind} {self.name}"
        return self.name


class Exemption(StrEnum):
    """Why a change was allowed before its time, on the letter an officer saw (Peraturan BPJS Kesehatan 6/2018)."""

    MOVED = "moved"
    ASSIGNED = "assigned"


class ClinicChoice(BaseModel):
    """A person goes to this clinic from a day on, until the next choice. An undone choice never counted.

    `attempt` is how often the person undid a choice for that day: of choices sent at the same time one gets in.
    """

    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="clinic_choices")
    family_id = BigIntegerField(null=True, index=True)
    facility_code = CharField(max_length=8)
    since = DateField()
    attempt = SmallIntegerField(default=0)
    chosen_at = MomentField(default=clock.now)
    undone_at = MomentField(null=True)
    exemption = EnumField(Exemption, max_length=10, null=True)
    letter = CharField(max_length=60, null=True)  # number of the letter that the officer saw
    key = CharField(max_length=32)

    class Meta:
        indexes = ((("person", "key"), True), (("person", "since", "attempt"), True))
