"""Which drills there are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drill:
    """The engines it is for; does it set up its own database? And its goals in safety terms."""

    engines: tuple[str, ...]
    brings_its_own: bool = False


BOTH = ("sqlite", "postgres")
DRILLS = {
    "server": Drill(BOTH),
    "database": Drill(("postgres",), brings_its_own=True),
    "power": Drill(("sqlite",)),
    "disk": Drill(("postgres",), brings_its_own=True),
}
