"""Volunteers: their villages and work list, consents as rights to act for minutes, and the limits they keep."""

from peewee import *
from playhouse.migrate import migrate


def up(migrator, db):
    class Person(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "person"

    class Officer(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "officer"

    class VolunteerVillage(Model):
        id = BigAutoField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        village_code = CharField(max_length=13)
        since = DateTimeField()

        class Meta:
            database = db
            table_name = "volunteer_village"
            indexes = ((("officer", "village_code"), True),)

    class Unregistered(Model):
        id = BigAutoField()
        kk_hash = CharField(max_length=64, unique=True)
        kk = BlobField()
        village_code = CharField(max_length=13)
        hamlet = CharField(max_length=60)
        rt = CharField(max_length=3)
        rw = CharField(max_length=3)
        name = CharField(max_length=100)

        class Meta:
            database = db
            table_name = "unregistered"
            indexes = ((("village_code", "id"), False),)

    class Visit(Model):
        id = BigAutoField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        family_id = BigIntegerField()
        day = DateField()
        consents = IntegerField(default=1)
        at_night = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "visit"
            indexes = ((("family_id", "officer", "day"), True), (("officer", "day"), False))

    class Miss(Model):
        id = BigAutoField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "miss"
            indexes = ((("officer", "at"), False),)

    class PaperConsent(Model):
        id = BigAutoField()
        number = CharField(max_length=8, unique=True)
        printed_at = DateTimeField()
        person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        grant_id = BigIntegerField(null=True)
        witness = CharField(max_length=100)
        signed_by = CharField(max_length=10)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "paper_consent"

    class SlipRequest(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        key = CharField(max_length=32)
        asked_at = DateTimeField()
        done_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "slip_request"
            indexes = ((("person", "key"), True), (("done_at", "id"), False))

    db.create_tables([VolunteerVillage, Unregistered, Visit, Miss, PaperConsent, SlipRequest])
    one_holder = [Check("(holder_id IS NULL) <> (holder_officer_id IS NULL)")]
    migrate(
        migrator.add_column("grant", "covers", CharField(max_length=400, default="")),
        migrator.add_column("grant", "told_at", DateTimeField(null=True)),
        migrator.add_column(
            "grant",
            "holder_officer_id",
            ForeignKeyField(Officer, Officer.id, null=True, on_delete="RESTRICT", constraints=one_holder),
        ),
    )
    db.execute_sql('CREATE INDEX grant_holder_officer_id_id ON "grant" (holder_officer_id, id)')
    db.execute_sql('CREATE INDEX grant_told_at_until ON "grant" (told_at, until)')
    db.execute_sql("CREATE INDEX family_village_code_id ON family (village_code, id)")
