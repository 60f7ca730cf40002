"""Rights to act for somebody else: given in the open, used, withdrawn. Both sides read of each step."""

from datetime import date, datetime, timedelta

from peewee import JOIN

from jkn import clock, law
from jkn.access import Actor
from jkn.accounts import attempts, receipts
from jkn.accounts.models import Account, Grant, GrantBasis, Officer, SignIn
from jkn.accounts.rules import LONGEST_GRANT, PAPERS_WAIT
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person, Relation
from jkn.notices import service as notices
from jkn.numbers import mask_name
from jkn.permissions import GIVEN, Scope

PARENTS = (Relation.HEAD, Relation.SPOUSE)


def name_holder(person: Person, number: str, scopes: list[Scope], until: date, key: str, by: Actor) -> Grant:
    """The person lets somebody act for them, up to and with a day; who, is said by NIK or card number.

    Raises Refused for nobody, oneself, too many tries, or a day that is past or too far."""
    guesses = attempts.key_of("grant", person.id, "")
    if not attempts.reserve(guesses, in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="number")
    grant = _give(person, _find_holder(number), scopes, until, GrantBasis.NAMED, key, by)
    attempts.clear(guesses)
    return grant


def record_papers(person: Person, number: str, scopes: list[Scope], until: date, papers: str, key: str, by: Actor):
    """An officer has seen the papers of a person who cannot give the right any more; it holds after a day, in which
    the person can say no. Raises Refused as name_holder() does."""
    holder, since = _find_holder(number), clock.now() + PAPERS_WAIT
    return _give(person, holder, scopes, until, GrantBasis.PAPERS, key, by, papers=papers, since=since)


def take_up_child(parent: Person, child: Person, key: str, by: Actor) -> Grant:
    """A parent acts for a child of the same family card, until the child is of age. Raises Refused for anybody else."""
    if child.id not in {each.id for each in children_of(parent)}:
        raise Refused(N_("Only parents on the same family card may do this, for a child under age."))
    until = comes_of_age(child) - timedelta(days=1)
    return _give(child, parent, list(GIVEN), until, GrantBasis.PARENT, key, by)


def children_of(parent: Person) -> list[Person]:
    """The children under age on the family card of this head or spouse."""
    family = members.family_of(parent.id)
    people = members.people_of(family.id) if family else []
    if not any(each.id == parent.id and each.relation in PARENTS for each in people):
        return []
    today = clock.today()
    return [each for each in people if each.relation == Relation.CHILD and comes_of_age(each) > today]


def comes_of_age(person: Person) -> date:
    """The birthday on which somebody acts for themselves (UU 23/2002 ps 1, the age by law.toml)."""
    years = law.at(clock.today()).of_age.years
    try:
        return person.born.replace(year=person.born.year + years)
    except ValueError:  # born on 29 February
        return date(person.born.year + years, 3, 1)


@writing
def end(grant: Grant, by: Actor) -> bool:
    """Withdrawn by the person, or laid down by the holder; whoever acts under it is back on their own pages."""
    now = clock.now()
    if not Grant.update(revoked_at=now).where(Grant.id == grant.id, Grant.revoked_at.is_null()).execute():
        return False
    audit.record(Act.GRANT_ENDED, grant, by, person=grant.person_id)
    if grant.holder_officer_id:
        receipts.tell(grant)
    else:
        _tell_both(grant, "grant_ended")
    return True


@writing
def use(grant: Grant, by: Actor) -> None:
    """From now on this sign-in shows the pages of the person for whom its holder may act. Raises Refused."""
    if not grant.is_live or grant.holder_id != by.doer_id:
        raise Refused(N_("This right has ended, or does not hold yet."))
    SignIn.update(grant=grant.id).where(SignIn.id == by.sign_in).execute()
    audit.record(Act.GRANT_USED, grant, by, person=grant.person_id)


