from peewee import BigIntegerField, CharField, Check, DateField, ForeignKeyField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer
from jkn.payments.models import Payment


class Transfer(BaseModel):
    """Money that the treasury or an employer sent to our account, as an officer found it there; once for ever."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="transfers")
    reference = CharField(max_length=60, unique=True)  # as the treasury wrote it
    amount = RupiahField(constraints=[Check("amount > 0")])
    paid_on = DateField()
    recorded_at = MomentField(default=clock.now)
    recorded_by = BigIntegerField()  # the officer
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT")  # empty only inside the transaction
