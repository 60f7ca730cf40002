from enum import StrEnum

from peewee import BigIntegerField, CharField, DateField, ForeignKeyField, IntegerField
from playhouse.fields import EnumField

from jkn import clock
from jkn.accounts.models import Officer
from jkn.db import BaseModel, MomentField
from jkn.members.models import Person
from jkn.sealed import SealedField


class Printer(StrEnum):
    """What prints a kiosk's slips: nothing, a local agent that takes ESC/POS bytes, or the browser; width in mm."""

    NONE = "none"
    ESCPOS_58 = "escpos-58"
    ESCPOS_80 = "escpos-80"
    PAGE_58 = "page-58"
    PAGE_80 = "page-80"

    @property
    def width(self) -> int:
        return int(self.partition("-")[2] or 0)

    @property
    def takes_bytes(self) -> bool:
        return self.startswith("escpos")


class Kiosk(BaseModel):
    """A device an officer enrolled for one facility: a code typed once becomes a long token in its own cookie."""

    facility_code = CharField(max_length=8)
    place = CharField(max_length=60)
    enrolled_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    code_hash = CharField(max_length=64, null=True, unique=True)
    code_until = MomentField(null=True)
    token_hash = CharField(max_length=64, null=True, unique=True)
    token_at = MomentField(null=True)  # since when this token is the device's
    printer = EnumField(Printer, max_length=10, default=Printer.NONE)
    paper_out_at = MomentField(null=True)
    created_at = MomentField(default=clock.now)
    joined_at = MomentField(null=True)
    revoked_at = MomentField(null=True)
    stolen_at = MomentField(null=True)  # revoked because a token was used that the device had given up

    @property
    def is_live(self) -> bool:
        return self.token_hash is not None and self.revoked_at is None

    @property
    def prints(self) -> bool:
        return self.printer is not Printer.NONE and self.paper_out_at is None


class KioskToken(BaseModel):
    """A token beside the device's own: offered and not yet taken up, or given up (`ended_at`) and never to return."""

    kiosk = ForeignKeyField(Kiosk, on_delete="CASCADE", backref="tokens")
    token_hash = CharField(max_length=64, unique=True)
    offered_at = MomentField(default=clock.now)
    ended_at = MomentField(null=True)


class Lane(StrEnum):
    """What a visitor types numbers for."""

    CHECK = "check"
    SIGN_IN = "sign-in"
    STAFF = "staff"  # a clerk or officer, with a code of their own page


class Keying(BaseModel):
    """What the visitor of a kiosk is typing on the screen's keypad: sealed, one at a time, gone after a minute."""

    kiosk = ForeignKeyField(Kiosk, unique=True, on_delete="CASCADE")
    token_hash = CharField(max_length=64)  # the visitor's: another browser session cannot go on with it
    lane = EnumField(Lane, max_length=8)
    number = SealedField("keyed number", null=True)
    typed = SealedField("keyed digits")
    length = IntegerField(default=0)
    touched_at = MomentField(default=clock.now)


class SlipCounter(BaseModel):
    """How many numbers a facility has given on a day, by its kiosks and on paper: none is given twice."""

    facility_code = CharField(max_length=8)
    day = DateField()
    given = IntegerField(default=0)

    class Meta:
        indexes = ((("facility_code", "day"), True),)


class SlipKind(StrEnum):
    STATUS = "status"


class KioskSlip(BaseModel):
    """A slip of paper of a kiosk, by its number of the day; what stands on it is read again when it is printed."""

    kiosk = ForeignKeyField(Kiosk, on_delete="RESTRICT")
    facility_code = CharField(max_length=8)
    day = DateField()
    number = IntegerField()
    kind = EnumField(SlipKind, max_length=10)
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    made_at = MomentField(default=clock.now)
    printed_at = MomentField(null=True)

    class Meta:
        indexes = ((("facility_code", "day", "number"), True),)


class Errand(StrEnum):
    """What a member fetches at a kiosk with staff beside them."""

    SHEET = "sheet"
    FIRST_PIN = "first-pin"


class StaffCode(BaseModel):
    """Digits on the signed-in page of a clerk or officer who compared a KTP: once, at one kiosk, for one errand."""

    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
    kiosk = ForeignKeyField(Kiosk, on_delete="RESTRICT", backref="+")
    person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
    errand = EnumField(Errand, max_length=10)
    code_hash = CharField(max_length=64, null=True, unique=True)
    expires_at = MomentField()
    used_at = MomentField(null=True)
    issued_id = BigIntegerField(null=True)  # of the sheet or the slip that came of it


class PaperNumbers(BaseModel):
    """Numbers of a day that were printed on paper, from the same counter as those of the kiosks."""

    facility_code = CharField(max_length=8)
    day = DateField()
    first = IntegerField()
    last = IntegerField()
    officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT", backref="+")
    printed_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("facility_code", "day", "first"), True),)


class NumberCall(BaseModel):
    """A number of the day was called to the counter, from a kiosk or from paper."""

    facility_code = CharField(max_length=8)
    day = DateField()
    number = IntegerField()
    officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
    called_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("facility_code", "day", "number"), True),)
