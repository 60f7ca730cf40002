from datetime import date, datetime, timedelta
from enum import StrEnum

from peewee import BigIntegerField, BlobField, BooleanField, CharField, Check, ForeignKeyField, IntegerField
from playhouse.fields import EnumField, IntEnumField

from jkn import clock
from jkn.access import Level, Role
from jkn.db import BaseModel, MomentField
from jkn.members.models import Person
from jkn.numbers import mask_name
from jkn.sealed import SealedField


class Account(BaseModel):
    """A person's way in: the PIN's hash, and from when step-up (L2) works again after a reset."""

    person = ForeignKeyField(Person, unique=True, on_delete="RESTRICT")
    pin_hash = CharField(max_length=120, null=True)
    pin_set_at = MomentField(null=True)
    raise_from = MomentField(null=True)
    stopped_at = MomentField(null=True)  # the emergency stop: nothing opens until a recovery
    wants_sms_codes = BooleanField(default=False)  # an extra, for who asks for it: a sheet works without any phone
    proven_in_person = BooleanField(default=False)


class Attempt(BaseModel):
    """Failures in a row for one way in, keyed by a blind index, so that unknown numbers cost and answer the same."""

    key = CharField(max_length=64, unique=True)
    failed = IntegerField(default=0)
    in_row = IntegerField(default=0)
    until = MomentField()
    touched_at = MomentField(default=clock.now, index=True)


class Sheet(BaseModel):
    """Ten one-time codes on paper, made from the salt and the pepper: the database alone cannot tell them."""

    salt = BlobField()
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="sheets")
    issued_at = MomentField(default=clock.now)
    revoked_at = MomentField(null=True)


class SheetCode(BaseModel):
    sheet = ForeignKeyField(Sheet, on_delete="CASCADE", backref="codes")
    number = IntegerField(constraints=[Check("number BETWEEN 1 AND 10")])
    used_at = MomentField(null=True)

    class Meta:
        indexes = ((("sheet", "number"), True),)


class SealedSheet(BaseModel):
    """A sheet printed for nobody yet, under a serial; a counter or helper binds it to a person by one of its codes."""

    serial = CharField(max_length=10, unique=True)
    salt = BlobField()
    printed_at = MomentField(default=clock.now)
    sheet = ForeignKeyField(Sheet, null=True, unique=True, on_delete="RESTRICT")


class Officer(BaseModel):
    """Staff: a password of at least fifteen characters and a TOTP, a role, an office or facility."""

    username = CharField(max_length=40, unique=True)
    name = CharField(max_length=100)
    role = EnumField(Role, max_length=12)
    office = CharField(max_length=16, null=True)
    facility = CharField(max_length=8, null=True)
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")  # whose family they may not serve
    password_hash = CharField(max_length=120)
    totp = SealedField("totp")
    totp_step = BigIntegerField(default=0)  # the last time step used: a code counts once
    suspended_at = MomentField(null=True)
    created_at = MomentField(default=clock.now)


class Slip(BaseModel):
    """A first-PIN slip: eight digits, once, seven days, printed by an officer who has seen the KTP."""

    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="slips")
    salt = BlobField()
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")
    issued_at = MomentField(default=clock.now)
    expires_at = MomentField()
    used_at = MomentField(null=True)
    revoked_at = MomentField(null=True)


class SignIn(BaseModel):
    """A live session, found by the SHA-256 of a random token in the cookie; revocable."""

    token_hash = CharField(max_length=64, unique=True)
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="sign_ins")
    officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    level = IntEnumField(Level)
    channel = CharField(max_length=12, default="web")
    device = BigIntegerField(null=True)
    grant = BigIntegerField(null=True)
    agent = CharField(max_length=40, default="")
    created_at = MomentField(default=clock.now)
    seen_at = MomentField(default=clock.now)
    idle_seconds = IntegerField()
    ends_at = MomentField()
    fresh_until = MomentField(null=True)
    revoked_at = MomentField(null=True)

    class Meta:
        constraints = [Check("(person_id IS NULL) <> (officer_id IS NULL)")]


