"""Asking whether people are served on a day: for pages, kiosks, messages and facilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import Case

from jkn.access import Actor
from jkn.accounts import attempts
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import billed
from jkn.contributions import service as contributions
from jkn.contributions.models import Agreement, Bill
from jkn.db import write
from jkn.eligibility import rules
from jkn.eligibility.rules import SELF_PAYING, Verdict
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Payer, Person, Spell
from jkn.money import Rupiah
from jkn.penalties import judging

CHECKS, SPAN = 10, timedelta(days=1)


@dataclass(frozen=True)
class Group:
    """The people of a family to whom one answer applies."""

    verdict: Verdict
    people: tuple[Person, ...]


def verdict(person: Person, on: date) -> Verdict:
    """Will this person be served on the day?"""
    return _Judge(list(_spells(Spell.person == person, on)), on).of(person)


def of_family(family_id: int, on: date, first: int | None = None, among: frozenset[int] | None = None) -> list[Group]:
    """The answers for a family's living people, or for those of them `among` whom one may look, one for all who share
    it; that of person `first` in front."""
    people = [each for each in members.people_of(family_id, on) if among is None or each.id in among]
    spells = _spells((Spell.family_id == family_id) | Spell.person.in_([person.id for person in people]), on)
    judge = _Judge(list(spells), on, family_id)
    groups: dict[Verdict, list[Person]] = {}
    for person in people:
        groups.setdefault(judge.of(person), []).append(person)
    found = [Group(verdict, tuple(people)) for verdict, people in groups.items()]
    return sorted(found, key=lambda group: first not in [person.id for person in group.people])


def check(nik: str, born: date, on: date, by: Actor) -> bool:
    """For anybody who knows NIK and birth date: active or not. Unknown people are not active. Counted per NIK."""
    found = look_up(nik, born, on, by)
    return found is not None and found[1].is_served


def look_up(number: str, born: date | None, on: date, by: Actor) -> tuple[Person, Verdict] | None:
    """Who has this NIK and birth date, or this card in the hand (`born` is None), and their verdict.

    Counted per number: ten a day. Raises Refused.
    """
    if not attempts.take(attempts.key_of("check", None, number), CHECKS, SPAN):
        raise Refused(N_("This number was checked too often today. Try again tomorrow, or call 165."))
    person = members.find_by_number(number)
    if person is None or born not in (None, person.born):
        return None
    with write():
        audit.record(Act.DATA_SEEN, person, by, page="check")
    return person, verdict(person, on)


def _spells(where, on: date):
    """Spells with their payers, and of their people only what the rules ask.

    `oldest_unpaid`: the oldest month that an employer or a government had not paid by the day.
    """
    oldest = Case(None, [(Payer.family.is_null(), billed.oldest_unpaid(Payer.id, on))])
    rows = Spell.select(Spell, Person.id, Person.died_on, Payer, oldest.alias("oldest_unpaid"))
    return rows.join(Person).switch(Spell).join(Payer).where(where)


def _in_order(spells: Sequence[Spell]) -> list[Spell]:
    """Who is asked first for a person's cover: others who pay, the newest first; then the family."""
    others = [spell for spell in spells if spell.segment not in SELF_PAYING]
    own = [spell for spell in spells if spell.segment in SELF_PAYING]
    return others[::-1] + own[-1:]


class _Judge:
    """Judges people by spells read once; each payer's account is looked at once.

    The spells are all that the payer of `family_id` ever had; of other payers they may be a part.
    """

    def __init__(self, spells: Sequence[Spell], on: date, family_id: int | None = None):
        self.spells, self.on, self.family_id = sorted(spells, key=lambda spell: (spell.since, spell.id)), on, family_id
        self.accounts: dict[int, tuple] = {}

    def of(self, person: Person) -> Verdict:
        own = [spell for spell in self.spells if spell.person_id == person.id and spell.since <= self.on]
        alive = person.died_on is None or person.died_on > self.on
        now = [spell for spell in own if spell.until is None or spell.until > self.on] if alive else []
        found = None
        for spell in _in_order(now):
            answer = self._of_spell(spell)
            if answer.is_served:
                return answer
            found = found or answer
        if found:
            return found
        last = max((spell for spell in own if spell.until), key=lambda spell: spell.until, default=None)
        return rules.without_cover(last and last.segment, last and last.until, self.on)

    def _of_spell(self, spell: Spell) -> Verdict:
        if spell.segment in SELF_PAYING:
            standing, cost, months, window, instalment = self._account(spell.payer)
            return rules.by_standing(standing, cost, months, spell.segment, self.on, window, instalment)
        oldest = Bill.month.python_value(spell.oldest_unpaid)
        if oldest and self._stops(spell, oldest):
            return rules.by_late_payer(spell.segment, spell.payer.name, oldest, self.on)
        return rules.by_others(spell.segment, spell.payer.name, spell.since, self.on)

    def _stops(self, spell: Spell, oldest_unpaid: date) -> bool:
        """Is the spell's payer so late that its members' cover has stopped?"""
        if not rules.is_late(oldest_unpaid, self.on):
            return False
        stops = rules.may_stop(spell.segment, self.on)
        if stops is None:
            agreement = Agreement.on(spell.payer_id, self.on)
            return agreement is not None and agreement.suspends
        return stops

    def _account(self, payer: Payer) -> tuple:
        if payer.id not in self.accounts:
            is_complete = self.family_id is not None and payer.family_id == self.family_id
            shares = contributions.shares_of(payer, self.spells if is_complete else None)
            standing, owed = contributions.standing_and_owed(payer, self.on, shares)
            window = judging.window_of(payer, self.on, shares) if standing.is_covered else None
            next_due = owed.instalment(self.on)
            self.accounts[payer.id] = (standing, Rupiah(owed.total), len(owed.months), window, next_due)
        return self.accounts[payer.id]
