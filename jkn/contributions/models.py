from datetime import date
from enum import StrEnum

from peewee import JOIN, BigIntegerField, CharField, Check, DateField, ForeignKeyField
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
        """Of these bills, the newest ones before a month, each with `how` and `settled_on` if it is settled."""
        is_its = (Settlement.payer == cls.payer) & (Settlement.month == cls.month)
        rows = bills.select_extend(Settlement.how, Settlement.settled_on).join(Settlement, JOIN.LEFT_OUTER, on=is_its)
        return (rows.where(cls.month < before) if before else rows).order_by(cls.month.desc()).limit(limit).objects()

    @property
    def settlement(self) -> "Settlement | None":
        return Settlement.get_or_none(Settlement.payer == self.payer_id, Settlement.month == self.month)


class BillLine(BaseModel):
    """One person's share of a bill, with the state aid to class III."""

    bill = ForeignKeyField(Bill, on_delete="CASCADE", backref="lines")
    payer_id = BigIntegerField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    care_class = IntEnumField(CareClass)
    amount = RupiahField(constraints=[Check("amount > 0")])
    aid = RupiahField(default=0, constraints=[Check("aid >= 0")])

    class Meta:
        indexes = ((("payer_id", "bill", "person"), True),)

    @classmethod
    def of_bill(cls, bill: Bill):
        """The lines with their people, the eldest first."""
        return (
            cls.select(cls, Person.id, Person.name)
            .join(Person)
            .where(cls.bill == bill)
            .order_by(Person.born, Person.id)
        )


class Settlement(BaseModel):
    """The fact that a month is settled, written in the payment's own transaction."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="settlements")
    family_id = BigIntegerField(null=True)
    month = DateField()
    settled_on = DateField()  # the business date
    at = MomentField(default=clock.now)
    how = EnumField(How, max_length=12)
    movement = ForeignKeyField(Movement, null=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("payer", "month"), True),)
