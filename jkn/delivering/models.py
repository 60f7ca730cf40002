from peewee import BigIntegerField, CharField, DateField, IntegerField
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField
from jkn.notices.models import Channel


class Way(BaseModel):
    """How a person wants to be told; without a channel under /kabar only."""

    person_id = BigIntegerField(unique=True)
    channel = EnumField(Channel, max_length=10, null=True)
    changed_at = MomentField(default=clock.now)


class DayCount(BaseModel):
    """Messages of a day (Jakarta) by channel; `asked` is reserved before a gateway is asked, up to the day's budget."""

    day = DateField()
    channel = EnumField(Channel, max_length=10)
    asked = IntegerField(default=0)
    sent = IntegerField(default=0)
    arrived = IntegerField(default=0)
    failed = IntegerField(default=0)
    refused = IntegerField(default=0)  # by the day's budget

    class Meta:
        indexes = ((("day", "channel"), True),)


class LetterBatch(BaseModel):
    """Letters printed together by an officer; its page can be opened again when the printer jams."""

    key = CharField(max_length=32, unique=True)
    printed_at = MomentField(default=clock.now)
    printed_by = BigIntegerField()
