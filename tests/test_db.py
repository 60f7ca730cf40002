"""The one door for writes, alike on both engines; and our kinds of columns."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from peewee import OperationalError, ProgrammingError

from jkn import db as door
from jkn.accounts.models import Attempt
from jkn.clock import now
from jkn.db import db, on_sqlite, write, writing
from jkn.ledger.models import Account, Movement
from jkn.offices.models import Office
from tests.builders import a_family


def an_office(code: str = "1301") -> Office:
    return Office.create(code=code, name="Cabang", address="Jl. Mawar 1")


def an_office_that_fails(code: str) -> None:
    with write():
        an_office(code)
        raise ZeroDivisionError


def in_threads(count: int, work) -> list:
    """Run `work(place)` in so many threads at once, each with its own connection; what each gave back or raised."""
    gate, results = threading.Barrier(count), [None] * count

    def run(place):
        try:
            gate.wait(30)
            results[place] = work(place)
        except Exception as error:
            results[place] = error
        finally:
            if not db.is_closed():
                db.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def test_what_fails_inside_a_write_leaves_nothing(app):
    with pytest.raises(ZeroDivisionError):
        an_office_that_fails("1")
    assert Office.select().count() == 0


def test_a_write_inside_a_write_is_undone_alone(app):
    with write():
        an_office("1")
        with pytest.raises(ZeroDivisionError):
            an_office_that_fails("2")
    assert [office.code for office in Office.select()] == ["1"]


def test_many_writers_wait_their_turn(own_database):
    Attempt.insert(key="k", until=now()).execute()
    db.close()

    def count_up(_place):
        for _ in range(10):
            with write():
                row = Attempt.get(Attempt.key == "k") if on_sqlite() else None
                failed = row.failed + 1 if row else Attempt.failed + 1
                Attempt.update(failed=failed).where(Attempt.key == "k").execute()

    assert in_threads(16, count_up) == [None] * 16
    assert Attempt.get(Attempt.key == "k").failed == 160


def test_without_the_door_writers_on_sqlite_lose_updates_or_fail(own_database):
    """The broken twin: a plain transaction begins without the lock."""
    if not on_sqlite():
        pytest.skip("on Postgres a row is locked by its update")
    Attempt.insert(key="k", until=now()).execute()
    db.close()

    def count_up(_place):
        for _ in range(10):
            with db.atomic():
                failed = Attempt.get(Attempt.key == "k").failed
                Attempt.update(failed=failed + 1).where(Attempt.key == "k").execute()

    results = in_threads(8, count_up)
    assert any(isinstance(result, OperationalError) for result in results) or Attempt.get().failed < 80


def test_a_function_runs_again_when_the_engine_asks_for_it(own_database, monkeypatch):
    class Again(Exception):
        sqlstate = "40001"

    tries = []

    @writing
    def books():
        tries.append(1)
        an_office()
        if len(tries) < 3:
            raise OperationalError from Again()
        return "done"

    assert books() == "done"
    assert (len(tries), Office.select().count()) == (3, 1)


def test_it_gives_up_after_a_few_tries_and_at_other_faults_at_once(own_database):
    class Again(Exception):
        sqlstate = "40P01"

    tries = []

    @writing
    def never():
        tries.append(1)
        raise OperationalError from Again()

    @writing
    def broken():
        tries.append(1)
        raise OperationalError("disk I/O error")

    for function, count in ((never, door.RETRIES), (broken, 1)):
        tries.clear()
        with pytest.raises(OperationalError):
            function()
        assert len(tries) == count


def test_sqlite_is_set_so_that_a_power_cut_loses_nothing(own_database):
    if not on_sqlite():
        pytest.skip("of SQLite")
    asked = {
        name: db.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode", "foreign_keys")
    }
    assert asked == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


def test_a_moment_needs_a_zone_and_comes_back_in_utc(app):
    wib = datetime(2026, 1, 15, 10, tzinfo=timezone(timedelta(hours=7)))
    Attempt.insert(key="k", until=wib).execute()
    assert Attempt.get().until == datetime(2026, 1, 15, 3, tzinfo=UTC)
    with pytest.raises(ValueError):
        Attempt.insert(key="n", until=datetime(2026, 1, 15)).execute()


def test_rupiah_are_never_fractions(app):
    from jkn.members import service as members

    payer = members.payer_of(a_family(1).id)
    row = {"payer": payer, "debit": Account.BANK, "credit": Account.CREDIT, "source": "x", "booked_on": "2026-01-01"}
    with pytest.raises(TypeError):
        Movement.create(amount=1.5, **row)
    assert Movement.create(amount=150_000, **row).amount == 150_000


def test_a_page_says_so_when_the_database_is_away(another_app):
    from jkn.access import public

    @public
    def away():
        raise OperationalError("could not connect to server")

    @public
    def wrong():
        raise ProgrammingError('relation "x" does not exist')

    client = another_app(away, wrong).test_client()
    assert client.get("/away").status_code == 503
    assert "Coba lagi beberapa menit lagi" in client.get("/away").text
    assert client.get("/wrong").status_code == 500
    assert "relation" not in client.get("/wrong").text
