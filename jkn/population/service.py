"""Asking the civil registry about a family: counted, audited, and the same answer to every wrong question."""

import logging
from datetime import date, timedelta

from jkn import clock, sealed
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.population.models import LookUpCount
from jkn.population.registry import EmbeddedRegistry, Registry, RegistryDown, RegistryFamily

log = logging.getLogger("jkn")

registry: Registry = EmbeddedRegistry()
per_day = 10  # questions about one NIK, and about one family card
NO_MATCH = N_("These numbers and the birth date do not match the civil registry. Compare them with the family card.")
DOWN = N_("The civil registry does not answer right now. Try again later.")
KEPT = timedelta(days=7)  # how long counts are of use


def configure(chosen: Registry, limit: int) -> None:
    """Which registry to ask, and how often a day about one number."""
    global registry, per_day
    registry, per_day = chosen, limit


def ask_family(kk: str, nik: str, born: date, by: Actor = SYSTEM) -> RegistryFamily:
    """The family on a card, for whoever knows card, NIK and birth date of one living member.

    Call it outside a transaction: it commits the count first, then asks over the network. Refused when one of the three
    does not match (no word about which), when a number was asked too often today, and when the registry is down.
    """
    count(kk, nik, by)
    try:
        family = registry.family(kk, nik, born)
    except RegistryDown as down:
        log.error("civil registry: %s", down)
        raise Refused(DOWN) from None
    if family is None:
        raise Refused(NO_MATCH)
    return family


@writing
def count(kk: str, nik: str, by: Actor) -> None:
    """Reserve one question about the card and one about the NIK, before anybody is asked. Refused past the limit."""
    for kind, number in (("kk", kk), ("nik", nik)):
        if not _reserve(sealed.index(f"look-up-{kind}", number), clock.today()):
            raise Refused(N_("These numbers were asked for too often today. Try again tomorrow."))
    audit.record(Act.REGISTRY_ASKED, "registry", by)


def _reserve(key: str, day: date) -> bool:
    """True for the first so many of a day, also when they come at once: the condition stands in the update."""
    LookUpCount.insert(key=key, day=day).on_conflict_ignore().execute()
    return bool(
        LookUpCount.update(count=LookUpCount.count + 1)
        .where(LookUpCount.key == key, LookUpCount.day == day, LookUpCount.count < per_day)
        .execute()
    )


@writing
def forget_counts() -> int:
    """Drop the counts of days long past; how many."""
    return LookUpCount.delete().where(LookUpCount.day < clock.today() - KEPT).execute()
