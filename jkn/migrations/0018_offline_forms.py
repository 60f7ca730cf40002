"""Forms that volunteers wrote without a signal."""

from peewee import *


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

    class OfflineForm(Model):
        id = BigAutoField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        rid = CharField(max_length=32)
        kind = CharField(max_length=16)
        state = CharField(max_length=10)
        person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        family_id = BigIntegerField(null=True)
        content = BlobField(null=True)
        answer = BlobField()
        written_at = DateTimeField()
        sent_at = DateTimeField()
        expires_at = DateTimeField(null=True)
        decided_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "offline_form"
            indexes = (
                (("officer", "rid"), True),
                (("person", "state"), False),
                (("state", "expires_at"), False),
            )

    db.create_tables([OfflineForm])