class SpokenCode(BaseModel):
    """Six digits on somebody's page, read aloud to staff who see the KTP: they raise that one sign-in to L2."""

    sign_in = ForeignKeyField(SignIn, on_delete="CASCADE")
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    code_hash = CharField(max_length=64, unique=True)
    expires_at = MomentField()
    used_at = MomentField(null=True)


class SmsCode(BaseModel):
    """A code sent to the member's phone for one sign-in; only its keyed hash is kept."""

    sign_in = ForeignKeyField(SignIn, on_delete="CASCADE")
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    code_hash = CharField(max_length=64)
    expires_at = MomentField()
    used_at = MomentField(null=True)


class Recovery(BaseModel):
    """Somebody without PIN and codes asks two witnesses to say who they are; found by its code and its browser."""

    person = ForeignKeyField(Person, on_delete="RESTRICT")
    code_hash = CharField(max_length=64, unique=True)
    token_hash = CharField(max_length=64, unique=True)
    begun_at = MomentField(default=clock.now)
    expires_at = MomentField()
    done_at = MomentField(null=True)
    cancelled_at = MomentField(null=True)


class Witness(BaseModel):
    """One person who knows the member and stands beside them: staff, or an adult of the family."""

    recovery = ForeignKeyField(Recovery, on_delete="CASCADE", backref="witnesses")
    person = ForeignKeyField(Person, on_delete="RESTRICT")  # who is recovered
    by_person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")
    by_officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("person", "recovery", "by_person"), True), (("person", "recovery", "by_officer"), True))
        constraints = [Check("(by_person_id IS NULL) <> (by_officer_id IS NULL)"), Check("by_person_id <> person_id")]


class KnownDevice(BaseModel):
    """A browser that once signed this person in: failures elsewhere never lock it."""

    person = ForeignKeyField(Person, on_delete="RESTRICT")
    token_hash = CharField(max_length=64)
    seen_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("person", "token_hash"), True),)


class GrantBasis(StrEnum):
    """Why somebody may act for somebody else."""

    PARENT = "parent"  # of a child on the same family card
    NAMED = "named"  # by the person, at L2
    PAPERS = "papers"  # seen by an officer: the person cannot do it any more
    CODE = "code"  # consent for minutes: a code of the person's sheet, spent
    TEXT = "text"  # consent for minutes: said yes to by SMS or USSD, from the person's own number
    PIN = "pin"  # consent for minutes: said yes to with the PIN, on a device of the person's own
    FORM = "form"  # consent for minutes: a numbered form, signed before a witness


class Grant(BaseModel):
    """A right to act for a person: for what, from when, until when, given by whom; withdrawn by either side.

    A right to act and a volunteer's consent are the same thing, for a year or for minutes; a consent's holder is staff.
    """

    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="grants")
    holder = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="grants_held")
    holder_officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT", backref="+")
    covers = CharField(max_length=400, default="")  # a consent's people of the family, by number; empty: all
    scopes = CharField(max_length=100)  # names of access.Scope, a space between two
    basis = EnumField(GrantBasis, max_length=12)
    papers = CharField(max_length=100, default="")  # what an officer saw
    key = CharField(max_length=32)
    given_at = MomentField(default=clock.now)
    since = MomentField(default=clock.now)
    until = MomentField()
    revoked_at = MomentField(null=True)
    told_at = MomentField(null=True)  # when the person was sent a consent's receipt

    class Meta:
        indexes = ((("person", "key"), True), (("holder_officer", "id"), False), (("told_at", "until"), False))
        constraints = [
            Check("holder_id <> person_id"),
            Check("until > since"),
            Check("(holder_id IS NULL) <> (holder_officer_id IS NULL)"),
        ]

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.since <= clock.now() < self.until

    @property
    def held_by(self) -> str:
        """The name of who may act, a volunteer's in full: members know them by it."""
        return self.holder_officer.name if self.holder_officer_id else mask_name(self.holder.name)

    @property
    def last_day(self) -> date:
        return clock.day_of(self.until - timedelta(seconds=1))

    @classmethod
    def live_at(cls, moment: datetime):
        """A condition: the right holds at this moment."""
        return cls.revoked_at.is_null() & (cls.since <= moment) & (cls.until > moment)
