"""What leaked in 2021 opens nothing, however often and wherever it is typed (G21), nor does guessing (G22)."""

import random
from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.accounts import attempts, rules, service
from jkn.accounts.models import Account, SignIn
from jkn.errors import Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices.models import Notice
from tests.accounts.test_attempts import guess
from tests.builders import a_nik
from tests.crawl import PAGES, fields

PHONE = "+6281298765401"
STRANGERS = "+6281277700011"
BORN = {"born-d": "17", "born-m": "8", "born-y": "1980"}
MEMBERS = 100_000


@pytest.fixture
def victim(siti):
    """A member with PIN, sheet and a phone on file."""
    service.issue_sheet(siti, SYSTEM)
    Person.update(phone=PHONE, phone_confirmed_at=clock.now()).where(Person.id == siti.id).execute()
    return Person.get_by_id(siti.id)


def leaked(person: Person) -> dict[str, str]:
    """The columns of the leak, as digits."""
    kk, born = members.family_of(person.id).kk, person.born
    days = {"born": f"{born:%d%m%Y}", "born short": f"{born:%d%m%y}", "born back": f"{born:%Y%m%d}"}
    return {"nik": person.nik, "card": person.card, "kk": kk, "phone": "0" + PHONE[3:]} | days


def parts(words, length: int) -> list[str]:
    """Whatever of so many digits stands in them, forwards and backwards."""
    whole = [*words, *(word[::-1] for word in words)]
    return sorted({word[start : start + length] for word in whole for start in range(len(word) - length + 1)})


