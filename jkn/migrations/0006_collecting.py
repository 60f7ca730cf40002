"""Mandates for auto-debit, what providers are asked for, and links for somebody else to pay."""

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

    class Payment(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "payment"

    class Mandate(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(index=True)
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        provider = CharField(max_length=20, index=True)
        key = CharField(max_length=32)
        state = CharField(max_length=32)
        device = CharField(max_length=32)
        label = CharField(max_length=40)
        link = BlobField(null=True)
        charge_token = BlobField(null=True)
        customer_token = BlobField(null=True)
        customer_until = DateTimeField(null=True)
        refresh_token = BlobField(null=True)
        asked_at = DateTimeField()
        bound_at = DateTimeField(null=True)
        paused_from = DateField(null=True)
        paused_until = DateField(null=True)
        ended_at = DateTimeField(null=True)
        ended = CharField(max_length=12, null=True)
        released_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "mandate"
            indexes = ((("payer", "key"), True),)

    class Charge(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True, index=True)
        mandate = ForeignKeyField(Mandate, on_delete="RESTRICT", backref="+", null=True)
        provider = CharField(max_length=20)
        kind = CharField(max_length=8)
        slot = CharField(max_length=40)
        reference = CharField(max_length=32)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        months = JSONField()
        day = DateField()
        created_at = DateTimeField()
        valid_until = DateTimeField()
        sent_at = DateTimeField(null=True)
        held_at = DateTimeField(null=True)
        answered_at = DateTimeField(null=True)
        code = CharField(max_length=8)
        provider_reference = CharField(max_length=64)
        address = TextField()
        qr = TextField()
        outcome = CharField(max_length=8, null=True)
        closed_at = DateTimeField(null=True)
        payment = ForeignKeyField(Payment, on_delete="RESTRICT", backref="+", null=True)

        class Meta:
            database = db
            table_name = "charge"
            indexes = (
                (("payer", "slot"), True),
                (("outcome", "sent_at"), False),
            )

    class ChargeReference(Model):
        id = BigAutoField()
        reference = CharField(max_length=32, unique=True)
        charge = ForeignKeyField(Charge, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "charge_reference"

    class PayLink(Model):
        id = BigAutoField()
        token = CharField(max_length=32, unique=True)
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(index=True)
        person_id = BigIntegerField()
        key = CharField(max_length=32)
        created_at = DateTimeField()
        expires_at = DateTimeField()

        class Meta:
            database = db
            table_name = "pay_link"
            indexes = ((("payer", "key"), True),)

    db.create_tables([Mandate, Charge, ChargeReference, PayLink])
