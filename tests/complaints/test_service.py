from datetime import date, timedelta

import pytest
from peewee import IntegrityError

from jkn import clock, sealed
from jkn.access import Actor, Role
from jkn.audit.models import Act, Entry
from jkn.complaints import service
from jkn.complaints.models import Category, Complaint, ComplaintStep, Stage, Ticket
from jkn.complaints.rules import read_ticket
from jkn.db import db
from jkn.errors import Refused
from jkn.notices.models import Notice
from tests.builders import a_family, people
from tests.conftest import NOW

NOBODY = Actor()
DESK = Actor(officer_id=7, role=Role.OFFICER)
WORDS = "Obat kosong dua minggu. NIK saya 3578081708800001."


def a_complaint(by: Actor = NOBODY, key: str = "k1", **said) -> Complaint:
    return service.file(**{"key": key, "category": Category.CLINIC, "text": WORDS} | said, by=by)


@pytest.fixture
def siti(app) -> Actor:
    family = a_family()
    return Actor(person_id=people(family)[0].id, family_id=family.id, role=Role.MEMBER)


def acts() -> list[Act]:
    return [entry.act for entry in Entry.select().order_by(Entry.id)]


def test_a_complaint_gets_a_ticket_a_date_and_an_entry(app, siti):
    complaint = a_complaint(siti)
    assert service.find(read_ticket(complaint.number)).id == complaint.id
    assert complaint.due_on == date(2026, 1, 23)
    assert (complaint.person_id, complaint.family_id) == (siti.person_id, siti.family_id)
    assert [step.stage for step in complaint.history()] == [Stage.RECEIVED]
    assert Act.COMPLAINT_FILED in acts()


def test_without_a_name_nothing_tells_who_it_was(app):
    complaint = a_complaint()
    assert (complaint.person_id, complaint.family_id) == (None, None)
    entry = Entry.get(Entry.act == Act.COMPLAINT_FILED)
    assert (entry.person_id, entry.by_person, entry.family_id) == (None, None, None)


def test_neither_words_nor_ticket_rest_in_clear(app):
    complaint = a_complaint(contact="0812 3456 7890", place="Klinik Mawar")
    for table in ("complaint", "ticket", "complaint_step", "entry"):
        stored = " ".join(str(row) for row in db.execute_sql(f"SELECT * FROM {table}").fetchall())
        for canary in (complaint.ticket, "Obat", "3456", "Mawar"):
            assert canary not in stored
    assert Ticket.get().hash == sealed.index("ticket", complaint.ticket)


def test_the_same_form_sent_twice_files_once(app, siti):
    assert a_complaint(siti).id == a_complaint(siti).id
    assert Complaint.select().count() == ComplaintStep.select().count() == 1
    assert acts().count(Act.COMPLAINT_FILED) == 1


def test_other_words_under_the_same_key_are_refused_and_not_lost(app):
    a_complaint()
    with pytest.raises(Refused):
        a_complaint(text="Something else.")
    assert a_complaint(key="k2", text="Something else.").text == "Something else."


def test_an_answer_closes_nothing(app, siti):
    complaint = a_complaint(siti)
    service.answer(complaint, "Obat sudah ada.", seen=1, by=DESK)
    complaint = Complaint.get()
    assert (complaint.stage, complaint.due_on) == (Stage.ANSWERED, None)
    notice = Notice.get()
    assert (notice.name, notice.person_id) == ("complaint_answered", siti.person_id)


def test_only_sudah_ends_it(app):
    complaint = a_complaint()
    with pytest.raises(Refused):
        service.solve(complaint, seen=1, by=NOBODY)
    service.answer(complaint, "Done.", seen=1, by=DESK)
    service.solve(complaint, seen=2, by=NOBODY)
    assert Complaint.get().stage == Stage.SOLVED
    with pytest.raises(Refused):
        service.reopen(complaint, None, seen=3, by=NOBODY)
    with pytest.raises(Refused):
        service.answer(complaint, "Again.", seen=3, by=DESK)


def test_belum_opens_it_again_with_a_new_date(app):
    complaint = a_complaint()
    service.answer(complaint, "Done.", seen=1, by=DESK)
    with clock.frozen(NOW + timedelta(days=7)):
        service.reopen(complaint, "Masih kosong.", seen=2, by=NOBODY)
    complaint = Complaint.get()
    assert (complaint.stage, complaint.due_on) == (Stage.REOPENED, date(2026, 1, 29))
    service.answer(complaint, "Now really.", seen=3, by=DESK)
    assert [step.stage for step in complaint.history()] == ["received", "answered", "reopened", "answered"]


def test_sending_a_step_twice_counts_once(app, siti):
    complaint = a_complaint(siti)
    for _time in range(2):
        service.answer(complaint, "Done.", seen=1, by=DESK)
    for _time in range(2):
        service.solve(complaint, seen=2, by=siti)
    assert Complaint.get().steps == ComplaintStep.select().count() == 3
    assert Notice.select().count() == 1
    assert (acts().count(Act.COMPLAINT_ANSWERED), acts().count(Act.COMPLAINT_CLOSED)) == (1, 1)


def test_who_acts_on_an_older_page_is_told(app):
    complaint = a_complaint()
    service.answer(complaint, "First answer.", seen=1, by=DESK)
    service.reopen(complaint, None, seen=2, by=NOBODY)
    service.answer(complaint, "Second answer.", seen=3, by=DESK)
    with pytest.raises(Refused):
        service.solve(complaint, seen=2, by=NOBODY)
    assert Complaint.get().stage == Stage.ANSWERED


def test_an_open_complaint_has_a_date_and_an_answered_one_has_none(app):
    complaint = a_complaint()
    with pytest.raises(IntegrityError), db.atomic():
        Complaint.update(due_on=None).where(Complaint.id == complaint.id).execute()
    with pytest.raises(IntegrityError), db.atomic():
        Complaint.update(stage=Stage.SOLVED).where(Complaint.id == complaint.id).execute()


def test_overdue_is_from_the_day_after(app):
    complaint = a_complaint()
    with clock.frozen(clock.start_of(date(2026, 1, 23))):
        assert not complaint.is_overdue
    with clock.frozen(clock.start_of(date(2026, 1, 24))):
        assert complaint.is_overdue
