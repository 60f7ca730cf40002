"""Guesses are reserved before they are checked: whatever arrives at once, five are looked at."""

import threading
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.accounts import attempts, officers, service
from jkn.accounts.models import Attempt, SignIn
from jkn.db import db, write
from jkn.errors import Refused
from tests.builders import PASSWORD, PIN, a_family, an_officer, people
from tests.test_db import in_threads

AT_ONCE = 64


@pytest.fixture
def siti(own_database):
    person = people(a_family(1))[0]
    service.store_pin(person, service.hash_pin(PIN), by=SYSTEM)
    db.close()
    return person


def guess(number: str, pin: str = "295817", device: str | None = None) -> str:
    try:
        service.sign_in_by_pin(number, pin, device, Actor())
    except Refused as refused:
        return refused.message
    return "in"


def test_of_64_guesses_at_once_five_are_looked_at(siti, counted):
    answers = in_threads(AT_ONCE, lambda _place: guess(siti.nik))
    assert counted.asked == 5
    assert answers.count(service.WRONG_PIN) == 5
    assert answers.count(service.PAUSED) == AT_ONCE - 5


def test_counting_after_checking_lets_all_64_through(siti, counted, monkeypatch):
    """The broken twin, as many systems have it: read the counter, check, then add one."""
    together = threading.Barrier(AT_ONCE)

    def late(key, **_limits):
        row = Attempt.get_or_none(Attempt.key == key)
        together.wait(60)
        if row and row.failed >= attempts.FAILURES:
            return False
        with write():
            Attempt.insert(key=key, until=clock.now()).on_conflict_ignore().execute()
            Attempt.update(failed=Attempt.failed + 1).where(Attempt.key == key).execute()
        return True

    monkeypatch.setattr(attempts, "reserve", late)
    in_threads(AT_ONCE, lambda _place: guess(siti.nik))
    assert counted.asked > 5


def test_nik_and_card_share_one_counter(siti, counted):
    in_threads(16, lambda place: guess(siti.nik if place % 2 else siti.card))
    assert counted.asked == 5


def test_the_right_pin_among_wrong_ones_at_once_opens_at_most_one_sign_in_per_guess(siti, counted):
    answers = in_threads(AT_ONCE, lambda place: guess(siti.nik, PIN if place == 0 else "295817"))
    assert answers.count("in") == SignIn.select().count() <= 1


def codes_at_once(siti) -> int:
    """One code of a sheet typed sixteen times at once; how often it opened."""
    code = service.issue_sheet(siti, SYSTEM)[3]
    db.close()

    def use(_place):
        try:
            service.sign_in_by_code(siti.card, code, "730164", Actor())
        except Refused as refused:
            return refused.message
        return "in"

    return in_threads(16, use).count("in")


def test_one_sheet_code_at_once_from_everywhere_opens_one_sign_in(siti):
    assert codes_at_once(siti) == 1
    assert SignIn.select().where(SignIn.revoked_at.is_null()).count() == 1


def test_twin_that_spends_a_code_without_a_condition_opens_several(siti, monkeypatch):
    monkeypatch.setattr(service.sheets, "spend", lambda code, by: True)
    assert codes_at_once(siti) > 1


def test_one_authenticator_code_at_once_lets_one_officer_in(own_database):
    import pyotp

    officer = an_officer()
    code = pyotp.TOTP(officer.totp).at(clock.now())
    db.close()

    def use(_place):
        try:
            return officers.check(officer.username, PASSWORD, code)
        except Refused as refused:
            return refused.message

    answers = in_threads(4, use)
    assert [type(answer).__name__ for answer in answers].count("Officer") == 1


def test_after_five_wrong_ones_it_waits_a_quarter_of_an_hour(app):
    start = clock.now()
    assert [attempts.reserve("k") for _ in range(7)] == [True] * 5 + [False] * 2
    with clock.frozen(start + timedelta(minutes=14)):
        assert not attempts.reserve("k")
    with clock.frozen(start + timedelta(minutes=15)):
        assert attempts.reserve("k")


def test_ten_in_a_row_shut_the_way_for_good(app):
    start = clock.now()
    for quarter in range(50):
        with clock.frozen(start + timedelta(minutes=16 * quarter)):
            for _ in range(7):
                attempts.reserve("k")
    assert Attempt.get(Attempt.key == "k").in_row == attempts.IN_A_ROW
    assert attempts.is_off("k")
    attempts.clear("k")
    assert attempts.reserve("k")


def test_a_counter_without_an_end_goes_on_after_each_pause(app):
    start, looked_at = clock.now(), 0
    for day in range(10):
        with clock.frozen(start + timedelta(days=day, minutes=1)):
            looked_at += sum(attempts.reserve("k", pause=timedelta(days=1), in_a_row=None) for _ in range(9))
    assert 25 <= looked_at <= 50


HOUR = timedelta(hours=1)


def test_of_many_looks_at_once_as_many_are_taken_as_there_are(own_database):
    assert sum(in_threads(AT_ONCE, lambda _place: attempts.take("k", 5, HOUR))) == 5


def test_twin_that_counts_after_it_looked_takes_more(own_database, monkeypatch):
    together = threading.Barrier(AT_ONCE)

    def late(key, most, _span):
        row = Attempt.get_or_none(Attempt.key == key)
        together.wait(60)
        with write():
            Attempt.insert(key=key, until=clock.now()).on_conflict_ignore().execute()
            Attempt.update(failed=Attempt.failed + 1).where(Attempt.key == key).execute()
        return row is None or row.failed < most

    assert sum(in_threads(AT_ONCE, lambda _place: late("k", 5, HOUR))) > 5


def test_looks_are_counted_within_a_span_and_not_for_ever(app):
    """Whoever looks once a week never reaches a limit of five an hour."""
    start = clock.now()
    for week in range(20):
        with clock.frozen(start + timedelta(weeks=week)):
            assert attempts.take("k", 5, HOUR)
    with clock.frozen(start + timedelta(weeks=30)):
        assert [attempts.take("k", 5, HOUR) for _ in range(7)] == [True] * 5 + [False] * 2
    with clock.frozen(start + timedelta(weeks=30, minutes=59)):
        assert not attempts.take("k", 5, HOUR)
    with clock.frozen(start + timedelta(weeks=30, hours=1)):
        assert attempts.take("k", 5, HOUR)


def test_what_was_no_miss_is_given_back_and_forgives_no_other(app):
    for _look in range(4):
        attempts.take("k", 5, HOUR)
    for _hit in range(9):
        assert attempts.take("k", 5, HOUR)
        attempts.give_back("k")
    assert attempts.take("k", 5, HOUR) and not attempts.take("k", 5, HOUR)


def test_counters_name_nobody(app):
    person = people(a_family(1))[0]
    guess(person.nik)
    guess("3578080102039999")
    keys = [row.key for row in Attempt.select()]
    assert len(keys) == 3  # of each number, and of all refusals
    assert all(len(key) == 64 and person.nik not in key for key in keys)
