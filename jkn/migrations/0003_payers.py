"""Employers and their workers, bills of governments and employers by totals, what was agreed with them, transfers."""

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

    class Employer(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, unique=True, on_delete="RESTRICT", backref="+")
        segment = CharField(max_length=12)
        regency_code = CharField(max_length=5)
        bu_code = CharField(max_length=8, null=True, unique=True)

        class Meta:
            database = db
            table_name = "employer"
            constraints = [Check("segment IN ('PPU_BU', 'PPU_PN')")]

    class Worker(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        wage = BigIntegerField(null=True, constraints=[Check("wage > 0")])
        extra_family = SmallIntegerField(constraints=[Check("extra_family >= 0")])
        since = DateField()
        until = DateField(null=True)

        class Meta:
            database = db
            table_name = "worker"
            indexes = ((("payer", "person", "since"), True),)
            constraints = [Check("until IS NULL OR until >= since")]

    class BillTotal(Model):
        id = BigAutoField()
        payer_id = BigIntegerField()
        month = DateField()
        kind = CharField(max_length=12)
        care_class = IntegerField()
        people = IntegerField(constraints=[Check("people > 0")])
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        by_worker = BigIntegerField()

        class Meta:
            database = db
            table_name = "bill_total"
            indexes = ((("payer_id", "month", "kind", "care_class"), True),)

    class Issuing(Model):
        id = BigAutoField()
        month = DateField(unique=True)
        step = SmallIntegerField()
        reached = BigIntegerField()

        class Meta:
            database = db
            table_name = "issuing"

    class Agreement(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        since = DateField()
        suspends = BooleanField()
        basis = CharField(max_length=100)

        class Meta:
            database = db
            table_name = "agreement"
            indexes = ((("payer", "since"), True),)

    class Transfer(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        reference = CharField(max_length=60, unique=True)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        paid_on = DateField()
        recorded_at = DateTimeField()
        recorded_by = BigIntegerField()
        payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "transfer"

    db.create_tables([Employer, Worker, BillTotal, Issuing, Agreement, Transfer])
