from enum import IntEnum

from peewee import CharField
from playhouse.fields import IntEnumField

from jkn.db import BaseModel
from jkn.search import SearchWord

__all__ = ["Level", "Region", "SearchWord"]


class Level(IntEnum):
    """How deep a region lies."""

    PROVINCE = 1
    REGENCY = 2  # kabupaten or kota
    DISTRICT = 3  # kecamatan
    VILLAGE = 4  # desa or kelurahan


class Region(BaseModel):
    """A province, regency, district or village. The code tells where it lies: 35.78.08.1001 is in 35.78.08."""

    code = CharField(max_length=13, unique=True)
    name = CharField(max_length=60)
    label = CharField(max_length=160)  # with the regions around it: Gubeng, Kec. Gubeng, Kota Surabaya
    parent_code = CharField(max_length=13, null=True)
    level = IntEnumField(Level)
    kind = CharField(max_length=12, default="")  # desa or kelurahan
    postcode = CharField(max_length=5, default="")

    class Meta:
        indexes = ((("parent_code", "name"), False),)
