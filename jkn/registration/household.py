"""The family card as the scheme knows it: who is covered already, and whether anybody can join."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jkn import clock, sealed
from jkn.contributions import service as contributions
from jkn.contributions.standing import State
from jkn.members import service as members
from jkn.members.models import Family, NikIndex, Payer, Person
from jkn.registration import rules
from jkn.registration.rules import OnCard, Part


class Barrier(StrEnum):
    """Why nobody on the card can join here."""

    ENROLLED = "enrolled"  # the family pays for itself already, or may still
    OWES = "owes"  # from the last time: arrears stay recorded


@dataclass(frozen=True)
class Household:
    """The family card as it stands in the scheme on a day. Places count from 0 in the registry's order."""

    people: tuple[OnCard, ...]
    known: dict[int, Person]  # by place
    family: Family | None
    barrier: Barrier | None
    registrant: int

    @property
    def is_newcomer(self) -> bool:
        """May the registrant make a PIN here? Numbers alone never open what somebody else's family has shown us, nor
        reach a person who was in the scheme before and comes along."""
        comes_along = any(self.people[place].alive and not self.people[place].segment for place in self.known)
        is_open = self.family is None or self.family.proven_at is None
        return self.registrant not in self.known and is_open and not comes_along


def household(card: dict) -> Household:
    """What the scheme knows today of the people on a card."""
    day, people = clock.today(), card["people"]
    known = _known([person["nik"] for person in people])
    family = members.find_family(card["kk"])
    payer = members.payer_of(family.id) if family else None
    spells = members.spells_of([person.id for person in known.values()], day)
    own = {person_id for person_id, spell in spells.items() if payer and spell.payer_id == payer.id}
    lapsed = bool(own) and contributions.standing(payer, day).state == State.LAPSED
    on_card = []
    for place, person in enumerate(people):
        spell = spells.get(known[place].id) if place in known else None
        if spell and lapsed and spell.person_id in own:
            spell = None
        on_card.append(
            OnCard(
                relation=person["relation"],
                born=date.fromisoformat(person["born"]),
                job=person["job"] or "",
                marital=person["marital"] or "",
                alive=person["alive"],
                segment=str(spell.segment) if spell else None,
            )
        )
    return Household(tuple(on_card), known, family, _barrier(payer, bool(own), lapsed, day), card["registrant"])


def _barrier(payer: Payer | None, has_spells: bool, lapsed: bool, day: date) -> Barrier | None:
    if has_spells and not lapsed:
        return Barrier.ENROLLED
    if payer and payer.liable_from and contributions.owed(payer, day).total:
        return Barrier.OWES
    return None


def joining(house: Household, answers: dict) -> list[int]:
    """The places on the card of those who join."""
    if house.barrier:
        return []
    parts = rules.parts(house.people, clock.today(), answers.get("employer") == "yes")
    return [place for place, part in enumerate(parts) if part == Part.JOINS]


def _known(niks: list[str]) -> dict[int, Person]:
    """Whom of these we know, by place in the list: one query."""
    place_of = {hash: place for place, nik in enumerate(niks) for hash in sealed.indexes("nik", nik)}
    rows = NikIndex.select(NikIndex, Person).join(Person).where(NikIndex.hash.in_(list(place_of)))
    return {place_of[row.hash]: row.person for row in rows}
