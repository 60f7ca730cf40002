from peewee import BigIntegerField, CharField, Check, DateField, ForeignKeyField, SmallIntegerField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer
from jkn.payments.models import Payment


class Transfer(BaseModel):
    """Money that the treasury or an employer sent to our account, as an officer found it there; once for ever.

    Matched wrongly, two officers undo it; then its money waits in suspense until it is matched again, as another row.
    """

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="transfers")
    reference = CharField(max_length=60)  # as the treasury wrote it
    turn = SmallIntegerField(default=0)  # how often it was matched before under this reference
    amount = RupiahField(constraints=[Check("amount > 0")])
    paid_on = DateField()
    recorded_at = MomentField(default=clock.now)
    recorded_by = BigIntegerField()  # the officer
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT")  # empty only inside the transaction
    undo_asked_by = BigIntegerField(null=True)
    undo_reason = CharField(max_length=200, null=True)
    undone_by = BigIntegerField(null=True)
    undone_on = DateField(null=True, index=True)
    matched_again = BigIntegerField(null=True)  # the transfer that it is now

    class Meta:
        indexes = ((("reference", "turn"), True),)
        constraints = [
            Check("undone_by IS NULL OR (undo_asked_by IS NOT NULL AND undone_by <> undo_asked_by)"),
            Check("(undone_by IS NULL) = (undone_on IS NULL)"),
        ]

    @classmethod
    def unmatched(cls):
        """Undone, and not matched again: their money waits in suspense."""
        return cls.undone_on.is_null(False) & cls.matched_again.is_null()

    @classmethod
    def disputed(cls):
        """One officer asks to undo them, and none has decided."""
        return cls.undo_asked_by.is_null(False) & cls.undone_on.is_null()
