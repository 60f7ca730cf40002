from peewee import BigIntegerField, CharField, IntegerField, JSONField

from jkn import clock
from jkn.db import BaseModel, MomentField


class Notice(BaseModel):
    """One thing to tell one person; `reference` makes queueing twice tell once."""

    family_id = BigIntegerField(null=True)
    person_id = BigIntegerField(index=True)
    name = CharField(max_length=40)  # templates/notices/<name>.txt
    values = JSONField(default=dict)
    reference = CharField(max_length=60)
    created_at = MomentField(default=clock.now)
    seen_at = MomentField(null=True)
    sent_at = MomentField(null=True)
    tries = IntegerField(default=0)

    class Meta:
        indexes = ((("person_id", "reference"), True),)

    @classmethod
    def of_person(cls, person_id: int):
        return cls.select().where(cls.person_id == person_id).order_by(cls.id.desc())