@writing
def resume(former: SignIn | None, opened: SignIn, by: Actor) -> None:
    """A volunteer's sign-in ran out, and they signed in again in the same browser: the consent goes on while it runs.

    Its minutes are the member's word, not the sign-in's; a new one would cost them another code."""
    if former is None or former.revoked_at or former.officer_id is None or former.officer_id != opened.officer_id:
        return
    grant = Grant.get_or_none(Grant.id == former.grant, Grant.holder_officer == opened.officer_id)
    if grant and grant.is_live:
        SignIn.update(grant=grant.id).where(SignIn.id == opened.id).execute()
        audit.record(Act.GRANT_USED, grant, by, person=grant.person_id)


@writing
def leave(by: Actor) -> None:
    """Back to one's own pages. With that a consent is over: it held for this once."""
    if by.is_helper:
        end(Grant.get_by_id(by.grant), by)
    SignIn.update(grant=None).where(SignIn.id == by.sign_in).execute()


def given_by(person_id: int) -> list[Grant]:
    """Who may act for this person, now or soon; newest first, with their holders, members or staff."""
    return list(_open().where(Grant.person == person_id))


def held_by(person_id: int) -> list[Grant]:
    """For whom this person may act, now or soon; newest first, with the people."""
    return list(_open().where(Grant.holder == person_id))


def keeps_private(person: Person, by: Actor) -> bool:
    """Is what concerns the person's health hidden from whoever looks now? From helpers always."""
    return by.is_helper or (person.hides_health and (by.person_id != person.id or by.on_behalf_of is not None))


def family_with_pins(family_id: int, but: int) -> list[Person]:
    """The others of the family who have a PIN of their own."""
    people = [each for each in members.people_of(family_id) if each.id != but]
    accounts = Account.select(Account.person).where(
        Account.person.in_([each.id for each in people]), Account.pin_hash.is_null(False)
    )
    ready = {account.person_id for account in accounts}
    return [each for each in people if each.id in ready]


def _open():
    holder = Person.alias()
    return (
        Grant.select(Grant, Person, holder, Officer)
        .join(Person, on=Grant.person)
        .switch(Grant)
        .join(holder, JOIN.LEFT_OUTER, on=Grant.holder == holder.id, attr="holder")
        .switch(Grant)
        .join(Officer, JOIN.LEFT_OUTER, on=Grant.holder_officer)
        .where(Grant.revoked_at.is_null(), Grant.until > clock.now())
        .order_by(Grant.id.desc())
    )


@writing
def _give(
    person: Person,
    holder: Person,
    scopes: list[Scope],
    until: date,
    basis: GrantBasis,
    key: str,
    by: Actor,
    *,
    papers: str = "",
    since: datetime | None = None,
) -> Grant:
    if holder.id == person.id:
        raise Refused(N_("That is the same person."), field="number")
    today = clock.today()
    if basis != GrantBasis.PARENT and not today < until <= today + LONGEST_GRANT:
        raise Refused(N_("Choose a day after today, at most two years ahead."), field="until")
    made = (
        Grant.insert(
            person=person,
            holder=holder,
            scopes=" ".join(scopes),
            basis=basis,
            papers=papers,
            key=key,
            given_at=clock.now(),
            since=since or clock.now(),
            until=clock.start_of(until + timedelta(days=1)),
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    grant = Grant.get(Grant.person == person, Grant.key == key)
    if made:
        audit.record(Act.GRANT_GIVEN, grant, by, person=person.id, basis=basis, scopes=grant.scopes)
        _tell_both(grant, "grant_given")
    return grant


def _find_holder(number: str) -> Person:
    holder = members.find_by_number(number)
    if holder is None or holder.died_on:
        raise Refused(N_("Nobody in the scheme has this number."), field="number")
    return holder


def _tell_both(grant: Grant, name: str) -> None:
    values = {
        "whose": mask_name(grant.person.name),
        "helper": mask_name(grant.holder.name),
        "until": grant.last_day.isoformat(),
    }
    for each in (grant.person, grant.holder):
        notices.tell(each, name, str(grant.id), **values)
