"""Staff at kiosks: their codes for one errand, numbers printed on paper, numbers called."""

from peewee import *


def up(migrator, db):
    class Officer(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "officer"

    class Kiosk(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "kiosk"

    class Person(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "person"

    class StaffCode(Model):
        id = BigAutoField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
        kiosk = ForeignKeyField(Kiosk, on_delete="RESTRICT", backref="+")
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        errand = CharField(max_length=10)
        code_hash = CharField(max_length=64, null=True, unique=True)
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)
        issued_id = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "staff_code"

    class PaperNumbers(Model):
        id = BigAutoField()
        facility_code = CharField(max_length=8)
        day = DateField()
        first = IntegerField()
        last = IntegerField()
        officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT", backref="+")
        printed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "paper_numbers"
            indexes = ((("facility_code", "day", "first"), True),)

    class NumberCall(Model):
        id = BigAutoField()
        facility_code = CharField(max_length=8)
        day = DateField()
        number = IntegerField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
        called_at = DateTimeField()

        class Meta:
            database = db
            table_name = "number_call"
            indexes = ((("facility_code", "day", "number"), True),)

    db.create_tables([StaffCode, PaperNumbers, NumberCall])
