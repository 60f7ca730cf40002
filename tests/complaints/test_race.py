"""Many sends at once, in an empty database of the test's own. Each test has a twin that must fail it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from jkn.access import Actor, Role
from jkn.audit.models import Act, Entry
from jkn.complaints import service
from jkn.complaints.models import Category, Complaint, ComplaintStep, Stage, Ticket
from jkn.db import db, write
from jkn.errors import Refused

SENDS = 64


def at_once(act) -> list:
    """What each of 64 threads got; they start together. A refusal is an answer too."""
    start = Barrier(SENDS)

    def send(_number):
        start.wait()
        try:
            return act()
        except Refused as refused:
            return refused
        finally:
            db.close()

    with ThreadPoolExecutor(SENDS) as threads:
        return list(threads.map(send, range(SENDS)))


def file_once() -> int:
    return service.file(key="k1", category=Category.HOSPITAL, text="Kamar penuh.", by=Actor()).id


def filed() -> tuple:
    return Complaint.select().count(), Entry.select().where(Entry.act == Act.COMPLAINT_FILED).count()


def test_64_sends_of_one_form_file_one_complaint(own_database):
    assert len(set(at_once(file_once))) == 1
    assert filed() == (1, 1)


def test_the_twin_that_asks_before_it_acts_files_more(own_database, monkeypatch):
    arrived = Barrier(SENDS)

    def asks_first(key, said, by):
        known = Ticket.get_or_none(Ticket.key == key)
        arrived.wait()
        if known:
            raise service._Taken
        with write():
            return Complaint.create(ticket="0", due_on="2026-01-23", **said)

    monkeypatch.setattr(service, "_enter", asks_first)
    at_once(file_once)
    assert filed()[0] == SENDS


@pytest.fixture
def answered(own_database) -> Complaint:
    file_once()
    complaint = Complaint.get()
    service.answer(complaint, "Ada kamar.", seen=1, by=Actor(officer_id=7, role=Role.OFFICER))
    db.close()
    return complaint


def verdicts(complaint) -> list[Stage]:
    """What became of SUDAH and BELUM sent at once, 32 times each."""
    turns = iter([service.solve, lambda *args, **more: service.reopen(*args, None, **more)] * (SENDS // 2))
    at_once(lambda: next(turns)(complaint, seen=2, by=Actor()))
    return [step.stage for step in ComplaintStep.select().where(ComplaintStep.number > 2)]


def test_of_sudah_and_belum_sent_at_once_one_counts(answered):
    assert verdicts(answered) in ([Stage.SOLVED], [Stage.REOPENED])
    assert Complaint.get().steps == 3


def test_the_twin_that_counts_without_a_condition_fails(answered, monkeypatch):
    def careless(complaint, seen, stage, may_be, by, *, text=None, due_on=None):
        with write():
            number = ComplaintStep.select().count() + 1
            ComplaintStep.insert(complaint=complaint, number=number, stage=stage).on_conflict_ignore().execute()

    monkeypatch.setattr(service, "_advance", careless)
    assert len(verdicts(answered)) > 1
