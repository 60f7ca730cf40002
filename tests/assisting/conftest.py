"""A volunteer, their phone, and the codes of a member."""

import pytest

from jkn.access import SYSTEM, Role
from jkn.accounts import sheets
from tests.assisting.helping import phone_of
from tests.builders import a_family, an_officer, people
from tests.registration.conftest import Card, a_village


@pytest.fixture
def kader(app):
    """A volunteer with a family card of their own."""
    officer = an_officer(Role.VOLUNTEER, "tini")
    officer.person = people(a_family(1, names=("TINI KADER",)))[0]
    officer.save()
    return officer


@pytest.fixture
def phone(app, kader):
    """The volunteer's own phone, on which they have signed in."""
    return phone_of(app, kader)


@pytest.fixture
def codes(siti):
    """The codes of Siti's sheet."""
    return sheets.codes(sheets.issue(siti, SYSTEM))


@pytest.fixture
def card(app):
    """A family in the civil registry that nobody registered."""
    a_village()
    return Card()
