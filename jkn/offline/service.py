"""Forms written without a signal: sent later, counted once, under a consent that is checked when they arrive.

What is done is done by the services behind the pages; this file opens the consent, lets them work and ends it. Where
number and consent do not fit, the content waits for the member, who confirms or declines it; nothing holds before."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from jkn import clock
from jkn.access import Actor
from jkn.accounts import grants
from jkn.accounts.models import Grant
from jkn.assisting import consents, volunteers
from jkn.assisting.models import PaperConsent
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.drafts import service as drafts
from jkn.drafts.models import Draft
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.notices import service as notices
from jkn.numbers import group, mask_name
from jkn.offline.doing import CHANGED_SINCE, Answer, apply, drop_expired
from jkn.offline.models import Kind, OfflineForm, State
from jkn.permissions import Scope, opened_by
from jkn.population import service as population
from jkn.registration import household
from jkn.registration import service as registration

TOO_OLD = timedelta(hours=72)  # how long a browser keeps a form
KEPT_A_DAY = 20  # forms of one volunteer whose consent did not fit: each may send its member a notice
MINUTES = timedelta(minutes=15)
REGISTERED = N_("The registration was begun. Go on under Register with the code %(code)s.")
ENOUGH = N_("Too many forms wait for a yes today. Send this one again tomorrow.")
KEPT = N_("The consent does not fit. Mend number or code, or wait for the member's yes.")
SENT_BEFORE = N_("The form before this one was sent meanwhile. Nothing was done twice.")
OWES = N_("This family has arrears from before. An officer must help.")
CONFLICTS = (CHANGED_SINCE, SENT_BEFORE, OWES, registration.ALREADY)
SCOPES = {Kind.COMPLAINT: Scope.COMPLAINTS, Kind.DATA: Scope.DATA}


@dataclass(frozen=True)
class Consent:
    """The member's yes as it was noted: a code of their sheet, or a numbered form that they signed."""

    number: str  # NIK or card
    code: str | None = None
    form: str | None = None
    signed_by: str = ""
    witness: str = ""


@dataclass(frozen=True)
class Written:
    """A form as it left the browser; `mends` is the number of the one that it replaces."""

    rid: str
    kind: Kind
    content: dict
    consent: Consent
    written_at: datetime
    mends: str = ""


@dataclass(frozen=True)
class Bounds:
    """How long, and how many forms, wait for one member."""

    days: int
    most: int


def receive(written: Written, by: Actor, bounds: Bounds) -> Answer:
    """Do what the form says, once; whoever sends it again gets the same answer. What was refused may be sent again."""
    by = Actor(
        officer_id=by.officer_id,
        name=by.name,
        role=by.role,
        level=by.level,
        channel=by.channel,
        office=by.office,
        request_id=by.request_id,
    )  # fmt: skip  a consent that runs on this device is another one
    if before := _find(by, written.rid):
        return _said(before)
    try:
        if written.written_at < clock.now() - TOO_OLD:
            raise Refused(N_("This form is older than three days. Write it anew with the member."))
        return _register(written, by) if written.kind == Kind.REGISTRATION else _do(written, by, bounds)
    except Refused as refused:
        status = 409 if refused.message in CONFLICTS else 503 if refused.message == population.DOWN else 422
        return Answer(status, refused.message, refused.values)


@writing
def _do(written: Written, by: Actor, bounds: Bounds) -> Answer:
    form = _claim(written, by)
    if form is None:
        return _said(_find(by, written.rid))
    if consents.ended_since(written.consent.number, written.written_at):
        return _keep(form, written, by, bounds)
    try:
        grant = _open(written, by)
    except Refused as refused:
        if refused.message not in (consents.WRONG, consents.WRONG_FORM):
            raise
        return _keep(form, written, by, bounds)
    who = _under(grant, by)
    answer = apply(form, written.content, who)
    grants.end(grant, who)
    return _settle(form, answer, person=grant.person, family_id=who.family_id)


