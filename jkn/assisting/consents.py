"""A member lets a volunteer help for some minutes: by a code of their sheet, spent with it, or by a signed form.

Misses are counted in the same transaction in which they are found out, under the volunteer's row: however many guesses
come at once, the tenth suspends."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from jkn import clock
from jkn.access import Actor
from jkn.accounts import attempts, grants, receipts, sheets, stopping
from jkn.accounts.models import Grant, GrantBasis, Officer, SheetCode, SignIn
from jkn.assisting import volunteers
from jkn.assisting.models import PaperConsent, SlipRequest
from jkn.audit import service as audit
from jkn.audit.models import Act, Entry
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices
from jkn.numbers import mask_name
from jkn.permissions import Scope

MINUTES = (15, 30, 60)
ON_PAPER = timedelta(minutes=30)
WRONG = N_("Number and code do not belong together, or the code was used. Compare both.")
WRONG_FORM = N_("Number and form do not belong together, or the form was used. Compare both.")


def begin(number: str, code: str, scopes: list[Scope], minutes: int, key: str, by: Actor) -> Grant:
    """From now on this sign-in of a volunteer shows the member's pages, for so many minutes; the code is spent.

    Unknown numbers, wrong and used codes get one answer and count as a miss. Raises Refused."""
    if not attempts.reserve(_guesses(number), in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="code")
    grant = _begin(number, code, scopes, timedelta(minutes=minutes), key, by)
    if grant is None:
        raise Refused(WRONG, field="code")
    attempts.clear(_guesses(number))
    return grant


@writing
def _begin(number: str, code: str, scopes: list[Scope], lasts: timedelta, key: str, by: Actor) -> Grant | None:
    officer = volunteers.take_turn(by.officer_id)
    person = members.find_by_number(number)
    if person and (before := Grant.get_or_none(Grant.person == person, Grant.key == key, _of(officer))):
        return _still(before)
    found = sheets.find_code(person and person.id, code)
    if found is None or person.died_on:
        volunteers.note_miss(officer, by)
        return None
    grant = _give(officer, person, scopes, lasts, GrantBasis.CODE, key, by)
    _spend(found, grant, by)
    return grant


@writing
def give(officer: Officer, person: Person, scopes: str, minutes: int, basis: GrantBasis, key: str, by: Actor) -> Grant:
    """The member themselves says yes to a volunteer, by message or PIN. Raises Refused."""
    return _give(officer, person, [Scope(each) for each in scopes.split()], timedelta(minutes=minutes), basis, key, by)


def join(number: str, code: str, by: Actor) -> bool:
    """Another adult of the family says yes too, with a code of their own; False when covered already. Raises Refused.

    A miss counts as in begin()."""
    if not attempts.reserve(_guesses(number), in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="code")
    joined = _join(number, code, by)
    if joined is None:
        raise Refused(WRONG, field="code")
    attempts.clear(_guesses(number))
    return joined


@writing
def _join(number: str, code: str, by: Actor) -> bool | None:
    officer = volunteers.take_turn(by.officer_id)
    grant = _still(Grant.get_by_id(by.grant))
    person = members.find_by_number(number)
    covered = grant.covers.split()
    if person and str(person.id) in covered:
        return False
    found = sheets.find_code(person and person.id, code)
    if found is None or person.died_on:
        volunteers.note_miss(officer, by)
        return None
    stopping.check_open(person)
    family = members.family_of(person.id)
    if family is None or family.id != by.family_id or grant.basis == GrantBasis.FORM:
        raise Refused(N_("This person is not on the same family card. Begin anew for them."), field="number")
    _widen(grant, person, by)
    _spend(found, grant, by)
    return True


@writing
def join_own(grant: Grant, person: Person, by: Actor) -> bool:
    """An adult says yes for themselves to a consent of their family; False when covered already. Raises Refused."""
    volunteers.lock(grant.holder_officer_id)
    grant = _still(Grant.get_by_id(grant.id))
    if grant.id not in {each.id for each in of_family(person)}:
        raise Refused(N_("This person is not on the same family card. Begin anew for them."))
    if str(person.id) in grant.covers.split():
        return False
    stopping.check_open(person)
    _widen(grant, person, replace(by, grant=grant.id))
    return True


def of_family(person: Person) -> list[Grant]:
    """The consents that run for people of this person's family card and that others may join; newest first."""
    family = members.family_of(person.id)
    people = [each.id for each in members.people_of(family.id)] if family else [person.id]
    return list(
        Grant.select(Grant, Person, Officer)
        .join(Person, on=Grant.person)
        .switch(Grant)
        .join(Officer, on=Grant.holder_officer)
        .where(Grant.person.in_(people), Grant.basis != GrantBasis.FORM, Grant.live_at(clock.now()))
        .order_by(Grant.id.desc())
    )


