"""Money that went back after it was paid."""

from peewee import *
from playhouse.migrate import migrate

TWO_OFFICERS = [
    Check("undone_by IS NULL OR (undo_asked_by IS NOT NULL AND undone_by <> undo_asked_by)"),
    Check("(undone_by IS NULL) = (undone_on IS NULL)"),
]


def up(migrator, db):
    migrate(
        migrator.add_column("charge", "back_said_at", DateTimeField(null=True)),
        migrator.add_column("charge", "back_at", DateTimeField(null=True)),
    )
    db.execute_sql("CREATE INDEX charge_back_said_at ON charge (back_said_at)")

    migrate(
        migrator.add_column("transfer", "turn", SmallIntegerField(default=0)),
        migrator.add_column("transfer", "undo_asked_by", BigIntegerField(null=True)),
        migrator.add_column("transfer", "undo_reason", CharField(max_length=200, null=True)),
        migrator.add_column("transfer", "undone_on", DateField(null=True)),
        migrator.add_column("transfer", "undone_by", BigIntegerField(null=True, constraints=TWO_OFFICERS)),
        migrator.add_column("transfer", "matched_again", BigIntegerField(null=True)),
    )
    db.execute_sql("DROP INDEX transfer_reference")
    db.execute_sql("CREATE UNIQUE INDEX transfer_reference_turn ON transfer (reference, turn)")
    db.execute_sql("CREATE INDEX transfer_undone_on ON transfer (undone_on)")

    migrate(migrator.add_column("difference", "proposed_va", CharField(max_length=16, null=True)))

    migrate(migrator.add_column("partner", "provider", CharField(max_length=20, null=True)))
    db.execute_sql("CREATE UNIQUE INDEX partner_provider ON partner (provider)")
    db.execute_sql("CREATE INDEX charge_provider_closed_at ON charge (provider, closed_at)")
