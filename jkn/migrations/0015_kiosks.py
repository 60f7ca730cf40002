"""Kiosks: tokens that change, printers and slips, the keypad on the screen, numbers given once."""

from peewee import *


def up(migrator, db):
    add = migrator.add_column
    migrator.migrate(
        add("kiosk", "token_at", DateTimeField(null=True)),
        add("kiosk", "printer", CharField(max_length=10, default="none")),
        add("kiosk", "paper_out_at", DateTimeField(null=True)),
        add("kiosk", "stolen_at", DateTimeField(null=True)),
    )
    db.execute_sql("UPDATE kiosk SET token_at = joined_at")

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

    class KioskToken(Model):
        id = BigAutoField()
        kiosk = ForeignKeyField(Kiosk, on_delete="CASCADE", backref="+")
        token_hash = CharField(max_length=64, unique=True)
        offered_at = DateTimeField()
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "kiosk_token"

    class Keying(Model):
        id = BigAutoField()
        kiosk = ForeignKeyField(Kiosk, unique=True, on_delete="CASCADE", backref="+")
        token_hash = CharField(max_length=64)
        lane = CharField(max_length=8)
        number = BlobField(null=True)
        typed = BlobField()
        length = IntegerField(default=0)
        touched_at = DateTimeField()

        class Meta:
            database = db
            table_name = "keying"

    class SlipCounter(Model):
        id = BigAutoField()
        facility_code = CharField(max_length=8)
        day = DateField()
        given = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "slip_counter"
            indexes = ((("facility_code", "day"), True),)

    class KioskSlip(Model):
        id = BigAutoField()
        kiosk = ForeignKeyField(Kiosk, on_delete="RESTRICT", backref="+")
        facility_code = CharField(max_length=8)
        day = DateField()
        number = IntegerField()
        kind = CharField(max_length=10)
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        made_at = DateTimeField()
        printed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "kiosk_slip"
            indexes = ((("facility_code", "day", "number"), True),)

    db.create_tables([KioskToken, Keying, SlipCounter, KioskSlip])
