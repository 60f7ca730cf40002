from concurrent.futures import ThreadPoolExecutor

import pytest

from jkn.access import Actor, Role
from jkn.audit.models import Act, Entry
from jkn.changes import service
from jkn.db import db, write
from jkn.members.models import Family, Person
from jkn.notices.models import Notice
from tests.builders import a_family, people

PHONE = "+6281234567890"


def a_member() -> tuple[Person, Actor]:
    family = a_family()
    person = people(family)[0]
    return person, Actor(person_id=person.id, family_id=family.id, role=Role.MEMBER)


@pytest.fixture
def siti(app):
    return a_member()


def test_a_phone_is_changed_once_however_often_it_is_set(siti):
    person, by = siti
    assert [service.change_phone(person, PHONE, by) for _ in range(3)] == [True, False, False]
    assert Person.get_by_id(person.id).phone == PHONE
    assert Entry.select().where(Entry.act == Act.PHONE_CHANGED).count() == 1
    notice = Notice.get(Notice.name == "phone_changed")
    assert notice.person_id == person.id and "812" not in str(notice.values)


def test_a_family_may_share_one_number(siti):
    _person, by = siti
    family = people(Family.get_by_id(by.family_id))
    assert [service.change_phone(person, PHONE, by) for person in family] == [True] * 3


def test_a_phone_can_be_removed(siti):
    person, by = siti
    service.change_phone(person, PHONE, by)
    assert service.change_phone(person, None, by)
    row = Person.get_by_id(person.id)
    assert (row.phone, row.phone_hash) == (None, None)
    assert not service.change_phone(person, None, by)


def test_neither_phone_nor_email_rest_in_clear(siti):
    person, by = siti
    service.change_phone(person, PHONE, by)
    service.change_email(person, "kucing@example.com", by)
    for table in ("person", "entry", "notice"):
        stored = " ".join(str(row) for row in db.execute_sql(f"SELECT * FROM {table}").fetchall())
        assert "81234567890" not in stored and "kucing" not in stored


def test_email_and_address_are_set_and_removed(siti):
    person, by = siti
    assert service.change_email(person, "siti@example.com", by)
    assert not service.change_email(person, "siti@example.com", by)
    assert service.change_email(person, None, by) and Person.get_by_id(person.id).email is None
    assert service.change_address(by.family_id, "JL. MAWAR 1", by)
    assert not service.change_address(by.family_id, "JL. MAWAR 1", by)
    assert service.change_address(by.family_id, None, by)
    assert Family.get_by_id(by.family_id).mailing_address is None


def changes_of_64_sends(change) -> int:
    person, by = a_member()
    db.close()

    def send(_number):
        try:
            return change(person, by)
        finally:
            db.close()

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(send, range(64)))
    return Entry.select().where(Entry.act == Act.PHONE_CHANGED).count()


def test_64_sends_at_once_change_the_phone_once(own_database):
    assert changes_of_64_sends(lambda person, by: service.change_phone(person, PHONE, by)) == 1


def test_the_twin_that_compares_before_it_writes_changes_it_more_often(own_database):
    def careless(person, by):
        if person.phone != PHONE:  # as read when the page was shown
            with write():
                Person.update(phone=PHONE).where(Person.id == person.id).execute()
                service.audit.record(Act.PHONE_CHANGED, person, by)

    assert changes_of_64_sends(careless) > 1
