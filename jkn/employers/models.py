from peewee import CharField, Check, IntegerField

from jkn.db import BaseModel, RupiahField


class WageFloor(BaseModel):
    """The minimum wage a month of a regency (UMK) or a province (UMP) in a year, as the governor decreed it."""

    region_code = CharField(max_length=5)
    year = IntegerField()
    amount = RupiahField(constraints=[Check("amount > 0")])

    class Meta:
        indexes = ((("region_code", "year"), True),)
