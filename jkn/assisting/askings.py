"""A volunteer asks, the member says yes on a phone of their own: by message, or with the PIN on its pages.

The word that the volunteer reads aloud is no secret, and a sender can be forged: by SMS the yes is a code that we send
to the member's number together with who asks, for how long and what for. Whoever forges the number never reads it."""

import secrets
from datetime import timedelta

from jkn import clock, sealed
from jkn.access import Actor
from jkn.accounts import attempts, grants
from jkn.accounts.models import Grant, GrantBasis, Officer, SignIn
from jkn.assisting import consents, volunteers
from jkn.assisting.models import Asking
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices
from jkn.permissions import Scope

OPEN = timedelta(minutes=10)
NOBODY_ASKS = N_("No volunteer asks you with this number, or it is too late.")


def ask(number: str, scopes: list[Scope], minutes: int, key: str, by: Actor) -> Asking:
    """A new question. Unknown numbers get one too, which nobody can answer, and count as a miss. Raises Refused."""
    if not attempts.take(attempts.key_of("asking", None, number), attempts.FAILURES, attempts.PAUSE):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="number")
    return _ask(number, scopes, minutes, key, by)


@writing
def _ask(number: str, scopes: list[Scope], minutes: int, key: str, by: Actor) -> Asking:
    officer = volunteers.take_turn(by.officer_id)
    if before := Asking.get_or_none(Asking.officer == officer, Asking.key == key):
        return before
    person, now = members.find_by_number(number), clock.now()
    if person is None or person.died_on:
        person = None
        volunteers.note_miss(officer, by)
    elif family := members.family_of(person.id):
        volunteers.refuse_own_family(officer, family.id)
    asking = Asking.create(
        person=person,
        officer=officer,
        word=f"{secrets.randbelow(10**4):04d}",
        scopes=" ".join(scopes),
        minutes=minutes,
        key=key,
        asked_at=now,
        expires_at=now + OPEN,
    )
    audit.record(Act.CONSENT_ASKED, asking, by, person=person and person.id, scopes=asking.scopes)
    return asking


def open_for(person_id: int) -> list[Asking]:
    """The questions that wait for this person's answer, the newest first, with who asks."""
    mine = Asking.person == person_id, Asking.answered_at.is_null(), Asking.expires_at > clock.now()
    return list(Asking.select(Asking, Officer).join(Officer).where(*mine).order_by(Asking.id.desc()))


def find(person: Person, word: str) -> Asking:
    """The one open question to this person with this word. Raises Refused, and after five tries for a while."""
    guesses = _guesses(person)
    if not attempts.reserve(guesses, in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."))
    found = [each for each in open_for(person.id) if each.word == word]
    if len(found) != 1:
        raise Refused(NOBODY_ASKS)
    return found[0]


@writing
def send_reply_code(asking: Asking) -> str:
    """The code with which the member says yes by SMS; one sent before stops working."""
    code = f"{secrets.randbelow(10**4):04d}"
    Asking.update(reply_hash=_hash(asking, code)).where(Asking.id == asking.id).execute()
    return code


def knows_reply(asking: Asking, code: str, by: Actor) -> bool:
    """Is it the code that we sent? Ten wrong in a row, whoever asks, and this way in is shut until a yes another way:
    four digits would not last against one who forges the number and asks anew every ten minutes."""
    if not attempts.reserve(_replies(asking.person_id)):
        return False
    if asking.reply_hash is not None and secrets.compare_digest(asking.reply_hash, _hash(asking, code)):
        return True
    if attempts.is_off(_replies(asking.person_id)):
        _tell_shut(asking, by)
    return False


@writing
def _tell_shut(asking: Asking, by: Actor) -> None:
    """Nobody guesses any more, so that this comes once for each time that the way is shut."""
    audit.record(Act.CONSENT_SHUT, asking, by, person=asking.person_id)
    notices.tell(asking.person, "sms_yes_shut", str(asking.id))


@writing
def agree(asking: Asking, basis: GrantBasis, by: Actor) -> Grant:
    """The member's yes, once: the consent runs from now on, for the volunteer who asked. Raises Refused."""
    officer = volunteers.take_turn(asking.officer_id)
    if not _answer(asking):
        raise Refused(NOBODY_ASKS)
    person = Person.get_by_id(asking.person_id)
    key = f"asking {asking.id}"
    grant = consents.give(officer, person, asking.scopes, asking.minutes, basis, key, by)
    Asking.update(grant_id=grant.id).where(Asking.id == asking.id).execute()
    attempts.clear(_guesses(person), _replies(person.id))
    return grant


@writing
def decline(asking: Asking, by: Actor) -> None:
    """The member's no; the volunteer reads it on their page."""
    if _answer(asking):
        audit.record(Act.CONSENT_DECLINED, asking, by, person=asking.person_id)


@writing
def take_up(asking: Asking, by: Actor) -> bool:
    """The volunteer's sign-in shows the member's pages, where the member said yes and the consent still runs."""
    grant = Grant.get_or_none(Grant.id == asking.grant_id, Grant.holder_officer == by.officer_id)
    if grant is None or not grant.is_live:
        return False
    if by.is_helper and by.grant != grant.id:
        grants.end(Grant.get_by_id(by.grant), by)
    SignIn.update(grant=grant.id).where(SignIn.id == by.sign_in).execute()
    audit.record(Act.GRANT_USED, grant, by, person=grant.person_id)
    return True


def _answer(asking: Asking) -> int:
    now = clock.now()
    still = Asking.id == asking.id, Asking.answered_at.is_null(), Asking.expires_at > now
    return Asking.update(answered_at=now).where(*still).execute()


def _hash(asking: Asking, code: str) -> str:
    return sealed.index("asking", f"{asking.id}:{code}")


def _guesses(person: Person) -> str:
    return attempts.key_of("asking-word", person.id, "")


def _replies(person_id: int) -> str:
    return attempts.key_of("asking-reply", person_id, "")
