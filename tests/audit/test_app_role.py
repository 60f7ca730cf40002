"""The role that README gives the app on Postgres adds to the audit log and the ledger, and changes nothing there."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit import sealing, service
from jkn.audit.models import Act
from jkn.db import connect, db


@pytest.fixture
def as_app_role(own_database, engine):
    """The database as the app sees it once the README's lines were run."""
    if engine == "sqlite":
        pytest.skip("SQLite knows no roles")
    lines = re.findall(r"^    ((?:GRANT|REVOKE) .*;)$", Path("README.md").read_text(), re.MULTILINE)
    owner, url = db.obj, urlsplit(own_database)
    with psycopg.connect(own_database, autocommit=True) as admin:
        admin.execute("CREATE ROLE jkn_app LOGIN")
        for line in lines:
            admin.execute(line)
        host = url.netloc.rpartition("@")[2]
        try:
            db.initialize(connect(url._replace(netloc=f"jkn_app@{host}").geturl()))
            yield
        finally:
            db.close_all()
            db.initialize(owner)
            admin.execute("DROP OWNED BY jkn_app")
            admin.execute("DROP ROLE jkn_app")


def test_the_app_adds_and_seals_and_cannot_change_what_is_written(as_app_role, now):
    with db.atomic():
        service.record(Act.PIN_SET, "person", SYSTEM)
    with clock.frozen(now + timedelta(minutes=5)):
        assert len(list(sealing.seal())) == 1
    for table in ("entry", "block", "movement"):
        for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(Exception, match="permission denied"):
                db.execute_sql(change)
    db.execute_sql("UPDATE person SET name = name")  # of the rest the app is master
