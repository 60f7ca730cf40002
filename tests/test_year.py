"""A year of a family's life, by real processes; every amount was computed by hand (tests/year/story.py)."""

from datetime import date

import pytest

from tests.year import acts
from tests.year.life import Life, living
from tests.year.story import START, STORY, live

LOOKS = (acts.is_suspended, acts.has_in_pot, acts.has_paid, acts.has_settled)
SUSPENDED = "2025-06-01"


@pytest.fixture
def life(own_database, tmp_path):
    with living(own_database, tmp_path, date.fromisoformat(START)) as life:
        yield life


def test_the_first_months_until_the_suspension_come_to_what_was_computed_by_hand(life):
    first = {day: entries for day, entries in STORY.items() if day <= SUSPENDED}
    assert len(list(live(life, first))) == sum(map(len, first.values()))
    notices_a_rupiah(life)


@pytest.mark.slow
def test_the_whole_year_comes_to_what_was_computed_by_hand(life):
    assert len(list(live(life))) == sum(map(len, STORY.values()))
    notices_a_rupiah(life)


def notices_a_rupiah(life: Life) -> None:
    """The twins: what was only looked at today, expected to be one rupiah more."""
    today = f"{life.today}"
    looks = [entry for entry in STORY[today] if entry.act in LOOKS or entry.what.startswith("the books")]
    assert looks
    for entry in looks:
        with pytest.raises(AssertionError, match=entry.what):
            list(live(life, {today: [entry._replace(amount=entry.amount + 1)]}))
