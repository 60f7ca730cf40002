"""Admissions, and the penalties that some of them cost."""

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

    class Movement(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "movement"

    class Admission(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True)
        facility_code = CharField(max_length=8, index=True)
        care = CharField(max_length=20)
        admitted_on = DateField()
        discharged_on = DateField(null=True)
        estimate = BigIntegerField(constraints=[Check("estimate > 0")])
        poverty_letter = CharField(max_length=60, null=True)
        key = CharField(max_length=32)
        recorded_by = BigIntegerField()
        recorded_at = DateTimeField()

        class Meta:
            database = db
            table_name = "admission"
            indexes = ((("person", "key"), True), (("person", "facility_code", "admitted_on", "care"), True))
            constraints = [Check("discharged_on IS NULL OR discharged_on >= admitted_on")]

    class Penalty(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True, index=True)
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        admission = ForeignKeyField(Admission, on_delete="RESTRICT", backref="+", index=False)
        reactivated_on = DateField()
        billed_on = DateField()
        cost = BigIntegerField(constraints=[Check("cost > 0")])
        months = SmallIntegerField()
        counted = SmallIntegerField()
        rate = SmallIntegerField()
        cap = BigIntegerField()
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        basis = CharField(max_length=200)
        billed_at = DateTimeField()
        paid_by = BigIntegerField(null=True)
        movement = ForeignKeyField(Movement, null=True, on_delete="RESTRICT", backref="+")
        cancel_reason = CharField(max_length=200, null=True)
        cancel_asked_by = BigIntegerField(null=True)
        cancelled_by = BigIntegerField(null=True)
        cancelled_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "penalty"
            indexes = ((("person", "admission"), True),)
            constraints = [
                Check("counted BETWEEN 1 AND months"),
                Check("cancelled_by IS NULL OR (cancel_asked_by IS NOT NULL AND cancelled_by <> cancel_asked_by)"),
            ]

    db.create_tables([Admission, Penalty])
