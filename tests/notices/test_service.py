"""Codes and frozen numbers: what may be sent to one number."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.db import db
from jkn.errors import Refused
from jkn.notices import service
from jkn.notices.models import Notice
from jkn.notices.service import CodeFor
from tests.builders import a_family, people, sign_in
from tests.delivering.conftest import somebody

PHONE = "+6281298765400"


def ask(person, key: str) -> bool:
    try:
        service.send_code(person, "483920", CodeFor.SIGN_IN, key)
    except Refused:
        return False
    return True


def test_g40_three_codes_an_hour_go_to_a_number_however_many_share_it(app, now):
    ayah, ibu = somebody(PHONE), somebody(PHONE)
    assert [ask(who, str(turn)) for turn, who in enumerate((ayah, ibu, ayah, ibu, ayah))] == [True] * 3 + [False] * 2
    with clock.frozen(now + timedelta(minutes=59)):
        assert not ask(ibu, "later")
    with clock.frozen(now + timedelta(minutes=61)):
        assert ask(ibu, "much later")


def test_ten_codes_a_day(app, now):
    person, sent = somebody(PHONE), 0
    for hour in range(24):
        with clock.frozen(now + timedelta(hours=hour, minutes=hour)):
            sent += ask(person, str(hour))
    assert sent == 10


def test_asking_for_a_code_twice_with_one_key_sends_one(app):
    person = somebody(PHONE)
    assert [ask(person, "same") for _time in range(5)] == [True] * 5
    assert Notice.select().count() == 1


def test_without_a_phone_there_is_no_code(app):
    assert not ask(people(a_family(1))[0], "1")


def test_a_code_stands_on_no_page_and_is_sealed(app, siti):
    person = somebody(PHONE)
    ask(person, "1")
    assert "483920" not in sign_in(app, person).get("/kabar").text
    assert service.unread(person.id) == 0
    stored = db.execute_sql("SELECT * FROM notice").fetchall()
    assert "483920" not in str(
        [[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in stored]
    )


def rush(person, count: int) -> int:
    """So many ask at the same moment; how many codes there are then."""
    barrier = Barrier(count)

    def one(turn):
        barrier.wait()
        try:
            ask(person, f"{turn}")
        finally:
            db.close()

    threads = [Thread(target=one, args=(turn,)) for turn in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return Notice.select().count()


def test_g40_sixteen_at_once_get_three_codes(own_database):
    assert rush(somebody(PHONE), 16) == 3


def test_twin_without_the_lock_on_the_number_more_get_through(own_database, engine, monkeypatch):
    """On SQLite the one door for writes stands in for the lock; the twin takes that away too."""
    from contextlib import nullcontext

    from jkn import db as door

    person = somebody(PHONE)
    service.take_number(PHONE)
    monkeypatch.setattr(service, "take_number", lambda phone: service.Number.get().hash)
    if engine == "sqlite":
        monkeypatch.setattr(door, "write", nullcontext)
    most = 0
    for _turn in range(20):
        Notice.delete().execute()
        most = max(most, rush(person, 16))
        if most > 3:
            break
    assert most > 3


def test_a_number_is_frozen_once_and_thawed_once(app):
    assert not service.is_frozen(PHONE)
    assert service.freeze_number(PHONE, SYSTEM) and not service.freeze_number(PHONE, SYSTEM)
    assert service.is_frozen(PHONE) and not service.is_frozen("+6281298765401")
    assert service.thaw_number(PHONE, SYSTEM) and not service.thaw_number(PHONE, SYSTEM)
    assert not service.is_frozen(PHONE)
    assert [row.act for row in Entry.select()] == [Act.NUMBER_FROZEN, Act.NUMBER_THAWED]


def test_a_changed_number_is_told_to_the_old_one(app):
    from jkn.changes import service as changes

    person = somebody(PHONE)
    changes.change_phone(person, "+6281298765401", SYSTEM)
    assert Notice.get().phone == PHONE and Notice.get().rank == 0


@pytest.mark.parametrize("act", CodeFor)
def test_each_act_has_its_own_words(app, act):
    from jkn.notices.wording import in_short

    person = somebody(PHONE)
    service.send_code(person, "483920", act, "1")
    with app.app_context():
        text = in_short(Notice.get(), person.name)
    assert text.startswith("JKN Siti A: 483920 kode Anda")
    assert "mengubah" in text or act is not CodeFor.CHANGE
