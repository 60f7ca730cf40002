import pytest

from jkn.accounts.models import SignIn
from jkn.audit.models import Entry
from jkn.complaints.models import Complaint
from jkn.contributions.models import Settlement
from jkn.ledger.models import Movement
from jkn.members.models import Family, Payer, Person, Stay
from jkn.payments.models import Payment
from tests.browser.engines import CHROMIUM
from tests.browser.journey import Journey
from tests.browser.serving import FIFTEEN_DAYS_ON, use
from tests.browser.textbrowser import W3mDied

# By keys through a terminal the whole walk takes a minute.
LONG = [pytest.param(name, marks=pytest.mark.slow) for name in ("lynx", "links2")]


@pytest.mark.parametrize("engine_name", ["w3m", *CHROMIUM, "QtWebKit", *LONG])
def test_a_family_joins_pays_is_served_and_complains(engine_name, open_engine, serve, places):
    try:
        journey = travel(open_engine, engine_name, serve(), places)
    except W3mDied:
        journey = travel(open_engine, engine_name, serve(), places)
    with use(journey.server.database_url, FIFTEEN_DAYS_ON):
        assert state(journey) == EXPECTED


def travel(open_engine, engine_name, server, places) -> Journey:
    with open_engine(engine_name, server.url) as browser:
        journey = Journey(browser, server, places.newcomer)
        journey.run()
    server.stop()
    return journey


@pytest.mark.parametrize("engine_name", [LONG[0], "links2"])
def test_a_member_signs_in_reads_writes_and_leaves(engine_name, open_engine, server, places):
    with open_engine(engine_name, server.url) as browser:
        Journey(browser, server, places.newcomer).run_as_a_member(places.nik)


EXPECTED = """
person BUDI SANTOSO, head, +6281234567890
  PBPU 3 from 2026-01-15 to None
  clinic 0217B005 from 2026-01-15
person SITI AMINAH, spouse, None
  PBPU 3 from 2026-01-15 to None
  clinic 0217B005 from 2026-01-15
person AYU LESTARI, child, None
  PBPU 3 from 2026-01-15 to None
  clinic 0217B005 from 2026-01-15
payer BUDI SANTOSO, registered 2026-01-15, liable from 2026-01-01
enrolled 2026-01-15: 3 in class 3, autodebit later
paid 105000 on 2026-01-30 for ['2026-01']
settled 2026-01-01 on 2026-01-30: paid
payment 2026-01-30: 105000 from credit to bank
bill 2026-01-01: 105000 from income to due
settle 2026-01-30: 105000 from due to credit
complaint clinic, received, due 2026-02-06: Antre dari pagi sampai sore tanpa nomor.
signed in at level 1, ran out
signed in at level 1, ended
did complaint:filed"""


def state(journey: Journey) -> str:
    """What the journey left in the database, but for what differs each time."""
    person = Person.get(Person.name == "BUDI SANTOSO")
    family = Family.get(Family.head_id == person.id)
    payer = Payer.get(Payer.family == family)
    return "\n".join(["", *_people(family), *_money(family, payer), *_traces(person, journey)])


def _people(family: Family):
    assert family.proven_at is not None
    for stay in Stay.select().where(Stay.family == family).order_by(Stay.id):
        yield f"person {stay.person.name}, {stay.relation}, {stay.person.phone}"
        for spell in stay.person.spells:
            yield f"  {spell.segment} {spell.care_class} from {spell.since} to {spell.until}"
        for choice in stay.person.clinic_choices:
            yield f"  clinic {choice.facility_code} from {choice.since}"


def _money(family: Family, payer: Payer):
    yield f"payer {payer.name}, registered {payer.registered_on}, liable from {payer.liable_from}"
    for row in family.enrolments:
        yield f"enrolled {row.registered_on}: {row.people} in class {row.care_class}, autodebit {row.autodebit}"
    for row in Payment.select().where(Payment.payer == payer):
        yield f"paid {row.amount} on {row.paid_on} for {row.months}"
    for row in payer.settlements.order_by(Settlement.month):
        yield f"settled {row.month} on {row.settled_on}: {row.how}"
    for row in Movement.select().where(Movement.payer == payer).order_by(Movement.id):
        yield f"{row.source.partition(':')[0]} {row.booked_on}: {row.amount} from {row.credit} to {row.debit}"


def _traces(person: Person, journey: Journey):
    for row in Complaint.select().where(Complaint.person == person):
        assert row.number == journey.ticket
        yield f"complaint {row.category}, {row.stage}, due {row.due_on}: {row.text}"
    for row in SignIn.select().where(SignIn.person == person).order_by(SignIn.id):
        yield f"signed in at level {row.level}, {'ended' if row.revoked_at else 'ran out'}"
    acts = Entry.select(Entry.act).where(Entry.family_id == person.stays[0].family_id, Entry.by_person == person.id)
    yield "did " + ", ".join(str(entry.act) for entry in acts.order_by(Entry.id))
