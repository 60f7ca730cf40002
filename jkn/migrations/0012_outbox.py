"""How far each notice came, by which channel; numbers that stay silent; what people chose; printed letters."""

from peewee import *


def up(migrator, db):
    add = migrator.add_column
    migrator.migrate(
        add("notice", "state", CharField(max_length=10, default="waiting")),
        add("notice", "rank", SmallIntegerField(default=1)),
        add("notice", "due_at", DateTimeField(null=True)),
        add("notice", "phone", BlobField(null=True)),
        add("notice", "secret", BlobField(null=True)),
        add("notice", "channel", CharField(max_length=10, null=True)),
        add("notice", "number_hash", CharField(max_length=64, null=True)),
        add("notice", "asked_at", DateTimeField(null=True)),
        add("notice", "round", SmallIntegerField(default=1)),
        add("notice", "error", CharField(max_length=40, default="")),
        add("notice", "gateway_id", CharField(max_length=64, default="")),
        add("notice", "arrived_at", DateTimeField(null=True)),
        add("notice", "batch_id", BigIntegerField(null=True)),
    )
    # what was told before there was a way to send it stands under /kabar, and is old by now
    db.execute_sql("UPDATE notice SET state = 'shown', due_at = created_at")
    migrator.migrate(
        migrator.add_not_null("notice", "due_at"),
        migrator.add_index("notice", ("state", "rank", "due_at"), False),
        migrator.add_index("notice", ("number_hash", "asked_at"), False),
        migrator.add_index("notice", ("batch_id",), False),
    )

    class Number(Model):
        id = BigAutoField()
        hash = CharField(max_length=64, unique=True)
        frozen_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "number"

    class Way(Model):
        id = BigAutoField()
        person_id = BigIntegerField(unique=True)
        channel = CharField(max_length=10, null=True)
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "way"

    class DayCount(Model):
        id = BigAutoField()
        day = DateField()
        channel = CharField(max_length=10)
        asked = IntegerField(default=0)
        sent = IntegerField(default=0)
        arrived = IntegerField(default=0)
        failed = IntegerField(default=0)
        refused = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "day_count"
            indexes = ((("day", "channel"), True),)

    class LetterBatch(Model):
        id = BigAutoField()
        key = CharField(max_length=32, unique=True)
        printed_at = DateTimeField()
        printed_by = BigIntegerField()

        class Meta:
            database = db
            table_name = "letter_batch"

    db.create_tables([Number, Way, DayCount, LetterBatch])
