from enum import StrEnum

from peewee import BigIntegerField, CharField, Check, DateField, ForeignKeyField, IntegerField
from playhouse.fields import EnumField

from jkn import clock
from jkn.complaints import rules
from jkn.db import BaseModel, MomentField
from jkn.members.models import Person
from jkn.sealed import SealedField


class Category(StrEnum):
    """What a complaint is about."""

    MONEY = "money"  # somebody asked for a fee that the programme forbids
    CLINIC = "clinic"
    HOSPITAL = "hospital"
    MEMBERSHIP = "membership"
    CONTRIBUTION = "contribution"
    STAFF = "staff"
    SERVICE = "service"  # this one: pages, kiosks, sign-in
    QUESTION = "question"
    IDEA = "idea"


class Stage(StrEnum):
    """How far it is. Only the member says that it is solved."""

    RECEIVED = "received"
    VERIFIED = "verified"
    FORWARDED = "forwarded"  # to a branch or a facility
    IN_HAND = "in-hand"
    ANSWERED = "answered"
    SOLVED = "solved"  # the member said SUDAH
    REOPENED = "reopened"  # the member said BELUM


OPEN = (Stage.RECEIVED, Stage.VERIFIED, Stage.FORWARDED, Stage.IN_HAND, Stage.REOPENED)


class Complaint(BaseModel):
    """What went wrong, in the words of a member or of somebody who gave no name."""

    family_id = BigIntegerField(null=True)
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="complaints")
    ticket = SealedField("ticket")
    category = EnumField(Category, max_length=16)
    text = SealedField("complaint")  # people write numbers and illnesses into it
    facility_code = CharField(max_length=8, null=True)
    place = SealedField("complaint", null=True)  # the facility in their words, when we found none
    contact = SealedField("complaint", null=True)
    stage = EnumField(Stage, max_length=12, default=Stage.RECEIVED)
    steps = IntegerField(default=1)  # how many so far: who acts on an older page is told so
    filed_at = MomentField(default=clock.now)
    due_on = DateField(null=True, index=True)  # an answer is due; empty while none is

    class Meta:
        constraints = [Check("(due_on IS NULL) = (stage IN ('answered', 'solved'))")]

    @property
    def number(self) -> str:
        """The ticket in groups, to be read aloud."""
        return rules.show_ticket(self.ticket)

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()

    def history(self) -> list["ComplaintStep"]:
        """Every step, oldest first."""
        return list(self.step_set.order_by(ComplaintStep.number))


class Ticket(BaseModel):
    """The way to a complaint for whoever holds its number, and the one-time key of the form that filed it."""

    key = CharField(max_length=32, unique=True)
    hash = CharField(max_length=64, unique=True)
    complaint = ForeignKeyField(Complaint, on_delete="RESTRICT")


class ComplaintStep(BaseModel):
    """One thing that happened to a complaint; append-only."""

    family_id = BigIntegerField(null=True)
    complaint = ForeignKeyField(Complaint, on_delete="RESTRICT", backref="step_set")
    number = IntegerField()
    stage = EnumField(Stage, max_length=12)
    at = MomentField(default=clock.now)
    text = SealedField("complaint", null=True)  # the answer; or what the member says is still wrong
    by_officer = BigIntegerField(null=True)
    to_office = CharField(max_length=16, null=True)
    to_facility = CharField(max_length=8, null=True)
    due_on = DateField(null=True)

    class Meta:
        indexes = ((("complaint", "number"), True),)
