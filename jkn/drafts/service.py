"""Keeping, changing and finishing drafts. Tokens and resume codes are stored as hashes."""

import json
import secrets
from datetime import timedelta
from hashlib import sha256

from jkn import clock, sealed
from jkn.db import writing
from jkn.drafts.models import Draft

KEPT = timedelta(days=30)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which are read as 1 and 0


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@writing
def keep(purpose: str, answers: dict, *, kept: timedelta = KEPT, person_id: int | None = None) -> tuple[str, str]:
    """Store a new draft; its token (for the cookie) and its resume code (ten letters, to be read aloud)."""
    Draft.delete().where(Draft.expires_at < clock.now()).execute()
    token = secrets.token_urlsafe(24)
    code = "".join(secrets.choice(LETTERS) for _ in range(10))
    Draft.create(
        token_hash=_hash(token),
        resume_hash=sealed.index("resume", code),
        purpose=purpose,
        answers=json.dumps(answers),
        person_id=person_id,
        expires_at=clock.now() + kept,
    )
    return token, code


def find(purpose: str, token: str | None) -> Draft | None:
    """The live draft behind a token."""
    if not token:
        return None
    return Draft.get_or_none(Draft.token_hash == _hash(token), Draft.purpose == purpose, Draft.expires_at > clock.now())


def find_by_code(purpose: str, code: str) -> Draft | None:
    """The live, unfinished draft behind a resume code, however it was typed."""
    code = "".join(letter for letter in code.upper() if letter.isalpha())
    return Draft.get_or_none(
        Draft.resume_hash.in_(sealed.indexes("resume", code)),
        Draft.purpose == purpose,
        Draft.expires_at > clock.now(),
        Draft.done_at.is_null(),
    )


@writing
def move(draft: Draft) -> str:
    """A new token for the same draft: it goes on in another browser, and the old one loses it."""
    token = secrets.token_urlsafe(24)
    Draft.update(token_hash=_hash(token)).where(Draft.id == draft.id).execute()
    return token


def answers(draft: Draft) -> dict:
    return json.loads(draft.answers)


@writing
def change(draft: Draft, **new) -> dict:
    """Add or replace answers."""
    merged = answers(draft) | new
    Draft.update(answers=json.dumps(merged), touched_at=clock.now()).where(
        Draft.id == draft.id, Draft.done_at.is_null()
    ).execute()
    draft.answers = json.dumps(merged)
    return merged


def finish(draft: Draft, result: str) -> bool:
    """In the caller's transaction: True for exactly one of many who finish the same draft. The answers are dropped."""
    return bool(
        Draft.update(done_at=clock.now(), result=result, answers=json.dumps({}))
        .where(Draft.id == draft.id, Draft.done_at.is_null())
        .execute()
    )


def became(draft: Draft, result: str, kept: timedelta) -> None:
    """After finish(), in the same transaction: what the draft became, and how long its owner may look that up."""
    Draft.update(result=result, expires_at=clock.now() + kept).where(Draft.id == draft.id).execute()


@writing
def forget(draft: Draft) -> None:
    """Nothing is left to look up."""
    Draft.delete().where(Draft.id == draft.id).execute()
