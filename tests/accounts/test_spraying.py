"""One PIN tried on each of many accounts: no account notices, but the desk does, and what it opens is little."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import Actor, Level, Role
from jkn.accounts import attempts, service
from jkn.accounts.models import Account, SignIn
from jkn.audit.models import Act, Entry
from jkn.notices.models import Notice
from tests.accounts.test_attempts import AT_ONCE, guess
from tests.builders import a_family, people
from tests.crawl import as_staff
from tests.test_db import in_threads

ALARM = "BANYAK PERCOBAAN MASUK DITOLAK"
SPRAYED = "638152"
MOST = 20


@pytest.fixture
def few(app, monkeypatch):
    """An alarm that rings beyond twenty."""
    monkeypatch.setitem(app.config, "REFUSALS_AN_HOUR", MOST)


def spray(people_, pin=SPRAYED, browser=None) -> int:
    return sum(guess(person.nik, pin, browser) == "in" for person in people_)


def many(count: int, pin: str) -> list:
    """Members who all have this PIN: one hash for all, as the PIN alone is of interest."""
    found, hash = [people(a_family(1))[0] for _ in range(count)], service.hash_pin(pin)
    for person in found:
        Account.create(person=person, pin_hash=hash)
    return found


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR])
def test_one_wrong_pin_on_each_of_many_accounts_rings_at_the_desk(app, few, role):
    victims = many(MOST + 1, "904716")
    assert spray(victims[:MOST]) == 0
    assert ALARM not in as_staff(app, role).get("/petugas").text
    assert spray(victims[MOST:]) == 0
    assert ALARM in as_staff(app, role).get("/petugas").text
    assert ALARM not in as_staff(app, Role.CLERK).get("/petugas").text
    assert not Account.select().where(Account.stopped_at.is_null(False)).exists()
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert ALARM not in as_staff(app, role).get("/petugas").text


def test_numbers_of_nobody_ring_like_those_of_members(app, few):
    for number in range(MOST + 1):
        guess(f"35780801020{number:05d}", SPRAYED)
    assert ALARM in as_staff(app, Role.OFFICER).get("/petugas").text


def test_twin_that_counts_only_at_each_account_hears_nothing(app, few, monkeypatch):
    monkeypatch.setattr(attempts, "take", lambda *_key: True)
    with pytest.raises(AssertionError):
        test_one_wrong_pin_on_each_of_many_accounts_rings_at_the_desk(app, few, Role.OFFICER)


def test_a_wave_at_once_is_counted_to_the_last(own_database):
    in_threads(AT_ONCE, lambda place: guess(f"35780801020{place:05d}", SPRAYED))
    assert service.refused_lately() == AT_ONCE


def test_what_a_lucky_guess_opens_is_l1_in_an_unknown_browser_and_the_member_reads_of_it(app):
    (victim,) = many(1, SPRAYED)
    assert spray([victim], browser="a stranger's") == 1
    assert SignIn.get(SignIn.person == victim).level == Level.L1
    assert Notice.get(Notice.person_id == victim.id).name == "signed_in_on_new_device"
    assert Entry.select().where(Entry.act == Act.SIGNED_IN, Entry.person_id == victim.id).exists()


def test_the_right_pin_of_a_known_browser_works_through_the_wave(app, few):
    victims = many(MOST + 1, "904716")
    own = victims[0]
    service.sign_in_by_pin(own.nik, "904716", "my own phone", Actor())
    spray(victims)
    assert guess(own.nik, "904716", "my own phone") == "in"
