"""The year of one family, told by `make year`, comes to what was computed by hand."""

from datetime import date

import pytest

from tests.benchmarks.engines import engine as databases_of
from tests.year.life import living
from tests.year.story import START, STORY, live

pytestmark = pytest.mark.slow


def test_every_amount_of_the_year_is_the_laws(engine, tmp_path):
    with (
        databases_of(engine, tmp_path) as databases,
        living(databases.create("year"), tmp_path, date.fromisoformat(START)) as life,
    ):
        assert len(list(live(life))) == sum(len(entries) for entries in STORY.values())
