"""Which way a notice goes, when it must wait, and when it is over."""

from datetime import UTC, datetime, time, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.delivering import service
from jkn.delivering.messages import Outcome, Receipt
from jkn.delivering.models import DayCount, Way
from jkn.delivering.service import Limits
from jkn.errors import Refused
from jkn.members.models import Family, Person
from jkn.notices import service as notices
from jkn.notices.models import Channel, Notice, State
from jkn.notices.service import CodeFor
from tests.builders import a_family, people
from tests.delivering.conftest import fresh, somebody, told

ALL = [Channel.SMS, Channel.WHATSAPP, Channel.EMAIL]
LIMITS = Limits((time(20), time(7)), 10, 1000)
NIGHT = datetime(2026, 1, 15, 15, tzinfo=UTC)  # ten in the evening in Jakarta


def claim(notice, offered=ALL, resting=(), limits=LIMITS):
    return service.claim(notice.id, limits, offered, resting)


def accepted(ready, gateway_id="g1"):
    return service.note(ready, Receipt(Outcome.ACCEPTED, gateway_id))


def test_by_sms_where_there_is_a_phone_else_by_letter(app):
    assert claim(told(somebody())).channel is Channel.SMS
    letter = told(people(a_family(1))[0])
    assert claim(letter) is None
    assert fresh(letter).state is State.LETTER


@pytest.mark.parametrize("channel", [*ALL, Channel.PAPER])
def test_the_way_a_person_chose_goes_before_sms(app, channel):
    person = somebody()
    Person.update(email="siti@contoh.example").where(Person.id == person.id).execute()
    service.choose_way(person.id, channel, SYSTEM)
    ready = claim(notice := told(person))
    assert (ready.channel if ready else fresh(notice).channel) is channel
    if channel is Channel.EMAIL:
        assert ready.address == "siti@contoh.example"


def test_who_wants_no_messages_reads_the_page_only(app):
    person = somebody()
    service.choose_way(person.id, None, SYSTEM)
    notice = told(person)
    assert claim(notice) is None and fresh(notice).state is State.SHOWN


def test_a_way_that_cannot_be_had_falls_back_to_sms(app):
    person = somebody()
    service.choose_way(person.id, Channel.EMAIL, SYSTEM)  # and has no address
    assert claim(told(person)).channel is Channel.SMS
    service.choose_way(person.id, Channel.WHATSAPP, SYSTEM)
    assert claim(told(person, reference="2"), offered=[Channel.SMS]).channel is Channel.SMS


def test_without_a_gateway_and_an_address_the_page_is_all(app):
    person = people(a_family(1))[0]
    Family.update(address="").execute()
    notice = told(person)
    assert claim(notice, offered=[]) is None and fresh(notice).state is State.SHOWN


def test_a_code_goes_to_the_phone_it_was_asked_for_and_never_by_letter(app):
    person = somebody("+6281298765400")
    service.choose_way(person.id, Channel.PAPER, SYSTEM)
    notices.send_code(person, "483920", CodeFor.SIGN_IN, "1")
    Person.update(phone="+6281298765401").where(Person.id == person.id).execute()
    ready = claim(Notice.get())
    assert (ready.channel, ready.address) == (Channel.SMS, "+6281298765400")


def test_choosing_the_same_way_twice_changes_once(app):
    person = somebody()
    assert [service.choose_way(person.id, Channel.PAPER, SYSTEM) for _time in range(2)] == [True, False]
    assert [service.choose_way(person.id, None, SYSTEM) for _time in range(2)] == [True, False]
    assert Way.select().count() == 1


def test_two_workers_cannot_have_one_notice(app, now):
    notice = told(somebody())
    assert claim(notice) and not claim(notice)
    with clock.frozen(now + timedelta(minutes=3)):  # the first one died
        assert claim(notice).notice.tries == 2


def test_at_night_it_waits_for_the_morning_of_the_persons_zone_but_a_warning_does_not(app):
    with clock.frozen(NIGHT):
        person = somebody()
        notice, warning = told(person), told(person, "pin_changed", day="2026-01-15")
        assert claim(notice) is None and claim(warning)
        assert fresh(notice).due_at == datetime(2026, 1, 16, tzinfo=UTC)
        Family.update(village_code="94.71.01.1001").execute()
        other = told(person, reference="east")
        assert claim(other) is None and fresh(other).due_at == datetime(2026, 1, 15, 22, tzinfo=UTC)
        service.choose_way(person.id, Channel.EMAIL, SYSTEM)
        Person.update(email="siti@contoh.example").where(Person.id == person.id).execute()
        assert claim(told(person, reference="mail")).channel is Channel.EMAIL


def test_a_number_has_so_many_messages_a_day_whoever_shares_it(app, now):
    everybody = [somebody("+6281298765400") for _person in range(4)]
    limits = Limits(LIMITS.quiet, 3, 1000)
    rows = [told(person) for person in everybody]
    assert [bool(claim(row, limits=limits)) for row in rows] == [True, True, True, False]
    assert claim(told(somebody("+6281298765401")), limits=limits)
    with clock.frozen(now + timedelta(hours=25)):
        assert claim(rows[3], limits=limits)


def test_a_try_again_takes_no_second_place(app, now):
    notice = told(somebody("+6281298765400"))
    limits = Limits(LIMITS.quiet, 1, 1)
    service.note(claim(notice, limits=limits), Receipt(Outcome.LATER, error="no line"))
    with clock.frozen(now + timedelta(minutes=5)):
        assert claim(notice, limits=limits)
    assert DayCount.get().asked == 1


