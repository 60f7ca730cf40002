"""Aid to class III for months that were paid late, on governments' later bills."""

from peewee import *


def up(migrator, db):
    class Payer(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "payer"

    class Person(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "person"

    class LateAid(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        month = DateField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        billed_in = DateField()

        class Meta:
            database = db
            table_name = "late_aid"
            indexes = ((("payer", "month", "person"), True), (("payer", "billed_in", "person"), False))

    db.create_tables([LateAid])
