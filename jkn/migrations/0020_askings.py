"""A volunteer's question to a member, which the member answers on a phone of their own."""

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

    class Asking(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        word = CharField(max_length=4)
        scopes = CharField(max_length=100)
        minutes = IntegerField()
        key = CharField(max_length=32)
        asked_at = DateTimeField()
        expires_at = DateTimeField()
        reply_hash = CharField(max_length=64, null=True)
        answered_at = DateTimeField(null=True)
        grant_id = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "asking"
            indexes = ((("officer", "key"), True),)

    db.create_tables([Asking])
