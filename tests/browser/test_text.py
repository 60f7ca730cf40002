import re

import pytest

from tests.browser.conftest import needed
from tests.browser.golden import FOLDER, dump, pages

NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
BESIDE_ITS_LABEL = re.compile(r"\S+ \[ +\]")  # day, month and year are so short


@pytest.fixture(scope="module")
def html(databases, places):
    return dict(pages(places, databases.copy(places.url)))


def test_every_page_has_its_golden_file(html):
    assert sorted(html) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_text_browser_shows_what_it_should(html, name):
    """After a change that was meant: python -m tests.browser.golden"""
    assert dump(html[name], needed("w3m")) == (FOLDER / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_line_fits_and_a_field_stands_under_its_label(name):
    for line in (FOLDER / f"{name}.txt").read_text().splitlines():
        assert len(line) <= 34
        assert "[  " not in line or line.startswith("[") or BESIDE_ITS_LABEL.fullmatch(line), line
