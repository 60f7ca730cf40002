"""Rights to act for somebody else, the emergency stop, and ways back in by witnesses and sealed sheets."""

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

    class Officer(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "officer"

    class Sheet(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "sheet"

    class SignIn(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "sign_in"

    class SealedSheet(Model):
        id = BigAutoField()
        serial = CharField(max_length=10, unique=True)
        salt = BlobField()
        printed_at = DateTimeField()
        sheet = ForeignKeyField(Sheet, null=True, unique=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "sealed_sheet"

    class SpokenCode(Model):
        id = BigAutoField()
        sign_in = ForeignKeyField(SignIn, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        code_hash = CharField(max_length=64, unique=True)
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "spoken_code"

    class SmsCode(Model):
        id = BigAutoField()
        sign_in = ForeignKeyField(SignIn, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        code_hash = CharField(max_length=64)
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "sms_code"

    class Recovery(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        code_hash = CharField(max_length=64, unique=True)
        token_hash = CharField(max_length=64, unique=True)
        begun_at = DateTimeField()
        expires_at = DateTimeField()
        done_at = DateTimeField(null=True)
        cancelled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "recovery"

    class Witness(Model):
        id = BigAutoField()
        recovery = ForeignKeyField(Recovery, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="RESTRICT")
        by_person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")
        by_officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "witness"
            indexes = ((("person", "recovery", "by_person"), True), (("person", "recovery", "by_officer"), True))
            constraints = [
                Check("(by_person_id IS NULL) <> (by_officer_id IS NULL)"),
                Check("by_person_id <> person_id"),
            ]

    db.create_tables([Grant, SealedSheet, SpokenCode, SmsCode, Recovery, Witness])
    migrator.migrate(
        migrator.add_column("person", "hides_health", BooleanField(default=False)),
        migrator.add_column("person", "phone_confirmed_at", DateTimeField(null=True)),
        migrator.add_column("account", "stopped_at", DateTimeField(null=True)),
        migrator.add_column("account", "wants_sms_codes", BooleanField(default=False)),
        migrator.add_column(
            "officer", "person_id", ForeignKeyField(Person, Person.id, null=True, on_delete="RESTRICT")
        ),
    )
    db.execute_sql("UPDATE person SET phone_confirmed_at = created_at WHERE phone_hash IS NOT NULL")
