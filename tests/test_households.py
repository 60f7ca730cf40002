"""Another family's row is not there: for every page about a row, and for everybody whom the policy gives no right."""

import pytest

from jkn.access import Can, Role
from jkn.accounts.models import SignIn
from jkn.db import BaseModel
from jkn.kiosks.views import COOKIE
from tests.canaries import found_in
from tests.crawl import OWNED, READERS, a_world, as_member, contents, fields, may, reader, rules_of, steady

ONE_WORLD = True

PASSING = ("visitor", "kiosk")  # who has not signed in
METHODS = [(route, method) for route in OWNED for method in route.methods]


def has_the_right(kind: str, route) -> bool:
    return kind in list(Role) and may(Role(kind), route.access)


@pytest.fixture(scope="module")
def arrivals(app, standing_world):
    """Every reader's cookies and the token of their forms, as they are before each test."""
    found = {}
    for kind in READERS:
        client = reader(app, kind)
        token = fields(client.get("/masuk").text).hidden.get("csrf_token")
        cookies = {name: client.get_cookie(name) for name in ("s", COOKIE)}
        found[kind] = {name: cookie.value for name, cookie in cookies.items() if cookie}, token
    return found


@pytest.fixture(scope="module")
def rows(arrivals):
    """All rows before each test, which undoes what it changes."""
    return contents()


@pytest.mark.parametrize("route, method", METHODS, ids=str)
def test_a_row_of_another_household_is_not_there(app, arrivals, rows, route, method):
    """The same answer, byte for byte, as for a row that does not exist; nothing of the family; nothing changed."""
    others = [kind for kind in READERS if not has_the_right(kind, route)]
    for kind in (kind for kind in others if kind not in PASSING):
        assert knock(app, arrivals[kind], route, method).status_code in (403, 404), kind
    assert contents() == rows
    for kind in PASSING:  # what a visitor typed is kept, sealed, until the sign-in
        answer = knock(app, arrivals[kind], route, method)
        assert answer.status_code == 303 and "/masuk" in answer.location, kind


def knock(app, arrival, route, method):
    """What somebody gets who asks for the family's row."""
    world, client = a_world(), app.test_client()
    cookies, token = arrival
    for name, value in cookies.items():
        client.set_cookie(name, value)
    theirs, nobodys = (
        client.open(url, method=method, data={"csrf_token": token} if method == "POST" else None)
        for url in (world.address(route), world.nowhere(route))
    )
    assert theirs.status_code == nobodys.status_code
    assert steady(theirs.text) == steady(nobodys.text)
    assert theirs.headers.get("Content-Type") == nobodys.headers.get("Content-Type")
    assert found_in(theirs, world.canaries) == []
    return theirs


def test_the_matrix_notices_a_view_that_forgets_whose_row_it_is(another_app):
    """Its broken twin: the same row without fetch()."""
    from jkn.access import needs
    from jkn.members.models import Person

    world = a_world()

    @needs(Can.SEE_PROFILE)
    def forgetful():
        return Person.get_by_id(world.person.id).name

    other = another_app(forgetful)
    client = reader(other, "other member")
    assert found_in(client.get("/forgetful"), world.canaries) == ["name"]


def test_a_relative_is_of_the_same_household(app):
    world = a_world()
    relative = next(person for person in world.people if person.id != world.person.id)
    client = as_member(app, relative)
    assert client.get(f"/tagihan/{world.objects['bill_id']}").status_code == 200
    assert (
        client.get(f"/pengaduan/{world.objects['complaint_id']}").status_code == 404
    )  # a complaint is the person's own


def test_who_moved_away_leaves_the_household_behind(app):
    """The rights follow the open stay: the sign-in stays, the old family's pages do not."""
    from datetime import date

    from jkn.members import service as members
    from jkn.members.models import Relation
    from tests.builders import a_family

    world = a_world()
    client = as_member(app, world.person)
    assert client.get(f"/tagihan/{world.objects['bill_id']}").status_code == 200
    members.settle_in(world.person, a_family(1), Relation.OTHER, date(2026, 1, 15))
    assert SignIn.select().where(SignIn.person == world.person, SignIn.revoked_at.is_null()).exists()
    assert client.get(f"/tagihan/{world.objects['bill_id']}").status_code == 404


def test_every_address_with_a_number_is_in_the_matrix(app):
    numbered = {url for url, _endpoint, _methods in rules_of(app) if "_id>" in url}
    assert numbered == {route.url for route in OWNED}


def test_the_models_behind_the_addresses_exist():
    names = {model.__name__ for model in _all(BaseModel)}
    assert {route.object for route in OWNED} <= names


def _all(base):
    return [model for child in base.__subclasses__() for model in (child, *_all(child))]
