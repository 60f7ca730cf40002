"""Gateways that are none, sessions taken over, messages sent again, floods; each control has a twin without it."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import sheets
from jkn.accounts.models import Account, Grant, GrantBasis, SheetCode
from jkn.accounts.stopping import is_stopped
from jkn.complaints.models import Complaint
from jkn.facilities.models import ClinicChoice
from jkn.members.models import Person
from jkn.notices import twilio
from jkn.texting import deeds, service
from tests.builders import a_family, people
from tests.crawl import a_facility
from tests.texting.conftest import PHONE, SECRET, Phone


@pytest.mark.parametrize("secret", ["", "falsch", SECRET + " "])
@pytest.mark.parametrize("door", ["/ussd", "/sms/gerbang"])
def test_nobody_but_the_gateway_speaks_to_us(gates, door, secret):
    form = {"sessionId": "s", "phoneNumber": PHONE, "text": "1", "id": "1", "from": PHONE}
    headers = {"X-Gateway-Secret": secret} if secret else {}
    assert gates.test_client().post(door, data=form, headers=headers).status_code == 403


def test_without_a_configured_secret_nobody_is_the_gateway(gates):
    gates.config.update(USSD_SECRET="", SMS_SECRET="")
    for door in ("/ussd", "/sms/gerbang"):
        assert gates.test_client().post(door, headers={"X-Gateway-Secret": ""}).status_code == 403


def test_twilios_message_needs_twilios_signature(ani, gates):
    gates.config.update(SMS_TWILIO_TOKEN="12345", PUBLIC_URL="https://jkn.example")
    form = {"MessageSid": "SM1", "From": PHONE, "To": "+6221500400", "Body": "STATUS", "NumMedia": "0"}
    right = twilio.sign("12345", "https://jkn.example/sms/twilio", list(form.items()))
    client = gates.test_client()
    assert client.post("/sms/twilio", data=form, headers={"X-Twilio-Signature": right}).text.count("<Message>") == 1
    for signature in ("", "x", twilio.sign("99999", "https://jkn.example/sms/twilio", list(form.items()))):
        assert client.post("/sms/twilio", data=form, headers={"X-Twilio-Signature": signature}).status_code == 403
    forged = form | {"From": "+6281200000009"}
    assert client.post("/sms/twilio", data=forged, headers={"X-Twilio-Signature": right}).status_code == 403


def test_a_dialogue_taken_over_by_another_number_ends_for_both(ani, phone, gates):
    thief = Phone(gates.test_client(), "+6281200000002")
    phone.dial(session="one")
    taken = thief.dial("1", session="one")
    assert taken.startswith("END ") and "sudah berakhir" in taken
    assert phone.dial("1", session="one").startswith("END ")
    assert "***" not in phone.dial("1", session="one")


def test_twin_that_does_not_look_whose_dialogue_it_is_goes_on_with_the_thief(ani, phone, gates, monkeypatch):
    monkeypatch.setattr(service, "is_dialogue_of", lambda *_args: True)
    with pytest.raises(AssertionError):
        test_a_dialogue_taken_over_by_another_number_ends_for_both(ani, phone, gates)


def test_a_message_sent_again_is_answered_alike_and_done_once(ani, phone):
    answers = {phone.text("ADU antrean lama", "same") for _again in range(3)}
    assert len(answers) == 1 and Complaint.select().count() == 1
    screens = {phone.dial("5", "Antrean lama", session="same") for _again in range(3)}
    assert len(screens) == 1 and Complaint.select().count() == 2


def test_a_message_caught_on_its_way_and_sent_again_ends_no_right_given_since(ani, phone):
    """Twilio's signature holds for ever; the message behind it counts once."""
    for key in ("then", "since"):
        right = {"holder": people(a_family(1))[0], "scopes": "status", "basis": GrantBasis.NAMED, "key": key}
        Grant.create(person=ani, until=clock.now() + timedelta(days=9), **right)
        phone.text("BATAL", "caught")
    assert [grant.is_live for grant in Grant.select().order_by(Grant.id)] == [False, True]


def test_twin_that_does_not_remember_messages_does_what_was_caught_again(ani, phone, monkeypatch):
    monkeypatch.setattr(service, "once", lambda reference, phone, answer: answer())
    with pytest.raises(AssertionError):
        test_a_message_caught_on_its_way_and_sent_again_ends_no_right_given_since(ani, phone)


def test_the_same_message_from_another_number_gets_no_answer(ani, phone, gates):
    phone.text("STATUS", "same")
    assert Phone(gates.test_client(), "+6281200000003").text("STATUS", "same") == ""


def test_a_flood_of_messages_costs_only_so_much(ani, phone):
    answers = [phone.text("STATUS") for _turn in range(service.ANSWERS + 5)]
    assert sum(bool(answer) for answer in answers) == service.ANSWERS


def test_twin_that_counts_no_answers_pays_for_each(ani, phone, monkeypatch):
    monkeypatch.setattr(service, "may_answer", lambda *_number: True)
    with pytest.raises(AssertionError):
        test_a_flood_of_messages_costs_only_so_much(ani, phone)


def test_who_writes_once_a_month_is_answered_for_years(ani, phone):
    start = clock.now()
    for month in range(service.ANSWERS + 5):
        with clock.frozen(start + timedelta(days=30 * month)):
            assert phone.text("STATUS")


def test_a_forged_sender_opens_nothing_that_changes(ani, phone):
    """Whoever forges the number may see the bill, and stop the account; no PIN, phone, clinic or right changes."""
    a_facility()
    sheets.issue(ani, SYSTEM)
    before = Account.get().pin_hash
    for words in ("PIN 123456", "HP 081200000004", "FASKES 0301R001 12345678", "IZIN 1234 1234"):
        phone.text(words)
    assert Account.get().pin_hash == before and Person.get_by_id(ani.id).phone == PHONE
    assert ClinicChoice.select().count() == Grant.select().count() == 0
    phone.text(f"BLOKIR {ani.card} 17081980")
    assert is_stopped(ani.id)


def test_twin_that_trusts_the_sender_instead_of_the_sheet_changes_the_clinic(ani, phone, monkeypatch):
    monkeypatch.setattr(deeds.sheets, "find_code", lambda person_id, _typed: SheetCode.get())
    with pytest.raises(AssertionError):
        test_a_forged_sender_opens_nothing_that_changes(ani, phone)
