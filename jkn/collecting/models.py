from datetime import date
from enum import StrEnum

from peewee import BigIntegerField, CharField, Check, DateField, ForeignKeyField, JSONField, TextField
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer, Person
from jkn.payments.models import Payment
from jkn.sealed import SealedField


class Ended(StrEnum):
    """Why a mandate ended."""

    CANCELLED = "cancelled"  # by the member
    BLOCKED = "blocked"  # the provider will not debit this account again
    EXPIRED = "expired"  # the provider no longer knows the member's token
    REPLACED = "replaced"  # by a newer one


class Stage(StrEnum):
    """How a mandate stands on a day."""

    ASKED = "asked"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Mandate(BaseModel):
    """A family lets us take its contribution from one account at one provider; how it stands follows from its dates."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT")
    family_id = BigIntegerField(index=True)
    person = ForeignKeyField(Person, on_delete="RESTRICT")  # who asked, and is told
    provider = CharField(max_length=20, index=True)
    key = CharField(max_length=32)
    state = CharField(max_length=32)  # goes out with the member and must come back with them
    device = CharField(max_length=32)  # X-DEVICE-ID
    label = CharField(max_length=40, default="")  # the account, masked
    link = SealedField("mandate-link", null=True)
    charge_token = SealedField("charge-token", null=True)
    customer_token = SealedField("customer-token", null=True)
    customer_until = MomentField(null=True)
    refresh_token = SealedField("refresh-token", null=True)
    asked_at = MomentField(default=clock.now)
    bound_at = MomentField(null=True)
    paused_from = DateField(null=True)
    paused_until = DateField(null=True)
    ended_at = MomentField(null=True)
    ended = EnumField(Ended, max_length=12, null=True)
    released_at = MomentField(null=True)  # the provider knows of the end

    class Meta:
        indexes = ((("payer", "key"), True),)

    @classmethod
    def live(cls):
        """Bound and not ended; paused or not."""
        return cls.bound_at.is_null(False) & cls.ended_at.is_null()

    def stage_on(self, day: date) -> Stage:
        if self.ended_at and clock.day_of(self.ended_at) <= day:
            return Stage.ENDED
        if self.bound_at is None or clock.day_of(self.bound_at) > day:
            return Stage.ASKED
        is_paused = (
            self.paused_from and self.paused_from <= day and not (self.paused_until and self.paused_until <= day)
        )
        return Stage.PAUSED if is_paused else Stage.ACTIVE


class ChargeKind(StrEnum):
    DEBIT = "debit"  # by a mandate
    LINK = "link"  # the payer says yes on the wallet's page
    QRIS = "qris"  # the payer scans


class Outcome(StrEnum):
    """How a charge ended."""

    PAID = "paid"
    REFUSED = "refused"  # the provider said no
    LAPSED = "lapsed"  # nobody paid while it was valid


class Charge(BaseModel):
    """Money we ask a provider for, under our reference; open until the provider has said what became of it.

    `slot` makes it one of its kind for the payer: `debit:2026-01:1` is the first debit of a month, `link:…` one form.
    """

    payer = ForeignKeyField(Payer, on_delete="RESTRICT")
    family_id = BigIntegerField(null=True, index=True)
    mandate = ForeignKeyField(Mandate, null=True, on_delete="RESTRICT", backref="charges")
    provider = CharField(max_length=20)
    kind = EnumField(ChargeKind, max_length=8)
    slot = CharField(max_length=40)
    reference = CharField(max_length=32)  # partnerReferenceNo; also names the page that says how it stands
    amount = RupiahField(constraints=[Check("amount > 0")])
    months = JSONField(default=list)  # ["2026-01", …]
    day = DateField()  # the day by whose law and debt it was made
    created_at = MomentField(default=clock.now)
    valid_until = MomentField()
    sent_at = MomentField(null=True)  # from here on the provider may know of it
    held_at = MomentField(null=True)  # somebody is at work on it since then
    answered_at = MomentField(null=True)  # when the provider last said something that could be understood
    code = CharField(max_length=8, default="")  # what the last answer was
    provider_reference = CharField(max_length=64, default="")
    address = TextField(default="")  # where the payer says yes
    qr = TextField(default="")  # what the payer scans
    outcome = EnumField(Outcome, max_length=8, null=True)
    closed_at = MomentField(null=True)
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT")
    back_said_at = MomentField(null=True, index=True)  # a notice says that the payer has the money again
    back_at = MomentField(null=True)  # and the provider said so when asked

    class Meta:
        indexes = ((("payer", "slot"), True), (("outcome", "sent_at"), False), (("provider", "closed_at"), False))

    @classmethod
    def opened(cls):
        """What became of these is not known yet."""
        return cls.outcome.is_null()

    @classmethod
    def gone_back(cls):
        """Paid, and said to have been given back to the payer since."""
        return (cls.outcome == Outcome.PAID) & cls.back_said_at.is_null(False)

    @property
    def covers(self) -> list[date]:
        return [date.fromisoformat(f"{text}-01") for text in self.months]


class ChargeReference(BaseModel):
    """Our reference leads to the charge: providers and addresses name nothing else."""

    reference = CharField(max_length=32, unique=True)
    charge = ForeignKeyField(Charge, on_delete="RESTRICT")


class PayLink(BaseModel):
    """A family asks others to pay: whoever has the address sees a masked name and the amount, until it expires."""

    token = CharField(max_length=32, unique=True)
    payer = ForeignKeyField(Payer, on_delete="RESTRICT")
    family_id = BigIntegerField(index=True)
    person_id = BigIntegerField()
    key = CharField(max_length=32)
    created_at = MomentField(default=clock.now)
    expires_at = MomentField()

    class Meta:
        indexes = ((("payer", "key"), True),)
