"""Agents: volunteers with a deposit, and the cash they take for families."""

from peewee import *


def up(migrator, db):
    def known(table):
        class Known(Model):
            id = BigAutoField()

            class Meta:
                database = db
                table_name = table

        return Known

    Person, Payer, Officer, Payment = (known(table) for table in ("person", "payer", "officer", "payment"))

    class Agent(Model):
        id = BigAutoField()
        officer = ForeignKeyField(Officer, unique=True, on_delete="RESTRICT")
        payer = ForeignKeyField(Payer, unique=True, on_delete="RESTRICT")
        cap = BigIntegerField(constraints=[Check("cap >= 0")])
        since = DateTimeField()

        class Meta:
            database = db
            table_name = "agent"

    class Cash(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        grant_id = BigIntegerField()
        family_id = BigIntegerField(index=True)
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+", index=False)
        key = CharField(max_length=32)
        number = CharField(max_length=12)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        purpose = CharField(max_length=12)
        months = JSONField()
        taken_at = DateTimeField()
        is_over = BooleanField()
        payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT", backref="+")
        settled_at = DateTimeField(null=True)
        proposed_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT", backref="+", index=False)
        decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT", backref="+", index=False)
        ending = CharField(max_length=16, null=True)
        note = CharField(max_length=300)

        class Meta:
            database = db
            table_name = "cash"
            indexes = (
                (("payer", "key"), True),
                (("officer", "settled_at", "id"), False),
                (("settled_at", "taken_at"), False),
            )
            constraints = [
                Check("payment_id IS NULL OR settled_at IS NOT NULL"),
                Check("decided_by_id <> proposed_by_id"),
            ]

    db.create_tables([Agent, Cash])