def _widen(grant: Grant, person: Person, by: Actor) -> None:
    covers = " ".join([*grant.covers.split(), str(person.id)])
    Grant.update(covers=covers).where(Grant.id == grant.id).execute()
    audit.record(Act.CONSENT_WIDENED, grant, by, person=person.id)
    _tell_begun(person, grant)


@writing
def cancel_all(person: Person, by: Actor) -> int:
    """The person takes back every consent that runs or is on its way, and their part in relatives'; how many ran."""
    family = members.family_of(person.id)
    people = {each.id for each in members.people_of(family.id)} if family else set()
    running = Grant.select().where(
        Grant.person.in_([*people | {person.id}]), Grant.holder_officer.is_null(False), Grant.live_at(clock.now())
    )
    done = 0
    for grant in running:
        covered = grant.covers.split()
        if grant.person_id == person.id:
            done += grants.end(grant, by)
        elif str(person.id) in covered:
            done += leave_own(grant, person, by)
    audit.record(Act.CONSENTS_ENDED, person, by, person=person.id, ended=done)
    return done


def ended_since(number: str, moment: datetime) -> bool:
    """Has the person with this number taken back every consent after that moment?"""
    person = members.find_by_number(number)
    ended = Entry.act == Act.CONSENTS_ENDED, Entry.at > moment
    return person is not None and Entry.select().where(Entry.person_id == person.id, *ended).exists()


@writing
def leave_own(grant: Grant, person: Person, by: Actor) -> bool:
    """An adult takes back their own part in a consent of a relative; False where they had none."""
    volunteers.lock(grant.holder_officer_id)
    covered = Grant.get_by_id(grant.id).covers.split()
    if grant.person_id == person.id or str(person.id) not in covered:
        return False
    covered.remove(str(person.id))
    Grant.update(covers=" ".join(covered)).where(Grant.id == grant.id).execute()
    audit.record(Act.CONSENT_NARROWED, grant, by, person=person.id)
    return True


@writing
def print_forms(count: int, by: Actor) -> list[PaperConsent]:
    """So many numbered forms for nobody yet."""
    made = []
    while len(made) < count:
        number = f"{secrets.randbelow(10**8):08d}"
        row = {"number": number, "printed_at": clock.now()}
        if PaperConsent.insert(row).on_conflict_ignore().as_rowcount().execute():
            made.append(PaperConsent.get(PaperConsent.number == number))
    audit.record(Act.FORMS_PRINTED, "paper_consent", by, count=count)
    return made


def begin_on_paper(form: str, number: str, signed_by: str, witness: str, key: str, by: Actor) -> Grant:
    """A member without PIN, sheet and phone has signed a numbered form before a witness. It opens their status, and
    what needs no secret. A form opens once; misses count as in begin(). Raises Refused."""
    grant = _begin_on_paper(form, number, signed_by, witness, key, by)
    if grant is None:
        raise Refused(WRONG_FORM, field="form")
    return grant


@writing
def _begin_on_paper(form: str, number: str, signed_by: str, witness: str, key: str, by: Actor) -> Grant | None:
    officer = volunteers.take_turn(by.officer_id)
    person = members.find_by_number(number)
    if person and (before := Grant.get_or_none(Grant.person == person, Grant.key == key, _of(officer))):
        return _still(before)
    free = PaperConsent.number == form, PaperConsent.used_at.is_null()
    if person is None or person.died_on or not PaperConsent.select().where(*free).exists():
        volunteers.note_miss(officer, by)
        return None
    grant = _give(officer, person, [Scope.STATUS, Scope.FILING], ON_PAPER, GrantBasis.FORM, key, by)
    signed = {"person": person, "grant_id": grant.id, "signed_by": signed_by, "witness": witness}
    if not PaperConsent.update(used_at=clock.now(), **signed).where(*free).execute():
        raise Refused(WRONG_FORM, field="form")
    return grant


