from datetime import date
from enum import StrEnum

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    Check,
    DateField,
    ForeignKeyField,
    JSONField,
    SmallIntegerField,
    TextField,
)
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer
from jkn.sealed import SealedField


class Partner(BaseModel):
    """A bank that may ask and pay: its public key for tokens, its service id (88888 or 89888).

    A provider whom we ask for money has a row too, by its code, for the lists that it sends; it may ask us nothing.
    """

    client_id = CharField(max_length=36, unique=True)
    name = CharField(max_length=60)
    service_id = CharField(max_length=8)
    public_key = TextField()
    provider = CharField(max_length=20, null=True, unique=True)
    created_at = MomentField(default=clock.now)
    suspended_at = MomentField(null=True)


class PartnerSecret(BaseModel):
    """The symmetric secret; two live during a rotation."""

    partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="secrets")
    secret = SealedField("partner-secret")
    created_at = MomentField(default=clock.now)
    until = MomentField(null=True)

    @classmethod
    def live(cls, partner_id: int):
        """The secrets that sign now, newest first."""
        in_time = cls.until.is_null() | (cls.until > clock.now())
        return cls.select().where(cls.partner == partner_id, in_time).order_by(cls.id.desc())


class AccessToken(BaseModel):
    """A bank's bearer token, fifteen minutes (SNAP service 73); only its hash is kept."""

    token_hash = CharField(max_length=64, unique=True)
    partner = ForeignKeyField(Partner, on_delete="RESTRICT")
    expires_at = MomentField(index=True)


class UsedExternalId(BaseModel):
    """X-EXTERNAL-ID, unique per partner and Jakarta day; written in the transaction of what it asked for."""

    partner = ForeignKeyField(Partner, on_delete="RESTRICT")
    day = DateField(index=True)
    external_id = CharField(max_length=64)

    class Meta:
        indexes = ((("partner", "day", "external_id"), True),)


class Purpose(StrEnum):
    """What money under a number is for."""

    BILL = "bill"  # what is owed, oldest month first
    POT = "pot"  # any amount, kept until it buys whole months
    PENALTY = "penalty"  # one service penalty
    DEPOSIT = "deposit"  # any amount, from which an agent pays for families


class AccountNumber(BaseModel):
    """A virtual account that is not made of a card number: its last eleven digits, and what it is for."""

    tail = CharField(max_length=11, unique=True)
    payer = ForeignKeyField(Payer, on_delete="RESTRICT", index=False)
    purpose = EnumField(Purpose, max_length=12)
    subject = BigIntegerField(default=0)  # which penalty; 0 where there is only one of a kind

    class Meta:
        indexes = ((("payer", "purpose", "subject"), True),)


class Quote(BaseModel):
    """What an inquiry answered, honoured for the same inquiryRequestId until `valid_until`."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT")
    partner = ForeignKeyField(Partner, on_delete="RESTRICT")
    inquiry_id = CharField(max_length=128)
    va = CharField(max_length=28)
    asked = SmallIntegerField()  # 1: all due up to this month; more: that many months, this one included
    amount = RupiahField(constraints=[Check("amount > 0")])
    lines = JSONField()  # [["2026-01", 105000], …] in the order they settle, less credit
    people = SmallIntegerField()
    quoted_at = MomentField(default=clock.now)
    valid_until = MomentField()

    class Meta:
        indexes = ((("partner", "inquiry_id"), True),)

    @property
    def months(self) -> list[date]:
        return [date.fromisoformat(f"{text}-01") for text, _amount in self.lines]


class Payment(BaseModel):
    """Money that arrived for a payer; its receipt carries a number that says nothing."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="payments")
    family_id = BigIntegerField(null=True, index=True)
    number = CharField(max_length=16)
    amount = RupiahField(constraints=[Check("amount > 0")])
    paid_on = DateField()  # the business date
    paid_at = MomentField()
    received_at = MomentField(default=clock.now)
    via = CharField(max_length=60)
    reference = CharField(max_length=128)
    months = JSONField(default=list)  # ["2026-01", …] that it settled
    source = CharField(max_length=170)  # what made it known, for ever unique: notice:17, line:3, …
    purpose = EnumField(Purpose, max_length=12, default=Purpose.BILL)
    subject = BigIntegerField(default=0)
    reversed_on = DateField(null=True)

    class Meta:
        indexes = ((("payer", "number"), True), (("payer", "source"), True))

    @property
    def covers(self) -> list[date]:
        return [date.fromisoformat(f"{text}-01") for text in self.months]


class BankNotice(BaseModel):
    """A bank's payment message under (partner, reference), for ever unique; the stored answer is repeated."""

    partner = ForeignKeyField(Partner, on_delete="RESTRICT")
    reference = CharField(max_length=128)  # paymentRequestId
    va = CharField(max_length=28)
    amount = RupiahField()
    trx_at = MomentField(null=True)
    received_at = MomentField(default=clock.now)
    is_late = BooleanField(default=False, index=True)  # older than 24 hours or from the future: an officer looks at it
    seen_by_officer_at = MomentField(null=True)
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT")  # empty only inside the transaction
    answer = JSONField()

    class Meta:
        indexes = ((("partner", "reference"), True), (("partner", "received_at"), False))

    @property
    def family_id(self) -> int | None:
        """Whose payment it became."""
        return self.payment.family_id if self.payment_id else None

    @classmethod
    def to_look_at(cls):
        """Late ones that no officer has seen yet."""
        return cls.is_late & cls.seen_by_officer_at.is_null()
