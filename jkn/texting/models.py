from peewee import CharField

from jkn import clock
from jkn.db import BaseModel, MomentField
from jkn.sealed import SealedField


class UssdSession(BaseModel):
    """A dialogue of one phone with us, both by blind index; under another number it ends."""

    hash = CharField(max_length=64, unique=True)
    phone_hash = CharField(max_length=64)
    expires_at = MomentField(index=True)


class TextTurn(BaseModel):
    """A message or a USSD step and our answer: whoever sends it again gets the same, and nothing is done twice."""

    hash = CharField(max_length=64, unique=True)
    phone_hash = CharField(max_length=64)
    answer = SealedField("text_answer", null=True)
    at = MomentField(default=clock.now, index=True)
