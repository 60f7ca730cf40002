from datetime import timedelta
from enum import StrEnum

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    Check,
    DateField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    fn,
)
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer, Person
from jkn.numbers import group
from jkn.payments.models import Partner, Payment
from jkn.reconciliation.rules import Ground, Outcome, Step
from jkn.sealed import SealedField

ALARM = timedelta(hours=24)


class SettlementFile(BaseModel):
    """A bank's list of what it took for us; the same bytes again are the same file."""

    partner = ForeignKeyField(Partner, on_delete="RESTRICT", index=False)
    sha256 = CharField(max_length=64, unique=True)
    name = CharField(max_length=120)
    days = JSONField(default=list)  # ["2026-01-15", …] that it speaks for
    lines = IntegerField(default=0)
    begun_at = MomentField(default=clock.now)
    done_at = MomentField(null=True)

    class Meta:
        indexes = ((("partner", "done_at"), False),)


class SettlementLine(BaseModel):
    """One payment in a bank's list, or its taking back, under (partner, reference), for ever unique."""

    partner = ForeignKeyField(Partner, on_delete="RESTRICT", index=False)
    reference = CharField(max_length=128)
    is_taken_back = BooleanField(default=False)
    file = ForeignKeyField(SettlementFile, on_delete="RESTRICT", index=False)
    line = IntegerField()  # its number in the file
    va = CharField(max_length=16)
    tail = CharField(max_length=11, index=True)  # of the number, whichever bank's prefix it has
    amount = RupiahField(constraints=[Check("amount > 0")])
    paid_at = MomentField()
    paid_on = DateField()
    outcome = EnumField(Outcome, max_length=20)
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("partner", "reference", "is_taken_back"), True), (("partner", "paid_on"), False))


class Stage(StrEnum):
    """How far a difference is."""

    OPEN = "open"
    PROPOSED = "proposed"  # waits for the second pair of eyes
    PARKED = "parked"  # its money is in the suspense account
    OWED = "owed"  # the bank has it back, and so has the payer: a debt to us
    CLOSED = "closed"


class Difference(BaseModel):
    """One thing in which a bank's list and our books do not agree, until it is resolved."""

    partner = ForeignKeyField(Partner, on_delete="RESTRICT", index=False)
    day = DateField()
    kind = EnumField(Outcome, max_length=20)
    line = ForeignKeyField(SettlementLine, null=True, on_delete="RESTRICT", index=False)
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT", index=False)
    stage = EnumField(Stage, max_length=12, default=Stage.OPEN)
    steps = IntegerField(default=0)  # how many so far: who acts on an older page is told so
    proposed = EnumField(Step, max_length=12, null=True)
    proposed_va = CharField(max_length=16, null=True)  # whom suspense money shall go to
    maker = BigIntegerField(null=True)
    checker = BigIntegerField(null=True)
    found_at = MomentField(default=clock.now)
    closed_at = MomentField(null=True)

    class Meta:
        indexes = ((("line", "kind"), True), (("payment", "kind"), True), (("stage", "found_at"), False))
        constraints = [
            Check("line_id IS NOT NULL OR payment_id IS NOT NULL"),
            Check("maker IS NULL OR checker IS NULL OR maker <> checker"),
        ]

    @classmethod
    def in_suspense(cls):
        """Their money is in the suspense account, also while a second officer looks at where it shall go."""
        return (cls.stage == Stage.PARKED) | ((cls.stage == Stage.PROPOSED) & (cls.proposed == Step.ASSIGN))

    @property
    def is_parked(self) -> bool:
        return self.stage == Stage.PARKED or (self.stage == Stage.PROPOSED and self.proposed == Step.ASSIGN)

    @property
    def family_id(self) -> int | None:
        """Whose payment it is, as far as we know."""
        return self.payment.family_id if self.payment_id else None

    @property
    def is_alarming(self) -> bool:
        """Open for more than a day."""
        return self.stage in (Stage.OPEN, Stage.PROPOSED) and self.found_at < clock.now() - ALARM

    @property
    def amount(self) -> int:
        """What the bank has; what we have, where its list lacks it."""
        return self.line.amount if self.line_id else self.payment.amount


class DifferenceStep(BaseModel):
    """One thing done about a difference; append-only."""

    difference = ForeignKeyField(Difference, on_delete="RESTRICT", index=False, backref="step_set")
    number = IntegerField()
    step = EnumField(Step, max_length=12)
    at = MomentField(default=clock.now)
    note = SealedField("difference", null=True)
    by_officer = BigIntegerField(null=True)

    class Meta:
        indexes = ((("difference", "number"), True),)