def test_g40_the_days_budget_holds_and_the_rest_goes_tomorrow(app, now):
    limits = Limits(LIMITS.quiet, 10, 5)
    rows = [told(somebody()) for _person in range(8)]
    assert [bool(claim(row, limits=limits)) for row in rows] == [True] * 5 + [False] * 3
    day = DayCount.get()
    assert (day.asked, day.refused) == (5, 3)
    with clock.frozen(now + timedelta(days=1)):
        assert all(claim(row, limits=limits) for row in rows[5:])


def test_a_frozen_number_gets_nothing_and_what_waited_goes_after_it(app, now):
    person = somebody("+6281298765400")
    notice = told(person)
    notices.freeze_number("+6281298765400", SYSTEM)
    assert claim(notice) is None and fresh(notice).state is State.WAITING and fresh(notice).tries == 0
    with clock.frozen(now + timedelta(hours=1)):
        assert claim(notice) is None
        notices.thaw_number("+6281298765400", SYSTEM)
    with clock.frozen(now + timedelta(hours=2)):
        assert claim(notice)


def test_what_nobody_needs_any_more_is_not_sent(app, now):
    reminder = told(somebody(), "plan_reminder", amount=1, day="2026-01-16")
    with clock.frozen(now + timedelta(days=2)):
        assert claim(reminder) is None and fresh(reminder).state is State.EXPIRED
    notices.send_code(somebody(), "483920", CodeFor.SIGN_IN, "1")
    code = Notice.get(Notice.name == "code")
    with clock.frozen(now + timedelta(minutes=5)):
        assert claim(code) is None and fresh(code).state is State.EXPIRED and fresh(code).secret is None


def test_a_resting_gateway_is_not_asked(app, now):
    notice = told(somebody())
    assert claim(notice, resting=[Channel.SMS]) is None
    assert (fresh(notice).tries, fresh(notice).due_at) == (0, now + service.REST)


def test_urgent_ones_go_first(app):
    slow = [told(somebody()) for _person in range(3)]
    urgent = told(somebody(), "pin_changed", day="2026-01-15")
    assert service.due(2) == [urgent.id, slow[0].id]


def test_what_became_of_a_try(app, now):
    notice = told(somebody())
    service.note(claim(notice), Receipt(Outcome.UNSURE, error="timeout"))
    assert (fresh(notice).state, fresh(notice).error) == (State.WAITING, "timeout")
    assert fresh(notice).due_at == now + timedelta(minutes=1)
    with clock.frozen(now + timedelta(minutes=1)):
        assert accepted(claim(notice))
    assert (fresh(notice).state, fresh(notice).error, fresh(notice).gateway_id) == (State.SENT, "", "g1")
    refused = told(somebody())
    service.note(claim(refused), Receipt(Outcome.REFUSED, error="400"))
    assert (fresh(refused).state, fresh(refused).error) == (State.FAILED, "400")
    day = DayCount.get()
    assert (day.asked, day.sent, day.failed) == (2, 1, 1)


def test_a_slow_answer_does_not_undo_what_another_worker_did(app, now):
    notice = told(somebody())
    slow = claim(notice)
    with clock.frozen(now + timedelta(minutes=3)):
        quick = claim(notice)
        accepted(quick)
        service.note(slow, Receipt(Outcome.LATER, error="late"))
        accepted(slow)
    assert fresh(notice).state is State.SENT and DayCount.get().sent == 1


def test_reports_in_any_order_and_any_number_of_times(app):
    notice = told(somebody())
    ready = claim(notice)
    assert service.take_report(fresh(notice), State.ARRIVED)  # before our own answer
    accepted(ready)
    assert not service.take_report(fresh(notice), State.SENT)
    assert not service.take_report(fresh(notice), State.ARRIVED)
    assert not service.take_report(fresh(notice), State.FAILED)
    assert (fresh(notice).state, fresh(notice).gateway_id) == (State.ARRIVED, "g1")
    assert (DayCount.get().sent, DayCount.get().arrived) == (1, 1)


def test_an_officer_sends_a_lost_one_anew_under_a_new_reference(app):
    notice = told(somebody())
    accepted(claim(notice))
    service.take_report(fresh(notice), State.FAILED, "unknown subscriber")
    before = fresh(notice).our_reference
    service.resend(fresh(notice), SYSTEM)
    again = claim(notice)
    assert again.notice.our_reference != before and again.notice.tries == 1
    assert not service.take_report(notice, State.ARRIVED)  # of the first round


def test_what_waits_is_sent_at_once_under_the_same_reference(app):
    notice = told(somebody())
    service.note(claim(notice), Receipt(Outcome.UNSURE, error="timeout"))
    service.resend(fresh(notice), SYSTEM)
    assert claim(notice).notice.our_reference == notice.our_reference


def test_what_is_over_is_neither_sent_again_nor_given_up(app):
    notice = told(somebody())
    accepted(claim(notice))
    for deed in (service.resend, service.drop):
        with pytest.raises(Refused):
            deed(fresh(notice), SYSTEM)


def test_what_was_given_up_is_not_sent(app):
    notice = told(somebody())
    service.drop(notice, SYSTEM)
    assert claim(notice) is None and fresh(notice).state is State.DROPPED
