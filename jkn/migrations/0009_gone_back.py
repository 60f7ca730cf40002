"""Money that went back after it was paid."""

from peewee import *
from playhouse.migrate import migrate


def up(migrator, db):
    migrate(
        migrator.add_column("charge", "back_said_at", DateTimeField(null=True)),
        migrator.add_column("charge", "back_at", DateTimeField(null=True)),
    )
    db.execute_sql("CREATE INDEX charge_back_said_at ON charge (back_said_at)")
