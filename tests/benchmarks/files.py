"""The files that are imported: made ones, or real ones; and the beginnings of them."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jkn.regions.imports import FILES as REGIONS
from jkn.regions.models import Level
from tests.benchmarks import places, population

VILLAGES = REGIONS[Level.VILLAGE][0]


@dataclass(frozen=True)
class Files:
    """A folder of regions, and three files."""

    regions: Path
    facilities: Path
    population: Path
    members: Path

    @property
    def steps(self) -> list[tuple[str, Path, int]]:
        """(command, what it reads, how many lines that is), in the order in which they can be loaded."""
        regions = sum(_count(self.regions / name) for name, *_rest in REGIONS.values())
        return [
            ("import-regions", self.regions, regions),
            ("import-facilities", self.facilities, _count(self.facilities)),
            ("import-population", self.population, _count(self.population)),
            ("import-members", self.members, _count(self.members)),
        ]

    def beginning(self, folder: Path, share: float) -> "Files":
        """A share of villages, facilities and people; the members are those whom the shorter population knows."""
        folder.mkdir()
        for name, *_rest in REGIONS.values():
            path = self.regions / name
            _head(path, folder / name, int(_count(path) * (share if name == VILLAGES else 1)))
        people = _head(self.population, folder / "population.csv", int(_count(self.population) * share))
        known = {line.split(",", 1)[0] for line in _read(people)}
        members = folder / "members.csv"
        with open(members, "w", encoding="utf-8") as out:
            out.writelines(line for line in _read(self.members) if line.split(",", 1)[0] in known)
        facilities = _head(self.facilities, folder / "facilities.csv", int(_count(self.facilities) * share))
        return Files(folder, facilities, people, members)

    def share_of(self, families: int) -> float:
        """Which part of the population file the first so many families are."""
        seen = set()
        for number, line in enumerate(_read(self.population)):
            seen.add(line.split(",", 2)[1])
            if len(seen) > families + 1:  # the header counts as one
                return (number - 1) / _count(self.population)
        return 1.0


def ready(folder: Path, families: int, today: date) -> Files:
    """The files to load: those that the environment names, the others made."""
    places.write(folder)
    files = Files(
        _named("BENCH_REGIONS", folder),
        _named("BENCH_FACILITIES", folder / "facilities.csv"),
        _named("BENCH_POPULATION", folder / "population.csv"),
        _named("BENCH_MEMBERS", folder / "members.csv"),
    )
    if folder in (files.population.parent, files.members.parent):
        count = population.write(
            files.population, files.members, families, files.regions, files.facilities, today.replace(day=1)
        )
        print(f"Made {families:,} families of {count:,} people.", flush=True)
    return files


def _named(variable: str, otherwise: Path) -> Path:
    return Path(os.environ.get(variable) or otherwise)


def _head(source: Path, target: Path, lines: int) -> Path:
    """The header and the first so many lines."""
    with open(target, "w", encoding="utf-8") as out:
        out.writelines(itertools.islice(_read(source), lines + 1))
    return target


def _read(path: Path) -> Iterator[str]:
    with open(path, encoding="utf-8") as file:
        yield from file


def _count(path: Path) -> int:
    """Lines under the header."""
    with open(path, "rb") as file:
        return sum(1 for _line in file) - 1
