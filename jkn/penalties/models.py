from enum import StrEnum

from peewee import JOIN, BigIntegerField, CharField, Check, DateField, ForeignKeyField, SmallIntegerField
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.ledger.models import Movement
from jkn.members.models import Payer, Person


class Care(StrEnum):
    """What somebody comes to a facility for; only the first can cost a penalty."""

    HOSPITAL = "hospital-inpatient"
    CLINIC = "clinic-inpatient"  # in the ward of an FKTP
    OUTPATIENT = "outpatient"


class Admission(BaseModel):
    """Somebody came to a facility for care, as an officer recorded it. What they suffer from is not stored."""

    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="admissions")
    family_id = BigIntegerField(null=True)
    facility_code = CharField(max_length=8, index=True)
    care = EnumField(Care, max_length=20)
    admitted_on = DateField()
    discharged_on = DateField(null=True)
    estimate = RupiahField(constraints=[Check("estimate > 0")])  # INA-CBG package at the first diagnosis
    poverty_letter = CharField(max_length=60, null=True)  # number of the paper that certifies it, seen by the officer
    key = CharField(max_length=32)
    recorded_by = BigIntegerField()
    recorded_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("person", "key"), True), (("person", "facility_code", "admitted_on", "care"), True))
        constraints = [Check("discharged_on IS NULL OR discharged_on >= admitted_on")]

    @property
    def penalty(self) -> "Penalty | None":
        return Penalty.get_or_none(Penalty.person == self.person_id, Penalty.admission == self.id)


class Penalty(BaseModel):
    """The bill for one admission, with the numbers it was made of; immutable. Paid = the movement that pays it exists.

    Recorded wrongly, it is cancelled by two officers: one asks, another one does it.
    """

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="penalties")
    family_id = BigIntegerField(null=True, index=True)
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="penalties")
    admission = ForeignKeyField(Admission, on_delete="RESTRICT", index=False)
    reactivated_on = DateField()
    billed_on = DateField()  # the business date, whose law counts
    cost = RupiahField(constraints=[Check("cost > 0")])  # the estimate when it was billed
    months = SmallIntegerField()  # in arrears
    counted = SmallIntegerField()  # of these, as many as the law counts
    rate = SmallIntegerField()  # basis points
    cap = RupiahField()
    amount = RupiahField(constraints=[Check("amount > 0")])
    basis = CharField(max_length=200)
    billed_at = MomentField(default=clock.now)
    paid_by = BigIntegerField(null=True)  # the payment: of many exactly one
    movement = ForeignKeyField(Movement, null=True, on_delete="RESTRICT")
    cancel_reason = CharField(max_length=200, null=True)
    cancel_asked_by = BigIntegerField(null=True)
    cancelled_by = BigIntegerField(null=True)
    cancelled_on = DateField(null=True)

    class Meta:
        indexes = ((("person", "admission"), True),)
        constraints = [
            Check("counted BETWEEN 1 AND months"),
            Check("cancelled_by IS NULL OR (cancel_asked_by IS NOT NULL AND cancelled_by <> cancel_asked_by)"),
        ]

    @classmethod
    def shown(cls, penalties):
        """Of these penalties the newest first, with their people and admissions, and when they were paid."""
        rows = penalties.select_extend(Person.id, Person.name, Person.hides_health, Admission, Movement.booked_on)
        rows = rows.join_from(cls, Person).join_from(cls, Admission).join_from(cls, Movement, JOIN.LEFT_OUTER)
        return rows.order_by(cls.id.desc())

    @classmethod
    def is_paid_by(cls, penalty_id: int, payment_id: int) -> bool:
        """Was it this payment that paid the penalty?"""
        return cls.select().where(cls.id == penalty_id, cls.paid_by == payment_id).exists()

    @classmethod
    def to_decide(cls):
        """An officer, or the reversal of a payment, says that it is wrong, and nobody has decided."""
        return cls.cancel_reason.is_null(False) & cls.cancelled_on.is_null()

    @property
    def is_payable(self) -> bool:
        return self.paid_by is None and self.cancelled_on is None

    @property
    def settled_on(self):
        """The business date on which it was paid."""
        return self.movement.booked_on if self.movement_id else None
