"""What came in from a volunteer's outbox. Table: offline_form."""

from enum import StrEnum

from peewee import BigIntegerField, CharField, ForeignKeyField
from playhouse.fields import EnumField

from jkn import clock
from jkn.accounts.models import Officer
from jkn.db import BaseModel, MomentField
from jkn.members.models import Person
from jkn.sealed import SealedField


class Kind(StrEnum):
    """What can be written without a signal."""

    REGISTRATION = "registration"
    COMPLAINT = "complaint"
    DATA = "data"


class State(StrEnum):
    """How far it is: only done and confirmed forms have changed anything."""

    DONE = "done"
    WAITS = "waits"  # for the member: the consent did not fit
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REPLACED = "replaced"  # the volunteer wrote it anew, with a consent that fits


class OfflineForm(BaseModel):
    """A form that a volunteer wrote without a signal, found by the number their browser gave it: sent often, it counts
    once. Its content stays only while it waits for the member."""

    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
    rid = CharField(max_length=32)
    kind = EnumField(Kind, max_length=16)
    state = EnumField(State, max_length=10)
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")
    family_id = BigIntegerField(null=True)
    content = SealedField("offline form", null=True)  # JSON
    answer = SealedField("offline answer")  # JSON: status, sentence and its values, for whoever sends it again
    written_at = MomentField()
    sent_at = MomentField(default=clock.now)
    expires_at = MomentField(null=True)  # until when it waits
    decided_at = MomentField(null=True)

    class Meta:
        indexes = ((("officer", "rid"), True), (("person", "state"), False), (("state", "expires_at"), False))
