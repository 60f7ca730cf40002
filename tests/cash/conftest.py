from tests.assisting.conftest import codes, kader, phone  # noqa: F401  a volunteer, and the codes of a member
