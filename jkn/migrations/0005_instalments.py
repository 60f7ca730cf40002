"""Agreements to pay months off: what they hold, and the plans for which they were made."""

from peewee import *


def up(migrator, db):
    class Payer(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "payer"

    class Hold(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        family_id = BigIntegerField(null=True)
        turn = SmallIntegerField()
        since = DateField()
        months = JSONField()
        steps = JSONField()
        covers = BooleanField()
        cancelled_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "hold"
            indexes = ((("payer", "turn"), True),)

    class Plan(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        family_id = BigIntegerField(null=True, index=True)
        hold = ForeignKeyField(Hold, on_delete="RESTRICT", backref="+", index=False)
        variant = CharField(max_length=8)
        per_month = BigIntegerField(constraints=[Check("per_month > 0")])
        arrears = BigIntegerField(constraints=[Check("arrears > 0")])
        running = BigIntegerField(constraints=[Check("running >= 0")])
        last_month = DateField(index=True)
        basis = CharField(max_length=80)
        key = CharField(max_length=32)
        joined_at = DateTimeField()

        class Meta:
            database = db
            table_name = "plan"
            indexes = ((("payer", "hold"), True), (("payer", "key"), True))

    db.create_tables([Hold, Plan])
