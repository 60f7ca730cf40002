"""What a phone reads: short, in its owner's language, and nothing that must not be in a message."""

import re
from datetime import date, timedelta

import pytest
from flask_babel import gettext

from jkn import clock, i18n
from jkn.access import SYSTEM
from jkn.accounts import service as accounts
from jkn.accounts import stopping
from jkn.accounts.models import Grant, GrantBasis
from jkn.audit.models import Act, Entry
from jkn.complaints.models import Complaint
from jkn.eligibility.rules import SERVED, Reason, Verdict
from jkn.facilities.models import ClinicChoice
from jkn.i18n import LANGUAGES
from jkn.members.models import Person
from jkn.notices.rules import ONE_SMS, septets
from jkn.texting import deeds, menu, rules
from jkn.texting import service as texting
from tests.builders import a_family, people
from tests.crawl import a_facility
from tests.texting.conftest import PHONE, Phone, with_phone


def test_the_menu_has_each_service_on_one_screen(phone):
    screen = phone.dial()
    assert screen.startswith("CON ")
    assert [line[0] for line in screen.splitlines()[1:]] == list(menu.MENU)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", menu.MENU)
def test_every_screen_fits_and_every_service_ends_within_five(ani, phone, language, key):
    Person.update(language=language).where(Person.id == ani.id).execute()
    service = menu.MENU[key]
    answers = {menu.NUMBER: ani.card, menu.BORN: "17081980", menu.CLINIC: "0301R001", menu.SHEET: "12345678"}
    typed, screens = [], [phone.dial(), phone.dial(key)]
    for ask in service.asks:
        typed.append(answers.get(ask, "1"))
        screens.append(phone.dial(key, *typed))
    assert len(screens) <= rules.MOST_SCREENS
    assert screens[-1].startswith("END ")
    for screen in screens:
        assert septets(screen) <= rules.ONE_SCREEN


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_fits_into_one(ani, phone, language, monkeypatch):
    monkeypatch.setattr(texting, "ANSWERS", 1_000)
    Person.update(language=language).where(Person.id == ani.id).execute()
    for word in (*menu.WORDS, "BANTUAN", "", "ADU antrean lama sekali", f"BLOKIR {ani.card} 17081981", "BAHASA 9"):
        answer = phone.text(word)
        assert answer and septets(answer) <= ONE_SMS, answer


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("segment", ["PBPU", "PPU_BU", "PEMDA"])
def test_every_status_names_the_next_step_and_fits_into_one_message(app, segment, language):
    day = date(2026, 11, 30)
    values = {"name": "S***** W", "amount": "Rp99.999.999", "day": day, "since": day, "until": day}
    with app.test_request_context(), i18n.speaking(language):
        said = {
            reason: deeds.Said(deeds.status_sentence(Verdict(reason, day, segment=segment)), **values).say(gettext)
            for reason in Reason
        }
    for reason, sentence in said.items():
        assert septets(sentence) <= ONE_SMS, sentence
        assert (": AKTI" in sentence or ": ACTIVE" in sentence) == (reason in SERVED)
    assert len(set(said.values())) == 6
    assert said[Reason.WAITING].count("2026") == 2 and "Rp99.999.999" in said[Reason.WAITING]


def test_status_and_bill_show_a_veiled_name_and_never_a_whole_nik(ani, phone):
    for answer in (phone.text("STATUS"), phone.text("TAGIHAN"), phone.dial("1"), phone.dial("2")):
        assert "S***" in answer and "SITI" not in answer and ani.nik not in answer
    assert re.search(r"VA 88888\d{11}", phone.text("TAGIHAN"))


def test_who_was_asked_about_by_message_reads_it_on_akses(ani, phone):
    phone.text("STATUS")
    entry = Entry.get(Entry.act == Act.DATA_SEEN, Entry.person_id == ani.id)
    assert entry.channel == "sms"


def test_several_on_one_number_say_who_they_are(gates, phone):
    first, second = people(a_family(2))
    for each in (first, second):
        with_phone(each)
    assert "SITI 8911" in phone.dial("1")
    assert "S***" in phone.dial("1", f"SITI {first.card[-4:]}")
    assert "B***" in phone.text(f"STATUS BUDI {second.card[-4:]}")
    assert "***" not in phone.text(f"STATUS BUDI {first.card[-4:]}")


def test_an_unknown_phone_sees_the_bill_for_number_and_birth_date_and_nothing_else(ani, gates):
    stranger = Phone(gates.test_client(), "+6281200000001")
    assert "VA 88888" in stranger.text(f"TAGIHAN {ani.card} 17081980")
    assert "VA" not in stranger.text(f"TAGIHAN {ani.card} 17081981")
    for word in ("STATUS", "CELENGAN", "BATAL", "BAHASA 2", "FASKES 0301R001 12345678"):
        assert "***" not in stranger.text(word)
    assert "VA" in stranger.dial("2", ani.card, "17081980")


def test_a_number_not_confirmed_for_a_year_is_a_strangers(ani, phone):
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert "***" not in phone.text("STATUS")


def test_the_clinic_changes_only_with_a_code_of_the_sheet(ani, phone):
    facility, codes = a_facility("0301R002"), accounts.issue_sheet(ani, SYSTEM)
    assert ClinicChoice.select().where(ClinicChoice.person == ani).count() == 0
    phone.text(f"FASKES {facility.code} 00000000")
    assert ClinicChoice.select().where(ClinicChoice.person == ani).count() == 0
    assert facility.code in phone.dial("4", facility.code, codes[0])
    assert ClinicChoice.get(ClinicChoice.person == ani).facility_code == facility.code
    assert accounts.sheets.find_code(ani.id, codes[0]) is None


def test_no_screen_asks_for_a_pin(ani, phone):
    prompts = [ask.prompt for service in menu.MENU.values() for ask in service.asks]
    assert [prompt for prompt in prompts if "PIN" in prompt and "Never" not in prompt] == []


def test_batal_ends_every_right_to_act(ani, phone):
    other = people(a_family(1))[0]
    Grant.create(
        person=ani, holder=other, scopes="status", basis=GrantBasis.NAMED, key="k", until=clock.now() + timedelta(9)
    )
    phone.text("BATAL")
    assert Grant.get().revoked_at is not None


def test_a_stopped_account_gets_nothing_but_the_way_back(ani, phone):
    stopping.freeze(ani, SYSTEM)
    for answer in (phone.text("STATUS"), phone.dial("1"), phone.text("TAGIHAN")):
        assert "***" not in answer and "VA" not in answer
        assert "diblokir" in answer


def test_a_complaint_and_its_follow_up(ani, phone):
    answer = phone.text("ADU antrean lama sekali")
    ticket = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{2}", answer)[0]
    assert Complaint.get().text == "antrean lama sekali"
    assert ticket in phone.text(f"ADU? {ticket}")
    assert "antrean" not in phone.dial("6", ticket)


def test_a_phone_that_is_no_indonesian_mobile_gets_no_answer(gates):
    assert Phone(gates.test_client(), "+12025550143").text("STATUS") == ""


def test_the_language_is_remembered_for_the_person(ani, phone):
    place = list(LANGUAGES).index("su") + 1
    assert "Basa Sunda" in phone.dial("8", str(place))
    assert Person.get_by_id(ani.id).language == "su"
    assert phone.number == PHONE
