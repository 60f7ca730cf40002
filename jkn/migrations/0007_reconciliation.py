"""Banks' lists, differences, claims of payments that do not show, refunds."""

from peewee import *


def up(migrator, db):
    class Partner(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "partner"

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

    class SettlementFile(Model):
        id = BigAutoField()
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+", index=False)
        sha256 = CharField(max_length=64, unique=True)
        name = CharField(max_length=120)
        days = JSONField()
        lines = IntegerField()
        begun_at = DateTimeField()
        done_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "settlement_file"
            indexes = ((("partner", "done_at"), False),)

    class SettlementLine(Model):
        id = BigAutoField()
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+", index=False)
        reference = CharField(max_length=128)
        is_taken_back = BooleanField()
        file = ForeignKeyField(SettlementFile, on_delete="RESTRICT", backref="+", index=False)
        line = IntegerField()
        va = CharField(max_length=16)
        tail = CharField(max_length=11, index=True)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        paid_at = DateTimeField()
        paid_on = DateField()
        outcome = CharField(max_length=20)
        payment = ForeignKeyField(Payment, null=True, backref="+", on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "settlement_line"
            indexes = ((("partner", "reference", "is_taken_back"), True), (("partner", "paid_on"), False))

    class Difference(Model):
        id = BigAutoField()
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+", index=False)
        day = DateField()
        kind = CharField(max_length=20)
        line = ForeignKeyField(SettlementLine, null=True, backref="+", on_delete="RESTRICT", index=False)
        payment = ForeignKeyField(Payment, null=True, backref="+", on_delete="RESTRICT", index=False)
        stage = CharField(max_length=12)
        steps = IntegerField()
        proposed = CharField(max_length=12, null=True)
        maker = BigIntegerField(null=True)
        checker = BigIntegerField(null=True)
        found_at = DateTimeField()
        closed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "difference"
            indexes = ((("line", "kind"), True), (("payment", "kind"), True), (("stage", "found_at"), False))
            constraints = [
                Check("line_id IS NOT NULL OR payment_id IS NOT NULL"),
                Check("maker IS NULL OR checker IS NULL OR maker <> checker"),
            ]

    class DifferenceStep(Model):
        id = BigAutoField()
        difference = ForeignKeyField(Difference, on_delete="RESTRICT", backref="+", index=False)
        number = IntegerField()
        step = CharField(max_length=12)
        at = DateTimeField()
        note = BlobField(null=True)
        by_officer = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "difference_step"
            indexes = ((("difference", "number"), True),)

    class Claim(Model):
        id = BigAutoField()
        key = CharField(max_length=32, unique=True)
        code_hash = CharField(max_length=64, unique=True)
        code = BlobField()
        family_id = BigIntegerField(null=True, index=True)
        person = ForeignKeyField(Person, null=True, backref="+", on_delete="RESTRICT", index=False)
        payer = ForeignKeyField(Payer, null=True, backref="+", on_delete="RESTRICT", index=False)
        va = CharField(max_length=16)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        paid_on = DateField()
        partner = ForeignKeyField(Partner, null=True, backref="+", on_delete="RESTRICT", index=False)
        reference = CharField(max_length=128, null=True)
        answer = CharField(max_length=12)
        answer_by = DateField(null=True)
        payment = ForeignKeyField(Payment, null=True, backref="+", on_delete="RESTRICT", index=False)
        line = ForeignKeyField(SettlementLine, null=True, backref="+", on_delete="RESTRICT", index=False)
        note = BlobField(null=True)
        steps = IntegerField()
        asked_at = DateTimeField()
        answered_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "claim"
            indexes = ((("answer", "id"), False),)

    class Refund(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        family_id = BigIntegerField(null=True, index=True)
        key = CharField(max_length=32)
        ground = CharField(max_length=16)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        payment = ForeignKeyField(Payment, null=True, backref="+", on_delete="RESTRICT")
        person = ForeignKeyField(Person, null=True, backref="+", on_delete="RESTRICT", index=False)
        event_on = DateField(null=True)
        reference = CharField(max_length=128, null=True)
        bank = CharField(max_length=60)
        account = BlobField(null=True)
        holder = BlobField(null=True)
        papers = JSONField()
        stage = CharField(max_length=12)
        steps = IntegerField()
        asked_at = DateTimeField()
        complete_at = DateTimeField(null=True)
        due_on = DateField(null=True)
        maker = BigIntegerField(null=True)
        checker = BigIntegerField(null=True)
        decided_at = DateTimeField(null=True)
        reason = BlobField(null=True)
        paid_out_on = DateField(null=True)
        paid_out_reference = CharField(max_length=60, null=True)

        class Meta:
            database = db
            table_name = "refund"
            indexes = ((("payer", "key"), True), (("stage", "due_on"), False))
            constraints = [
                Check("maker IS NULL OR checker IS NULL OR maker <> checker"),
                Check("(complete_at IS NULL) = (due_on IS NULL)"),
                Check("stage <> 'granted' OR checker IS NOT NULL"),
            ]

    db.create_tables([SettlementFile, SettlementLine, Difference, DifferenceStep, Claim, Refund])
    db.execute_sql("CREATE INDEX bank_notice_partner_id_received_at ON bank_notice (partner_id, received_at)")
