"""The member says yes with their PIN, on a device of their own; adults of the family for themselves."""

import re
from datetime import timedelta

import pytest

from jkn import clock, permissions
from jkn.access import SYSTEM, Actor, Can, Role
from jkn.accounts import grants
from jkn.accounts import service as accounts
from jkn.accounts.models import Grant, GrantBasis
from jkn.assisting import askings, consents, volunteers
from jkn.assisting.models import Asking, Miss
from jkn.errors import Refused
from jkn.permissions import GIVEN, Scope
from tests.assisting.helping import by_of, help_of, phone_of
from tests.assisting.test_family_consents import grown
from tests.builders import PIN, a_family, a_nik, an_officer, people, post, sign_in

KINS_PIN = "730164"


def asked(kader, person) -> Asking:
    return askings.ask(person.nik, [Scope.STATUS], 30, "once", by_of(kader))


def test_the_pin_on_the_members_own_device_opens_for_the_volunteer_who_asked(app, phone, siti, kader):
    wait = post(phone, "/kader/minta", number=siti.nik, scopes=["status"], minutes=15).location
    asking = Asking.get()
    own = sign_in(app, siti)
    page = own.get("/wakil/izin").text
    assert asking.word in page and kader.name in page
    assert post(own, "/wakil/izin", which=asking.id, answer="yes", pin=PIN).location == "/wakil"
    assert Grant.get().basis == GrantBasis.PIN
    assert "<form" in phone.get(wait).text
    assert post(phone, wait).location == "/"
    assert "SITI AMINAH" in phone.get("/status").text


def test_a_wrong_pin_opens_nothing_and_a_no_needs_none(app, siti, kader):
    asking, own = asked(kader, siti), sign_in(app, siti)
    assert post(own, "/wakil/izin", which=asking.id, answer="yes", pin="999999").status_code == 200
    assert post(own, "/wakil/izin", which=asking.id, answer="yes", pin="").status_code == 200
    assert post(own, "/wakil/izin", which=asking.id, answer="no", pin="").status_code == 303
    assert Grant.select().count() == 0 and not Asking.get().is_open


def test_the_volunteers_page_has_no_place_for_a_pin_and_no_name(phone, siti):
    wait = post(phone, "/kader/minta", number=siti.nik, scopes=["status"], minutes=15).location
    assert not re.search("password|SITI", phone.get("/kader/minta").text + phone.get(wait).text)


def test_a_number_of_nobody_looks_alike_and_counts_as_a_miss(phone, siti):
    pages = []
    for number in (siti.nik, a_nik(siti.born)):
        wait = post(phone, "/kader/minta", number=number, scopes=["status"], minutes=15).location
        pages.append(re.sub(r"IZIN \d{4}|minta/\d+|\d\d[.:]\d\d|<!--.*?-->", "", phone.get(wait).text))
    assert pages[0] == pages[1]
    assert Miss.select().count() == 1


def test_fishing_for_numbers_suspends(phone, siti, kader):
    for _try in range(volunteers.MISSES):
        post(phone, "/kader/minta", number=a_nik(siti.born), scopes=["status"], minutes=15)
    assert volunteers.lock(kader.id).suspended_at is not None


def test_a_suspended_volunteer_gets_no_yes(app, siti, kader):
    asking = asked(kader, siti)
    volunteers.suspend(kader, SYSTEM)
    assert post(sign_in(app, siti), "/wakil/izin", which=asking.id, answer="yes", pin=PIN).status_code == 200
    assert Grant.select().count() == 0


def test_ones_own_family_cannot_be_asked(kader):
    with pytest.raises(Refused):
        asked(kader, kader.person)


def test_another_volunteer_neither_sees_nor_takes_up_the_question(app, phone, siti, kader):
    asking = asked(kader, siti)
    askings.agree(asking, GrantBasis.PIN, by_of(kader))
    other = phone_of(app, an_officer(kader.role, "lain"))
    assert other.get(f"/kader/minta/{asking.id}").status_code == 404
    assert not askings.take_up(Asking.get(), by_of(an_officer(kader.role, "ketiga")))


def a_relative_acts(app, siti) -> tuple:
    kin = people(a_family(1, names=("RATNA DEWI",)))[0]
    accounts.store_pin(kin, accounts.hash_pin(KINS_PIN), by=SYSTEM)
    by = Actor(person_id=siti.id, role=Role.MEMBER)
    right = grants.name_holder(siti, kin.nik, list(GIVEN), clock.today() + timedelta(days=365), "right", by)
    client = sign_in(app, kin)
    assert post(client, f"/wakil/{right.id}/mulai").location == "/"
    return client, Grant.select().count()


def test_a_relatives_right_whatever_it_opens_answers_no_question_for_the_member(app, siti, kader):
    asking = asked(kader, siti)
    client, before = a_relative_acts(app, siti)
    token = re.search('name="csrf_token"[^>]*value="([^"]+)"', client.get("/wakil/selesai").text)[1]
    for answer, pin in (("yes", KINS_PIN), ("yes", PIN), ("no", "")):
        for page in ("/wakil/izin", "/wakil/izin/keluarga"):
            typed = {"which": asking.id, "answer": answer, "pin": pin, "csrf_token": token}
            assert client.get(page).status_code == client.post(page, data=typed).status_code == 403
    assert Asking.get().is_open and Grant.select().count() == before


def test_twin_whose_rights_reach_to_questions_shows_them_to_the_relative(app, siti, kader, monkeypatch):
    asked(kader, siti)
    every = {scope: cans | {Can.ANSWER_ASKINGS} for scope, cans in permissions.SCOPES.items()}
    monkeypatch.setattr(permissions, "SCOPES", every)
    client, _before = a_relative_acts(app, siti)
    assert client.get("/wakil/izin").status_code == 200


def test_an_adult_of_the_family_says_yes_ends_it_and_reads_what_was_done(app, phone, siti, codes):
    adult = grown(siti)
    accounts.store_pin(adult, accounts.hash_pin(PIN), by=SYSTEM)
    own = sign_in(app, adult)
    help_of(phone, siti, codes[0])
    grant = Grant.get()
    assert "S***" in own.get("/wakil/izin/keluarga").text
    assert "ADIK" not in phone.get("/status").text
    assert post(own, "/wakil/izin/keluarga", which=grant.id, answer="yes", pin="999999").status_code == 200
    post(own, "/wakil/izin/keluarga", which=grant.id, answer="yes", pin=PIN)
    assert "ADIK" in phone.get("/status").text
    assert "Anda ikut setuju dibantu kader" in own.get("/wakil/izin/keluarga").text
    post(own, "/wakil/izin/keluarga", which=grant.id, answer="no", pin="")
    assert "ADIK" not in phone.get("/status").text and "SITI" in phone.get("/status").text


def test_nobody_of_another_family_joins(app, phone, siti, codes, kader):
    help_of(phone, siti, codes[0])
    accounts.store_pin(kader.person, accounts.hash_pin(PIN), by=SYSTEM)
    assert "<fieldset" not in sign_in(app, kader.person).get("/wakil/izin/keluarga").text
    with pytest.raises(Refused):
        consents.join_own(Grant.get(), kader.person, SYSTEM)
    assert str(kader.person.id) not in Grant.get().covers.split()
