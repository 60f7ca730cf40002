import pytest

from jkn.access import SYSTEM
from jkn.assisting import consents
from tests.assisting.conftest import card, codes, kader, phone  # noqa: F401  a volunteer, and what families bring


@pytest.fixture
def form_number(app) -> str:
    """Of a printed form that nobody has signed yet."""
    return consents.print_forms(1, SYSTEM)[0].number
