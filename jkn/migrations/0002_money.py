"""Settlements that can be undone, corrections, lines by month, and account numbers for more than bills."""

from peewee import *


def up(migrator, db):
    class Family(Model):
        id = BigAutoField()

        class Meta:
            database = db
            table_name = "family"

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

    class BillLine(Model):
        id = BigAutoField()
        payer_id = BigIntegerField()
        month = DateField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        kind = CharField(max_length=12)
        care_class = IntegerField()
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        aid = BigIntegerField(constraints=[Check("aid >= 0")])
        by_worker = BigIntegerField(constraints=[Check("by_worker >= 0")])
        base = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "bill_line"
            indexes = ((("payer_id", "month", "person", "kind"), True),)

    class Correction(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        family_id = BigIntegerField(null=True)
        month = DateField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        turn = SmallIntegerField()
        amount = BigIntegerField(constraints=[Check("amount <> 0")])
        reason = CharField(max_length=12)
        basis = CharField(max_length=60)
        on = DateField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "correction"
            indexes = ((("payer", "month", "person", "turn"), True),)

    class AccountNumber(Model):
        id = BigAutoField()
        tail = CharField(max_length=11, unique=True)
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+", index=False)
        purpose = CharField(max_length=12)
        subject = BigIntegerField()

        class Meta:
            database = db
            table_name = "account_number"
            indexes = ((("payer", "purpose", "subject"), True),)

    db.execute_sql("ALTER TABLE bill_line RENAME TO bill_line_before")
    for index in db.get_indexes("bill_line_before"):
        if not index.name.endswith("_pkey") and not index.name.startswith("sqlite_"):
            db.execute_sql(f'DROP INDEX "{index.name}"')
    if isinstance(db, PostgresqlDatabase):  # names that the new table needs
        db.execute_sql("ALTER TABLE bill_line_before RENAME CONSTRAINT bill_line_pkey TO bill_line_before_pkey")
        db.execute_sql("ALTER SEQUENCE bill_line_id_seq RENAME TO bill_line_before_id_seq")
    db.create_tables([BillLine, Correction, AccountNumber])
    db.execute_sql(
        "INSERT INTO bill_line (payer_id, month, person_id, kind, care_class, amount, aid, by_worker)"
        " SELECT bill.payer_id, bill.month, before.person_id, 'contribution', before.care_class, before.amount,"
        " before.aid, 0 FROM bill_line_before AS before JOIN bill ON bill.id = before.bill_id ORDER BY before.id"
    )
    db.execute_sql("DROP TABLE bill_line_before")

    db.execute_sql("ALTER TABLE settlement ADD COLUMN turn SMALLINT NOT NULL DEFAULT 0")
    db.execute_sql("ALTER TABLE settlement ADD COLUMN reversed_on DATE")
    db.execute_sql("DROP INDEX settlement_payer_id_month")
    db.execute_sql("CREATE UNIQUE INDEX settlement_payer_id_month_turn ON settlement (payer_id, month, turn)")

    db.execute_sql("ALTER TABLE payment ADD COLUMN source VARCHAR(170) NOT NULL DEFAULT ''")
    db.execute_sql("ALTER TABLE payment ADD COLUMN purpose VARCHAR(12) NOT NULL DEFAULT 'bill'")
    db.execute_sql("ALTER TABLE payment ADD COLUMN subject BIGINT NOT NULL DEFAULT 0")
    db.execute_sql("ALTER TABLE payment ADD COLUMN reversed_on DATE")
    db.execute_sql("UPDATE payment SET source = 'before:' || id")
    db.execute_sql("CREATE UNIQUE INDEX payment_payer_id_source ON payment (payer_id, source)")
