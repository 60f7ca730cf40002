from enum import StrEnum

from peewee import BigIntegerField, CharField, IntegerField, JSONField, SmallIntegerField
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField
from jkn.notices.rules import CODE
from jkn.sealed import SealedField


class Channel(StrEnum):
    """By what a notice travels."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    PAPER = "paper"


class State(StrEnum):
    """How far a notice came."""

    WAITING = "waiting"  # for its next try, at `due_at`
    LETTER = "letter"  # for an officer to print it
    SENT = "sent"  # the gateway took it, or the letter was printed
    ARRIVED = "arrived"  # the gateway reported so
    FAILED = "failed"  # refused by the gateway, or reported lost
    EXPIRED = "expired"  # pointless before it could be sent
    DROPPED = "dropped"  # an officer gave it up
    SHOWN = "shown"  # stands under /kabar only


class Notice(BaseModel):
    """One thing to tell one person, and how far it came; `reference` makes queueing twice tell once.

    A row that waits belongs to whoever moves its `due_at` ahead; one whose worker died is due again by itself.
    """

    family_id = BigIntegerField(null=True)
    person_id = BigIntegerField(index=True)
    name = CharField(max_length=40)  # templates/notices/<name>.txt
    values = JSONField(default=dict)
    reference = CharField(max_length=60)
    created_at = MomentField(default=clock.now)
    seen_at = MomentField(null=True)
    state = EnumField(State, max_length=10, default=State.WAITING)
    rank = SmallIntegerField(default=1)  # 0 goes first, at any hour
    due_at = MomentField(default=clock.now)
    phone = SealedField("phone", null=True)  # to this number, whatever the person's is by now
    secret = SealedField("notice", null=True)  # a code, until it is sent
    channel = EnumField(Channel, max_length=10, null=True)  # of the last try
    number_hash = CharField(max_length=64, null=True)  # of the last try
    asked_at = MomentField(null=True)  # the first try
    tries = IntegerField(default=0)
    round = SmallIntegerField(default=1)  # more when an officer sent it anew
    error = CharField(max_length=40, default="")
    gateway_id = CharField(max_length=64, default="")  # what the gateway calls it
    sent_at = MomentField(null=True)
    arrived_at = MomentField(null=True)
    batch_id = BigIntegerField(null=True, index=True)  # of printed letters

    class Meta:
        indexes = (
            (("person_id", "reference"), True),
            (("state", "rank", "due_at"), False),
            (("number_hash", "asked_at"), False),
        )

    @property
    def our_reference(self) -> str:
        """Goes with every try of one round, so that a gateway can drop what it has already."""
        return f"jkn-{self.id}-{self.round}"

    @classmethod
    def on_page(cls):
        """What /kabar shows: all but codes."""
        return cls.name != CODE

    @classmethod
    def of_person(cls, person_id: int):
        return cls.select().where(cls.person_id == person_id, cls.on_page()).order_by(cls.id.desc())


class Number(BaseModel):
    """A phone number by its blind index, whoever may own it: its row is the lock under which messages are counted."""

    hash = CharField(max_length=64, unique=True)
    frozen_at = MomentField(null=True)
