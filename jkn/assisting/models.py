from peewee import BigIntegerField, CharField, DateField, ForeignKeyField, IntegerField

from jkn import clock
from jkn.accounts.models import Officer
from jkn.db import BaseModel, MomentField
from jkn.members.models import Person
from jkn.sealed import SealedField


class VolunteerVillage(BaseModel):
    """A volunteer works in this village."""

    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
    village_code = CharField(max_length=13)
    since = MomentField(default=clock.now)

    class Meta:
        indexes = ((("officer", "village_code"), True),)


class Unregistered(BaseModel):
    """A family card of a village on which nobody was registered when the list came; its head's name only masked."""

    kk_hash = CharField(max_length=64, unique=True)
    kk = SealedField("kk")
    village_code = CharField(max_length=13)
    hamlet = CharField(max_length=60, default="")
    rt = CharField(max_length=3, default="")
    rw = CharField(max_length=3, default="")
    name = CharField(max_length=100, default="")

    class Meta:
        indexes = ((("village_code", "id"), False),)


class Visit(BaseModel):
    """A household that a volunteer opened on a day, and under how many consents."""

    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
    family_id = BigIntegerField()
    day = DateField()
    consents = IntegerField(default=1)
    at_night = IntegerField(default=0)  # of them

    class Meta:
        indexes = ((("family_id", "officer", "day"), True), (("officer", "day"), False))


class Miss(BaseModel):
    """A volunteer typed a well-formed number and code that belong to nobody."""

    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
    at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("officer", "at"), False),)


class PaperConsent(BaseModel):
    """A numbered form on paper, printed for nobody yet; once signed before a witness it opens a little."""

    number = CharField(max_length=8, unique=True)
    printed_at = MomentField(default=clock.now)
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")
    grant_id = BigIntegerField(null=True)
    witness = CharField(max_length=100, default="")
    signed_by = CharField(max_length=10, default="")  # signature or thumb
    used_at = MomentField(null=True)


class SlipRequest(BaseModel):
    """A member without PIN asks, through a helper, for a first-PIN slip: an officer brings it, or sends for them."""

    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")  # the helper
    key = CharField(max_length=32)
    asked_at = MomentField(default=clock.now)
    done_at = MomentField(null=True)

    class Meta:
        indexes = ((("person", "key"), True), (("done_at", "id"), False))


class Asking(BaseModel):
    """A volunteer asks a member for a consent; the member answers on a phone of their own, while it is open.

    An unknown number has its row too, of nobody: the volunteer's page looks alike."""

    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")
    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
    word = CharField(max_length=4)  # read aloud, no secret
    scopes = CharField(max_length=100)
    minutes = IntegerField()
    key = CharField(max_length=32)
    asked_at = MomentField(default=clock.now)
    expires_at = MomentField()
    reply_hash = CharField(max_length=64, null=True)  # of the code last sent to the member's number
    answered_at = MomentField(null=True)
    grant_id = BigIntegerField(null=True)  # what a yes opened

    class Meta:
        indexes = ((("officer", "key"), True),)

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.expires_at > clock.now()
