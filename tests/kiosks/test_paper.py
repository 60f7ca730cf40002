"""Numbers on paper for a day without a line: none is given twice, by paper or by a kiosk."""

import re

import pytest

from jkn import clock
from jkn.access import Role
from jkn.kiosks import slips
from tests.builders import post
from tests.crawl import a_facility, as_staff


def printed(officer) -> list[int]:
    post(officer, "/petugas/kios/kertas", facility="0301R001", count="3")
    page = officer.get("/petugas/kios/kertas").text
    return [int(number) for number in re.findall(r"^(\d{3})   2026-01-15\nKlinik Sehat$", page, re.M)]


def test_paper_and_kiosks_share_one_row_of_numbers(app):
    a_facility()
    officer = as_staff(app, Role.OFFICER)
    assert printed(officer) == [1, 2, 3]
    assert slips.take_number("0301R001", clock.today()) == 4
    assert printed(officer) == [5, 6, 7]


@pytest.mark.parametrize("count", ["0", "201", "x", ""])
def test_a_batch_has_one_to_two_hundred_slips(app, count):
    a_facility()
    officer = as_staff(app, Role.OFFICER)
    assert post(officer, "/petugas/kios/kertas", facility="0301R001", count=count).status_code == 200


def test_a_facility_that_does_not_exist_gets_none(app):
    answer = post(as_staff(app, Role.OFFICER), "/petugas/kios/kertas", facility="9999X999", count="3")
    assert 'role="alert"' in answer.text
