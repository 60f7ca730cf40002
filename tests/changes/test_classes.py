"""A family changes its class: all of it, once a year, from next month, without arrears; taken back until it holds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.audit.models import Act, Entry
from jkn.calendar import add_months
from jkn.changes import classes, rules
from jkn.contributions import service as contributions
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Payer, Segment, Spell
from jkn.payments import booking, owing
from tests.builders import PIN, a_family, people, post, sign_in

TODAY = date(2026, 1, 15)
FEBRUARY = date(2026, 2, 1)


def on(day):
    return clock.frozen(clock.start_of(day) + timedelta(hours=10))


def a_payer(size=2, care_class=CareClass.I, since=date(2025, 1, 1), **more) -> Payer:
    return members.payer_of(a_family(size, care_class, since=since, **more).id)


def amount_of(payer, day):
    """What the family's month costs by who is on its bill."""
    return contributions.priced(payer, [day])[0].amount


def pay(payer, months=1, day=TODAY):
    due = owing.due(payer, day, months)
    booking.take(payer, due.amount, "Bank", f"{day}.{months}", clock.now(), SYSTEM, due.months)


def test_c01_once_a_year_from_next_month_and_the_whole_family(app):
    payer = a_payer(3, since=date(2024, 2, 1), liable_from=date(2025, 1, 1))
    with on(date(2025, 1, 10)):
        pay(payer, 2, date(2025, 1, 10))
        with pytest.raises(Refused, match="again from"):
            classes.change(payer, CareClass.II, SYSTEM)
    with on(date(2025, 2, 10)):
        assert classes.change(payer, CareClass.II, SYSTEM) == date(2025, 3, 1)
    assert amount_of(payer, date(2025, 2, 1)) == 450_000
    assert amount_of(payer, date(2025, 3, 1)) == 300_000
    assert Spell.select().where(Spell.care_class == CareClass.II, Spell.until.is_null()).count() == 3


def test_c01_with_arrears_it_is_refused(app):
    payer = a_payer(liable_from=date(2025, 12, 1))
    with pytest.raises(Refused, match="arrears"):
        classes.change(payer, CareClass.II, SYSTEM)
    pay(payer)
    assert classes.change(payer, CareClass.II, SYSTEM) == FEBRUARY


def test_after_a_change_the_year_begins_anew(app):
    payer = a_payer()
    classes.change(payer, CareClass.III, SYSTEM)
    pay(payer, 12)
    with on(date(2026, 12, 31)), pytest.raises(Refused, match="again from"):
        classes.change(payer, CareClass.I, SYSTEM)


def test_asked_twice_it_is_one_change_and_another_has_to_wait(app):
    payer = a_payer()
    assert classes.change(payer, CareClass.II, SYSTEM) == classes.change(payer, CareClass.II, SYSTEM)
    assert Entry.select().where(Entry.act == Act.CLASS_CHANGED).count() == 1
    with pytest.raises(Refused, match="under way"):
        classes.change(payer, CareClass.III, SYSTEM)


@pytest.mark.parametrize(("new", "credit"), [(CareClass.II, 5 * 100_000), (CareClass.III, 5 * 230_000)])
def test_months_paid_ahead_cost_less_and_the_rest_is_credit(app, new, credit):
    payer = a_payer()
    pay(payer, 6)
    classes.change(payer, new, SYSTEM)
    assert ledger.credit_of(payer.id) == credit


def test_months_paid_ahead_that_cost_more_are_open_again(app):
    payer = a_payer(care_class=CareClass.II)
    pay(payer, 3)
    classes.change(payer, CareClass.I, SYSTEM)
    assert ledger.credit_of(payer.id) == 400_000
    with on(date(2026, 2, 5)):
        assert contributions.owed(payer, date(2026, 2, 5)).total == 0
        contributions.pay_from_credit(payer, date(2026, 2, 5))
    assert ledger.credit_of(payer.id) == 100_000


def test_it_is_taken_back_until_it_holds_and_may_be_made_again(app):
    payer = a_payer()
    pay(payer, 3)
    classes.change(payer, CareClass.II, SYSTEM)
    assert classes.undo(payer, SYSTEM) and not classes.undo(payer, SYSTEM)
    assert amount_of(payer, FEBRUARY) == 300_000
    assert classes.look(payer, TODAY).coming is None
    assert classes.change(payer, CareClass.III, SYSTEM) == FEBRUARY
    assert amount_of(payer, FEBRUARY) == 70_000
    with on(FEBRUARY):
        assert not classes.undo(payer, SYSTEM)