def _open(written: Written, by: Actor) -> Grant:
    """The consent, for what this form needs and no longer than it takes. Raises Refused as consents do."""
    yes = written.consent
    if yes.form:
        return consents.begin_on_paper(yes.form, yes.number, yes.signed_by, yes.witness, written.rid, by)
    scopes = [SCOPES[written.kind]]
    return consents.begin(yes.number, yes.code, scopes, MINUTES // timedelta(minutes=1), written.rid, by)


def _under(grant: Grant, by: Actor) -> Actor:
    family = members.family_of(grant.person_id)
    return replace(
        by,
        person_id=grant.person_id,
        on_behalf_of=grant.person_id,
        family_id=family.id,
        grant=grant.id,
        scopes=opened_by(grant.scopes.split()),
        covers=frozenset(int(each) for each in grant.covers.split()),
    )


def _keep(form: OfflineForm, written: Written, by: Actor, bounds: Bounds) -> Answer:
    """The content waits for whom the number names. The answer is the same where it names nobody, or is not kept.

    Refused after so many a day, whomever they named: the form then stays in the browser.
    """
    drop_expired()
    unfit = OfflineForm.officer == by.officer_id, OfflineForm.state != State.DONE
    today = OfflineForm.sent_at >= clock.start_of(clock.today())
    if OfflineForm.select().where(*unfit, today).count() >= KEPT_A_DAY:
        raise Refused(ENOUGH)
    answer, person = Answer(202, KEPT, {}), members.find_by_number(written.consent.number)
    family = members.family_of(person.id) if person and not person.died_on else None
    waits = OfflineForm.person == person, OfflineForm.state == State.WAITS
    if family is None or OfflineForm.select().where(*waits).count() >= bounds.most:
        return _settle(form, answer, state=State.REPLACED)
    until = clock.now() + timedelta(days=bounds.days)
    content = json.dumps(written.content)
    row = {"person": person, "family_id": family.id, "state": State.WAITS, "content": content, "expires_at": until}
    _settle(form, answer, **row)
    audit.record(Act.FORM_KEPT, form, by, person=person.id, family=family.id, kind=written.kind)
    helper = mask_name(by.name)[:30]
    notices.tell(person, "form_waits", str(form.id), helper=helper, day=clock.day_of(until).isoformat())
    return answer


def _register(written: Written, by: Actor) -> Answer:
    """A family that is not in the scheme has signed a form: the registry is asked, and a registration begun, with a
    code to go on. Asked outside the write, after the signature and before anything is done."""
    if not _is_signed(written.consent, by):
        raise Refused(consents.WRONG_FORM)
    asked = written.content
    draft = drafts.find(registration.PURPOSE, registration.begin())
    try:
        card = registration.look_up(draft, asked["kk"], asked["nik"], date.fromisoformat(asked["born"]), {}, by)["card"]
        house = household.household(card)
        if house.barrier:
            _count_known(house, by)
        answer, is_mine = _begin_registration(written, draft, house, by)
    except Refused as refused:
        drafts.forget(draft)
        if refused.message == population.NO_MATCH:
            _count_miss(by)
        raise
    if not is_mine:
        drafts.forget(draft)
    return answer


@writing
def _is_signed(consent: Consent, by: Actor) -> bool:
    """Is the form signed for nothing else yet? A number that nobody printed counts as a miss."""
    officer = volunteers.take_turn(by.officer_id)
    if PaperConsent.select().where(*_free(consent)).exists():
        return True
    volunteers.note_miss(officer, by)
    return False


@writing
def _count_known(house: household.Household, by: Actor) -> None:
    """To hear that a family is in the scheme, or owes, is to open a household: of these there are sixty a day."""
    officer = volunteers.take_turn(by.officer_id)
    volunteers.refuse_own_family(officer, house.family.id)
    volunteers.open_household(officer, house.family.id)


@writing
def _count_miss(by: Actor) -> None:
    """One signed form lets nobody guess at cards and birth dates without end."""
    volunteers.note_miss(volunteers.lock(by.officer_id), by)


@writing
def _begin_registration(written, draft: Draft, house: household.Household, by: Actor) -> tuple[Answer, bool]:
    officer = volunteers.take_turn(by.officer_id)
    form = _claim(written, by)
    if form is None:
        return _said(_find(by, written.rid)), False
    if house.family:
        volunteers.refuse_own_family(officer, house.family.id)
    if house.barrier:
        raise Refused(OWES if house.barrier == household.Barrier.OWES else registration.ALREADY)
    _check_day(by)
    signed = {"signed_by": written.consent.signed_by, "witness": written.consent.witness}
    if not PaperConsent.update(used_at=clock.now(), **signed).where(*_free(written.consent)).execute():
        raise Refused(consents.WRONG_FORM)
    family = house.family and house.family.id
    audit.record(Act.FORM_TAKEN, form, by, family=family, kind=written.kind)
    code = group(drafts.answers(Draft.get_by_id(draft.id))["code"], 5)
    return _settle(form, Answer(200, REGISTERED, {"code": code}), family_id=family), True


def _check_day(by: Actor) -> None:
    """Registrations count as households: sixty a day."""
    today = OfflineForm.select().where(
        OfflineForm.officer == by.officer_id,
        OfflineForm.kind == Kind.REGISTRATION,
        OfflineForm.sent_at >= clock.start_of(clock.today()),
    )
    if today.count() > volunteers.HOUSEHOLDS:  # this one is among them
        raise Refused(N_("You have helped sixty households today. Go on tomorrow."))


def _free(consent: Consent) -> tuple:
    return PaperConsent.number == consent.form, PaperConsent.used_at.is_null()


def _claim(written: Written, by: Actor) -> OfflineForm | None:
    """In the caller's write: the form's row for exactly one of many who send it. Raises Refused where the form that it
    replaces was done after all."""
    form = OfflineForm.enter(
        officer=by.officer_id,
        rid=written.rid,
        kind=written.kind,
        state=State.DONE,
        answer=json.dumps(asdict(Answer(422, "", {}))),
        written_at=written.written_at,
    )
    if form is None:
        return None
    before = _find(by, written.mends) if written.mends else None
    if before and before.state in (State.DONE, State.CONFIRMED):
        raise Refused(SENT_BEFORE)
    if before:
        replaced = OfflineForm.id == before.id, OfflineForm.state == State.WAITS
        OfflineForm.update(state=State.REPLACED, content=None).where(*replaced).execute()
    return form


def _settle(form: OfflineForm, answer: Answer, **changed) -> Answer:
    OfflineForm.update(answer=json.dumps(asdict(answer)), **changed).where(OfflineForm.id == form.id).execute()
    return answer


def _find(by: Actor, rid: str) -> OfflineForm | None:
    return OfflineForm.get_or_none(OfflineForm.officer == by.officer_id, OfflineForm.rid == rid)


def _said(form: OfflineForm) -> Answer:
    return Answer(**json.loads(form.answer))
