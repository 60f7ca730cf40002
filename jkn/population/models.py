from peewee import BigIntegerField, BooleanField, CharField, Check, DateField, IntegerField

from jkn.db import BaseModel
from jkn.sealed import SealedField


class Resident(BaseModel):
    """A person as the civil registry has them; found by the blind index of NIK or family card."""

    nik = SealedField("nik")
    nik_hash = CharField(max_length=64, unique=True)
    kk = SealedField("kk")
    kk_hash = CharField(max_length=64, index=True)
    name = CharField(max_length=100)
    birth_place = CharField(max_length=60)
    born = DateField()
    sex = CharField(max_length=1, constraints=[Check("sex IN ('L', 'P')")])
    relation = CharField(max_length=16)
    marital = CharField(max_length=40)
    job = CharField(max_length=60)
    address = CharField(max_length=200)
    rt = CharField(max_length=3)
    rw = CharField(max_length=3)
    village_code = CharField(max_length=13)
    alive = BooleanField(default=True)
    batch = BigIntegerField()  # the run that wrote the row last: how a NIK twice in one file is noticed
    line = BigIntegerField()  # where in that file


class LookUpCount(BaseModel):
    """How often somebody asked about a NIK or a family card on a day; `key` is a blind index."""

    key = CharField(max_length=64)
    day = DateField()
    count = IntegerField(default=0, constraints=[Check("count >= 0")])

    class Meta:
        indexes = ((("key", "day"), True),)
