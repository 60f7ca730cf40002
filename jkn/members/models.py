from enum import IntEnum, StrEnum

from peewee import BigIntegerField, BooleanField, CharField, Check, DateField, ForeignKeyField, SmallIntegerField
from playhouse.fields import EnumField, IntEnumField

from jkn import clock
from jkn.db import BaseModel, MomentField
from jkn.sealed import SealedField


class Segment(StrEnum):
    """Who pays for whom (domain: Perpres 82/2018, ps 2-4)."""

    PBI_JK = "PBI_JK"
    PBPU_PEMDA = "PBPU_PEMDA"
    PPU_PN = "PPU_PN"
    PPU_BU = "PPU_BU"
    PBPU = "PBPU"
    BP = "BP"
    BP_PN = "BP_PN"


SELF_PAYING = (Segment.PBPU, Segment.BP)
EMPLOYED = (Segment.PPU_BU, Segment.PPU_PN)


class CareClass(IntEnum):
    I = 1
    II = 2
    III = 3


class Relation(StrEnum):
    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    PARENT_IN_LAW = "parent-in-law"
    OTHER = "other"


class PayerKind(StrEnum):
    FAMILY = "family"
    EMPLOYER = "employer"
    GOVERNMENT = "government"
    SUSPENSE = "suspense"
    AGENT = "agent"  # a volunteer whose deposit pays for others


class Family(BaseModel):
    """A household as its family card has it."""

    kk = SealedField("kk")
    head_id = BigIntegerField(null=True)
    village_code = CharField(max_length=13, null=True)
    address = CharField(max_length=200, default="")
    rt = CharField(max_length=3, default="")
    rw = CharField(max_length=3, default="")
    mailing_address = CharField(max_length=200, null=True)
    proven_at = MomentField(null=True)  # seen in person, or the first payment arrived
    created_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("village_code", "id"), False),)

    @property
    def family_id(self) -> int:
        return self.id


class Person(BaseModel):
    """A human being. The NIK may be missing: newborns and foreigners."""

    nik = SealedField("nik", null=True)
    name = CharField(max_length=100, index=True)
    born = DateField()
    sex = CharField(max_length=1)
    card = CharField(max_length=13)
    phone = SealedField("phone", null=True)
    phone_hash = CharField(max_length=64, null=True, index=True)
    phone_confirmed_at = MomentField(null=True)  # numbers are given to others: after a year it identifies nobody
    email = SealedField("email", null=True)
    language = CharField(max_length=5, null=True)
    hides_health = BooleanField(default=False)  # from the family: hospital stays, and whatever else concerns health
    died_on = DateField(null=True)
    created_at = MomentField(default=clock.now)

    @property
    def person_id(self) -> int:
        return self.id


class NikIndex(BaseModel):
    """Uniqueness of a NIK without showing it; while two index keys live, each insert claims both."""

    hash = CharField(max_length=64, unique=True)
    key_id = SmallIntegerField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")


class KkIndex(BaseModel):
    hash = CharField(max_length=64, unique=True)
    key_id = SmallIntegerField()
    family = ForeignKeyField(Family, on_delete="RESTRICT")


class Card(BaseModel):
    """A JKN card number, random; the virtual account is made of its last eleven digits."""

    number = CharField(max_length=13, unique=True)
    tail = CharField(max_length=11, unique=True)
    person = ForeignKeyField(Person, on_delete="RESTRICT")


class Stay(BaseModel):
    """A person belonged to a family from a day until a day; moving closes one stay and opens another."""

    family = ForeignKeyField(Family, on_delete="RESTRICT", backref="stays")
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="stays")
    relation = EnumField(Relation, max_length=16)
    since = DateField()
    until = DateField(null=True)

    class Meta:
        indexes = ((("family", "person", "since"), True),)

    @classmethod
    def open_on(cls, day):
        """Stays that last on a day."""
        return (cls.since <= day) & (cls.until.is_null() | (cls.until > day))


class Payer(BaseModel):
    """Who owes contributions and pays them: a family, an employer, a government; or suspense, or an agent."""

    kind = EnumField(PayerKind, max_length=12)
    family = ForeignKeyField(Family, null=True, unique=True, on_delete="RESTRICT")
    code = CharField(max_length=32, null=True)
    name = CharField(max_length=100, default="")
    registered_on = DateField(null=True)  # starts the payment window; null: came from before
    liable_from = DateField(null=True)  # first month owed; null until the first payment

    class Meta:
        indexes = ((("kind", "code"), True),)
        constraints = [Check("kind <> 'family' OR family_id IS NOT NULL")]


class Spell(BaseModel):
    """A person was covered in a segment from a day until a day (exclusive); open while `until` is empty."""

    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="spells")
    family_id = BigIntegerField(null=True, index=True)
    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="spells")
    segment = EnumField(Segment, max_length=12)
    care_class = IntEnumField(CareClass, null=True)  # empty under KRIS
    since = DateField()
    until = DateField(null=True)
    reason = CharField(max_length=60, null=True)
    class_since = DateField()

    class Meta:
        indexes = ((("person", "segment", "since"), True), (("payer", "segment"), False))
        constraints = [Check("until IS NULL OR until >= since"), Check("care_class IS NULL OR care_class IN (1, 2, 3)")]

    @classmethod
    def open_on(cls, day):
        """Spells that cover a day."""
        return (cls.since <= day) & (cls.until.is_null() | (cls.until > day))
