"""What stands in every table, as one number each: to say whether two databases have come to the same."""

from hashlib import blake2b

from peewee import ForeignKeyField

from jkn.commands import all_models
from jkn.db import MomentField, db, on_sqlite


def counts() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.table_name: model.select().count() for model in all_models()}


def sums(before: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Of each table with more rows than before: how many, and a sum over the rows that no order changes.

    Left out is what may differ between two runs that came to the same: keys that the database counts out, also where
    they are named by other rows, and moments.
    """
    now = counts()
    grown = {name for name, rows in now.items() if rows != before[name]}
    return {
        model._meta.table_name: _sum(model, [field.column_name for field in _lasting(model, grown)])
        for model in all_models()
        if model._meta.table_name in grown
    }


def _lasting(model, grown: set[str]) -> list:
    return [
        field
        for field in model._meta.sorted_fields
        if not field.primary_key
        and not isinstance(field, MomentField)
        and not (isinstance(field, ForeignKeyField) and field.rel_model._meta.table_name in grown)
    ]


def _sum(model, columns: list[str]) -> tuple[int, int]:
    named = ", ".join(f'"{name}"' for name in columns)
    rows = f"SELECT {named} FROM {model._meta.table_name}"
    if not on_sqlite():
        row = db.execute_sql(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM ({rows}) AS t").fetchone()
        return int(row[0]), int(row[1])
    count = total = 0
    for row in db.execute_sql(rows):
        count += 1
        total += int.from_bytes(blake2b(repr(row).encode(), digest_size=8).digest())
    return count, total
