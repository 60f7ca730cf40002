"""Ways in: what opens a sign-in, what does not, and that nobody is kept out by others."""

import logging
import subprocess
import sys
from datetime import timedelta
from itertools import chain, combinations

import pyotp
import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Level, Role
from jkn.accounts import entrance, officers, raising, service, sheets
from jkn.accounts.models import KnownDevice, SheetCode, SignIn, Slip
from jkn.errors import Refused
from jkn.notices.models import Notice
from tests.accounts.test_attempts import guess
from tests.builders import PASSWORD, PIN, a_family, an_officer, people, sign_in
from tests.crawl import contents

WRONG = "295817"


class Queries(logging.Handler):
    """What was asked of the database."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.seen = []

    def emit(self, record):
        self.seen.append(record.msg[0] if isinstance(record.msg, tuple) else str(record.msg))


@pytest.fixture
def queries():
    log, handler = logging.getLogger("peewee"), Queries()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    yield handler.seen
    log.removeHandler(handler)
    log.setLevel(level)


def work_of(queries, counted, act) -> tuple:
    """Queries, hashes and answer of one try."""
    queries.clear()
    before = counted.asked
    try:
        answer = act()
    except Refused as refused:
        answer = refused.message
    return len(queries), counted.asked - before, answer


def test_an_unknown_number_costs_and_answers_the_same_as_a_wrong_pin(siti, queries, counted):
    known = work_of(queries, counted, lambda: guess(siti.nik, WRONG))
    unknown = work_of(queries, counted, lambda: guess("3578080102039999", WRONG))
    assert known == unknown
    assert known[1:] == (1, service.WRONG_PIN)


def test_somebody_without_a_pin_costs_and_answers_the_same(app, queries, counted):
    """Also the card: whether a family registered here cannot be found out."""
    person = people(a_family(1))[0]
    without = work_of(queries, counted, lambda: guess(person.card, WRONG))
    unknown = work_of(queries, counted, lambda: guess("0009999999999", WRONG))
    assert without == unknown


def test_twin_that_asks_for_no_hash_of_nobody_costs_less(siti, queries, counted, monkeypatch):
    whole = service.hashing.matches
    monkeypatch.setattr(service.hashing, "matches", lambda kind, pin, hash: hash is not None and whole(kind, pin, hash))
    with pytest.raises(AssertionError):
        test_an_unknown_number_costs_and_answers_the_same_as_a_wrong_pin(siti, queries, counted)


def test_an_unknown_number_pauses_like_a_known_one(siti):
    for number in (siti.nik, "3578080102039999"):
        assert [guess(number, WRONG) for _ in range(6)] == [service.WRONG_PIN] * 5 + [service.PAUSED]


def try_code(number: str, code: str, second: str | None = None, pin: str = "730164") -> str:
    try:
        service.sign_in_by_code(number, code, pin, Actor(), second=second)
    except Refused as refused:
        return refused.message
    return "in"


def test_a_wrong_code_costs_and_answers_the_same_for_an_unknown_number(siti, queries, counted):
    service.issue_sheet(siti, SYSTEM)
    known = work_of(queries, counted, lambda: try_code(siti.nik, "00000000"))
    unknown = work_of(queries, counted, lambda: try_code("3578080102039999", "00000000"))
    assert known == unknown


def test_ten_wrong_pins_turn_the_pin_off_and_a_sheet_code_turns_it_on(siti):
    start = clock.now()
    codes = service.issue_sheet(siti, SYSTEM)
    for quarter in range(3):
        with clock.frozen(start + timedelta(minutes=16 * quarter)):
            for _ in range(5):
                guess(siti.nik, WRONG)
    with clock.frozen(start + timedelta(days=2)):
        assert guess(siti.nik, PIN) == service.PAUSED
        assert try_code(siti.nik, codes[0]) == "in"
        assert guess(siti.nik, "730164") == "in"
        assert guess(siti.nik, PIN) == service.WRONG_PIN


def test_failures_from_elsewhere_never_lock_a_browser_that_is_known(siti):
    service.sign_in_by_pin(siti.nik, PIN, "my own phone", Actor())
    for _ in range(20):
        guess(siti.nik, WRONG, "a stranger's")
        guess(siti.nik, WRONG, None)
    assert guess(siti.nik, PIN, "a stranger's") == service.PAUSED
    assert guess(siti.nik, PIN, "my own phone") == "in"


def test_a_known_browser_has_its_own_count_and_not_another_persons(siti):
    other = people(a_family(1))[0]
    service.store_pin(other, service.hash_pin(PIN), by=SYSTEM)
    service.sign_in_by_pin(siti.nik, PIN, "one phone", Actor())
    for _ in range(5):
        guess(siti.nik, WRONG, "one phone")
    assert guess(siti.nik, PIN, "one phone") == service.PAUSED
    assert guess(other.nik, PIN, "one phone") == "in"


def test_a_browser_is_forgotten_after_ninety_days(siti):
    service.sign_in_by_pin(siti.nik, PIN, "my own phone", Actor())
    with clock.frozen(clock.now() + timedelta(days=91)):
        for _ in range(6):
            guess(siti.nik, WRONG)
        assert guess(siti.nik, PIN, "my own phone") == service.PAUSED


def test_after_five_wrong_codes_in_a_day_two_are_asked_for_and_nobody_is_shut_out(siti):
    codes = service.issue_sheet(siti, SYSTEM)
    for _ in range(5):
        assert try_code(siti.nik, "00000000") == service.WRONG_CODE
    assert try_code(siti.nik, codes[0]) == service.TWO_CODES
    assert try_code(siti.nik, codes[0], codes[0]) in (service.WRONG_CODE, service.TWO_CODES)
    assert try_code(siti.nik, "00000000", codes[1]) == service.WRONG_CODE
    assert try_code(siti.nik, codes[0], codes[1]) == "in"
    assert SheetCode.select().where(SheetCode.used_at.is_null(False)).count() == 2


def test_a_new_sheet_ends_the_old_one(siti):
    old = service.issue_sheet(siti, SYSTEM)
    new = service.issue_sheet(siti, SYSTEM)
    assert not set(old) & set(new)
    assert try_code(siti.nik, old[0]) == service.WRONG_CODE
    assert try_code(siti.nik, new[0]) == "in"


def test_a_weak_pin_spends_no_code(siti):
    codes = service.issue_sheet(siti, SYSTEM)
    for weak in ("123456", "170880", siti.nik[:6], siti.card[-6:]):
        assert try_code(siti.nik, codes[0], pin=weak) != "in"
    assert try_code(siti.nik, codes[0]) == "in"


def test_somebody_elses_code_is_no_code(siti):
    other = people(a_family(1))[0]
    codes = service.issue_sheet(other, SYSTEM)
    assert try_code(siti.nik, codes[0]) == service.WRONG_CODE


def leaked(person, family) -> list[str]:
    """What leaked in 2021, as digits that somebody could type into any field."""
    born = person.born
    return [person.nik, person.card, family.kk, f"{born:%d%m%y}", f"{born:%d%m%Y}", f"{born:%Y%m%d}", "081298765401"]


def subsets(values):
    return chain.from_iterable(combinations(values, size) for size in range(1, 4))


def test_no_combination_of_what_leaked_opens_anything(app):
    """As number, PIN, code or second code: nobody gets above L0 with NIK, name, birth date, card, phone and KK."""
    family = a_family(1)
    person = people(family)[0]
    knows = leaked(person, family)
    for typed in subsets(knows):
        number, rest = typed[0], [*typed[1:], typed[0]]
        assert guess(number, rest[0][:6]) != "in"
        assert try_code(number, rest[0][:8], rest[-1][:8]) != "in"
    assert SignIn.select().count() == 0


def test_registering_again_with_what_leaked_does_not_take_a_family_over(app):
    from jkn.members import service as members

    family = a_family(1)
    person = people(family)[0]
    with pytest.raises(Refused):
        members.enter_person(nik=person.nik, name=person.name, born=person.born, sex=person.sex)
    with pytest.raises(Refused):
        members.enter_family(family.kk)


def a_slip(person) -> tuple[Slip, str]:
    slip = sheets.print_slip(person, Actor(officer_id=an_officer().id, role=Role.OFFICER, channel="desk"))
    return slip, sheets.slip_code(slip)


def test_a_slip_works_once(siti):
    _slip, code = a_slip(siti)
    assert try_code(siti.nik, code) == "in"
    assert try_code(siti.nik, code) == service.WRONG_CODE


def test_a_slip_works_for_seven_days(siti):
    _slip, code = a_slip(siti)
    start = clock.now()
    with clock.frozen(start + timedelta(days=7, seconds=1)):
        assert try_code(siti.nik, code) == service.WRONG_CODE
    with clock.frozen(start + timedelta(days=6, hours=23)):
        assert try_code(siti.nik, code) == "in"


def test_whoever_shows_the_ktp_displaces_the_one_before(siti):
    """Somebody registered with stolen papers: PIN, sign-ins and known browsers of theirs end."""
    before = service.sign_in_by_pin(siti.nik, PIN, "the thief's", Actor())
    _slip, code = a_slip(siti)
    assert try_code(siti.nik, code) == "in"
    assert SignIn.get_by_id(before.row.id).revoked_at is not None
    assert KnownDevice.select().where(KnownDevice.person == siti).count() == 0
    assert guess(siti.nik, PIN, "the thief's") == service.WRONG_PIN


def test_the_sheet_from_before_does_not_outlive_a_slip(siti):
    codes = service.issue_sheet(siti, SYSTEM)
    _slip, code = a_slip(siti)
    assert try_code(siti.nik, code) == "in"
    assert try_code(siti.nik, codes[0], pin="904716") == service.WRONG_CODE


def test_a_second_slip_ends_the_first(siti):
    slip, first = a_slip(siti)
    second = sheets.slip_code(sheets.print_slip(siti, Actor(officer_id=slip.officer_id)))
    assert try_code(siti.nik, first) == service.WRONG_CODE
    assert try_code(siti.nik, second) == "in"


def test_a_slip_is_shown_only_to_its_officer_and_only_for_ten_minutes(siti):
    slip, _code = a_slip(siti)
    assert sheets.may_show(slip, Actor(officer_id=slip.officer_id))
    assert not sheets.may_show(slip, Actor(officer_id=slip.officer_id + 1))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert not sheets.may_show(slip, Actor(officer_id=slip.officer_id))


def test_the_member_is_told_of_a_slip_a_reset_and_a_new_browser(siti):
    codes = service.issue_sheet(siti, SYSTEM)
    a_slip(siti)
    guess(siti.nik, PIN, "new")
    try_code(siti.nik, codes[0])
    assert {notice.name for notice in Notice.select().where(Notice.person_id == siti.id)} >= {
        "slip_printed",
        "signed_in_on_new_device",
        "pin_reset",
    }


def test_after_a_reset_the_second_level_waits_a_day(siti):
    codes = service.issue_sheet(siti, SYSTEM)
    opened = service.sign_in_by_code(siti.nik, codes[0], "730164", Actor())
    with pytest.raises(Refused):
        raising.step_up(opened.row.id, siti.id, codes[1], Actor(person_id=siti.id))
    assert SignIn.get_by_id(opened.row.id).level == Level.L1


def test_stepping_up_asks_for_the_next_code_and_takes_no_other(siti):
    codes = service.issue_sheet(siti, SYSTEM)
    opened = service.sign_in_by_pin(siti.nik, PIN, None, Actor())
    by = Actor(person_id=siti.id, sign_in=opened.row.id)
    with pytest.raises(Refused):
        raising.step_up(opened.row.id, siti.id, codes[4], by)
    raising.step_up(opened.row.id, siti.id, codes[0], by)
    assert SignIn.get_by_id(opened.row.id).fresh_until == clock.now() + timedelta(minutes=10)
    assert sheets.next_number(siti.id) == 2


def test_guesses_at_stepping_up_are_counted_too(siti):
    service.issue_sheet(siti, SYSTEM)
    opened = service.sign_in_by_pin(siti.nik, PIN, None, Actor())
    messages = set()
    for _ in range(7):
        with pytest.raises(Refused) as refused:
            raising.step_up(opened.row.id, siti.id, "00000000", Actor(person_id=siti.id))
        messages.add(refused.value.message)
    assert "Too many tries. Wait 15 minutes." in messages


def test_the_pin_typed_again_is_counted_by_itself(siti):
    """Guesses at a change of clinic do not lock the sign-in, and five are enough."""
    assert [service.confirm_pin(siti.id, WRONG) for _ in range(5)] == [False] * 5
    with pytest.raises(Refused):
        service.confirm_pin(siti.id, PIN)
    assert guess(siti.nik, PIN) == "in"


def test_a_changed_pin_ends_every_other_sign_in(siti):
    there = service.sign_in_by_pin(siti.nik, PIN, None, Actor())
    here = service.sign_in_by_pin(siti.nik, PIN, None, Actor())
    service.change_pin(siti, "730164", Actor(person_id=siti.id, sign_in=here.row.id))
    assert SignIn.get_by_id(there.row.id).revoked_at
    assert not SignIn.get_by_id(here.row.id).revoked_at
    assert guess(siti.nik, PIN) == service.WRONG_PIN


# Sign-ins


def test_the_database_holds_no_usable_cookie(siti):
    opened = service.sign_in_by_pin(siti.nik, PIN, "my own phone", Actor())
    dump = repr(contents())
    assert opened.token not in dump
    assert "my own phone" not in dump
    assert PIN not in dump


def test_a_sign_in_is_new_each_time(app, siti):
    tokens = {service.sign_in_by_pin(siti.nik, PIN, None, Actor()).token for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) >= 32 for token in tokens)


def test_a_cookie_from_before_the_sign_in_is_not_signed_in_after_it(app, siti):
    """Somebody puts their own cookie into another's browser first: it stays a stranger's."""
    from tests.builders import post

    client = app.test_client()
    client.get("/masuk")
    planted = client.get_cookie("s").value
    post(client, "/masuk", number=siti.nik, pin=PIN)
    assert client.get("/perangkat").status_code == 200
    thief = app.test_client()
    thief.set_cookie("s", planted)
    assert thief.get("/perangkat").location == "/masuk"


def test_signing_out_kills_the_cookie_itself(app, siti):
    from tests.builders import post

    client = app.test_client()
    post(client, "/masuk", number=siti.nik, pin=PIN)
    kept = client.get_cookie("s").value
    post(client, "/keluar")
    replay = app.test_client()
    replay.set_cookie("s", kept)
    assert replay.get("/perangkat").location == "/masuk"


def test_a_killed_sign_in_is_not_revived_by_a_request_in_flight(app, siti):
    """It was loaded, then revoked, then the request ends and notes that it was seen."""
    opened = service.open_sign_in(person=siti)
    with clock.frozen(clock.now() + timedelta(minutes=2)), app.test_request_context("/perangkat"):
        from flask import g

        assert entrance.load(opened.token)
        assert g.seen == opened.row.id
        service.close_sign_in(opened.row.id, SYSTEM)
        entrance.note_seen(app.response_class())
        assert entrance.load(opened.token) is None
    row = SignIn.get_by_id(opened.row.id)
    assert row.revoked_at is not None
    assert row.seen_at == opened.row.seen_at


def test_a_sign_in_ends_after_twelve_hours_however_busy(app, siti):
    client = sign_in(app, siti)
    start = clock.now()
    for minutes in range(0, 12 * 60, 10):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert client.get("/perangkat").status_code == 200
    with clock.frozen(start + timedelta(hours=12)):
        assert client.get("/perangkat").location == "/masuk"


def test_a_sign_in_outlives_a_change_of_address_and_browser_name(app, siti):
    client = sign_in(app, siti)
    for address, agent in (("10.0.0.1", "KAIOS"), ("114.124.1.1", "Opera Mini")):
        answer = client.get("/perangkat", environ_base={"REMOTE_ADDR": address}, headers={"User-Agent": agent})
        assert answer.status_code == 200


@pytest.mark.parametrize("token", ["", "x", "0", "' OR 1=1 --", "\x00", "é" * 1000])
def test_an_invented_token_is_nobody(app, token):
    with app.test_request_context("/"):
        assert entrance.load(token) is None


# Officers


def test_an_officers_code_counts_once(app):
    officer = an_officer()
    code = pyotp.TOTP(officer.totp).at(clock.now())
    assert officers.check(officer.username, PASSWORD, code).id == officer.id
    with pytest.raises(Refused):
        officers.check(officer.username, PASSWORD, code)
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        assert officers.check(officer.username, PASSWORD, pyotp.TOTP(officer.totp).at(clock.now()))


def test_an_officers_code_holds_a_minute_and_not_longer(app):
    officer = an_officer()
    old = pyotp.TOTP(officer.totp).at(clock.now() - timedelta(seconds=90))
    with pytest.raises(Refused):
        officers.check(officer.username, PASSWORD, old)


@pytest.mark.parametrize("change", ["name", "password", "code"])
def test_whatever_is_wrong_an_officer_hears_the_same(app, change, counted):
    officer = an_officer()
    typed = {"name": officer.username, "password": PASSWORD, "code": pyotp.TOTP(officer.totp).at(clock.now())}
    typed[change] = {"name": "nobody", "password": "x" * 20, "code": "000000"}[change]
    with pytest.raises(Refused) as refused:
        officers.check(typed["name"], typed["password"], typed["code"])
    assert refused.value.message == officers.WRONG
    assert counted.asked == 1


def test_a_suspended_officer_is_nobody(app):
    officer = an_officer()
    type(officer).update(suspended_at=clock.now()).execute()
    with pytest.raises(Refused):
        officers.check(officer.username, PASSWORD, pyotp.TOTP(officer.totp).at(clock.now()))


@pytest.mark.parametrize("password", ["", "short", "fourteen chars"])
def test_an_officers_password_has_fifteen_characters(app, password):
    with pytest.raises(Refused):
        officers.create_officer("x", "X", Role.OFFICER, password=password)


def test_the_database_holds_no_password_and_no_authenticator_secret(app):
    officer = an_officer()
    dump = repr(contents())
    assert PASSWORD not in dump
    assert officer.totp not in dump


def test_a_hash_is_costly_where_the_service_runs():
    """In a process of its own, because the tests hash cheaply."""
    ask = "from jkn.accounts.hashing import _hasher as h; print(h.type.name, h.memory_cost, h.time_cost, h.parallelism)"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.split()
    assert said == ["ID", "19456", "2", "1"]
