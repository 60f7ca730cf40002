"""What a page asks the database, and whether an index answers it."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from jkn.db import db, on_sqlite

# Said around a GET so that it cannot write; they read no table.
AROUND = ("PRAGMA", "SAVEPOINT", "SET ", "ROLLBACK", "RELEASE", "BEGIN", "COMMIT")
# So few rows that reading them all is what an engine should do.
SMALL = {"kiosk", "office", "officer", "partner", "partner_secret", "schema_migration"}


@contextmanager
def asked() -> Iterator[list[tuple[str, tuple]]]:
    """The queries, with their values, that run inside."""
    found = []

    def note(record):
        if isinstance(record.msg, tuple) and not record.msg[0].startswith(AROUND):
            sql, values = record.msg
            found.append((sql, tuple(values or ())))

    handler, logger = logging.Handler(), logging.getLogger("peewee")
    handler.emit = note
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def read_whole(sql: str, values: tuple = ()) -> list[str]:
    """The tables, but the small ones, that a query reads from end to end, as the engine plans it."""
    names = dict(re.findall(r'"(\w+)" AS "(\w+)"', sql))
    tables = {alias: table for table, alias in names.items()}
    found = _scans_of_sqlite(sql, values) if on_sqlite() else _scans_of_postgres(sql, values)
    return sorted({tables.get(name, name) for name in found} - SMALL)


def forget_sizes() -> None:
    """Let the engine plan as for large tables: what ANALYZE or autovacuum noted is that a test's are tiny."""
    if on_sqlite():
        db.execute_sql("DELETE FROM sqlite_stat1")
        db.execute_sql("ANALYZE sqlite_schema")
    else:
        ours = "relkind = 'r' AND relnamespace = 'public'::regnamespace"
        db.execute_sql(f"UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE {ours}")
        db.execute_sql(f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE {ours})")


def _scans_of_sqlite(sql: str, values: tuple) -> Iterator[str]:
    """Tables that the plan SCANs: by an index or not, every entry is visited. Subqueries' own results may be."""
    derived = set(re.findall(r'\)\s+AS\s+"(\w+)"', sql))
    for *_numbers, step in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall():
        if (scan := re.match(r"SCAN (\w+)", step)) and scan[1] not in derived and "CONSTANT ROW" not in step:
            yield scan[1]


def _scans_of_postgres(sql: str, values: tuple) -> Iterator[str]:
    """Tables read whole although that is forbidden, so for want of an index; or by an index without a condition."""
    with db.atomic() as savepoint:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            db.execute_sql(f"SET LOCAL enable_{way} = off")
        (answer,) = db.execute_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).fetchone()
        savepoint.rollback()
    plan = answer if isinstance(answer, list) else json.loads(answer)
    for node in _nodes(plan[0]["Plan"]):
        by_index = node["Node Type"] in ("Index Scan", "Index Only Scan")
        if node["Node Type"] == "Seq Scan" or (by_index and "Index Cond" not in node):
            yield node["Relation Name"]


def _nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
