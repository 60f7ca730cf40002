from peewee import BigIntegerField, CharField

from jkn import clock
from jkn.db import BaseModel, MomentField
from jkn.sealed import SealedField


class Draft(BaseModel):
    """What somebody typed so far, found by the hash of a token only they hold."""

    token_hash = CharField(max_length=64, unique=True)
    resume_hash = CharField(max_length=64, null=True, unique=True)
    purpose = CharField(max_length=20)
    answers = SealedField("draft")  # JSON
    person_id = BigIntegerField(null=True)
    created_at = MomentField(default=clock.now)
    touched_at = MomentField(default=clock.now)
    expires_at = MomentField(index=True)
    done_at = MomentField(null=True)
    result = CharField(max_length=60, null=True)  # what the finished draft became
