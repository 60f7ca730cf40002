from datetime import UTC, date, datetime

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.audit.models import Act, Entry
from jkn.errors import Refused
from jkn.facilities import service
from jkn.facilities.models import ClinicChoice, Exemption
from jkn.notices.models import Notice
from tests.builders import a_family, counted, people
from tests.facilities.places import load_facilities

HOME, OTHER, THIRD = "13010101", "0217B005", "0217B055"
OFFICER = Actor(officer_id=1, role=Role.OFFICER)


@pytest.fixture
def person(app):
    load_facilities()
    person = people(a_family(size=1))[0]
    service.choose_first(person, HOME, date(2025, 1, 1), SYSTEM)
    return person


def on(year, month, day):
    return clock.frozen(datetime(year, month, day, 3, tzinfo=UTC))


def change(person, code=OTHER, key="k", by=SYSTEM, **more):
    return service.change(person, code, by, key, **more)


def code_on(person, day):
    return service.clinic_of(person.id, day).code


def test_f01_too_early_is_refused_unless_a_letter_was_seen(person):
    with on(2025, 12, 20):
        assert change(person, OTHER, "1").since == date(2026, 1, 1)
    with on(2026, 3, 15):
        with pytest.raises(Refused) as refused:
            change(person, THIRD, "2")
        assert refused.value.values["day"] == date(2026, 4, 1)
        assert "Perpres 82/2018" in refused.value.basis
        with pytest.raises(Refused):
            change(person, THIRD, "3", exemption=Exemption.MOVED, letter="470/12")
        with pytest.raises(Refused):
            change(person, THIRD, "4", OFFICER, exemption=Exemption.MOVED)
        early = change(person, THIRD, "5", OFFICER, exemption=Exemption.MOVED, letter="470/12")
        assert (early.since, early.letter) == (date(2026, 4, 1), "470/12")
        service.undo(early, OFFICER)
    with on(2026, 4, 2):
        assert change(person, THIRD, "6").since == date(2026, 5, 1)


def test_a_change_holds_from_the_first_of_next_month(person):
    change(person)
    assert code_on(person, date(2026, 1, 31)) == HOME
    assert code_on(person, date(2026, 2, 1)) == OTHER
    assert service.clinics_of([person.id, 0], date(2026, 2, 1)).keys() == {person.id}
    assert service.clinic_of(person.id, date(2024, 12, 31)) is None


def test_the_same_key_changes_once_and_gives_the_same_answer(person):
    assert change(person, key="same").id == change(person, key="same").id
    assert Entry.select().where(Entry.act == Act.CLINIC_CHOSEN, Entry.subject != "clinic_choice").count() == 1
    assert Notice.select().where(Notice.name == "clinic_changed").count() == 1


def test_a_second_change_waits_for_the_first(person):
    change(person)
    with pytest.raises(Refused, match="already under way"):
        change(person, THIRD, "other")


def test_an_undone_change_never_counted_and_another_may_follow(person):
    first = change(person)
    assert service.undo(first, SYSTEM)
    assert not service.undo(first, SYSTEM)
    assert code_on(person, date(2026, 2, 1)) == HOME
    assert change(person, THIRD, "again").since == date(2026, 2, 1)
    assert code_on(person, date(2026, 2, 1)) == THIRD
    assert [entry.act for entry in Entry.select().where(Entry.person_id == person.id).order_by(Entry.id)] == [
        Act.CLINIC_CHOSEN,
        Act.CLINIC_CHOSEN,
        Act.CLINIC_UNDONE,
        Act.CLINIC_CHOSEN,
    ]


def test_what_holds_already_cannot_be_undone(person):
    choice = change(person)
    with on(2026, 1, 31):
        assert service.standings_of([person.id], clock.today())[person.id].coming == choice
    with on(2026, 2, 1), pytest.raises(Refused, match="already holds"):
        service.undo(choice, SYSTEM)


@pytest.mark.parametrize("code", ["0217G001", "1301R001", "0217A001", "9999X999", "", "\0", HOME])
def test_only_another_clinic_can_be_chosen(person, code):
    with pytest.raises(Refused):
        change(person, code)


def test_the_first_clinic_is_chosen_once(person):
    service.choose_first(person, OTHER, date(2025, 1, 1), SYSTEM)
    assert code_on(person, date(2025, 1, 1)) == HOME
    assert ClinicChoice.select().count() == 1


def test_somebody_without_a_clinic_may_choose_at_any_time(app):
    load_facilities()
    person = people(a_family(size=1))[0]
    assert change(person).since == date(2026, 2, 1)


def test_each_of_a_family_may_have_another_clinic_and_two_queries_tell(person):
    family = a_family(size=2)
    for code, relative in zip((HOME, OTHER), people(family), strict=True):
        service.choose_first(relative, code, date(2025, 1, 1), SYSTEM)
    ids = [relative.id for relative in people(family)]
    with counted() as queries:
        found = service.clinics_of(ids, date(2026, 1, 1))
    assert [found[id].code for id in ids] == [HOME, OTHER]
    assert len(queries) == 2
    assert {choice.family_id for choice in ClinicChoice.select().where(ClinicChoice.person.in_(ids))} == {family.id}
