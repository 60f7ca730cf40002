"""/akses: the member reads who read or changed what of theirs, when, through which door, under which consent."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import words
from jkn.audit import service as audit
from jkn.audit.models import Act, Entry
from jkn.members import service as members
from jkn.members.models import Relation, Stay
from tests.asking import asked
from tests.builders import a_family, people, post, sign_in
from tests.crawl import a_facility, a_world, as_member, as_staff

# Acts on what belongs to no member.
NOBODYS = {
    Act.DATA_IMPORTED,
    Act.OFFICER_CREATED,
    Act.PAYMENT_UNMATCHED,
    Act.TRANSFER_RECORDED,
    Act.AGREEMENT_RECORDED,
    Act.SETTLEMENT_READ,
    Act.PARTNER_CREATED,
    Act.PARTNER_SECRET_ROTATED,
    Act.PARTNER_SUSPENDED,
    Act.PARTNER_RESUMED,
    Act.KIOSK_ENROLLED,
    Act.KIOSK_JOINED,
    Act.KIOSK_REVOKED,
    Act.KIOSK_PRINTER,
    Act.PAPER_PRINTED,
    Act.NUMBER_CALLED,
    Act.SHEETS_PRINTED,
    Act.TRANSFER_DISPUTED,
    Act.TRANSFER_CONFIRMED,
    Act.TRANSFER_UNDONE,
    Act.NOTICES_SENT,
    Act.VOLUNTEER_ASSIGNED,
    Act.VOLUNTEER_SUSPENDED,
    Act.VOLUNTEER_RESUMED,
    Act.FORMS_PRINTED,
    Act.AGENT_CHANGED,
    Act.FORM_TAKEN,
}


def told(client, url: str = "/akses") -> list[str]:
    """The lines of the page, as they are read."""
    lines = re.findall(r"<li>(.*?)</li>", client.get(url).text, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", line).split()) for line in lines]


def others(client) -> list[str]:
    return told(client, "/akses?lain=1")


def test_an_officer_who_looked_is_on_the_page_at_once_by_role_and_office(app):
    from jkn.offices.models import Office

    world = a_world()
    Office.create(code="1301", name="Kantor Cabang Surabaya", address="Jl. Raya 1")
    as_staff(app, Role.OFFICER).get(f"/petugas/slip/{world.person.id}")
    first = told(as_member(app, world.person))[1]  # after the sign-in
    assert first == "Data Anda dibaca. 15 Januari 2026 10.00 WIB, petugas Kantor Cabang Surabaya, lewat web"
    assert "Kru" not in first


def test_a_clerk_is_shown_with_the_facility(app):
    world = a_world()
    a_facility()
    as_staff(app, Role.CLERK).get("/petugas/rawat-inap")
    assert "petugas loket Klinik Sehat" in told(as_member(app, world.person))[1]


def test_a_family_member_is_shown_by_name_and_oneself_as_you(app):
    mother, child = people(a_family(2))
    as_member(app, mother).get(f"/kartu/{Stay.get(Stay.person == child).id}")
    client = as_member(app, child)
    assert told(client)[1] == "Kartu Anda dibaca. 15 Januari 2026 10.00 WIB, SITI AMINAH, lewat web"
    post(client, "/data-saya/email", email="ayu@contoh.example")
    assert "Anda sendiri" in told(client)[0]
    assert not [line for line in others(client) if "Anda sendiri" in line]
    assert others(client)[0] == told(client)[1]


def test_consent_door_and_volunteer_are_named(app):
    [person], [helper] = people(a_family(1)), people(a_family(1, names=("WATI KADER",)))
    whose = {"person_id": person.id, "holder_id": helper.id, "on_behalf_of": person.id}
    by = Actor(**whose, role="volunteer", channel="volunteer", grant=12)
    audit.record(Act.COMPLAINT_FILED, "complaint", by, person=person.id)
    line = told(sign_in(app, person))[1]
    assert line.endswith("kader WATI KADER, di HP kader, dengan izin nomor 12")


@pytest.mark.parametrize(
    "by, shown",
    [
        (SYSTEM, "sistem JKN"),
        (Actor(channel="bank", name="Bank"), "bank"),
        (Actor(channel="kiosk"), "orang yang belum masuk, di kios"),
        (Actor(channel="sms"), "orang yang belum masuk, lewat SMS"),
        (Actor(channel="console"), "pengelola sistem JKN"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_has_no_name_is_still_told_apart(app, by, shown):
    [person] = people(a_family(1))
    audit.record(Act.PROFILE_CHANGED, "person", by, person=person.id)
    assert told(sign_in(app, person))[1].endswith(f", {shown}")


def test_whoever_asked_with_the_nik_is_listed(app):
    [person] = people(a_family(1))
    born = {"born-d": "17", "born-m": "8", "born-y": "1980"}
    post(app.test_client(), "/cek", nik=person.nik, **born)
    assert told(sign_in(app, person))[1].startswith("Seseorang dengan NIK Anda mengecek status aktif Anda.")


def test_what_the_family_shares_is_listed_when_somebody_else_touched_it(app):
    family = a_family(2)
    mother, child = people(family)
    audit.record(Act.BILLS_CORRECTED, members.payer_of(family.id), SYSTEM)
    own = Actor(person_id=mother.id, family_id=family.id, role=Role.MEMBER)
    audit.record(Act.PROFILE_CHANGED, family, own)
    lines = told(sign_in(app, child))
    assert "Tagihan keluarga Anda dikoreksi." in lines[1]
    assert not [line for line in lines if line.startswith("Data Anda diubah")]


def test_what_was_done_with_somebody_else_of_the_family_is_theirs(app):
    mother, child = people(a_family(2))
    audit.record(Act.COMPLAINT_FILED, "complaint", SYSTEM, person=child.id, family=None)
    assert not [line for line in told(sign_in(app, mother)) if "Pengaduan" in line]
    assert [line for line in told(sign_in(app, child)) if "Pengaduan" in line]


def test_who_joined_a_family_does_not_read_what_came_before(app):
    family = a_family(1)
    audit.record(Act.BILLS_CORRECTED, members.payer_of(family.id), SYSTEM)
    with clock.frozen(clock.now() + timedelta(days=3)):
        born = date(1990, 2, 2)
        person = members.enter_person(nik="3578084202900001", name="DEWI", born=born, sex="P")
        members.settle_in(person, family, Relation.SPOUSE, clock.today())
        assert not [line for line in told(sign_in(app, person)) if "Tagihan" in line]


def test_the_page_turns_back_without_losing_or_repeating_a_line(app):
    family = a_family(1)
    [person] = people(family)
    Entry.delete().execute()
    payer = members.payer_of(family.id)
    for number in range(30):
        audit.record(Act.PHONE_CHANGED, person, SYSTEM)
        audit.record(Act.BILLS_CORRECTED, payer, SYSTEM, number=number)
    client, url, lines = sign_in(app, person), "/akses", 0
    for _turn in range(5):
        text = client.get(url).text
        lines += text.count("<li>")
        if 'rel="next"' not in text:
            break
        url = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert lines == 61  # and the sign-in


def test_an_empty_log_says_so(app):
    [person] = people(a_family(1))
    client = sign_in(app, person)
    Entry.delete().execute()
    assert "Belum ada." in client.get("/akses").text


def test_a_page_of_many_kinds_of_people_asks_eight_questions_at_most(app):
    family = a_family(2)
    mother, child = people(family)
    [helper] = people(a_family(1))
    as_staff(app, Role.CLERK)
    clerk = Actor(officer_id=1, role=Role.CLERK, channel="desk", office="1301")
    from jkn.accounts.models import Officer

    for by in (
        replace(clerk, officer_id=Officer.get().id),
        Actor(person_id=helper.id, role="volunteer", grant=3),
        Actor(person_id=mother.id, role=Role.MEMBER),
    ):
        audit.record(Act.PHONE_CHANGED, child, by)
    client = sign_in(app, child)
    client.get("/status")
    with asked() as found:
        assert client.get("/akses").status_code == 200
    assert len(found) <= 8


def test_the_page_is_reached_from_my_data_and_from_the_sign_ins(app, siti):
    client = sign_in(app, siti)
    for url in ("/data-saya", "/perangkat"):
        assert 'href="/akses"' in client.get(url).text


def test_english_readers_read_english(app, siti):
    client = sign_in(app, siti)
    audit.record(Act.PHONE_CHANGED, siti, SYSTEM)
    post(client, "/bahasa", language="en")
    assert "Your phone number was changed." in client.get("/akses").text


def test_every_act_that_may_concern_a_member_has_words():
    """A new act: say in jkn/accounts/words.py what members read about it, or here that it is nobody's."""
    assert set(Act) - {Act.DATA_SEEN} - set(words.ACTS) == NOBODYS
    assert not NOBODYS & set(words.ACTS)
