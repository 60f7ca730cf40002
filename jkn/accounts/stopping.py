"""The emergency stop, BLOKIR: whoever knows a number and the birth date shuts every way in; only a recovery opens it.

A stranger with leaked data can stop somebody, and gains nothing by it; a thief with the phone cannot undo it."""

from datetime import date, timedelta

from jkn import clock
from jkn.access import Actor
from jkn.accounts import attempts
from jkn.accounts.models import Account, Recovery, SignIn
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices

TRIES, SPAN = 5, timedelta(hours=24)
STOPPED = N_("This account was stopped. Open it again with two witnesses, or bring your KTP to a branch.")


def stop(number: str, born: date, by: Actor) -> None:
    """Freeze the person's sign-ins, sheet, codes and notices. Says nothing about whether there is such a person.

    Raises Refused after too many tries for one number."""
    person = members.find_by_number(number)
    if not attempts.take(attempts.key_of("stop", None, number), TRIES, SPAN):
        raise Refused(N_("Too many tries. Call 165."), field="number")
    if person is not None and person.born == born:
        freeze(person, by)


@writing
def freeze(person: Person, by: Actor) -> bool:
    """Nothing opens any more for this person; False when it was so already."""
    now = clock.now()
    Account.insert(person=person).on_conflict_ignore().execute()
    stopped = Account.update(stopped_at=now).where(Account.person == person, Account.stopped_at.is_null()).execute()
    if stopped:
        SignIn.update(revoked_at=now).where(SignIn.person == person, SignIn.revoked_at.is_null()).execute()
        Recovery.update(cancelled_at=now).where(Recovery.person == person, Recovery.done_at.is_null()).execute()
        audit.record(Act.ACCOUNT_STOPPED, person, by)
        if person.phone:
            notices.freeze_number(person.phone, by, person=person.id)
    return bool(stopped)


def is_stopped(person_id: int | None) -> bool:
    return Account.select().where(Account.person == (person_id or 0), Account.stopped_at.is_null(False)).exists()


def check_open(person: Person) -> None:
    """Refused while the account is stopped."""
    if is_stopped(person.id):
        raise Refused(STOPPED)


@writing
def lift(person: Person, by: Actor) -> None:
    """A recovery, or a KTP at a counter: the ways in work again, and messages go."""
    opened = Account.update(stopped_at=None).where(Account.person == person, Account.stopped_at.is_null(False))
    if opened.execute() and person.phone:
        notices.thaw_number(person.phone, by, person=person.id)
