"""Who may do what, as a table that can be read aloud; and that no view is left without a word about it."""

import pytest

from jkn import clock
from jkn.access import POLICY, Actor, Can, Level, Role, allowed, effective_level, fetch, public, scope
from jkn.members.models import Stay
from tests.crawl import a_world, access_of, as_member, as_staff, rules_of

# x: may; 2: may, after one more proof (L2)
MATRIX = """
                    member  clerk  agent  officer  auditor  volunteer  village
status:see             x
card:see               x
bills:see              x
autodebit:manage       x
plan:join              x
pot:open               x
clinic:change          x
class:change           x
profile:see            x
profile:change         x
contact:change         x
phone:change           2
sign-ins:see           x
touches:see            x
pin:change             2
sheets:issue           2
notices:read           x
complaints:follow      x
complaints:file        x
complaints:answer                    x       x
slips:print                                  x
admissions:record              x             x
penalties:cancel                             x
payments:review                              x
payers:see                                   x
transfers:record                             x
workers:manage                               x
charges:review                               x
payments:claim         x
payments:reconcile                           x
refunds:ask            x
refunds:decide                               x
kiosks:enrol                                 x
kiosks:serve                   x             x
notices:review                               x
letters:print                                x
audit:read                                   x        x
sign-ins:switch        x
rights:see             x
rights:give            2
rights:end             x
rights:use             x
rights:leave           x
levels:raise                         x      x
recoveries:witness    x       x             x                 x          x
recoveries:see                              x        x
sheets:bind                   x             x
rights:record                                x
health:hide            x
receipts:see           x
forms:decide           x
askings:answer         x
members:help                                                    x
volunteers:assign                            x
cash:see               x                                         x
cash:settle                                                      x
cash:resolve                                 x
sign-ins:end           x       x     x       x        x         x         x
desk:see                       x     x       x        x         x         x
"""


def cell(can: str, role: str) -> str:
    header, *rows = MATRIX.strip("\n").splitlines()
    row = next(row.ljust(len(header)) for row in rows if row.split()[0] == can)
    start = header.index(role)
    return row[start : start + len(role)].strip()


@pytest.mark.parametrize("can", Can)
@pytest.mark.parametrize("role", Role)
def test_the_matrix(can, role):
    marked = cell(can, role)
    assert marked in ("", "x", "2")
    assert allowed(Actor(person_id=1, family_id=1, role=role), can) == bool(marked)
    if marked:
        assert (POLICY[can].level == Level.L2) == (marked == "2")


def test_the_matrix_names_each_permission_once():
    named = [row.split()[0] for row in MATRIX.strip("\n").splitlines()[1:]]
    assert sorted(named) == sorted(Can)
    assert set(POLICY) == set(Can)


def test_a_visitor_has_no_permission_at_all():
    assert [can for can in Can if allowed(Actor(), can)] == []


@pytest.mark.parametrize("can", Can)
def test_a_member_without_a_family_may_not_touch_a_row_without_one(can):
    """Nobody and nothing are not the same household: None never equals None."""

    class Row:
        family_id = person_id = holder_id = None

    assert not allowed(Actor(role=Role.MEMBER), can, Row())


def test_a_member_without_a_family_sees_no_page_about_one(app):
    world = a_world()
    client = as_member(app, world.person)
    Stay.update(until=clock.today()).where(Stay.person == world.person).execute()
    for url in ("/status", "/kartu", "/tagihan", "/riwayat", "/faskes/ganti", "/data-saya"):
        assert client.get(url).status_code == 403


def test_level_two_lasts_as_long_as_it_is_fresh():
    assert effective_level(Actor(level=Level.L2)) == Level.L1
    assert effective_level(Actor(level=Level.L0)) == Level.L0


def test_every_view_declares_its_access(app):
    assert [url for url, endpoint, _ in rules_of(app) if access_of(app.view_functions[endpoint]) == "None"] == []


def test_a_view_that_declares_nothing_is_refused(another_app):
    def forgotten():
        return "a page about somebody"

    @public
    def meant():
        return "a page for everybody"

    client = another_app(forgotten, meant).test_client()
    assert client.get("/forgotten").status_code == 403
    assert "about somebody" not in client.get("/forgotten").text
    assert client.get("/meant").text == "a page for everybody"


def test_reading_a_row_without_saying_what_for_fails(another_app):
    """fetch() and scope() need the permission that needs() notes: a public view cannot use them."""
    world = a_world()

    @public
    def loose_fetch():
        return fetch(type(world.person), world.person.id).name

    @public
    def loose_scope():
        return str(list(scope(type(world.person))))

    other = another_app(loose_fetch, loose_scope)
    for client in (other.test_client(), as_member(other, world.person)):
        for url in ("/loose_fetch", "/loose_scope"):
            answer = client.get(url)
            assert answer.status_code >= 403
            assert world.canaries["name"] not in answer.text


def test_the_menu_of_the_desk_offers_what_the_policy_gives(app):
    offered = {
        role: "/petugas/audit" in as_staff(app, role).get("/petugas").text for role in Role if role != Role.MEMBER
    }
    assert [role for role, seen in offered.items() if seen] == [Role.OFFICER, Role.AUDITOR]
