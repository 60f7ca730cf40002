"""The Nu HTML checker's word on every page there is; slow, because it brings a Java machine of its own."""

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import sheets
from jkn.accounts.models import Officer
from jkn.kiosks.models import Kiosk, Printer
from jkn.permissions import GIVEN
from tests.assisting.helping import help_of
from tests.browser.conftest import judges_are_here, needed
from tests.browser.looking import VNU, doubted
from tests.browser.test_pages import AT_A_KIOSK, COVERED, UNDER_A_CONSENT
from tests.builders import a_family, people, post
from tests.conftest import NOW
from tests.crawl import World, a_world, as_kiosk, as_staff
from tests.weighing import weigh

ONE_WORLD = True


@pytest.mark.slow
def test_the_nu_checker_says_nothing_against_any_page(app, tmp_path):
    judges_are_here(VNU)
    java = needed("java")
    with clock.frozen(NOW):
        pages = {str(page): page.html for page in weigh(app) if not page.fragment}
        world = a_world()
        pages |= at_a_kiosk(app, world) | under_a_consent(app, world)
    assert len(pages) > 380
    assert doubted({"wrong": "<!doctype html><title>x</title><p hx-get=x>"}, tmp_path, java)
    found = doubted(pages, tmp_path, java)
    assert not found, "\n".join(found)


def at_a_kiosk(app, world: World) -> dict[str, str]:
    """What a visitor meets: the pages without a PIN, the keypad, the slip on screen and on paper."""
    kiosk = as_kiosk(app)
    Kiosk.update(printer=Printer.PAGE_80).execute()
    answers = {f"{url} (kiosk)": kiosk.get(url) for url in AT_A_KIOSK}
    post(kiosk, "/kios/masuk", number=world.person.card)
    answers["/kios/tombol (kiosk)"] = kiosk.get("/kios/tombol")
    post(kiosk, "/kios/aktif", number=world.person.card)
    answers |= {f"{url} (kiosk)": kiosk.get(url) for url in ("/kios/slip/cetak", "/kios/slip")}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: answer.text for name, answer in answers.items()}


def under_a_consent(app, world: World) -> dict[str, str]:
    """What a volunteer sees who helps the world's member."""
    own = people(a_family(1, names=("TINI KADER",)))[0]
    phone = as_staff(app, Role.VOLUNTEER)
    Officer.update(person=own).where(Officer.role == Role.VOLUNTEER).execute()
    help_of(phone, world.person, sheets.codes(sheets.issue(world.person, SYSTEM))[0], *GIVEN)
    urls = (*UNDER_A_CONSENT, *(world.address(route) for route in COVERED))
    answers = {f"{url} (volunteer who helps)": phone.get(url) for url in urls}
    return {name: answer.text for name, answer in answers.items() if answer.status_code == 200}
