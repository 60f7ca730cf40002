from peewee import CharField, ForeignKeyField

from jkn import clock
from jkn.accounts.models import Officer
from jkn.db import BaseModel, MomentField


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
