from datetime import date
from enum import StrEnum

from peewee import JOIN, BigIntegerField, CharField, Check, DateField, ForeignKeyField
from playhouse.fields import EnumField

from jkn import clock
from jkn.contributions.models import Hold
from jkn.db import BaseModel, MomentField, RupiahField
from jkn.members.models import Payer
from jkn.money import Rupiah


class Variant(StrEnum):
    """Which terms a plan was made under."""

    PBPU = "pbpu"  # still a self-paying member
    ALIH = "alih"  # has moved to another segment, and left arrears behind


class Plan(BaseModel):
    """What a family agreed to on the day it joined; immutable. How it goes is derived: service.progress()."""

    payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="plans", index=False)
    family_id = BigIntegerField(null=True, index=True)
    hold = ForeignKeyField(Hold, on_delete="RESTRICT", index=False)
    variant = EnumField(Variant, max_length=8)
    per_month = RupiahField(constraints=[Check("per_month > 0")])
    arrears = RupiahField(constraints=[Check("arrears > 0")])
    running = RupiahField(default=0, constraints=[Check("running >= 0")])  # for the months of paying
    last_month = DateField(index=True)
    basis = CharField(max_length=80)
    key = CharField(max_length=32)
    joined_at = MomentField(default=clock.now)

    class Meta:
        indexes = ((("payer", "hold"), True), (("payer", "key"), True))

    @classmethod
    def beside(cls, payers):
        """These payers, a row for each of their plans in `plan` (None without any), the newest first."""
        rows = payers.select_extend(cls, Hold).join(cls, JOIN.LEFT_OUTER, attr="plan").join(Hold, JOIN.LEFT_OUTER)
        return rows.order_by(cls.id.desc())

    @classmethod
    def of_payer(cls, payer_id: int):
        """The plans with what they hold, the newest first."""
        return cls.select(cls, Hold).join(Hold).where(cls.payer == payer_id).order_by(cls.id.desc())

    @property
    def total(self) -> Rupiah:
        """What it came to by the prices known on the day of joining."""
        return Rupiah(self.arrears + self.running)

    @property
    def instalments(self) -> int:
        return len(self.hold.steps)

    @property
    def first_month(self) -> date:
        return date.fromisoformat(f"{self.hold.steps[0][0]}-01")
