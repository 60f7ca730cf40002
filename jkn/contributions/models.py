from datetime import date
from enum import StrEnum

from peewee import (
    JOIN,
    BigIntegerField,
    BooleanField,
    CharField,
    Check,
    DateField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    SmallIntegerField,
    fn,
)
from playhouse.fields import EnumField, IntEnumField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.ledger.models import Movement
from jkn.members.models import CareClass, Payer, Person


class How(StrEnum):
    """How a month came to be settled."""

    PAID = "paid"
    CREDIT = "credit"
    INSTALMENT = "instalment"
    WAIVED = "waived"


class Bill(BaseModel):
    """What a payer owes for a month; immutable. Paid = its settlement exists."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="bills")
    family_id = BigIntegerField(null=True, index=True)
    month = DateField()
    amount = RupiahField(constraints=[Check("amount > 0")])
    due_on = DateField()
    basis = CharField(max_length=60)
    issued_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("payer", "month"), True),)

    @classmethod
    def newest(cls, bills, before: date | None, limit: int):
        """Of these bills, the newest before a month: each with what it was `corrected` by, and, if settled, `how`."""
        is_its = (Settlement.payer == cls.payer) & (Settlement.month == cls.month) & Settlement.reversed_on.is_null()
        changes = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
            Correction.payer == cls.payer, Correction.month == cls.month
        )
        rows = bills.select_extend(Settlement.how, changes.alias("corrected")).join(
            Settlement, JOIN.LEFT_OUTER, on=is_its
        )
        return (rows.where(cls.month < before) if before else rows).order_by(cls.month.desc()).limit(limit).objects()

    @property
    def lines(self):
        return BillLine.select().where(BillLine.payer_id == self.payer_id, BillLine.month == self.month)

    @property
    def settlement(self) -> "Settlement | None":
        return Settlement.get_or_none(
            Settlement.payer == self.payer_id, Settlement.month == self.month, Settlement.reversed_on.is_null()
        )


class Kind(StrEnum):
    """What a line of a bill is for."""

    CONTRIBUTION = "contribution"
    AID = "aid"  # a government's share of somebody else's contribution
    LATE_AID = "late-aid"  # the same, for months before that were paid later


class BillLine(BaseModel):
    """One person's share of a payer's bill for a month, with the state aid to class III. Written before its bill.

    Who the person is follows from a spell or a worker, which the database holds to it; a line is not checked once more.
    For workers `base` is the wage that counts, and `by_worker` the part of `amount` that the worker pays.
    """

    payer_id = BigIntegerField()
    month = DateField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    kind = EnumField(Kind, max_length=12, default=Kind.CONTRIBUTION)
    care_class = IntEnumField(CareClass)
    amount = RupiahField(constraints=[Check("amount > 0")])
    aid = RupiahField(default=0, constraints=[Check("aid >= 0")])
    by_worker = RupiahField(default=0, constraints=[Check("by_worker >= 0")])
    base = RupiahField(null=True)

    class Meta:
        indexes = ((("payer_id", "month", "person", "kind"), True),)

    @classmethod
    def of_bill(cls, bill: Bill):
        """The lines with their people, the eldest first."""
        return (
            cls.select(cls, Person.id, Person.name)
            .join(Person)
            .where(cls.payer_id == bill.payer_id, cls.month == bill.month)
            .order_by(Person.born, Person.id)
        )


class BillTotal(BaseModel):
    """What the lines of one kind and class of an employer's or a government's bill come to; written with the bill."""

    payer_id = BigIntegerField()
    month = DateField()
    kind = EnumField(Kind, max_length=12)
    care_class = IntEnumField(CareClass)
    people = IntegerField(constraints=[Check("people > 0")])
    amount = RupiahField(constraints=[Check("amount > 0")])
    by_worker = RupiahField(default=0)

    class Meta:
        indexes = ((("payer_id", "month", "kind", "care_class"), True),)


class LateAid(BaseModel):
    """A government's share of a month that was paid after its bill of that month was made: on a later bill, once."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", index=False)
    month = DateField()  # that was paid late
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    amount = RupiahField(constraints=[Check("amount > 0")])
    billed_in = DateField()  # the month of the bill it stands on

    class Meta:
        indexes = ((("payer", "month", "person"), True), (("payer", "billed_in", "person"), False))


class Issuing(BaseModel):
    """How far the lines of a month for employers and governments are written, so that a stopped run can go on."""

    month = DateField(unique=True)
    step = SmallIntegerField(default=0)
    reached = BigIntegerField(default=0)  # the last row of the step's table that is done


class IssuingLane(BaseModel):
    """A place to write lines of a month for employers and governments; its row is held by whoever writes there."""

    month = DateField()
    lane = SmallIntegerField()

    class Meta:
        indexes = ((("month", "lane"), True),)


class Agreement(BaseModel):
    """What was agreed with a payer: from a day on, does its being late stop the cover of its members?"""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", index=False)
    since = DateField()
    suspends = BooleanField()
    basis = CharField(max_length=100)  # the letter or contract

    class Meta:
        indexes = ((("payer", "since"), True),)

    @classmethod
    def on(cls, payer_id: int, day: date) -> "Agreement | None":
        return cls.select().where(cls.payer == payer_id, cls.since <= day).order_by(cls.since.desc()).first()


class Reason(StrEnum):
    """Why a bill that was issued is corrected."""

    TARIFF = "tariff"  # a decree changed the price of a month already billed
    DEATH = "death"  # nothing is owed after the month of death
    CHANGE = "change"  # another class, or no longer on this bill
    ARREARS = "arrears"  # class III without state aid, because it was paid late


class Correction(BaseModel):
    """What is added to a person's line of a bill already issued (less than nothing: taken away); append-only."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", index=False)
    family_id = BigIntegerField(null=True)
    month = DateField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    turn = SmallIntegerField(default=0)  # so many were made before for this person and month
    amount = RupiahField(constraints=[Check("amount <> 0")])
    reason = EnumField(Reason, max_length=12)
    basis = CharField(max_length=60)
    on = DateField()
    at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("payer", "month", "person", "turn"), True),)


class Settlement(BaseModel):
    """The fact that a month is settled, written in the payment's own transaction; until it is reversed, if ever."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="settlements")
    family_id = BigIntegerField(null=True)
    month = DateField()
    turn = SmallIntegerField(default=0)  # so many were reversed before
    settled_on = DateField()  # the business date
    at = MomentField(default=clock.now)
    how = EnumField(How, max_length=12)
    movement = ForeignKeyField(Movement, null=True, on_delete="RESTRICT")
    reversed_on = DateField(null=True)

    class Meta:
        indexes = ((("payer", "month", "turn"), True),)

    @classmethod
    def held_on(cls, day: date):
        """Settled by this day, and not reversed by then."""
        return (cls.settled_on <= day) & (cls.reversed_on.is_null() | (cls.reversed_on > day))


class Hold(BaseModel):
    """Months that a payer pays off by agreement: as long as it runs they do not lapse, and keep their price.

    `steps` are [["2026-11", 105000], …]: what has to be paid by the end of each month, with all the months before it.
    Whether it still runs on a day follows from what was paid (course.py). With `covers` the first step brings cover.
    """

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="holds", index=False)
    family_id = BigIntegerField(null=True)
    turn = SmallIntegerField()  # so many were made before
    since = DateField()
    months = JSONField()  # ["2025-01", …], oldest first
    steps = JSONField()
    covers = BooleanField(default=False)
    cancelled_on = DateField(null=True)

    class Meta:
        indexes = ((("payer", "turn"), True),)
