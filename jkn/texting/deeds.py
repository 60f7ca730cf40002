"""What can be done by message: each deed asks the services behind the pages, and says what they answered."""

from dataclasses import dataclass, field

from jkn import clock, numbers
from jkn.access import Actor
from jkn.accounts import attempts, grants, sheets, stopping
from jkn.accounts.models import GrantBasis
from jkn.assisting import askings, consents
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.complaints import rules as tickets
from jkn.complaints import service as complaints
from jkn.complaints.models import Category, Stage
from jkn.db import writing
from jkn.eligibility import service as eligibility
from jkn.eligibility.rules import WORKERS, Reason, Verdict
from jkn.errors import N_, Refused
from jkn.facilities import service as facilities
from jkn.facilities.models import ClinicChoice
from jkn.members import service as members
from jkn.members.models import Payer, Person
from jkn.money import format_rupiah
from jkn.payments import account_numbers, owing, pot
from jkn.payments.models import Purpose
from jkn.permissions import Scope
from jkn.texting.rules import veiled

STAGES = {
    Stage.RECEIVED: N_("Complaint %(number)s: received. Answer by %(day)s."),
    Stage.VERIFIED: N_("Complaint %(number)s: checked. Answer by %(day)s."),
    Stage.FORWARDED: N_("Complaint %(number)s: passed on. Answer by %(day)s."),
    Stage.IN_HAND: N_("Complaint %(number)s: being worked on. Answer by %(day)s."),
    Stage.ANSWERED: N_("Complaint %(number)s: answered. Read it at a branch, or call 165."),
    Stage.SOLVED: N_("Complaint %(number)s: solved."),
    Stage.REOPENED: N_("Complaint %(number)s: opened again. Answer by %(day)s."),
}
SCOPES = {
    Scope.STATUS: N_("status"),
    Scope.BILLS: N_("bills"),
    Scope.CLINIC: N_("clinic"),
    Scope.COMPLAINTS: N_("complaints"),
    Scope.DATA: N_("data"),
}


class Said(Refused):
    """An answer: a sentence not yet translated, and its values. Said, not raised."""


@dataclass(frozen=True)
class Asker:
    """A number that texts: through which door, who confirmed it as theirs, and under which key its deed is done."""

    phone: str
    door: str
    key: str
    people: list[Person] = field(repr=False)

    @property
    def alone(self) -> Person | None:
        return self.people[0] if len(self.people) == 1 else None

    def acting(self, person: Person | None) -> Actor:
        """Nobody yet, or the person, of whom the number is all that is proven."""
        if person is None or person.id not in [each.id for each in self.people]:
            return Actor(channel=self.door)
        family = members.family_of(person.id)
        return Actor(person_id=person.id, name=person.name, family_id=family and family.id, channel=self.door)


def tell_status(asker: Asker, person: Person) -> Said:
    _note_look(asker, person)
    found = eligibility.verdict(person, clock.today())
    values = {"name": veiled(person.name), "day": found.on, "amount": format_rupiah(found.cost)}
    return Said(status_sentence(found), **values, since=found.since, until=found.until)


def status_sentence(found: Verdict) -> str:
    """Active or not, and the next step; in place of %(name)s, %(day)s, %(amount)s, %(since)s and %(until)s."""
    if found.reason is Reason.LATE:
        return N_("%(name)s: ACTIVE on %(day)s. Pay %(amount)s by %(until)s to stay active.")
    if found.is_served:
        return N_("%(name)s: ACTIVE on %(day)s. Bring the card or NIK.")
    if found.reason is Reason.WAITING:
        return N_("%(name)s: NOT ACTIVE yet. Pay %(amount)s from %(since)s until %(until)s.")
    if found.reason in (Reason.SUSPENDED, Reason.PAYABLE):
        return N_("%(name)s: NOT ACTIVE on %(day)s. Pay %(amount)s to be active.")
    if found.reason is Reason.PAYER_LATE and found.segment in WORKERS:
        return N_("%(name)s: NOT ACTIVE on %(day)s. Ask your employer to pay, or call 165.")
    if found.reason is Reason.PAYER_LATE:
        return N_("%(name)s: NOT ACTIVE on %(day)s. Ask your village office to have it paid.")
    return N_("%(name)s: NOT ACTIVE on %(day)s. Register with a volunteer, or at a branch.")


def tell_bill(asker: Asker, person: Person) -> Said:
    """The amount due, until when, and the account: for whoever knows a number, as on /bayar."""
    _note_look(asker, person)
    payer = _payer_of(person)
    try:
        due = owing.due_under(owing.Target(payer), clock.today())
    except owing.NotPayable as refused:
        return refused
    va, mandiri = (owing.va_of(payer, prefix) for prefix in numbers.VA_PREFIXES)
    return Said(
        N_("%(name)s: pay %(amount)s by %(day)s. VA %(va)s, Mandiri %(mandiri)s."),
        name=veiled(owing.name_of(payer)),
        amount=format_rupiah(due.amount),
        day=owing.pay_by(payer, due),
        va=va,
        mandiri=mandiri,
    )


