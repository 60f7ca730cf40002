from enum import StrEnum

from peewee import BigIntegerField, Case, CharField, Check, DateField, ForeignKeyField, fn
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer


class Account(StrEnum):
    """Sides of a movement."""

    DUE = "due"  # what the payer owes
    INCOME = "income"  # contributions earned
    BANK = "bank"  # money at a bank partner
    CREDIT = "credit"  # the payer's money not yet used
    OPENING = "opening"  # brought from before
    WAIVER = "waiver"  # lapsed by law
    SUSPENSE = "suspense"  # money that matches nothing yet
    PENALTY_DUE = "penalty-due"  # what the payer owes as service penalty
    PENALTY = "penalty"  # service penalties earned
    REFUND = "refund"  # granted, on its way back to the payer


class Movement(BaseModel):
    """Whole rupiah from the credit to the debit account; append-only, corrected by reversal."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT")
    debit = EnumField(Account, max_length=12)
    credit = EnumField(Account, max_length=12)
    amount = RupiahField(constraints=[Check("amount > 0")])
    source = CharField(max_length=60)  # what caused it, unique per payer: bill:2026-01, payment:17, …
    booked_on = DateField()
    at = MomentField(default=clock.now)
    reverses = BigIntegerField(null=True)

    class Meta:
        indexes = ((("payer", "source"), True),)
        constraints = [Check("debit <> credit")]

    @classmethod
    def sum_of(cls, payer_id: int, account: Account) -> int:
        """Debits less credits of one account of one payer."""
        return int(cls.select(cls._net(account)).where(cls.payer == payer_id).scalar())

    @classmethod
    def days_of(cls, payer_id: int, account: Account):
        """(day, debits less credits) of one account of one payer."""
        touches = (cls.debit == account) | (cls.credit == account)
        return (
            cls.select(cls.booked_on, cls._net(account)).where(cls.payer == payer_id, touches).group_by(cls.booked_on)
        )

    @classmethod
    def with_credit_left(cls, whose):
        """Payers, of those that the condition lets through, whose money has not all been used."""
        rows = cls.select(cls.payer).where(whose)
        return rows.group_by(cls.payer).having(cls._net(Account.CREDIT) < 0)

    @classmethod
    def _net(cls, account: Account):
        signed = Case(None, [(cls.debit == account, cls.amount), (cls.credit == account, 0 - cls.amount)], 0)
        return fn.COALESCE(fn.SUM(signed), 0)
