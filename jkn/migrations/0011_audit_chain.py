"""The chain over the audit log, and indexes by which people read who touched their data."""

from peewee import *


def up(migrator, db):
    class Block(Model):
        id = BigAutoField()
        number = BigIntegerField(unique=True)
        sealed_at = DateTimeField(index=True)
        reach = BigIntegerField()
        runs = JSONField()
        digests = BlobField()
        previous = CharField(max_length=64)
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "block"

    db.create_tables([Block])
    db.execute_sql('CREATE INDEX "entry_person_id_id" ON "entry" ("person_id", "id")')
    db.execute_sql('CREATE INDEX "entry_family_id_id" ON "entry" ("family_id", "id")')
    db.execute_sql('DROP INDEX "entry_person_id"')
    db.execute_sql('DROP INDEX "entry_family_id"')
