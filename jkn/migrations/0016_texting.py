"""Dialogues by USSD, and what was answered to each message."""

from peewee import *


def up(migrator, db):
    class UssdSession(Model):
        id = BigAutoField()
        hash = CharField(max_length=64, unique=True)
        phone_hash = CharField(max_length=64)
        expires_at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "ussd_session"

    class TextTurn(Model):
        id = BigAutoField()
        hash = CharField(max_length=64, unique=True)
        phone_hash = CharField(max_length=64)
        answer = BlobField(null=True)
        at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "text_turn"

    db.create_tables([UssdSession, TextTurn])
