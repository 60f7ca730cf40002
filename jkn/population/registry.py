"""What the civil registry is asked and what it answers, whichever one it is; and the embedded one, our own table."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from jkn import sealed
from jkn.population.models import Resident


class RegistryDown(Exception):
    """No usable answer came; asking again later may help. The message is for the log and names no person."""


@dataclass(frozen=True, slots=True)
class RegistryPerson:
    """A person on a family card; `relation` is a value of members' Relation. The dead are still on it."""

    nik: str = field(repr=False)
    name: str = field(repr=False)
    born: date = field(repr=False)
    sex: str
    relation: str
    job: str = ""
    marital: str = ""
    alive: bool = True


@dataclass(frozen=True, slots=True)
class RegistryFamily:
    """A family card: where the family lives and who is on it, head first, then by age."""

    kk: str = field(repr=False)
    village_code: str
    address: str = field(repr=False)
    rt: str
    rw: str
    people: tuple[RegistryPerson, ...]

    @classmethod
    def of(cls, kk: str, people: list[RegistryPerson], **place) -> "RegistryFamily":
        return cls(kk, **place, people=tuple(sorted(people, key=lambda one: (one.relation != "head", one.born))))


class Registry(Protocol):
    def family(self, kk: str, nik: str, born: date) -> RegistryFamily | None:
        """The family whose card, living member and birth date these are; None alike whatever of it does not match.

        Raises RegistryDown.
        """


class EmbeddedRegistry:
    """The imported table. The same one query whether the card exists or not; nothing is decrypted before all match."""

    def family(self, kk: str, nik: str, born: date) -> RegistryFamily | None:
        rows = list(Resident.select().where(Resident.kk_hash.in_(sealed.indexes("kk", kk))))
        niks = sealed.indexes("nik", nik)
        asked = next((row for row in rows if row.nik_hash in niks and row.born == born and row.alive), None)
        if asked is None:
            return None
        people = [
            RegistryPerson(row.nik, row.name, row.born, row.sex, row.relation, row.job, row.marital, row.alive)
            for row in rows
        ]
        place = {name: getattr(asked, name) for name in ("village_code", "address", "rt", "rw")}
        return RegistryFamily.of(kk, people, **place)
