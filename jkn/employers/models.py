from datetime import date

from peewee import CharField, Check, DateField, ForeignKeyField, IntegerField, SmallIntegerField
from playhouse.fields import EnumField

from jkn.calendar import next_month
from jkn.db import BaseModel, RupiahField
from jkn.members.models import Payer, Person, Segment


class Employer(BaseModel):
    """A payer with workers: a company (PPU_BU), or an office of the state (PPU_PN). Its name and code stand there.

    `bu_code` makes its virtual account; `regency_code` is the workplace, whose minimum wage counts.
    """

    payer = ForeignKeyField(Payer, unique=True, on_delete="RESTRICT", backref="employers")
    segment = EnumField(Segment, max_length=12)
    regency_code = CharField(max_length=5, default="")
    bu_code = CharField(max_length=8, null=True, unique=True)

    class Meta:
        constraints = [Check("segment IN ('PPU_BU', 'PPU_PN')")]


class Worker(BaseModel):
    """A person works for an employer at a wage from a day until a day (exclusive); a new wage opens another row.

    Also state pensioners, whose payer is a government and whose `wage` is their pension; without one they are veterans,
    pioneers of independence or their survivors, whose contribution is the same for all. `extra_family`: relatives
    beyond spouse and three children, for whom the worker pays.
    """

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="workers", index=False)
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="jobs")
    wage = RupiahField(null=True, constraints=[Check("wage > 0")])
    extra_family = SmallIntegerField(default=0, constraints=[Check("extra_family >= 0")])
    since = DateField()
    until = DateField(null=True)

    class Meta:
        indexes = ((("payer", "person", "since"), True),)
        constraints = [Check("until IS NULL OR until >= since")]


def in_month(worker, month: date):
    """The row of `Worker`, or of an alias of it, covers a day of the month."""
    not_over = worker.until.is_null() | ((worker.until > month) & (worker.until > worker.since))
    return (worker.since < next_month(month)) & not_over


class WageFloor(BaseModel):
    """The minimum wage a month of a regency (UMK) or a province (UMP) in a year, as the governor decreed it."""

    region_code = CharField(max_length=5)
    year = IntegerField()
    amount = RupiahField(constraints=[Check("amount > 0")])

    class Meta:
        indexes = ((("region_code", "year"), True),)
