from tests.assisting.conftest import card, codes, kader, phone  # noqa: F401  a volunteer, and what families bring
