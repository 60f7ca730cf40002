"""A kiosk's token changes every day; whoever comes with one that was given up has a copy, and the device is shut."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import Role
from jkn.accounts.models import SignIn
from jkn.audit.models import Act, Entry
from jkn.kiosks import tokens
from jkn.kiosks.models import Kiosk, KioskToken
from tests.crawl import as_kiosk, as_staff
from tests.kiosks.keys import sign_in_by_keys


@pytest.fixture
def kiosk(app):
    return as_kiosk(app)


def token_of(client) -> str:
    return client.get_cookie("k").value


def a_copy(app, client):
    """A thief's browser with the same cookie."""
    thief = app.test_client()
    thief.set_cookie("k", token_of(client))
    return thief


def is_known(client) -> bool:
    return client.get("/kios").status_code == 200


def later(**span):
    return clock.frozen(clock.now() + timedelta(**span))


def test_a_token_is_followed_by_another_after_a_day(kiosk):
    first = token_of(kiosk)
    assert is_known(kiosk) and token_of(kiosk) == first
    with later(days=1):
        assert is_known(kiosk) and token_of(kiosk) != first
    cookie = kiosk.get_cookie("k")
    assert cookie.http_only and cookie.same_site == "Strict"


def test_the_old_token_is_good_until_the_new_one_was_used(app, kiosk):
    """The answer with the new cookie was lost on its way: nothing is lost."""
    lost = a_copy(app, kiosk)
    with later(days=1):
        lost.get("/kios")
        for _time in range(3):
            assert is_known(kiosk)


def test_the_old_token_comes_back_after_a_power_cut_at_once(app, kiosk):
    """Browsers write cookies to the disk half a minute late."""
    disk = a_copy(app, kiosk)
    with later(days=1):
        is_known(kiosk)
        assert is_known(kiosk)
    with later(days=1, seconds=40):
        assert is_known(disk)


def test_an_old_token_used_later_shuts_the_device(app, kiosk, siti):
    sign_in_by_keys(kiosk, siti)
    thief = a_copy(app, kiosk)
    with later(days=1):
        is_known(kiosk)
    with later(days=1, minutes=2):
        assert is_known(kiosk)  # the new one is seen
        assert not is_known(thief)
        assert not is_known(kiosk)
    row = Kiosk.get(Kiosk.token_hash.is_null(False))
    assert row.stolen_at and row.revoked_at
    assert not SignIn.select().where(SignIn.device == row.id, SignIn.revoked_at.is_null()).exists()
    assert Entry.get(Entry.act == Act.KIOSK_REVOKED).details["reason"] == "token-reused"


def test_a_thief_who_is_first_is_found_when_the_device_comes(app, kiosk):
    thief = a_copy(app, kiosk)
    with later(days=1):
        assert is_known(thief)
    with later(days=1, minutes=2):
        assert is_known(thief)  # the thief's new token is the device's now
        assert not is_known(kiosk)
        assert not is_known(thief)


def test_officers_see_that_a_token_was_stolen(app, kiosk):
    thief = a_copy(app, kiosk)
    for more in ({"days": 1}, {"days": 1, "minutes": 2}):
        with later(**more):
            is_known(kiosk)
    is_known(thief)
    with later(days=1, minutes=3):
        is_known(thief)
    assert "<strong>" in as_staff(app, Role.OFFICER).get("/petugas/kios").text


def test_the_broken_twin_that_forgets_tokens_lets_the_thief_stay(app, kiosk, monkeypatch):
    """A device whose token never changes: its copy works for ever, and nobody notices."""
    monkeypatch.setattr(tokens, "is_old", lambda kiosk: False)
    thief = a_copy(app, kiosk)
    for more in ({"days": 1}, {"days": 1, "minutes": 2}, {"days": 300}):
        with later(**more):
            assert is_known(kiosk) and is_known(thief)
    assert not Kiosk.select().where(Kiosk.stolen_at.is_null(False)).exists()


def test_of_two_tokens_offered_one_is_taken_up_and_the_other_given_up(app, kiosk):
    twin = a_copy(app, kiosk)
    with later(days=1):
        is_known(kiosk), is_known(twin)
        assert KioskToken.select().where(KioskToken.ended_at.is_null()).count() == 2
    with later(days=1, minutes=2):
        assert is_known(kiosk)
        assert KioskToken.select().where(KioskToken.ended_at.is_null()).count() == 0
        assert not is_known(twin)
