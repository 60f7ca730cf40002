"""A thousand USSD requests and a thousand SMS over HTTP, beside a signed-in member's page in the same minute."""

import random
from itertools import count, cycle
from statistics import quantiles

from jkn import clock, create_app, sealed
from jkn.access import Level
from jkn.accounts import service as accounts
from jkn.commands import migrate
from jkn.db import db
from jkn.members.models import Person
from tests.benchmarks import visitors
from tests.benchmarks.cost import Line
from tests.benchmarks.engines import Postgres, Sqlite, served
from tests.benchmarks.tables import Goals, table, title
from tests.builders import a_family, people

REQUESTS, WARM_UP = 1_000, 40
PHONES = 100  # a number gets only so many answers in an hour
TIMES_PAGE = 2  # a message's p95, of the page's
SECRET = "bench"
PAGES = ("/status", "/tagihan", "/data-saya")
DIALOGUES = (("", "1"), ("", "2"), ("", "3"), ("", "6", "6*A1B2C3"))  # what is typed so far on each screen
MESSAGES = ("STATUS", "TAGIHAN", "CELENGAN", "BANTUAN")


def run(engine: Sqlite | Postgres, now: str, goals: Goals) -> None:
    """The three kinds alternate: what slows the machine for a moment slows all of them."""
    url = engine.create("texting")
    cookies = _fill(create_app(DATABASE_URL=url, JKN_NOW=now))
    taken = {"a member's page": [], "USSD": [], "SMS": []}
    secrets = {"JKN_USSD_SECRET": SECRET, "JKN_SMS_SECRET": SECRET}
    with served("wsgi:app", DATABASE_URL=url, JKN_NOW=now, **secrets) as port:
        line, steps = Line(port), _steps()
        pages, visitor, phone = cycle(PAGES), cycle(cookies), cycle(range(PHONES))
        words = cycle(MESSAGES)
        for turn in range(-WARM_UP, REQUESTS):
            number = _phone(next(phone))
            message = {"id": f"bench {turn}", "from": number, "text": next(words)}
            found = {
                "a member's page": line.get(next(pages), next(visitor)),
                "USSD": _post(line, "/ussd", next(steps)),
                "SMS": _post(line, "/sms/gerbang", message),
            }
            for name, (status, spent) in found.items():
                if status != 200:
                    raise RuntimeError(f"{name} answered {status}")
                if turn >= 0:
                    taken[name].append(spent)
    engine.drop("texting")
    title(f"{engine.name}: messages and pages, {REQUESTS:,} of each, ms")
    rows = [(name, len(spent), *_percentiles(spent)) for name, spent in taken.items()]
    table(("door", "requests", "p50", "p95", "p99"), rows)
    page = rows[0][3]
    for name, *_rest, p95, _p99 in rows[1:]:
        goals.hold(f"{engine.name}: {name}, p95, times a member page's", p95 / page, TIMES_PAGE)


def _fill(app) -> list[str]:
    """Families with a phone each; the cookies of some who are signed in."""
    random.seed(1)
    with app.app_context():
        migrate()
        heads = [people(a_family(3))[0] for _ in range(PHONES)]
        for place, head in enumerate(heads):
            phone = _phone(place)
            known = {"phone": phone, "phone_hash": sealed.index("phone", phone), "phone_confirmed_at": clock.now()}
            Person.update(known).where(Person.id == head.id).execute()
        opened = [accounts.open_sign_in(person=head, level=Level.L1) for head in heads[: visitors.COUNT]]
        cookies = [visitors.cookie(app, each.token) for each in opened]
    db.close_all()
    return cookies


def _steps():
    """One screen after the other, of dialogues by turns."""
    for number, dialogue in zip(count(), cycle(DIALOGUES), strict=False):
        for text in dialogue:
            yield {"sessionId": f"bench {number}", "phoneNumber": _phone(number % PHONES), "text": text}


def _post(line: Line, path: str, form: dict[str, str]) -> tuple[int, float]:
    status, spent, answer = line.post(path, form, f"X-Gateway-Secret: {SECRET}")
    if not answer:
        raise RuntimeError(f"{path} said nothing to {form}")
    return status, spent


def _phone(place: int) -> str:
    return f"+62812{place:08d}"


def _percentiles(taken: list[float]) -> tuple[float, float, float]:
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[94], cuts[98]