def tell_pot(asker: Asker, person: Person) -> Said:
    _note_look(asker, person)
    payer = _payer_of(person)
    found = pot.look(payer, clock.today())
    values = {"saved": format_rupiah(found.credit), "missing": format_rupiah(found.missing)}
    tail = account_numbers.known(payer.id, Purpose.POT)
    if tail is None:
        return Said(N_("In your pot: %(saved)s. Still missing: %(missing)s."), **values)
    va = numbers.VA_PREFIXES[0] + tail
    return Said(N_("In your pot: %(saved)s. Still missing: %(missing)s. VA of the pot: %(va)s."), **values, va=va)


def change_clinic(asker: Asker, person: Person, code: str, sheet_code: str) -> Said:
    """Needs what the person holds in the hand: whoever forges a sender has no sheet. Raises Refused."""
    guesses = attempts.key_of("text-code", person.id, "")
    if not attempts.reserve(guesses):
        raise Refused(N_("Too many tries. Wait 15 minutes."))
    choice = _change_clinic(asker, person, code, sheet_code)
    attempts.clear(guesses)
    return Said(N_("%(name)s: clinic %(code)s from %(day)s."), name=veiled(person.name), code=code, day=choice.since)


@writing
def _change_clinic(asker: Asker, person: Person, code: str, sheet_code: str) -> ClinicChoice:
    by = asker.acting(person)
    found = sheets.find_code(person.id, sheet_code)
    if found is None:
        raise Refused(N_("This sheet code is not right, or was used."))
    choice = facilities.change(person, code, by, asker.key)
    if not sheets.spend(found, by):
        raise Refused(N_("This sheet code is not right, or was used."))
    return choice


def file_complaint(asker: Asker, person: Person | None, text: str) -> Said:
    """In the name of whose number it is; of a number that several share, or nobody's, without a name."""
    by = asker.acting(person)
    contact = None if person else asker.phone
    filed = complaints.file(key=asker.key, category=Category.QUESTION, text=text, contact=contact, by=by)
    return Said(N_("Complaint number %(number)s. Keep it. Answer by %(day)s."), number=filed.number, day=filed.due_on)


def follow_complaint(asker: Asker, person: Person | None, ticket: str) -> Said:
    """How far it is; never its words or the answer's, which may speak of an illness."""
    found = complaints.find(ticket)
    if found is None:
        raise Refused(N_("No complaint has this number. Compare it once more."))
    return Said(STAGES[found.stage], number=tickets.show_ticket(ticket), day=found.due_on)


def stop(asker: Asker, person: Person | None, number: str, born) -> Said:
    """The emergency stop, for anybody's number and birth date; the answer does not say whether they were right."""
    stopping.stop(number, born, Actor(channel=asker.door))
    return Said(N_("If number and birth date are right, the account is stopped. A branch opens it again."))


def show_asking(asker: Asker, person: Person, word: str) -> Said:
    """Who asks, how long and what for. By SMS the code to say yes with goes along: a forged sender never reads it."""
    asking = askings.find(person, word)
    values = {
        "helper": veiled(asking.officer.name),
        "name": veiled(person.name),
        "minutes": asking.minutes,
        "scopes": tuple(SCOPES[Scope(each)] for each in asking.scopes.split()),
    }
    if asker.door == "ussd":
        return Said(N_("%(helper)s helps %(name)s %(minutes)s minutes: %(scopes)s. 1 Yes 2 No"), **values)
    code = askings.send_reply_code(asking)
    if not asker.alone:  # the answer says once more who
        code += f" {''.join(word[0] for word in person.name.upper().split())} {person.card[-4:]}"
    told = N_("%(helper)s helps %(name)s %(minutes)s minutes: %(scopes)s. If yes, send: ALLOW %(word)s %(code)s")
    return Said(told, **values, word=word, code=code)


def answer_asking(asker: Asker, person: Person, word: str, answer: str) -> Said:
    asking, by = askings.find(person, word), asker.acting(person)
    if asker.door == "ussd" and answer not in ("1", "2"):
        raise Refused(N_("Choose a number of the list."))
    if asker.door == "ussd" and answer == "2":
        askings.decline(asking, by)
        return Said(N_("You said no. Nobody sees your pages."))
    if asker.door != "ussd" and not askings.knows_reply(asking, answer, by):
        raise Refused(askings.NOBODY_ASKS)
    grant = askings.agree(asking, GrantBasis.TEXT, by)
    minutes = asking.minutes
    return Said(
        N_("%(helper)s may help you for %(minutes)s minutes. To end it, send: REVOKE"),
        helper=veiled(grant.holder_officer.name),
        minutes=minutes,
    )


def choose_language(asker: Asker, person: Person, language: str) -> Said:
    members.choose_language(person.id, language, asker.acting(person))
    person.language = language
    return Said(N_("From now on we write to you in English."))


@writing
def end_rights(asker: Asker, person: Person) -> Said:
    """Every right to act for this person ends: whoever it was given to, and whatever for."""
    by = asker.acting(person)
    ended = consents.cancel_all(person, by) + sum(grants.end(grant, by) for grant in grants.given_by(person.id))
    return Said(N_("Ended: %(count)s. Nobody acts for %(name)s any more."), count=ended, name=veiled(person.name))


def _payer_of(person: Person) -> Payer:
    family = members.family_of(person.id)
    payer = members.payer_of(family.id) if family else None
    if payer is None:
        raise Refused(N_("Your family pays no contribution itself."))
    return payer


@writing
def _note_look(asker: Asker, person: Person) -> None:
    """Senders can be forged: the person reads on /akses that a message asked."""
    audit.record(Act.DATA_SEEN, person, asker.acting(person), page="text")
