"""Which drills there are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drill:
    """The engines it is for, and what it is given: the address of an empty database, an engine, or a folder."""

    engines: tuple[str, ...]
    takes: str = "url"


BOTH = ("sqlite", "postgres")
DRILLS = {
    "server": Drill(BOTH),
    "database": Drill(("postgres",), "folder"),
    "power": Drill(("sqlite",)),
    "double": Drill(BOTH),
    "disk": Drill(("postgres",), "folder"),
    "month": Drill(BOTH, "engine"),
}
