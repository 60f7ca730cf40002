"""Looking at a family card, and joining: one registration, however often it is sent."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from jkn import clock, numbers
from jkn.access import Actor
from jkn.accounts import attempts, sheets
from jkn.accounts import service as accounts
from jkn.accounts.rules import SHEET_SHOWN
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions.rules import first_payment_window
from jkn.db import writing
from jkn.drafts import service as drafts
from jkn.drafts.models import Draft
from jkn.errors import N_, Refused
from jkn.facilities import service as facilities
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Payer, Person, Relation, Segment, Spell, Stay
from jkn.notices import service as notices
from jkn.population import service as population
from jkn.registration import rules
from jkn.registration.household import Household, household, joining
from jkn.registration.models import Autodebit, Enrolment

PURPOSE = "join"
CONSENT = "2026-11"  # the version of the text on the first page
CODE_LENGTH = 10
GUESSES, PAUSE = 20, timedelta(hours=1)
LOOKED_UP = timedelta(days=1)  # how long a finished registration without a sheet can be looked at
CHANGED = N_("Something changed on your family card. Look at the family again.")
ALREADY = N_("This family is already registered.")


@writing
def begin() -> str:
    """A draft for somebody who agreed to the text; its token."""
    agreed = {"version": CONSENT, "at": clock.now().isoformat()}
    token, code = drafts.keep(PURPOSE, {"consent": agreed})
    drafts.change(drafts.find(PURPOSE, token), code=code)
    return token


def resume(typed: str) -> str:
    """The token by which another browser goes on. Guesses are counted for each first two letters. Raises Refused."""
    code = "".join(letter for letter in typed.upper() if "A" <= letter <= "Z")
    if len(code) != CODE_LENGTH:
        raise Refused(N_("A continue code has ten letters."), field="code")
    key = attempts.key_of("resume", None, code[:2])
    if not attempts.reserve(key, failures=GUESSES, pause=PAUSE, in_a_row=None):
        raise Refused(N_("There were too many wrong codes. Wait an hour."), field="code")
    draft = drafts.find_by_code(PURPOSE, code)
    if draft is None:
        raise Refused(N_("No open registration has this code."), field="code")
    attempts.clear(key)
    drafts.change(draft, moved=True)
    return drafts.move(draft)


def look_up(draft: Draft, kk: str, nik: str, born: date, typed: dict, by: Actor) -> dict:
    """Ask the registry for the family. What was typed is kept first, so that a registry out of order costs nothing.

    What was answered for another family, or by somebody else, is dropped. Raises Refused."""
    before = drafts.answers(draft)
    drafts.change(draft, typed=typed)
    asked = population.ask_family(kk, nik, born, by)
    people = [asdict(person) | {"born": person.born.isoformat()} for person in asked.people]
    card = {"kk": kk, "village": asked.village_code, "address": asked.address, "rt": asked.rt, "rw": asked.rw}
    card |= {"people": people, "registrant": next(i for i, person in enumerate(people) if person["nik"] == nik)}
    house = household(card)
    if not rules.is_adult(house.people[house.registrant], clock.today()):
        raise Refused(N_("Type the NIK of an adult on the family card."), field="nik")
    is_same = not before.get("moved") and _registrant(before.get("card")) == (kk, nik)
    dropped = {} if is_same else dict.fromkeys(("clinics", "contact", "pin_hash"))
    return drafts.change(
        draft,
        card=card,
        asks_employer=house.barrier is None and rules.asks_employer(house.people, clock.today()),
        newcomer=house.is_newcomer,
        moved=None,
        **dropped | dict.fromkeys(("employer", "joins")),
    )


def _registrant(card: dict | None) -> tuple[str, str] | None:
    return (card["kk"], card["people"][card["registrant"]]["nik"]) if card else None


def confirm_members(draft: Draft, house: Household, joins: list[int]) -> dict:
    """Keep who joins. Who has a clinic from before keeps it: a clinic is named only for the others."""
    ids = {house.known[place].id: place for place in joins if place in house.known}
    kept = {str(ids[person]): row.code for person, row in facilities.clinics_of(list(ids), clock.today()).items()}
    clinics = drafts.answers(draft).get("clinics")
    return drafts.change(draft, joins=joins, kept=kept, clinics={} if len(kept) == len(joins) else clinics or None)


@writing
def join(draft: Draft, key: str, by: Actor, language: str | None = None) -> Enrolment:
    """Everything a registration creates, in one transaction; whoever sends it again gets the same one.

    A language chosen on the way becomes that of a family nobody knew before.

    Raises Refused when the family is no longer as it was confirmed."""
    answers = drafts.answers(draft)
    if not drafts.finish(draft, ""):
        return finished(Draft.get_by_id(draft.id))
    if rules.first_missing(answers):
        raise Refused(CHANGED)
    card, day = answers["card"], clock.today()
    house = household(card)
    if house.barrier:
        raise Refused(ALREADY)
    if joining(house, answers) != answers["joins"] or house.is_newcomer != answers["newcomer"]:
        raise Refused(CHANGED)
    family = house.family or members.enter_family(
        card["kk"], village_code=card["village"], address=card["address"], rt=card["rt"], rw=card["rw"]
    )
    people = _enter_people(house, answers, family)
    head = _head_of(family, card, people)
    payer = _open_payer(family, head, day)
    care_class = CareClass(answers["care_class"])
    for place in answers["joins"]:
        person = people[place]
        members.cover(person, payer, Segment.PBPU, care_class, day)
        if str(place) not in answers["kept"]:
            clinics = answers["clinics"]
            facilities.choose_first(person, clinics.get(str(place)) or clinics["all"], day, by, family.id)
    registrant = people.get(house.registrant)
    enrolment = Enrolment.create(
        family=family,
        payer_id=payer.id,
        registrant=registrant,
        registered_on=day,
        people=len(answers["joins"]),
        care_class=care_class,
        autodebit=Autodebit(answers["autodebit"]),
        consent=answers["consent"]["version"],
        consented_at=datetime.fromisoformat(answers["consent"]["at"]),
        gives_access=house.is_newcomer,
        key=key,
    )
    if house.is_newcomer:
        accounts.store_pin(registrant, answers["pin_hash"], by)
        sheets.issue(registrant, by)
        for person in people.values() if language else ():
            members.choose_language(person.id, language, by)
    audit.record(Act.FAMILY_JOINED, enrolment, by, person=registrant and registrant.id, count=len(answers["joins"]))
    first, last = first_payment_window(day)
    notices.tell(
        registrant or head,
        "joined",
        str(enrolment.id),
        first=first.isoformat(),
        last=last.isoformat(),
    )
    drafts.became(draft, str(enrolment.id), SHEET_SHOWN if enrolment.gives_access else LOOKED_UP)
    return enrolment


def finished(draft: Draft) -> Enrolment:
    """What a finished draft became."""
    return Enrolment.get_by_id(int(draft.result))


def joined(enrolment: Enrolment) -> list[tuple[str, str]]:
    """Masked name and card number of each who joined; in full only the cards that this registration made."""
    made_from = enrolment.consented_at
    rows = (
        Person.select()
        .join(Spell)
        .where(Spell.payer == enrolment.payer_id, Spell.until.is_null(), Spell.since == enrolment.registered_on)
        .order_by(Person.born)
    )
    return [
        (
            numbers.mask_name(person.name),
            numbers.group(person.card) if person.created_at >= made_from else numbers.mask_card(person.card),
        )
        for person in rows
    ]


def births(card: dict) -> list[date]:
    return [date.fromisoformat(person["born"]) for person in card["people"]]


def _enter_people(house: Household, answers: dict, family: Family) -> dict[int, Person]:
    """Those who join, and the registrant where a PIN was made, by place on the card; each living in the family."""
    card, day, people = answers["card"], clock.today(), {}
    places = sorted({*answers["joins"], house.registrant} if house.is_newcomer else answers["joins"])
    for place in places:
        known, registered = house.known.get(place), card["people"][place]
        contact = answers["contact"] if house.is_newcomer and place == house.registrant else {}
        people[place] = known or members.enter_person(
            nik=registered["nik"],
            name=registered["name"],
            born=date.fromisoformat(registered["born"]),
            sex=registered["sex"],
            **{name: value for name, value in contact.items() if value},
        )
        stays = Stay.select().where(Stay.person == people[place], Stay.family == family, Stay.until.is_null())
        if not stays.exists():
            members.settle_in(people[place], family, Relation(registered["relation"]), day)
    return people


def _head_of(family: Family, card: dict, people: dict[int, Person]) -> Person:
    """The person of whose card the family's virtual account is made: the card's head if we know one, else an adult."""
    if family.head_id:
        return Person.get_by_id(family.head_id)
    by_age = sorted(people, key=lambda place: people[place].born)
    heads = [place for place in people if card["people"][place]["relation"] == Relation.HEAD]
    head = people[[*heads, *(place for place in by_age if place == card["registrant"]), *by_age][0]]
    Family.update(head_id=head.id).where(Family.id == family.id).execute()
    return head


def _open_payer(family: Family, head: Person, day: date) -> Payer:
    """The family's payer, with a window for the first payment that begins today; what lapsed before is closed.

    Of two registrations of one family that run side by side the second one finds the payer changed."""
    payer = members.family_payer(family, head.name)
    before = payer.registered_on
    unchanged = Payer.registered_on.is_null() if before is None else Payer.registered_on == before
    opened = Payer.update(registered_on=day, liable_from=None, name=head.name).where(Payer.id == payer.id, unchanged)
    if before == day or not opened.execute():
        raise Refused(ALREADY)
    Spell.update(until=day, reason="lapsed").where(Spell.payer == payer, Spell.until.is_null()).execute()
    return payer


def shown(person: dict) -> str:
    """The masked name of somebody on a card: until they are proven the registry is no oracle."""
    return numbers.mask_name(person["name"])