class Answer(StrEnum):
    """What became of "I paid but it does not show"."""

    FOUND = "found"  # it was booked before
    BOOKED = "booked"  # the bank's list had it; it is booked now
    OFFICER = "officer"  # it arrived otherwise than was said: an officer looks
    WAITING = "waiting"  # the bank's list of that day is not here yet
    NOT_THERE = "not-there"  # it is here, without the payment
    ANSWERED = "answered"  # an officer wrote


class Claim(BaseModel):
    """Somebody paid, and does not see it. Of a member the family is known; a visitor has a code."""

    key = CharField(max_length=32, unique=True)
    code_hash = CharField(max_length=64, unique=True)
    code = SealedField("claim-code")
    family_id = BigIntegerField(null=True, index=True)
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", index=False)
    payer = ForeignKeyField(Payer, null=True, on_delete="RESTRICT", index=False)  # whose number it is; empty: nobody's
    va = CharField(max_length=16)
    amount = RupiahField(constraints=[Check("amount > 0")])
    paid_on = DateField()
    partner = ForeignKeyField(Partner, null=True, on_delete="RESTRICT", index=False)  # empty: another, or not known
    reference = CharField(max_length=128, null=True)
    answer = EnumField(Answer, max_length=12, default=Answer.WAITING)
    answer_by = DateField(null=True)
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT", index=False)
    line = ForeignKeyField(SettlementLine, null=True, on_delete="RESTRICT", index=False)
    note = SealedField("claim-note", null=True)
    steps = IntegerField(default=1)
    asked_at = MomentField(default=clock.now)
    answered_at = MomentField(null=True)

    class Meta:
        indexes = ((("answer", "id"), False),)

    @property
    def shown_code(self) -> str:
        """The code in groups, to be read aloud."""
        return group(self.code)


UNANSWERED = (Answer.WAITING, Answer.NOT_THERE)


class RefundStage(StrEnum):
    """How far a refund is."""

    ASKED = "asked"  # papers are missing
    COMPLETE = "complete"  # the clock runs
    PROPOSED = "proposed"
    GRANTED = "granted"
    PAID_OUT = "paid-out"
    MOVED = "moved"  # to the account for which it was meant
    REFUSED = "refused"


RUNNING = (RefundStage.ASKED, RefundStage.COMPLETE, RefundStage.PROPOSED, RefundStage.GRANTED)


class Refund(BaseModel):
    """Money that somebody asks back, with its papers, deadline and two pairs of eyes."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", index=False)
    family_id = BigIntegerField(null=True, index=True)
    key = CharField(max_length=32)
    ground = EnumField(Ground, max_length=16)
    amount = RupiahField(constraints=[Check("amount > 0")])
    payment = ForeignKeyField(Payment, null=True, on_delete="RESTRICT")
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", index=False)  # who died, or is covered twice
    event_on = DateField(null=True)
    reference = CharField(max_length=128, null=True)  # of the payment under a wrong number
    bank = CharField(max_length=60, default="")
    account = SealedField("refund-account", null=True)
    holder = SealedField("refund-holder", null=True)
    papers = JSONField(default=list)
    stage = EnumField(RefundStage, max_length=12, default=RefundStage.ASKED)
    steps = IntegerField(default=1)
    asked_at = MomentField(default=clock.now)
    complete_at = MomentField(null=True)
    due_on = DateField(null=True)
    maker = BigIntegerField(null=True)
    checker = BigIntegerField(null=True)
    decided_at = MomentField(null=True)
    reason = SealedField("refund-reason", null=True)
    paid_out_on = DateField(null=True)
    paid_out_reference = CharField(max_length=60, null=True)

    class Meta:
        indexes = ((("payer", "key"), True), (("stage", "due_on"), False))
        constraints = [
            Check("maker IS NULL OR checker IS NULL OR maker <> checker"),
            Check("(complete_at IS NULL) = (due_on IS NULL)"),
            Check("stage <> 'granted' OR checker IS NOT NULL"),
        ]

    @property
    def is_overdue(self) -> bool:
        return self.decided_at is None and self.due_on is not None and self.due_on < clock.today()

    @classmethod
    def paid_out_of(cls, payment_id: int) -> bool:
        """Has the payer the money of a payment, or some of it?"""
        return cls.select().where(cls.payment == payment_id, cls.stage == RefundStage.PAID_OUT).exists()

    @classmethod
    def asked_of(cls, payment_id: int) -> int:
        """How much of a payment is asked back, or was given back, in rupiah."""
        stands = cls.payment == payment_id, cls.stage != RefundStage.REFUSED
        return int(cls.select(fn.COALESCE(fn.SUM(cls.amount), 0)).where(*stands).scalar())
