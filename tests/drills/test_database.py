import pytest

from tests.drills import database

pytestmark = pytest.mark.usefixtures("only_postgres")


def test_a_database_killed_under_payments_loses_and_doubles_none(folder, goals):
    database.run(folder, goals, **database.SMALL)
    assert goals.met, goals.rows


@pytest.mark.slow
def test_twin_a_database_that_answers_before_it_writes_loses_payments(folder, goals):
    slow = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
    settings = slow | {"bgwriter_lru_maxpages": "0"}
    try:
        database.run(folder, goals, payments=40, kills=1, settings=settings)
    except TimeoutError:
        return  # even the bank's own rows, made a moment before the blow, are lost: nobody answers it any more
    assert "database killed: acknowledged payments lost after a blow" in goals.missed
