from peewee import BigIntegerField, CharField, DateField, ForeignKeyField, IntegerField

from jkn import clock
from jkn.accounts.models import Officer
from jkn.db import BaseModel, MomentField
from jkn.members.models import Person
from jkn.sealed import SealedField


class Kiosk(BaseModel):
    """A device an officer enrolled for one facility: a code typed once becomes a long token in its own cookie."""

    facility_code = CharField(max_length=8)
    place = CharField(max_length=60)
    enrolled_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    code_hash = CharField(max_length=64, null=True, unique=True)
    code_until = MomentField(null=True)
    token_hash = CharField(max_length=64, null=True, unique=True)
    created_at = MomentField(default=clock.now)
    joined_at = MomentField(null=True)
    revoked_at = MomentField(null=True)

    @property
    def is_live(self) -> bool:
        return self.token_hash is not None and self.revoked_at is None


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
