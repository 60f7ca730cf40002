"""The governments that add to class III: the central one, and that of the province in which a family lives.

A few dozen rows that each chunk of families reads once. Joined in SQL instead, by a part of the village's code, they
mislead Postgres into reading every family of the country for each chunk.
"""

from dataclasses import dataclass
from datetime import date

from peewee import Case, Select, Value, fn

from jkn.contributions.models import Bill
from jkn.members.models import Family, Payer, PayerKind
from jkn.regions import service as regions

CENTRAL = "PUSAT"


@dataclass(frozen=True)
class Provinces:
    """The governments of the provinces in which a chunk's families live, by code, and which of them have their bill."""

    payers: dict[str, int]
    billed: frozenset[str]

    def is_open(self, province):
        """Is there no bill yet of the family's province? As SQL; also of who lives in no known village."""
        return province.is_null() | province.not_in(sorted(self.billed)) if self.billed else Value(1) == 1

    def government_of(self, province):
        """The number of the province's government, as SQL; NULL where nobody knows the village."""
        return Case(province, sorted(self.payers.items())) if self.payers else Value(None)


NONE = Provinces({}, frozenset())


def government(code: str) -> int:
    """The number of this government, made when missing."""
    name = "Pemerintah Pusat" if code == CENTRAL else ""
    Payer.insert(kind=PayerKind.GOVERNMENT, code=code, name=name).on_conflict_ignore().execute()
    return Payer.select(Payer.id).where(Payer.kind == PayerKind.GOVERNMENT, Payer.code == code).scalar()


def home(payer):
    """The code of the province in which a payer's family lives, as SQL; NULL where nobody knows the village."""
    family = Family.alias()
    return family.select(fn.SUBSTR(family.village_code, 1, 2)).where(family.id == payer.family)


def enter(month: date, first: int, last: int) -> Provinces:
    """The provinces in which the families of these payers live; their governments are made when missing."""
    found = Payer.select(home(Payer)).where(Payer.id.between(first, last), Payer.kind == PayerKind.FAMILY).distinct()
    codes = {code for (code,) in found.tuples() if code}
    missing = sorted(codes - set(_known(codes)))
    labels = regions.labels(missing)
    for code in missing:
        name = f"Pemerintah {labels[code]}"[:100] if code in labels else ""
        Payer.insert(kind=PayerKind.GOVERNMENT, code=code, name=name).on_conflict_ignore().execute()
    payers = _known(codes)
    bills = Bill.select(Bill.payer).where(Bill.payer.in_(list(payers.values())), Bill.month == month)
    billed = {payer for (payer,) in bills.tuples()}
    return Provinces(payers, frozenset(code for code, payer in payers.items() if payer in billed))


def shares(people, central: int, provinces: Provinces, *own):
    """What each government adds, as rows (payer, *own, price), for what `people` found, a table named by WITH.

    Its columns are `province`, `of_state`, `of_region` and those named by `own`. The central government pays its share,
    and the regional one of families who live in no known village. Each person's aid is billed to both together or, once
    one of them has its bill, to both a month later.
    """
    c, kept = people.c, [getattr(people.c, name) for name in own]
    whole = Case(None, [(c.province.is_null(), c.of_state + c.of_region)], c.of_state)
    state = Select([people], [Value(central).alias("payer"), *kept, whole.alias("price")])
    region = Select([people], [provinces.government_of(c.province).alias("payer"), *kept, c.of_region.alias("price")])
    is_open = provinces.is_open(c.province)
    return state.where(is_open, whole > 0) + region.where(is_open, c.of_region > 0, c.province.is_null(False))


def _known(codes: set[str]) -> dict[str, int]:
    rows = Payer.select(Payer.code, Payer.id).where(Payer.kind == PayerKind.GOVERNMENT, Payer.code.in_(sorted(codes)))
    return dict(rows.tuples())
