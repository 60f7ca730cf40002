"""At kiosks at the same moment: a number is given once, a staff code opens one errand, two tabs shut nobody out."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import Actor, Role
from jkn.accounts.models import Sheet
from jkn.db import db, writing
from jkn.errors import Refused
from jkn.kiosks import service as kiosks
from jkn.kiosks import slips, staff, tokens
from jkn.kiosks.models import Errand, Kiosk, KioskToken, Printer, SlipCounter
from tests.builders import a_family, an_officer, people
from tests.crawl import a_facility
from tests.test_db import in_threads

AT_ONCE = 12


@pytest.fixture
def clerk(own_database) -> Actor:
    officer = an_officer(Role.CLERK, "wati")
    officer.facility = a_facility().code
    officer.save()
    return Actor(officer_id=officer.id, role=Role.CLERK, facility=officer.facility)


@pytest.fixture
def kiosk(clerk) -> Kiosk:
    token = kiosks.join(kiosks.prepare("0301R001", "Lobi", clerk, Printer.PAGE_80))
    row = tokens.find(token)[0]
    db.close()
    return row


def test_the_same_number_is_never_given_twice(kiosk):
    today = clock.today()
    numbers = in_threads(AT_ONCE, lambda _place: slips.take_number("0301R001", today))
    assert sorted(numbers) == list(range(1, AT_ONCE + 1))


def test_kiosks_and_paper_at_once_share_the_row_of_numbers(kiosk, clerk):
    today = clock.today()

    def take(place):
        if place % 2:
            last = kiosks.take_paper("0301R001", 3, clerk)
            return list(range(last - 2, last + 1))
        return [slips.take_number("0301R001", today)]

    numbers = [number for some in in_threads(AT_ONCE, take) for number in some]
    assert sorted(numbers) == list(range(1, AT_ONCE * 2 + 1))


def test_the_broken_twin_that_reads_and_then_counts_gives_a_number_twice(kiosk, monkeypatch):
    """Each saw how many were given before any of the others had counted."""
    today = clock.today()
    slips.take_number("0301R001", today)
    seen = SlipCounter.get().given
    db.close()

    @writing
    def careless(_facility: str, day, count: int = 1) -> int:
        SlipCounter.update(given=seen + count).where(SlipCounter.day == day).execute()
        return seen + count

    numbers = in_threads(AT_ONCE, lambda _place: careless("0301R001", today))
    assert len(set(numbers)) < AT_ONCE


def test_a_staff_code_typed_at_once_opens_one_errand(kiosk, clerk, monkeypatch):
    monkeypatch.setattr(staff, "GUESSES", AT_ONCE + 1)
    person = people(a_family(1))[0]
    code = staff.vouch(kiosk, person, Errand.SHEET, clerk)
    db.close()

    def redeem(_place) -> bool:
        try:
            staff.redeem(kiosk, code, Actor(channel="kiosk", device=kiosk.id))
        except Refused:
            return False
        return True

    assert sum(in_threads(AT_ONCE, redeem)) == Sheet.select().where(Sheet.person == person).count() == 1


def test_two_tabs_that_renew_the_token_at_once_shut_nobody_out(kiosk):
    """Each is offered one; the browser keeps the last. It settles once, and the other never opens anything again."""
    offers = in_threads(2, lambda _place: tokens.offer(kiosk))
    kept, lost = offers
    assert all(tokens.find(token)[0] == kiosk for token in offers)
    rows = [KioskToken.get(KioskToken.token_hash == tokens.hash_of(kept))] * 4
    db.close()
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        settled = in_threads(4, lambda place: tokens.settle(rows[place]))
    assert sum(settled) == 1
    assert tokens.find(kept)[0] == kiosk and tokens.find(lost)[0] is None
    valid = Kiosk.select().where(Kiosk.token_hash.is_null(False), Kiosk.revoked_at.is_null()).count()
    assert valid + KioskToken.select().where(KioskToken.ended_at.is_null()).count() == 1


def test_a_token_is_not_settled_within_a_minute(kiosk):
    """The answer that carried it may be lost on the line: the old one goes on."""
    token = tokens.offer(kiosk)
    row = KioskToken.get(KioskToken.token_hash == tokens.hash_of(token))
    assert not tokens.settle(row)
    assert Kiosk.get_by_id(kiosk.id).token_hash == kiosk.token_hash
