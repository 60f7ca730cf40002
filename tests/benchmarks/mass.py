"""Self-paying families by the million, made by SQL: realistic in size, class and width, nobody's in particular.

Everything about a family follows from its number, so that a bank can know what it pays without asking.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from jkn import clock, numbers
from jkn.db import db, on_sqlite
from jkn.members.models import Card, CareClass, Family, Payer, PayerKind, Person, Relation, Segment, Spell, Stay

# Cumulated per cent of families with so many people, and of families up to that class.
SIZES = ((12, 1), (35, 2), (62, 3), (84, 4), (95, 5), (100, 6))
CLASSES = ((80, CareClass.III), (92, CareClass.II), (100, CareClass.I))
MOST = 6
HEAD_BORN, CHILD_BORN = date(1958, 1, 1), date(1999, 1, 1)
VILLAGE = "35.78.08.1001"


@dataclass(frozen=True)
class Crowd:
    """The families numbered after `base`; a family, its payer and its people know each other by their numbers."""

    base: int
    count: int
    alone: bool = False

    @property
    def families(self) -> range:
        return range(self.base + 1, self.base + self.count + 1)

    def size(self, family: int) -> int:
        return 1 if self.alone else _pick(SIZES, family * 37 % 100)

    def care_class(self, family: int) -> CareClass:
        return CareClass.III if self.alone else _pick(CLASSES, family * 61 % 100)

    @staticmethod
    def head(family: int) -> int:
        return family * MOST

    def va(self, family: int) -> str:
        return numbers.va_of(f"000{self.head(family):010}")


def fill(count: int, liable_from: date, since: date = date(2025, 1, 1), alone: bool = False) -> Crowd:
    """Insert so many families, with people, cards, stays, payers and spells; `alone`: of one person in class III."""
    base = max(_highest(Family), _highest(Payer), _highest(Person) // MOST)
    with _unchecked(), db.atomic():
        _families(base, count)
        _payers(base, liable_from)
        _people(base, "1" if alone else _case(SIZES, 37), since, "3" if alone else _case(CLASSES, 61))
        if not on_sqlite():
            for model in (Family, Payer, Person, Card, Stay, Spell):
                table = model._meta.table_name
                db.execute_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    db.execute_sql("ANALYZE")
    return Crowd(base, count, alone)


def _families(base: int, count: int) -> None:
    counting = f"SELECT {base + 1} UNION ALL SELECT n + 1 FROM numbered WHERE n < {base + count}"
    numbered = f"WITH RECURSIVE numbered(n) AS ({counting})"
    address = "'JL. KENANGA NO. ' || CAST(n AS VARCHAR)"
    more = {"id": "n", "head_id": f"n * {MOST}", "address": address}
    given = {"kk": "3578080405101234", "village_code": VILLAGE, "rt": "001", "rw": "002", "proven_at": clock.now()}
    _insert(Family, f"{numbered} SELECT {{}} FROM numbered", more, given)


def _payers(base: int, liable_from: date) -> None:
    given = {"kind": PayerKind.FAMILY, "name": "SITI AMINAH", "liable_from": liable_from}
    _insert(Payer, f"SELECT {{}} FROM family WHERE id > {base}", {"id": "id", "family": "id"}, given)


def _people(base: int, size: str, since: date, care_class: str) -> None:
    """`size` and `care_class` are expressions on the family's id."""
    places = " UNION ALL ".join(f"SELECT {place} AS k" for place in range(MOST))
    source = f"SELECT {{}} FROM family JOIN ({places}) AS place ON k < {size} WHERE family.id > {base}"
    person = f"(id * {MOST} + k)"
    digits = f"CAST(10000000000000 + {person} AS VARCHAR)"
    name = "CASE k WHEN 0 THEN 'SITI AMINAH ' ELSE 'BUDI SANTOSO ' END || CAST(id AS VARCHAR)"
    head, child = (_day_after(first, _modulo("id * 17 + k * 911", 7000)) for first in (HEAD_BORN, CHILD_BORN))
    columns = {
        "id": person,
        "name": name,
        "born": f"CASE k WHEN 0 THEN {head} ELSE {child} END",
        "sex": "CASE k WHEN 0 THEN 'P' ELSE 'L' END",
        "card": f"substr({digits}, 2)",
    }
    _insert(Person, source, columns, {"nik": "3578081708801234"})
    _insert(Card, source, {"id": person, "number": columns["card"], "tail": f"substr({digits}, 4)", "person": person})
    relation = f"CASE k WHEN 0 THEN '{Relation.HEAD}' ELSE '{Relation.CHILD}' END"
    _insert(Stay, source, {"id": person, "family": "id", "person": person, "relation": relation}, {"since": since})
    belongs = {"id": person, "person": person, "family_id": "id", "payer": "id", "care_class": care_class}
    _insert(Spell, source, belongs, {"segment": Segment.PBPU, "since": since, "class_since": since})


def _insert(model, source: str, columns: dict[str, str], given: dict | None = None) -> None:
    """INSERT … SELECT of expressions and given values; every other field is its default, or empty."""
    names, expressions, values = [], [], []
    for field in model._meta.sorted_fields:
        if field.name in columns:
            expression = columns[field.name]
        else:
            default = field.default() if callable(field.default) else field.default
            value = (given or {}).get(field.name, default)
            if value is None:
                continue
            expression = db.param
            values.append(field.db_value(value))
        names.append(f'"{field.column_name}"')
        expressions.append(expression)
    insert = f"INSERT INTO {model._meta.table_name} ({', '.join(names)}) "
    db.execute_sql(insert + source.format(", ".join(expressions)), values)


@contextmanager
def _unchecked() -> Iterator[None]:
    """The rows are consistent by construction: no foreign key is looked up for each of them."""
    off, on = (
        ("PRAGMA foreign_keys = 0", "PRAGMA foreign_keys = 1")
        if on_sqlite()
        else ("SET session_replication_role = replica", "SET session_replication_role = origin")
    )
    db.execute_sql(off)
    try:
        yield
    finally:
        db.execute_sql(on)


def _highest(model) -> int:
    return db.execute_sql(f"SELECT max(id) FROM {model._meta.table_name}").fetchone()[0] or 0


def _case(shares, factor: int) -> str:
    """The same choice as `_pick`, in SQL."""
    dice = _modulo(f"family.id * {factor}", 100)
    return "CASE " + " ".join(f"WHEN {dice} < {below} THEN {int(what)}" for below, what in shares) + " END"


def _pick(shares, dice: int):
    return next(what for below, what in shares if dice < below)


def _modulo(number: str, by: int) -> str:
    """Without the sign %, which Postgres' driver reads as a place for a value."""
    return f"({number} - ({number}) / {by} * {by})"


def _day_after(first: date, days: str) -> str:
    return (
        f"date('{first}', '+' || {days} || ' days')" if on_sqlite() else f"(DATE '{first}' + CAST({days} AS INTEGER))"
    )
