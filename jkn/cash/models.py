from datetime import date, datetime
from enum import StrEnum

from peewee import BigIntegerField, BooleanField, CharField, Check, ForeignKeyField, JSONField, fn
from playhouse.fields import EnumField

from jkn import clock
from jkn.accounts.models import Officer
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer, Person
from jkn.money import Rupiah
from jkn.payments.models import Payment, Purpose


class Ending(StrEnum):
    """What became of cash that the deposit never paid, as two officers found."""

    GIVEN_BACK = "given-back"
    PAID_OTHERWISE = "paid-otherwise"
    NEVER_TAKEN = "never-taken"


class State(StrEnum):
    """How a receipt stands."""

    PAID = "paid"  # months are settled with it
    SAVED = "saved"  # it came in, and waits as the family's credit
    UNPAID = "unpaid"
    CLOSED = "closed"
    TAKEN_BACK = "taken-back"  # the payment that it became was reversed, or given back


class Agent(BaseModel):
    """A volunteer who may take cash, with a deposit: the credit of a payer of its own. A cap of nothing: no longer."""

    officer = ForeignKeyField(Officer, unique=True, on_delete="RESTRICT", backref="+")
    payer = ForeignKeyField(Payer, unique=True, on_delete="RESTRICT", backref="+")
    cap = RupiahField(constraints=[Check("cap >= 0")])
    since = MomentField(default=clock.now)


class Cash(BaseModel):
    """Cash that an agent took for a family's bill or pot: paid from the deposit, or waiting to be."""

    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")  # who gave it, under which consent
    grant_id = BigIntegerField()
    family_id = BigIntegerField(index=True)
    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+", index=False)
    key = CharField(max_length=32)
    number = CharField(max_length=12)  # of the receipt; the payment's reference
    amount = RupiahField(constraints=[Check("amount > 0")])
    purpose = EnumField(Purpose, max_length=12)
    months = JSONField(default=list)  # ["2026-01", …] for which it was given; none: for what is owed
    taken_at = MomentField(default=clock.now)
    is_over = BooleanField(default=False)  # more than the cap, taken where nobody could say no
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT", backref="+")
    settled_at = MomentField(null=True)  # paid, or closed by officers
    proposed_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT", backref="+", index=False)
    decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT", backref="+", index=False)
    ending = EnumField(Ending, max_length=16, null=True)
    note = CharField(max_length=300, default="")

    class Meta:
        indexes = (
            (("payer", "key"), True),
            (("officer", "settled_at", "id"), False),
            (("settled_at", "taken_at"), False),
        )
        constraints = [Check("payment_id IS NULL OR settled_at IS NOT NULL"), Check("decided_by_id <> proposed_by_id")]

    @property
    def covers(self) -> list[date]:
        return [date.fromisoformat(f"{text}-01") for text in self.months]

    @property
    def state(self) -> State:
        if self.settled_at is None:
            return State.UNPAID
        if self.payment_id is None:
            return State.CLOSED
        if self.payment.reversed_on is not None:
            return State.TAKEN_BACK
        return State.PAID if self.payment.months else State.SAVED

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    @classmethod
    def open_of(cls, officer_id: int):
        """A condition: this agent's cash that is not paid."""
        return (cls.officer == officer_id) & cls.settled_at.is_null()

    @classmethod
    def unpaid_of(cls, officer_id: int) -> Rupiah:
        """How much of it the agent holds."""
        return Rupiah(int(cls.select(fn.COALESCE(fn.SUM(cls.amount), 0)).where(cls.open_of(officer_id)).scalar()))

    @classmethod
    def over_of(cls, officer_id: int, since: datetime) -> Rupiah:
        """How much the agent wrote down beyond the cap since a moment, paid by now or not."""
        rows = (cls.officer == officer_id) & cls.is_over & (cls.taken_at >= since)
        return Rupiah(int(cls.select(fn.COALESCE(fn.SUM(cls.amount), 0)).where(rows).scalar()))

    @classmethod
    def to_look_at(cls, before: datetime):
        """A condition: what officers must look at, because it was taken before a moment or beyond the cap."""
        return cls.settled_at.is_null() & ((cls.taken_at <= before) | cls.is_over)
