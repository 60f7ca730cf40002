from enum import StrEnum

from peewee import BigIntegerField, BooleanField, CharField, DateField, ForeignKeyField, SmallIntegerField
from playhouse.fields import EnumField, IntEnumField

from jkn import clock
from jkn.db import BaseModel, MomentField
from jkn.members.models import CareClass, Family, Person


class Autodebit(StrEnum):
    """What was said about paying by auto-debit; the bank is named later."""

    AGREED = "agreed"
    LATER = "later"
    NONE = "none"  # the law did not ask


class Enrolment(BaseModel):
    """A family joined on a day, in a class, with this consent. An unpaid one lapses and another may follow."""

    family = ForeignKeyField(Family, on_delete="RESTRICT", backref="enrolments")
    payer_id = BigIntegerField()
    registrant = ForeignKeyField(Person, null=True, on_delete="RESTRICT")  # empty: somebody covered elsewhere
    registered_on = DateField()
    people = SmallIntegerField()
    care_class = IntEnumField(CareClass)
    autodebit = EnumField(Autodebit, max_length=8)
    consent = CharField(max_length=20)  # the version of the text agreed to
    consented_at = MomentField()
    gives_access = BooleanField()  # a PIN and a sheet were made for the registrant
    key = CharField(max_length=32)
    created_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("family", "key"), True), (("family", "registered_on"), True))