@writing
def ask_slip(key: str, by: Actor) -> None:
    """The member of the running consent asks for a first-PIN slip, which officers see. Asking twice counts once."""
    row = {"person": by.person_id, "officer": by.officer_id, "key": key, "asked_at": clock.now()}
    open_one = SlipRequest.select().where(SlipRequest.person == by.person_id, SlipRequest.done_at.is_null())
    if not open_one.exists() and SlipRequest.insert(row).on_conflict_ignore().as_rowcount().execute():
        audit.record(Act.SLIP_ASKED, "slip_request", by, person=by.person_id)


@writing
def answer_slip(request: SlipRequest, by: Actor) -> None:
    """An officer has seen to it."""
    open_one = SlipRequest.id == request.id, SlipRequest.done_at.is_null()
    if SlipRequest.update(done_at=clock.now()).where(*open_one).execute():
        audit.record(Act.SLIP_ASKED, request, by, done=True)


def bind_sheet(serial: str, code: str, by: Actor) -> None:
    """A sealed sheet for the member of the running consent: nothing of it is shown. Raises Refused as sheets.bind()."""
    sheets.bind(serial, code, Person.get_by_id(by.person_id), by)


def _give(
    officer: Officer, person: Person, scopes: list[Scope], lasts: timedelta, basis: GrantBasis, key: str, by: Actor
) -> Grant:
    stopping.check_open(person)
    family = members.family_of(person.id)
    if family is None:
        raise Refused(N_("This person is on no family card. An officer must help."), field="number")
    volunteers.refuse_own_family(officer, family.id)
    volunteers.open_household(officer, family.id)
    if by.is_helper:
        grants.end(Grant.get_by_id(by.grant), by)
    now = clock.now()
    people = [person.id] if basis == GrantBasis.FORM else _covered(person, family.id)
    grant = Grant.create(
        person=person,
        holder_officer=officer,
        covers=" ".join(str(each) for each in people),
        scopes=" ".join(scopes),
        basis=basis,
        key=key,
        given_at=now,
        since=now,
        until=now + lasts,
    )
    if by.officer_id:
        SignIn.update(grant=grant.id).where(SignIn.id == by.sign_in).execute()
    by = _under(grant, by) if by.officer_id else replace(by, grant=grant.id)
    audit.record(Act.GRANT_GIVEN, grant, by, person=person.id, basis=basis, scopes=grant.scopes)
    _tell_begun(person, grant)
    return grant


def _covered(person: Person, family_id: int) -> list[int]:
    """The person, their children under age, and the adults of the family who let them act."""
    given = Grant.select(Grant.person).where(Grant.holder == person, Grant.live_at(clock.now()))
    may = {grant.person_id for grant in given} | {child.id for child in grants.children_of(person)} | {person.id}
    return [each.id for each in members.people_of(family_id) if each.id in may]


def _spend(code: SheetCode, grant: Grant, by: Actor) -> None:
    if not sheets.spend(code, _under(grant, by)):
        raise Refused(WRONG, field="code")


def _still(grant: Grant) -> Grant:
    if not grant.is_live:
        raise Refused(N_("This consent is over. Ask for a new code."), field="code")
    return grant


def _of(officer: Officer):
    return Grant.holder_officer == officer


def _under(grant: Grant, by: Actor) -> Actor:
    return replace(by, grant=grant.id, on_behalf_of=grant.person_id)


def _guesses(number: str) -> str:
    return attempts.key_of("consent", None, number)


def _tell_begun(person: Person, grant: Grant) -> None:
    minutes = (grant.until - grant.since) // timedelta(minutes=1)
    helper = mask_name(grant.holder_officer.name)[: receipts.SHORT]
    notices.tell(person, "consent_given", f"{grant.id}", helper=helper, minutes=minutes)
