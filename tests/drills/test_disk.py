import pytest

from tests.drills import disk

pytestmark = pytest.mark.usefixtures("only_postgres")


def test_a_disk_lost_under_payments_is_brought_back_with_all_of_them(folder, goals):
    disk.run(folder, goals, **disk.SMALL)
    assert goals.met, goals.rows


@pytest.mark.slow
def test_twin_a_copy_of_full_segments_only_loses_payments(folder, goals):
    disk.run(folder, goals, payments=40, restore=disk.TWIN)
    assert "disk lost: acknowledged payments lost after a blow" in goals.missed
