"""Bills of a month by several workers: lanes to write lines in, and lines that are not held to their people twice.

They are written from spells and workers, which are held to them already. On Postgres that check locks, and so rewrites,
the row of each person at each month's billing: a third of the time.
"""

from peewee import *
from playhouse.migrate import migrate


def up(migrator, db):
    class IssuingLane(Model):
        id = BigAutoField()
        month = DateField()
        lane = SmallIntegerField()

        class Meta:
            database = db
            table_name = "issuing_lane"
            indexes = ((("month", "lane"), True),)

    db.create_tables([IssuingLane])
    if isinstance(db, PostgresqlDatabase):
        migrate(migrator.drop_foreign_key_constraint("bill_line", "person_id"))