def openings(person: Person, tries: int) -> int:
    """How many of so many tries open something, for somebody who knows every column and whom no counter stops."""
    words, dice = list(leaked(person).values()), random.Random(2021)
    pins, codes = parts(words, rules.PIN_LENGTH), parts(words, rules.CODE_LENGTH)
    opened = 0
    for turn in range(tries):
        number = (person.nik, person.card)[turn % 2]
        if turn % 4 < 2:
            opened += guess(number, pins[turn // 4 % len(pins)]) == "in"
        else:
            opened += _by_code(number, dice.choice(codes), dice.choice(codes))
    return opened


def _by_code(number: str, code: str, second: str, pin: str = "730164") -> bool:
    try:
        service.sign_in_by_code(number, code, pin, Actor(), second=second)
    except Refused:
        return False
    return True


def never_stopped(monkeypatch) -> None:
    monkeypatch.setattr(attempts, "reserve", lambda *_key, **_limits: True)


def test_g21_no_try_with_what_leaked_opens_anything_even_where_nothing_counts(victim, monkeypatch):
    never_stopped(monkeypatch)
    assert openings(victim, 400) == SignIn.select().count() == 0


@pytest.mark.slow
def test_g21_in_full_size(victim, monkeypatch):
    never_stopped(monkeypatch)
    assert openings(victim, 10_000) == SignIn.select().count() == 0


def test_g21_twin_that_lets_people_take_their_birth_date_as_pin_opens(victim, monkeypatch):
    never_stopped(monkeypatch)
    monkeypatch.setattr(service, "weak_pin_reason", lambda *_pin: None)
    service.change_pin(victim, f"{victim.born:%d%m%y}", SYSTEM)
    assert openings(victim, 400) > 0


def typed_into(page, person: Person) -> dict[str, str]:
    """The form of a page filled in with what leaked, and with a phone of the stranger's."""
    knows, form = leaked(person), fields(page.text)
    by_name = {"nik": "nik", "number": "nik", "kk": "kk", "pin": "born short", "again": "born short", "code": "born"}
    typed = {name: knows[by_name.get(name, "nik")] for name in form.typed}
    return form.hidden | typed | BORN | {"phone": STRANGERS, "contact": STRANGERS, "agree": "y", "agreed": "y"}


@pytest.mark.parametrize("number", ["nik", "card"])
def test_g21_filled_into_every_form_that_is_open_to_anybody_it_opens_no_account_and_binds_no_phone(app, victim, number):
    before, client, seen = Account.get().pin_hash, app.test_client(), 0
    for route in PAGES:
        if route.access != "public" or "POST" not in route.methods or "<" in route.url:
            continue
        page = client.get(route.url)
        if page.status_code == 200:
            seen += 1
            typed = typed_into(page, victim) | {"number": leaked(victim)[number]}
            client.post(route.url, data=typed)
    assert seen >= 15
    assert SignIn.select().count() == 0 and client.get("/status").location == "/masuk"
    assert Account.get().pin_hash == before and Person.get_by_id(victim.id).phone == PHONE
    assert not [notice for notice in Notice.select() if notice.phone == STRANGERS or notice.name == "code"]


def test_g21_twin_that_signs_in_whoever_knows_nik_and_birth_date_would_be_noticed(app, victim, monkeypatch):
    """As the guides of today's app describe it: personal data in place of the PIN."""

    def by_birth_date(number, pin, *_rest):
        person = members.find_by_number(number)
        return service.open_sign_in(person=person) if person and pin == f"{person.born:%d%m%y}" else guess(number)

    monkeypatch.setattr(service, "sign_in_by_pin", by_birth_date)
    with pytest.raises(AssertionError):
        test_g21_filled_into_every_form_that_is_open_to_anybody_it_opens_no_account_and_binds_no_phone(
            app, victim, "nik"
        )


# G22: ten guesses each at a hundred thousand members

POPULAR = [*sorted(rules.COMMON), "123456", "111111", "121212", "123123", "654321", "000000", "112233", "696969"]
LIKELY = [f"{day:02d}{month:02d}{year}" for year in (80, 90) for month in (1, 8) for day in (1, 2, 10, 17)]
FIRST = date(1950, 1, 1)


def orders(born: date) -> list[str]:
    return [f"{born:%d%m%y}", f"{born:%y%m%d}", f"{born:%m%d%y}", f"{born:%m%Y}", f"{born:%d%Y}", f"{born:%Y%m}"]


def accounts_opened(count: int, is_refused) -> int:
    """Two of five take a birth date of their family card, one in twenty another's, one in five what many take, one in
    ten a part of a number; who is refused takes digits that mean nothing. The guesser knows leak, habits and rule."""
    dice, opened = random.Random(22), 0
    for serial in range(count):
        own, kin, friend = (FIRST + timedelta(days=dice.randrange(22_000)) for _who in range(3))
        numbers = [f"357808{own:%d%m%y}{serial % 10_000:04d}", f"08{dice.randrange(10**10):010d}"]
        known, habit, whole = [*orders(own), *orders(kin)], dice.random(), numbers[serial % 2]
        start = dice.randrange(len(whole) - 5)
        wishes = ((0.4, known), (0.45, orders(friend)[:1]), (0.65, POPULAR), (0.75, [whole[start : start + 6]]))
        pin = next((dice.choice(wish) for most, wish in wishes if habit < most), f"{dice.randrange(10**6):06d}")
        while is_refused(pin, [own, kin], numbers):
            pin = f"{dice.randrange(10**6):06d}"
        tries = [*known, *POPULAR, *LIKELY]
        if pin in tries:
            left = [each for each in tries if not is_refused(each, [own, kin], numbers)]
            opened += pin in left[: attempts.IN_A_ROW]
    return opened


def is_refused(pin: str, births: list[date], numbers: list[str]) -> bool:
    return rules.weak_pin_reason(pin, births, numbers) is not None


def test_g22_who_knows_birthdays_and_habits_opens_one_in_ten_thousand_at_most():
    assert accounts_opened(20_000, is_refused) <= 2


@pytest.mark.slow
def test_g22_in_full_size():
    assert accounts_opened(100_000, is_refused) <= 10


def test_g22_twin_that_refuses_no_pin_lets_every_third_be_opened():
    assert accounts_opened(20_000, lambda *_pin: False) > 20_000 // 3


def test_g22_a_new_pin_is_no_birth_date_of_anybody_on_the_family_card(siti):
    """Whoever has the leak has the card, and so the dates of spouse and children."""
    child = members.enter_person(nik=a_nik(date(2011, 6, 23)), name="AYU", born=date(2011, 6, 23), sex="P")
    members.settle_in(child, members.family_of(siti.id), members.Relation.CHILD, date(2025, 1, 1))
    codes = service.issue_sheet(siti, SYSTEM)
    with pytest.raises(Refused):
        service.change_pin(siti, "230611", SYSTEM)
    assert not _by_code(siti.nik, codes[0], codes[1], "230611")
    assert _by_code(siti.nik, codes[0], codes[1], "904716")
