"""A member chooses how to be told; officers see what failed, send it again, and print letters."""

import re
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.audit.models import Act, Entry
from jkn.delivering import letters, senders, service
from jkn.delivering.models import DayCount, LetterBatch, Way
from jkn.members.models import Family
from jkn.notices.models import Channel, Notice, State
from tests.builders import a_family, officer_client, people, post, sign_in
from tests.delivering.conftest import fresh, somebody, told, with_phone


@pytest.fixture(autouse=True)
def printing(known):
    known(senders.consoles())


def failed(**more) -> Notice:
    notice = told(somebody())
    more = {"state": State.FAILED, "error": "unknown subscriber", "channel": Channel.SMS, "tries": 4} | more
    Notice.update(more).where(Notice.id == notice.id).execute()
    return fresh(notice)


def test_a_member_chooses_how_to_be_told(app, siti):
    siti = with_phone(siti)
    client = sign_in(app, siti)
    form = client.get("/data-saya/kabar").text
    assert "Lewat SMS" in form and "Lewat email" not in form  # has no address
    assert re.search(r'checked[^>]*value="sms"', form)
    answer = post(client, "/data-saya/kabar", way="paper")
    assert answer.status_code == 303 and answer.location == "/data-saya"
    assert Way.get().channel is Channel.PAPER and Entry.get(Entry.act == Act.WAY_CHOSEN).person_id == siti.id
    assert re.search(r'checked[^>]*value="paper"', client.get("/data-saya/kabar").text)
    post(client, "/data-saya/kabar", way="none")
    assert Way.get().channel is None
    assert re.search(r'checked[^>]*value="none"', client.get("/data-saya/kabar").text)


@pytest.mark.parametrize("way", ["", "sms", "email", "pigeon"])
def test_a_way_that_the_member_does_not_have_is_not_taken(app, siti, way):
    answer = post(sign_in(app, siti), "/data-saya/kabar", way=way)
    assert answer.status_code == 200 and Way.select().count() == 0


def test_officers_see_what_failed_why_how_often_and_when_next(app):
    notice = failed()
    slow = failed(state=State.WAITING, error="timeout", due_at=clock.now() + timedelta(minutes=30))
    DayCount.create(day=clock.today(), channel=Channel.SMS, asked=12, sent=11, arrived=9, failed=1)
    page = officer_client(app).get("/petugas/kabar").text
    for text in (notice.our_reference, "unknown subscriber", slow.our_reference, "timeout", "10.30 WIB", "<td>11</td>"):
        assert text in page
    assert "JATAH HARI INI HABIS" not in page


def test_a_blown_budget_alarms_officers(app):
    DayCount.create(day=clock.today(), channel=Channel.SMS, asked=12, refused=1)
    assert "JATAH HARI INI HABIS" in officer_client(app).get("/petugas/kabar").text


def test_older_failures_are_a_page_further(app):
    rows = [failed() for _time in range(52)]
    client = officer_client(app)
    older = re.search(r'href="(/petugas/kabar\?sebelum=\d+)"', client.get("/petugas/kabar").text)[1]
    assert rows[0].our_reference in client.get(older).text


@pytest.mark.parametrize("deed, state", [("resend", State.WAITING), ("drop", State.DROPPED)])
def test_an_officer_sends_again_or_gives_up(app, deed, state):
    notice = failed()
    client = officer_client(app)
    assert post(client, f"/petugas/kabar/{notice.id}", deed=deed).status_code == 303
    assert fresh(notice).state is state
    assert Entry.select().where(Entry.act.in_((Act.NOTICE_RESENT, Act.NOTICE_DROPPED))).count() == 1


def test_what_arrived_meanwhile_is_said_and_left_alone(app):
    notice = failed()
    client = officer_client(app)
    page = client.get(f"/petugas/kabar/{notice.id}").text
    service.take_report(notice, State.ARRIVED)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)[1]
    answer = client.post(f"/petugas/kabar/{notice.id}", data={"csrf_token": token, "deed": "resend"})
    assert answer.status_code == 200 and "tidak bisa dikirim lagi" in answer.text
    assert "<form" not in client.get(f"/petugas/kabar/{notice.id}").text


def a_letter(family: Family, reference="1") -> Notice:
    notice = told(people(family)[0], reference=reference)
    Notice.update(state=State.LETTER).where(Notice.id == notice.id).execute()
    return notice


def test_letters_are_printed_once_one_for_each_person(app):
    family, other = a_family(1), a_family(1, names=("BUDI SANTOSO",))
    Family.update(mailing_address="JL. MELATI NO. 9").where(Family.id == other.id).execute()
    rows = [a_letter(family), a_letter(family, "2"), a_letter(other)]
    client = officer_client(app)
    answer = post(client, "/petugas/surat")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert page.count("<h2>Kabar dari JKN</h2>") == 2 and page.count("Pengaduan Anda sudah dijawab") == 3
    assert "SITI AMINAH<br>JL. KENANGA NO. 4 RT 001 RW 002" in page and "JL. MELATI NO. 9" in page
    assert {fresh(row).state for row in rows} == {State.SENT}
    assert "Tidak ada surat yang menunggu" in post(client, "/petugas/surat").text
    assert LetterBatch.select().count() == 1 and DayCount.get().sent == 3


def test_printing_twice_with_one_key_is_one_batch(app):
    a_letter(a_family(1))
    by = SYSTEM.__class__(officer_id=1, role=Role.OFFICER)
    first = letters.make_batch("key", by)
    a_letter(a_family(1))
    assert letters.make_batch("key", by) == first
    assert letters.waiting() == 1


def test_a_letter_is_in_the_language_of_its_reader(app):
    family = a_family(1)
    person = people(family)[0]
    type(person).update(language="en").where(type(person).id == person.id).execute()
    a_letter(family)
    client = officer_client(app)
    page = client.get(post(client, "/petugas/surat").location).text
    assert 'lang="en"' in page and "Your complaint was answered" in page


def test_an_old_letter_is_not_printed(app, now):
    notice = a_letter(a_family(1))
    with clock.frozen(now + timedelta(days=31)):
        client = officer_client(app)
        assert "Tidak ada surat yang menunggu" in post(client, "/petugas/surat").text
    assert fresh(notice).state in (State.EXPIRED, State.LETTER)
