"""Who on a family card joins together, which answers are still missing, and how children count. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from jkn import law
from jkn.numbers import age_on

GROWN_UP = 17  # the age of the first KTP; whoever is married has one sooner (UU 23/2006 ps 63)
SINGLE = ("", "BELUM KAWIN")
STUDENT = "PELAJAR/MAHASISWA"
# Work for wages as the registry writes it (Permendagri 109/2019); its spellings differ between regions.
EMPLOYED_JOBS = (
    "KARYAWAN SWASTA",
    "KARYAWAN BUMN",
    "KARYAWAN BUMD",
    "KARYAWAN HONORER",
    "PEGAWAI NEGERI SIPIL",
    "PNS",
    "PPPK",
    "TENTARA NASIONAL INDONESIA",
    "TNI",
    "KEPOLISIAN RI",
    "POLRI",
    "KEPALA DESA",
    "PERANGKAT DESA",
)
EMPLOYED_SEGMENTS = ("PPU_BU", "PPU_PN")


class Part(StrEnum):
    """What joining means for one person on the card."""

    JOINS = "joins"
    COVERED = "covered"
    EMPLOYER = "employer"
    DEAD = "dead"


@dataclass(frozen=True)
class OnCard:
    """A person on the family card; `segment` is what covers them already, apart from this family's own lapsed bill."""

    relation: str
    born: date
    job: str = ""
    marital: str = ""
    alive: bool = True
    segment: str | None = None


def is_adult(person: OnCard, day: date) -> bool:
    return age_on(day, person.born) >= GROWN_UP or person.marital not in SINGLE


def is_employee(person: OnCard, day: date) -> bool:
    """Works for wages: covered through an employer, or by the registry's word the employer ought to see to it."""
    if not person.alive or age_on(day, person.born) < GROWN_UP:
        return False
    if person.segment:
        return person.segment in EMPLOYED_SEGMENTS
    return person.job.upper().startswith(EMPLOYED_JOBS)


def is_dependant_child(person: OnCard, day: date) -> bool:
    """Never married and below 21, or below 25 while studying (law.toml: child)."""
    limits = law.at(day).child
    limit = limits.max_age_student if person.job.upper() == STUDENT else limits.max_age
    return person.alive and person.marital in SINGLE and age_on(day, person.born) < limit


def through_employer(people: Sequence[OnCard], day: date) -> set[int]:
    """The places on the card of the employees and of those whom their employer covers at no extra cost.

    The worker, the spouse and three children, oldest first (law.toml: ppu.covered_lives). The card tells spouse and
    children only of its head and the head's spouse; of other employees it knows nobody else.
    """
    employees = {place for place, person in enumerate(people) if is_employee(person, day)}
    couple = {place for place, person in enumerate(people) if person.relation in ("head", "spouse") and person.alive}
    if not employees & couple:
        return employees
    children = [
        place
        for place, person in enumerate(people)
        if person.relation == "child" and place not in employees and is_dependant_child(person, day)
    ]
    children.sort(key=lambda place: people[place].born)
    places = law.at(day).ppu.covered_lives - 2
    return employees | couple | set(children[:places])


def parts(people: Sequence[OnCard], day: date, employer_covers: bool) -> list[Part]:
    """Each person's part. Whoever is left joins: the whole family or nobody (law.toml: whole_family)."""
    employers = through_employer(people, day) if employer_covers else set()
    return [_part(person, place in employers) for place, person in enumerate(people)]


def asks_employer(people: Sequence[OnCard], day: date) -> bool:
    """Is there an employee whose employer could cover somebody who is not covered yet?"""
    employers = through_employer(people, day)
    return any(people[place].alive and not people[place].segment for place in employers)


def _part(person: OnCard, through: bool) -> Part:
    if not person.alive:
        return Part.DEAD
    if person.segment:
        return Part.COVERED
    return Part.EMPLOYER if through else Part.JOINS


# Each step and the answer it leaves behind, in the order of the pages.
STEPS = {
    "start": "consent",
    "family": "card",
    "employer": "employer",
    "members": "joins",
    "class": "care_class",
    "autodebit": "autodebit",
    "clinic": "clinics",
    "contact": "contact",
    "pin": "pin_hash",
    "summary": None,
}


def is_asked(step: str, answers: Mapping[str, Any]) -> bool:
    """Some steps are only for some: the employer's, and those that open a way in for somebody new."""
    if step == "employer":
        return bool(answers.get("asks_employer"))
    if step == "autodebit":
        return answers.get("autodebit") != "none"
    return step not in ("contact", "pin") or answers.get("newcomer", True)


def first_missing(answers: Mapping[str, Any], before: str = "summary") -> str | None:
    """The first step before this one that has no answer yet."""
    for step, answer in STEPS.items():
        if step == before:
            return None
        if is_asked(step, answers) and answers.get(answer) is None:
            return step
    return None


def place_of(step: str, answers: Mapping[str, Any]) -> tuple[int, int]:
    """Which of how many steps this is."""
    asked = [name for name in STEPS if is_asked(name, answers)]
    return (asked.index(step) + 1 if step in asked else 1), len(asked)


def autodebit_rule(day: date, care_class: int) -> str:
    """compulsory, offered or none (law.toml: autodebit_consent)."""
    return getattr(law.at(day).autodebit_consent, f"class_{care_class}")