def test_before_the_first_payment_it_holds_at_once(app):
    payer = a_payer(liable_from=None, registered_on=date(2026, 1, 10), since=date(2026, 1, 10))
    assert classes.change(payer, CareClass.III, SYSTEM) == TODAY
    assert contributions.owed(payer, TODAY).total == 70_000


def test_who_does_not_pay_for_themselves_has_no_choice(app):
    payer = a_payer(segment=Segment.PBI_JK)
    with pytest.raises(Refused, match="who pays"):
        classes.change(payer, CareClass.I, SYSTEM)


def test_in_a_year_of_one_standard_ward_there_is_nothing_to_choose(app, own_law):
    own_law(
        'from = 2024-05-08, in_force = false, basis = "Perpres 59/2024 ps 103B"',
        'from = 2024-05-08, in_force = true, basis = "Perpres 59/2024 ps 103B"',
    )
    with pytest.raises(Refused, match="one class"):
        classes.change(a_payer(), CareClass.II, SYSTEM)


def test_only_the_head_decides(app):
    payer = a_payer()
    head, other = people(Family.get_by_id(payer.family_id))
    with pytest.raises(Refused, match="head"):
        classes.change(payer, CareClass.II, Actor(person_id=other.id, role=Role.MEMBER))
    assert classes.change(payer, CareClass.II, Actor(person_id=head.id, role=Role.MEMBER))


def test_in_early_2020_who_had_joined_before_could_step_down_at_once():
    joined, since = date(2019, 6, 1), date(2019, 6, 1)
    assert rules.class_free_from(since, joined, date(2020, 2, 1), steps_down=True) == since
    assert rules.class_free_from(since, joined, date(2020, 2, 1), steps_down=False) == date(2020, 6, 1)
    assert rules.class_free_from(since, joined, date(2020, 5, 1), steps_down=True) == date(2020, 6, 1)
    late = date(2020, 1, 1)
    assert rules.class_free_from(late, late, date(2020, 2, 1), steps_down=True) == date(2021, 1, 1)


@given(st.dates(date(2014, 1, 1), date(2030, 12, 31)))
def test_it_holds_from_the_first_of_next_month(day):
    since = rules.class_holds_from(day)
    assert since.day == 1 and since == add_months(day.replace(day=1), 1)


# --- The pages


@pytest.fixture
def client(app, siti):
    Spell.update(care_class=CareClass.I).execute()
    return sign_in(app, siti)


def test_the_page_tells_what_each_class_costs_and_the_new_amount_before_confirming(client):
    page = client.get("/data-saya/kelas").text
    assert 'value="150000"' in page and 'value="100000"' in page and 'value="35000"' in page
    page = client.get("/data-saya/kelas/2").text
    assert 'value="100000"' in page and "1 Februari 2026" in page and "Perpres 82/2018" in page


def test_with_the_pin_the_class_is_changed_and_taken_back(client):
    answer = post(client, "/data-saya/kelas/2", pin=PIN)
    assert (answer.status_code, answer.location) == (303, "/data-saya/kelas")
    assert "/data-saya/kelas/batal" in client.get("/data-saya/kelas").text
    assert post(client, "/data-saya/kelas/batal").status_code == 303
    assert client.get("/data-saya/kelas/batal").status_code == 303
    assert "/data-saya/kelas/2" in client.get("/data-saya/kelas").text


def test_a_wrong_pin_changes_nothing(client):
    answer = post(client, "/data-saya/kelas/2", pin="111111")
    assert answer.status_code == 200 and 'role="alert"' in answer.text
    assert Entry.select().where(Entry.act == Act.CLASS_CHANGED).count() == 0


def test_who_may_not_is_told_why_and_has_no_button(client):
    Spell.update(class_since=date(2025, 12, 1)).execute()
    page = client.get("/data-saya/kelas/2").text
    assert "1 Desember 2026" in page and 'name="pin"' not in page


@pytest.mark.parametrize("number", [0, 4, 99])
def test_there_are_three_classes(client, number):
    assert client.get(f"/data-saya/kelas/{number}").status_code == 404
