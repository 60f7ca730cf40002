"""Runs of the outbox against a gateway over real sockets, with every fault; and a gateway that is down for a day."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import Actor
from jkn.accounts import service as accounts
from jkn.delivering import running, senders, service
from jkn.delivering.simulator import FAULTS
from jkn.errors import Refused
from jkn.notices import service as notices
from jkn.notices.models import Channel, Notice, State
from jkn.notices.service import CodeFor
from tests.builders import officer_client
from tests.crawl import a_world
from tests.delivering.conftest import fresh, plain, simulated, somebody, told, twilio

REPORTS = ("twice", "mute", "undelivered")
TAKEN = [fault for fault in FAULTS if fault != "refuse"]


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


def run_until_nothing_waits(start, most=40, threads=1):
    """Run after run, some minutes apart."""
    for turn in range(most):
        with clock.frozen(start + timedelta(minutes=6 * turn)):
            running.run(threads)
        if not Notice.select().where(Notice.state == State.WAITING).exists():
            return
    raise AssertionError("something still waits")


@pytest.mark.parametrize("fault", TAKEN)
def test_no_fault_loses_or_doubles_a_message_at_a_gateway_that_knows_references(app, gateway, now, fault):
    notice = told(somebody())
    gateway.faults += [f"http:{fault}"] * 2
    run_until_nothing_waits(now)
    assert [row[1] for row in gateway.received.all()] == [notice.our_reference]
    assert fresh(notice).state is State.SENT


@pytest.mark.parametrize("fault", TAKEN)
def test_no_fault_loses_or_doubles_a_message_at_twilio(app, twilio_gateway, now, fault):
    notice = told(somebody())
    twilio_gateway.faults += [f"twilio:{fault}"] * 2
    run_until_nothing_waits(now)
    assert len(twilio_gateway.received.all()) == 1
    assert fresh(notice).state is State.SENT and fresh(notice).gateway_id.startswith("SM")


def test_two_notices_of_the_same_words_to_one_number_are_two_at_twilio(app, twilio_gateway, now):
    for person in (somebody("+6281298765400"), somebody("+6281298765400")):
        told(person)
    twilio_gateway.faults += ["twilio:drop"] * 2
    run_until_nothing_waits(now)
    assert len(twilio_gateway.received.all()) == 2
    assert len({row.gateway_id for row in Notice.select()}) == 2


def test_twin_without_asking_first_twilio_sends_twice(app, twilio_gateway, now, monkeypatch):
    monkeypatch.setattr(type(senders.find(Channel.SMS)), "find", lambda *_asked: None)
    told(somebody())
    twilio_gateway.faults += ["twilio:drop"]
    run_until_nothing_waits(now)
    assert len(twilio_gateway.received.all()) == 2


def test_a_final_no_is_final(app, gateway, now):
    notice = told(somebody())
    gateway.faults += ["http:refuse"]
    run_until_nothing_waits(now)
    assert (fresh(notice).state, fresh(notice).error) == (State.FAILED, "400")
    assert gateway.received.all() == []


def test_the_text_is_short_plain_and_in_the_persons_language(app, gateway, now):
    person = somebody("+6281298765400")
    told(person)
    person.language = "en"
    person.save()
    told(person, "phone_changed", day="2026-01-15")
    running.run()
    assert [(row[2], row[3]) for row in gateway.received.all()] == [
        ("+6281298765400", "JKN Siti A: Your phone number was changed on 15 January 2026. Was it not you? Call 165."),
        ("+6281298765400", "JKN Siti A: Your complaint was answered. Open 5 Complaint and say SUDAH or BELUM."),
    ]


def test_an_sms_tells_a_stranger_nothing_about_the_family(app, gateway, now):
    world = a_world()
    rows = Notice.update(state=State.WAITING).where(Notice.state != State.WAITING)
    rows.execute()
    running.run()
    texts = " ".join(row[3] for row in gateway.received.all()).lower()
    assert "kanariwati s:" in texts  # who of those who share the phone
    hidden = set(world.canaries) - {"name"}
    assert [kind for kind in hidden if world.canaries[kind].lower() in texts] == []


def test_whatsapp_goes_by_twilio_with_its_prefix(app, tmp_path, known, now):
    person = somebody("+6281298765400")
    service.choose_way(person.id, Channel.WHATSAPP, running.SYSTEM)
    told(person)
    with simulated(tmp_path) as gateway:
        known([twilio(gateway.url, Channel.WHATSAPP)])
        running.run()
        assert [row[2] for row in gateway.received.all()] == ["whatsapp:+6281298765400"]


def test_a_gateway_that_is_down_for_a_day_loses_nothing_and_catches_up_within_the_hour(app, tmp_path, known, now):
    """Every hour somebody is told something; the line is dead from ten to ten."""
    with simulated(tmp_path) as gateway:
        port, url = gateway.server_port, gateway.url
    known([plain(url)])
    rows = []
    for quarter in range(96):
        with clock.frozen(now + timedelta(minutes=15 * quarter)):
            if quarter % 4 == 0:
                rows.append(told(somebody()))
            running.run()
    assert not Notice.select().where(Notice.state != State.WAITING).exists()
    with simulated(tmp_path, port) as gateway:
        for minute in range(0, 61, 5):
            with clock.frozen(now + timedelta(days=1, minutes=minute)):
                running.run()
        assert sorted(row[1] for row in gateway.received.all()) == sorted(row.our_reference for row in rows)
    assert not Notice.select().where(Notice.state != State.SENT).exists()


def test_a_gateway_that_fails_again_and_again_is_left_in_peace(app, gateway, now):
    gateway.faults += ["http:error"] * 100
    rows = [told(somebody()) for _person in range(30)]
    tally = running.run()
    assert tally["unsure"] == running.IN_A_ROW and tally["waiting"] == 30 - running.IN_A_ROW
    assert sum(fresh(row).tries for row in rows) == running.IN_A_ROW


def test_one_bad_notice_does_not_stop_the_others(app, gateway, now):
    person = somebody()
    no_words, no_day = told(person, "never_written"), told(person, "plan_reminder", amount=1, day="someday")
    good = told(person)
    running.run()
    assert (fresh(no_words).state, fresh(no_words).error) == (State.FAILED, "ours: TemplatesNotFound")
    assert (fresh(no_day).state, fresh(no_day).error) == (State.FAILED, "ours: ValueError")
    assert fresh(good).state is State.SENT


def test_a_sender_of_ours_that_breaks_is_tried_again(app, gateway, now, monkeypatch):
    notice = told(somebody())
    with monkeypatch.context() as patch:
        patch.setattr(type(senders.find(Channel.SMS)), "send", lambda *_given: 1 // 0)
        running.run()
    assert (fresh(notice).state, fresh(notice).error) == (State.WAITING, "ours: ZeroDivisionError")
    run_until_nothing_waits(now + timedelta(minutes=6))
    assert fresh(notice).state is State.SENT


def test_the_command_says_what_it_did(app, gateway, run):
    told(somebody())
    assert "1 sent, 0 refused, 0 to try again, 0 other" in run("send-notices", "--threads", "1").output
    assert "0 sent" in run("send-notices", "--threads", "1").output


def test_without_gateways_a_development_machine_prints_messages(app, run, known):
    known(senders.consoles())
    told(somebody("+6281298765400"))
    assert "JKN Siti A: Pengaduan" in run("send-notices", "--threads", "1").output


def many_codes(app, gateway, asks: int, numbers: int, budget: int, monkeypatch):
    """So many ask for codes at these numbers in one hour; what the gateway got."""
    monkeypatch.setitem(app.config, "NOTICE_BUDGET", budget)
    everybody = [somebody() for _number in range(numbers)]
    for turn in range(asks):
        with suppress(Refused):
            notices.send_code(everybody[turn % numbers], "483920", CodeFor.SIGN_IN, str(turn))
    running.run()
    return Counter(row[2] for row in gateway.received.all())


def assert_the_fuse_holds(app, got: Counter, budget: int):
    assert sum(got.values()) == budget and max(got.values()) <= 3
    assert "JATAH HARI INI HABIS" in officer_client(app).get("/petugas/kabar").text


def test_g40_a_flood_of_asking_ends_at_three_for_a_number_and_at_the_fuse(app, gateway, monkeypatch):
    assert_the_fuse_holds(app, many_codes(app, gateway, 300, 20, 50, monkeypatch), 50)


@pytest.mark.slow
def test_g40_in_full_size(app, gateway, monkeypatch):
    assert_the_fuse_holds(app, many_codes(app, gateway, 10_000, 1_000, 2_500, monkeypatch), 2_500)


def test_without_a_budget_each_number_still_has_three_codes_an_hour(app, gateway, monkeypatch):
    got = many_codes(app, gateway, 60, 10, 1_000, monkeypatch)
    assert set(got.values()) == {3} and len(got) == 10


def test_g40_with_the_fuse_blown_a_code_of_the_sheet_and_the_pin_still_open(app, gateway, monkeypatch):
    many_codes(app, gateway, 20, 10, 2, monkeypatch)
    person = somebody("+6281298765499")
    codes = accounts.issue_sheet(person, running.SYSTEM)
    assert accounts.sign_in_by_code(person.nik, codes[0], "730164", Actor())
    assert accounts.sign_in_by_pin(person.nik, "730164", None, Actor())
