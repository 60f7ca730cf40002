"""Staff call the numbers of the day, read what stands on a slip, and see which numbers were printed on paper."""

import pytest

from jkn.access import Role
from jkn.audit.models import Act, Entry
from jkn.kiosks.models import Kiosk, KioskSlip, NumberCall
from tests.builders import post
from tests.crawl import as_kiosk, as_staff


@pytest.fixture
def kiosk(app):
    return as_kiosk(app)


@pytest.fixture
def clerk(app):
    return as_staff(app, Role.CLERK)


def board() -> str:
    return f"/petugas/kios/{Kiosk.get().id}/nomor"


def test_a_number_that_is_called_shows_the_verdict_to_staff(kiosk, clerk, siti):
    post(kiosk, "/kios/aktif", number=siti.card)
    there = post(clerk, board(), number="1")
    assert there.status_code == 303
    page = clerk.get(there.location).text
    assert "001" in page and "S***" in page and siti.nik not in page
    assert NumberCall.get().number == KioskSlip.get().number == 1
    assert Entry.select().where(Entry.act == Act.DATA_SEEN, Entry.person_id == siti.id, Entry.role == "clerk").exists()


def test_a_number_called_twice_is_one_call(kiosk, clerk, siti):
    post(kiosk, "/kios/aktif", number=siti.card)
    for _time in range(2):
        post(clerk, board(), number="1")
    assert NumberCall.select().count() == 1
    assert "sudah dipanggil" in clerk.get(board()).text


def test_a_number_that_nobody_has_is_refused(kiosk, clerk):
    assert 'role="alert"' in post(clerk, board(), number="1").text
    assert NumberCall.select().count() == 0


def test_numbers_on_paper_are_shown_and_never_given_again(kiosk, clerk, siti):
    post(clerk, "/petugas/kios/kertas", facility="0301R001", count="3")
    post(kiosk, "/kios/aktif", number=siti.card)
    assert KioskSlip.get().number == 4
    page = clerk.get(board()).text
    assert "001-003" in page
    there = post(clerk, board(), number="2").location
    assert "dicetak di kertas" in clerk.get(there).text


def test_a_clerk_prints_no_numbers_for_another_facility(kiosk, clerk):
    from tests.crawl import a_facility

    a_facility("0301R002")
    assert 'role="alert"' in post(clerk, "/petugas/kios/kertas", facility="0301R002", count="3").text
