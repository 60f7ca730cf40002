"""The minimum wages below which no wage counts."""

from peewee import *


def up(migrator, db):
    class WageFloor(Model):
        id = BigAutoField()
        region_code = CharField(max_length=5)
        year = IntegerField()
        amount = BigIntegerField(constraints=[Check("amount > 0")])

        class Meta:
            database = db
            table_name = "wage_floor"
            indexes = ((("region_code", "year"), True),)

    db.create_tables([WageFloor])
