import os

import pytest

from tests.drills import power

pytestmark = pytest.mark.usefixtures("only_sqlite")


@pytest.fixture(autouse=True)
def compiler(tmp_path):
    try:
        power.build(tmp_path)
    except power.NoCompiler as missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(missing))


def test_a_power_cut_loses_no_payment_and_breaks_no_database(own_database, goals):
    power.run(own_database, goals, **power.SMALL)
    assert goals.met, goals.rows


@pytest.mark.parametrize("synchronous, misses", [("normal", "acknowledged payments lost"), ("off", "databases broken")])
def test_twin_a_database_that_does_not_wait_for_the_disk_fails(own_database, goals, synchronous, misses):
    power.run(own_database, goals, cuts=10, synchronous=synchronous)
    assert f"power cut: {misses}" in goals.missed
