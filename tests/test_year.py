"""A year of a family's life, by real processes; every amount was computed by hand (tests/year/story.py)."""

from datetime import date

import pytest

from tests.year import acts
from tests.year.life import living
from tests.year.story import START, STORY, live

LOOKS = (acts.has_in_pot, acts.has_paid, acts.has_settled)


def test_a_familys_year_comes_to_what_was_computed_by_hand(own_database, tmp_path):
    with living(own_database, tmp_path, date.fromisoformat(START)) as life:
        assert len(list(live(life))) == sum(len(entries) for entries in STORY.values())
        for entry in STORY[f"{life.today}"]:
            if entry.act in LOOKS or entry.what.startswith("the books"):
                with pytest.raises(AssertionError, match=entry.what):
                    list(live(life, {f"{life.today}": [entry._replace(amount=entry.amount + 1)]}))
