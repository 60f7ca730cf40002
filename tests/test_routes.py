"""The table of every way in: whoever adds a page says there who may open it, and about whom it speaks."""

import re

import pytest

from jkn.access import POLICY, Can, Level
from tests.crawl import CATALOGUE, GUARDED, OWNED, PAGES, a_world, access_of, as_staff, reader_of, rules_of

ONE_WORLD = True


def test_every_route_stands_in_the_table_and_the_table_names_no_other(app):
    routes = {(url, access_of(app.view_functions[endpoint]), methods) for url, endpoint, methods in rules_of(app)}
    table = {(route.url, route.access, frozenset(route.methods)) for route in CATALOGUE}
    assert routes == table
    assert len(table) == len(CATALOGUE)


def test_a_route_that_is_not_in_the_table_is_noticed(another_app):
    def forgotten():
        return ""

    assert "/forgotten" in {url for url, _endpoint, _methods in rules_of(another_app(forgotten))} - {
        route.url for route in CATALOGUE
    }


@pytest.mark.parametrize("route", CATALOGUE, ids=str)
def test_the_table_makes_sense(route):
    assert route.access in {"public", "signature", *Can}
    assert route.shows in ("-", "own", "staff")
    named = re.findall(r"<(?:\w+:)?(\w+)_id>", route.url)
    assert [name.title().replace("_", "") for name in named[:1]] == ([route.object] if route.object else [])
    if route.object or route.shows == "staff":
        assert route.access not in ("public", "signature")


@pytest.mark.parametrize("route", CATALOGUE, ids=str)
def test_addresses_are_plain_small_words(route):
    words = re.sub(r"<[^>]+>|/snap.*", "", route.url)
    assert re.fullmatch(r"[a-z0-9/.-]*", words)


@pytest.mark.parametrize("route", OWNED, ids=str)
def test_somebody_may_open_each_page_about_a_row(app, route):
    """So that the household matrix does not prove that nobody at all gets in."""
    world = a_world()
    client = reader_of(app, world, route)
    if route.url.startswith("/petugas/slip/cetak"):  # shown only to the officer who printed it
        client = as_staff(app, route.role)
    answer = client.get(world.address(route))
    assert answer.status_code == 200 or route.url.endswith("/batal"), answer.status
    assert client.get(world.nowhere(route)).status_code == 404


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_a_visitor_is_sent_to_the_sign_in_and_others_are_refused(app, route):
    world = a_world()
    answer = app.test_client().get(world.address(route))
    if route.access == "public":
        assert answer.status_code in (200, 204, 303, 404, 429)
    else:
        assert answer.status_code == 303
        assert answer.location == ("/petugas/masuk" if route.url.startswith(("/petugas", "/kader")) else "/masuk")


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_each_page_asks_for_the_level_of_its_permission(app, route):
    from jkn.accounts.models import SignIn

    world = a_world()
    client = reader_of(app, world, route)
    SignIn.update(fresh_until=None, level=Level.L1).execute()
    answer = client.get(world.address(route))
    if POLICY[Can(route.access)].level == Level.L2:
        assert (answer.status_code, answer.location) == (303, "/masuk/naik")
    else:
        assert answer.location != "/masuk/naik"
