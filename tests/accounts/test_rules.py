"""Which PINs are refused: everything that can be read off a card, and everything that many people choose."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.accounts.rules import LIMITS, PIN_LENGTH, weak_pin_reason

BIRTHS = st.dates(date(1916, 1, 1), date(2026, 1, 15))
NUMBERS = st.from_regex(r"[0-9]{10,16}", fullmatch=True)


@pytest.mark.parametrize(
    "pin",
    "000000 111111 123456 654321 012345 987654 121212 123123 112233 445566 123321 135790 100001 909090 505050 "
    "001001 010101 147258 159753 890123".split(),
)
def test_a_pin_that_many_people_choose_is_refused(pin):
    assert weak_pin_reason(pin)


@pytest.mark.parametrize("pin", ["483920", "730164", "295817", "904716", "638152"])
def test_an_ordinary_pin_is_accepted(pin):
    assert weak_pin_reason(pin, [date(1980, 8, 17)], ["3578085708800001", "0001234567890"]) is None


def derived(born: date) -> set[str]:
    """Every six digits that somebody would try who knows the birth date."""
    day, month, short, year = f"{born:%d}", f"{born:%m}", f"{born:%y}", f"{born:%Y}"
    orders = [
        day + month + short, month + day + short, short + month + day, short + day + month, day + short + month,
        month + short + day, day + year, month + year, year + day, year + month,
    ]  # fmt: skip
    return {order for order in orders if len(order) == PIN_LENGTH}


@given(BIRTHS)
def test_every_pin_made_of_a_birth_date_is_refused(born):
    assert [pin for pin in derived(born) if not weak_pin_reason(pin, [born])] == []


@given(st.lists(BIRTHS, min_size=2, max_size=6))
def test_the_birth_dates_of_the_whole_family_are_refused(births):
    assert all(weak_pin_reason(pin, births) for born in births for pin in derived(born))


@given(NUMBERS, st.data())
def test_every_part_of_a_nik_phone_or_card_is_refused_forwards_and_backwards(number, data):
    start = data.draw(st.integers(0, len(number) - PIN_LENGTH))
    part = number[start : start + PIN_LENGTH]
    assert weak_pin_reason(part, numbers=[number])
    assert weak_pin_reason(part[::-1], numbers=[number])


@given(st.integers(0, 9), st.integers(0, 9))
def test_every_run_is_refused(first, step):
    assert weak_pin_reason("".join(str((first + place * step) % 10) for place in range(PIN_LENGTH)))


def test_most_pins_are_left():
    """Refusing must not make guessing easier: ten guesses at what is left hit with one in ninety thousand at most."""
    born = date(1980, 8, 17)
    numbers = ["3578085708800001", "0001234567890", "+6281298765432"]
    left = sum(weak_pin_reason(f"{pin:06d}", [born], numbers) is None for pin in range(0, 10**PIN_LENGTH, 7))
    assert left > 0.9 * 10**PIN_LENGTH / 7


def test_no_way_in_stays_open_for_a_day():
    assert all(idle <= length for idle, length in LIMITS.values())
    assert LIMITS["kiosk"][0].total_seconds() == 60
    assert LIMITS["volunteer"][0].total_seconds() == 600
    assert max(length for _idle, length in LIMITS.values()).total_seconds() <= 12 * 3600
