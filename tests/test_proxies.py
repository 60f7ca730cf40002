"""Browsers whose maker reads pages on its own servers: a warning before the PIN, and no word of a hospital stay."""

from datetime import date

import pytest

from jkn import web
from jkn.penalties.models import Admission
from tests.crawl import PAGES, a_world, as_member

MINI = {
    "User-Agent": "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; 23.348/29.3345) Presto/2.5.25 Version/10.54"
}
PROXIES = [
    MINI,
    {"User-Agent": "UCWEB/2.0 (MIDP-2.0; U; Adr 4.0.4; id; HTC) U2/1.0.0 UCBrowser/8.7.1.234 U2/1.0.0 Mobile"},
    {"User-Agent": "Mozilla/5.0", "X-OperaMini-Phone-UA": "NOKIA 3310"},
]
STAY = date(2025, 12, 3), "3 Desember 2025"


@pytest.fixture
def world(app):
    world = a_world()
    Admission.update(admitted_on=STAY[0]).execute()
    return world


def pages_that_tell(app, world, headers) -> list[str]:
    client = as_member(app, world.person)
    urls = [world.address(route) for route in PAGES]
    return [url for url in urls if STAY[1] in client.get(url, headers=headers).text]


@pytest.mark.parametrize("headers", PROXIES, ids=["Opera Mini", "UC", "its header"])
def test_no_page_tells_such_a_browser_of_a_stay_by_itself(app, world, headers):
    assert pages_that_tell(app, world, headers) == []


def test_the_broken_twin_that_does_not_know_them_tells(app, world, monkeypatch):
    monkeypatch.setattr(web, "PROXIES", web.re.compile("nobody"))
    assert len(pages_that_tell(app, world, MINI)) == 2


def test_whoever_insists_reads_it(app, world):
    client = as_member(app, world.person)
    for url in ("/denda", f"/denda/{world.objects['penalty_id']}"):
        veiled = client.get(url, headers=MINI).text
        assert f'href="{url}?tampil=1"' in veiled and STAY[1] not in veiled
        assert STAY[1] in client.get(f"{url}?tampil=1", headers=MINI).text


def test_before_the_pin_stands_a_warning_for_them_only(client):
    for url in ("/masuk", "/masuk/kode"):
        assert "Opera Mini dan UC" in client.get(url, headers=MINI).text
        assert "Opera Mini" not in client.get(url).text
