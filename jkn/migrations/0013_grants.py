"""Rights to act for somebody else, and what a member keeps from their family."""

from peewee import *


def up(migrator, db):
    class Person(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "person"

    class Grant(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        holder = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        scopes = CharField(max_length=100)
        basis = CharField(max_length=12)
        papers = CharField(max_length=100)
        key = CharField(max_length=32)
        given_at = DateTimeField()
        since = DateTimeField()
        until = DateTimeField()
        revoked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "grant"
            indexes = ((("person", "key"), True),)
            constraints = [Check("holder_id <> person_id"), Check("until > since")]

    db.create_tables([Grant])
    migrator.migrate(migrator.add_column("person", "hides_health", BooleanField(default=False)))
