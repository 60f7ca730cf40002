from peewee import CharField, ForeignKeyField

from jkn.db import BaseModel


class Office(BaseModel):
    """A branch, where people are served in person."""

    code = CharField(max_length=16, unique=True)
    name = CharField(max_length=100)
    address = CharField(max_length=200)
    phone = CharField(max_length=32, default="")
    hours = CharField(max_length=100, default="")  # in words


class OfficeRegency(BaseModel):
    """The branch serves the people of this regency."""

    office = ForeignKeyField(Office, on_delete="CASCADE", backref="regencies")
    regency_code = CharField(max_length=5)

    class Meta:
        indexes = ((("regency_code", "office"), True),)
