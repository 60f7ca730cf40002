"""Each message once; each dialogue with one phone; and no more answers than a number may cost us."""

from collections.abc import Callable
from datetime import timedelta

from jkn import clock, sealed
from jkn.accounts import attempts
from jkn.db import writing
from jkn.texting.models import TextTurn, UssdSession

DIALOGUE = timedelta(minutes=5)
KEPT = timedelta(days=30)  # how long the same message gets the same answer
ANSWERS, SPAN = 20, timedelta(hours=1)  # by SMS, to one number: each costs money


@writing
def once(reference: str, phone: str, answer: Callable[[], str]) -> str:
    """The answer to this message: made now, or the one given before. Empty when it comes from another number.

    The claim on the reference and what the message does are one transaction: of two at once one waits for the other.
    """
    hash, phone_hash = sealed.index("text", reference), sealed.index("phone", phone)
    claimed = TextTurn.insert(hash=hash, phone_hash=phone_hash, at=clock.now()).on_conflict_ignore().as_rowcount()
    if claimed.execute():
        made = answer()
        TextTurn.update(answer=made).where(TextTurn.hash == hash).execute()
        return made
    turn = TextTurn.get(TextTurn.hash == hash)
    return (turn.answer or "") if turn.phone_hash == phone_hash else ""


@writing
def is_dialogue_of(session: str, phone: str) -> bool:
    """May this number go on in this dialogue? A new one begins; one of another number, or a stale one, ends."""
    now, hash, phone_hash = clock.now(), sealed.index("ussd", session), sealed.index("phone", phone)
    new = {"hash": hash, "phone_hash": phone_hash, "expires_at": now + DIALOGUE}
    if UssdSession.insert(new).on_conflict_ignore().as_rowcount().execute():
        UssdSession.delete().where(UssdSession.expires_at < now - KEPT).execute()
        TextTurn.delete().where(TextTurn.at < now - KEPT).execute()
        return True
    known = UssdSession.get(UssdSession.hash == hash)
    if known.phone_hash != phone_hash:
        UssdSession.update(expires_at=now).where(UssdSession.hash == hash, UssdSession.expires_at > now).execute()
        return False
    return known.expires_at > now


def may_answer(phone: str, a_day: int) -> bool:
    """One of the answers left to this number in an hour, and to all numbers in a day."""
    of_number = attempts.key_of("sms", None, phone)
    of_day = attempts.key_of("sms-day", None, clock.today().isoformat())
    return attempts.take(of_number, ANSWERS, SPAN) and attempts.take(of_day, a_day, timedelta(days=1))
