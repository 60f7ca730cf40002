"""How much a volunteer may try and do."""

from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import sheets
from jkn.accounts.models import Grant, Officer, SheetCode
from jkn.assisting import consents, volunteers
from jkn.assisting.models import Miss
from jkn.audit.models import Act, Entry
from jkn.errors import Refused
from jkn.permissions import Scope
from tests.assisting.helping import by_of, help_of
from tests.builders import a_family, a_nik, people, post
from tests.crawl import fields


def test_a_volunteer_cannot_serve_their_own_family(phone, kader):
    own = kader.person
    code = sheets.codes(sheets.issue(own, SYSTEM))[0]
    assert "keluarga sendiri" in help_of(phone, own, code).text
    assert Grant.select().count() == 0
    Officer.update(person=people(a_family(1))[0]).execute()  # the twin: of another family it opens
    assert help_of(phone, own, code).status_code == 303


def test_who_has_no_own_card_on_record_helps_nobody(phone, siti, codes):
    Officer.update(person=None).execute()
    assert help_of(phone, siti, codes[0]).status_code == 200
    assert Grant.select().count() == 0


def robot(phone, guesses: int) -> int:
    """So many well-formed guesses; how many opened something."""
    hidden = fields(phone.get("/kader/bantu").text).hidden
    opened = 0
    for number in range(1, guesses + 1):
        guess = {"number": f"110101050575{number:04d}", "code": "12345678", "scopes": ["status"], "minutes": 15}
        opened += phone.post("/kader/bantu", data=hidden | guess).location == "/"
    return opened


def test_g27_a_robot_of_a_thousand_guesses_reads_nobody_and_is_suspended_by_the_tenth_miss(phone, kader, siti):
    assert robot(phone, 1_000) == 0
    assert Miss.select().count() == 10
    assert Officer.get_by_id(kader.id).suspended_at is not None
    assert phone.get("/kader").location == "/petugas/masuk"
    assert Entry.select().where(Entry.act == Act.DATA_SEEN).count() == 0
    assert Entry.select().where(Entry.act == Act.VOLUNTEER_SUSPENDED).count() == 1


def test_without_counting_misses_the_robot_would_go_on(kader, monkeypatch):
    """The broken twin."""
    monkeypatch.setattr(volunteers, "note_miss", lambda officer, by: None)
    by = by_of(kader)
    for _ in range(30):
        with pytest.raises(Refused):
            consents.begin(a_nik(date(1975, 5, 5)), "12345678", [Scope.STATUS], 15, "once", by)
    assert Officer.get_by_id(kader.id).suspended_at is None


def test_typing_errors_do_not_count(phone, siti, codes):
    for number in ("12345", "3578080000000000", siti.nik[:-1]):
        post(phone, "/kader/bantu", number=number, code="12345678", scopes=["status"], minutes=15)
    post(phone, "/kader/bantu", number=siti.nik, code="123", scopes=["status"], minutes=15)
    assert Miss.select().count() == 0


def test_misses_of_more_than_an_hour_ago_are_forgotten(kader):
    start, by = clock.now(), by_of(kader)
    for minute in range(0, 130, 7):  # nine in any hour
        with clock.frozen(start + timedelta(minutes=minute)), pytest.raises(Refused):
            consents.begin(a_nik(date(1975, 5, 5)), "12345678", [Scope.STATUS], 15, "once", by)
    assert Officer.get_by_id(kader.id).suspended_at is None


def test_a_suspension_ends_the_consents_that_run_and_an_officer_lifts_it(phone, kader, siti, codes):
    help_of(phone, siti, codes[0])
    volunteers.suspend(kader, SYSTEM)
    assert not Grant.get().is_live
    assert phone.get("/status").status_code == 303
    assert volunteers.resume(Officer.get_by_id(kader.id), SYSTEM)
    assert not volunteers.resume(Officer.get_by_id(kader.id), SYSTEM)


def test_sixty_households_a_day_and_no_more(kader, siti, codes, monkeypatch):
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 2)
    by = by_of(kader)
    for _ in range(2):
        person = people(a_family(1))[0]
        for code in sheets.codes(sheets.issue(person, SYSTEM))[:2]:  # the same household twice is one
            consents.begin(person.nik, code, [Scope.STATUS], 15, code, by)
    with pytest.raises(Refused):
        consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "third", by)
    assert (
        SheetCode.select()
        .where(SheetCode.sheet == sheets.live_sheet(siti.id), SheetCode.used_at.is_null(False))
        .count()
        == 0
    )
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert consents.begin(siti.nik, codes[0], [Scope.STATUS], 15, "third", by)
