import re

import pytest

from tests.browser.conftest import needed
from tests.browser.golden import DUMPS, FOLDER, dump, pages

NAMES = sorted(path.stem for path in (FOLDER / "w3m").glob("*.txt"))
ALONE = re.compile(r"\w*_+|\[.*")
BESIDE_ITS_LABEL = re.compile(r"\S+ (\[ +\]|_+)")  # day, month and year are so short
programs = pytest.mark.parametrize("program", DUMPS)


@pytest.fixture(scope="module")
def html(databases, places):
    return dict(pages(places, databases.copy(places.url)))


@programs
def test_every_page_has_its_golden_file(html, program):
    assert sorted(html) == sorted(path.stem for path in (FOLDER / program).glob("*.txt"))


@programs
@pytest.mark.parametrize("name", NAMES)
def test_a_text_browser_shows_what_it_should(html, name, program):
    """After a change that was meant: python -m tests.browser.golden"""
    assert dump(html[name], needed(program)) == (FOLDER / program / f"{name}.txt").read_text()


@programs
@pytest.mark.parametrize("name", NAMES)
def test_a_line_fits_and_a_field_stands_under_its_label(name, program):
    for line in (FOLDER / program / f"{name}.txt").read_text().splitlines():
        said = line.strip()
        assert len(line) <= 34
        assert not re.search(r"\[  |___", said) or ALONE.fullmatch(said) or BESIDE_ITS_LABEL.fullmatch(said), line
