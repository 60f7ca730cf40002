"""What stands in the database: a city, a family that nobody registered, one with a row of everything, a kiosk."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jkn.access import SYSTEM, Role
from jkn.accounts.models import SignIn
from jkn.facilities import service as facilities
from jkn.kiosks.views import COOKIE as KIOSK
from tests.browser.serving import START, Databases, use
from tests.crawl import a_world, as_kiosk, as_member, as_member_at_kiosk, as_staff
from tests.facilities.places import load_facilities
from tests.registration.conftest import Card

SESSION = "s"
CLINIC = "0217B005"
DAYS = timedelta(days=90)


@dataclass(frozen=True)
class Places:
    """The filled database, and what a browser must know of it."""

    url: str
    newcomer: dict[str, str]  # what somebody types who joins: kk, nik, born-d, born-m, born-y
    nik: str  # of the member who has a row of everything
    card: str
    objects: dict[str, int]
    cookies: dict[str, dict[str, str]]  # by reader: a role, "kiosk" without a visitor, "member at a kiosk"


def build(databases: Databases) -> Places:
    url = databases.migrated()
    with use(url) as app:
        load_facilities()
        world = a_world()
        for person in world.people:
            facilities.choose_first(person, CLINIC, date(2025, 6, 1), SYSTEM)
        readers = {"member": as_member(app, world.person)} | {
            str(role): as_staff(app, role) for role in Role if role != Role.MEMBER
        }
        cookies = {name: {SESSION: client.get_cookie(SESSION).value} for name, client in readers.items()}
        cookies["kiosk"] = {KIOSK: as_kiosk(app).get_cookie(KIOSK).value}
        visitor = as_member_at_kiosk(app, world.person)
        cookies["member at a kiosk"] = {name: visitor.get_cookie(name).value for name in (KIOSK, SESSION)}
        # the tests take longer than a proof stays fresh
        now = datetime.fromisoformat(START)
        SignIn.update(fresh_until=now + DAYS, ends_at=now + DAYS, idle_seconds=DAYS.total_seconds()).execute()
        return Places(url, Card().typed(), world.person.nik, world.person.card, world.objects, cookies)
