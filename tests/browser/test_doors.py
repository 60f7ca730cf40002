"""A volunteer's help and a kiosk's visit, from signing in to the end, in engines of every kind."""

import time
from datetime import datetime, timedelta

import pyotp
import pytest

from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import officers, sheets
from jkn.accounts.models import Grant, Officer
from jkn.kiosks import service as kiosks
from jkn.members.models import Person
from tests.browser.engines import SOME
from tests.browser.journey import Journey, _
from tests.browser.serving import START, use
from tests.builders import PASSWORD, PIN, a_family, people
from tests.crawl import a_facility

# By keys through a terminal each walk takes half a minute.
LONG = [pytest.param(name, marks=pytest.mark.slow) for name in ("lynx", "links2")]
engines = pytest.mark.parametrize("engine_name", [*SOME, *LONG])


@pytest.fixture
def walk(engine_name, open_engine, server, places):
    with open_engine(engine_name, server.url) as browser:
        yield Journey(browser, server, places.newcomer)


@engines
def test_a_volunteer_helps_inside_a_consent_and_hands_over_the_receipt(walk, server, places, engine_name):
    see, street = walk.browser, f"Jl. Bantuan {engine_name}"
    with use(server.database_url):
        secret = pyotp.random_base32()
        username = f"tini {engine_name}".replace(" ", ".")
        helper, _uri = officers.create_officer(username, "Tini", Role.VOLUNTEER, "1301", password=PASSWORD, totp=secret)
        helper.person = people(a_family(1, names=("TINI KADER",)))[0]
        helper.save()
        code = sheets.codes(sheets.issue(Person.get(Person.card == places.card), SYSTEM))[2]
    see.go("/petugas/masuk")
    see.write(_("Name"), username)
    see.write(_("Password"), PASSWORD)
    see.write(_("Code from your authenticator, 6 digits"), pyotp.TOTP(secret).at(now(server)))
    see.press(_("Sign in"))
    see.go("/kader")
    see.follow(_("With a code of their sheet"))
    see.write(_("NIK or card number of the member"), places.nik)
    see.pick(_("status and card"))
    see.pick(_("address and family data"))
    see.write(_("One code of their sheet, typed by the member"), code)
    see.press(_("Begin"))
    assert see.path == "/", see.text
    see.go("/data-saya/alamat")
    see.write(_("Address for letters"), street)
    see.press(_("Save"))
    walk.sees(street)
    see.go("/kader")
    see.follow(_("Receipt"))
    walk.sees(_("Receipt of the help"), "Tini")
    see.go("/wakil/selesai")
    see.press(_("Go back"))
    assert see.path == "/kader"
    with use(server.database_url):
        assert [
            grant.revoked_at is not None for grant in Grant.select().where(Grant.holder_officer_id == helper.id)
        ] == [True]


@engines
def test_a_visitor_signs_in_at_a_kiosk_with_its_keypad_and_leaves_nothing(walk, server, places):
    see = walk.browser
    with use(server.database_url):
        by = Actor(officer_id=Officer.get(Officer.role == Role.OFFICER).id)
        code = kiosks.prepare(a_facility().code, "Lobi", by)
    see.go("/kios/pasang")
    see.write(_("Enrolment code, 12 digits"), code)
    see.press(_("Set up"))
    see.follow(_("2 Sign in: status, bill, card"))
    see.write(_("Hold your card before the scanner"), places.card)
    see.press(_("Go on"))
    for digit in PIN:
        see.press(digit)
    see.press(_("Go on"))
    assert see.path == "/"
    see.go("/status")
    walk.sees(_("Yes, you are served today."))
    see.go("/tagihan")
    walk.sees("Rp")
    see.go("/kios/selesai")
    walk.sees(_("Nothing of you stays on this device."))
    see.go("/status")
    assert see.path == "/kios/masuk"


def now(server) -> datetime:
    """The server's clock runs on from where it started."""
    return datetime.fromisoformat(START) + timedelta(seconds=time.monotonic() - server.started)
