"""Asking the civil registry: counted, audited, and no oracle."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jkn import clock
from jkn.audit.models import Act, Entry
from jkn.db import db
from jkn.errors import Refused
from jkn.imports import Report
from jkn.population import service
from jkn.population.imports import import_population
from jkn.population.models import LookUpCount
from tests.builders import a_nik
from tests.population.registries import KK, a_household, as_file

BORN = date(1980, 8, 17)


@pytest.fixture
def household(app, tmp_path):
    rows = a_household()
    import_population(as_file(tmp_path / "population.csv", rows), Report())
    return rows


def ask(kk, nik, born=BORN):
    return service.ask_family(kk, nik, born)


def test_card_nik_and_birth_date_together_open_the_family(household):
    child, mother, grandfather = household
    family = ask(KK, mother["NIK"])
    assert (family.kk, family.village_code, family.address) == (KK, "35.78.08.1001", "JL. KENANGA NO. 4")
    assert [(one.nik, one.relation, one.alive) for one in family.people] == [
        (mother["NIK"], "head", True),
        (grandfather["NIK"], "parent", False),
        (child["NIK"], "child", True),
    ]


def refusal(*question) -> tuple:
    with pytest.raises(Refused) as refused:
        ask(*question)
    return refused.value.message, refused.value.field, refused.value.values


def test_every_wrong_question_gets_the_same_answer(household):
    _child, mother, grandfather = household
    answers = [
        refusal(KK, mother["NIK"], date(1980, 8, 18)),
        refusal(KK, a_nik()),
        refusal("3578080405109999", mother["NIK"]),
        refusal("3578080405109999", a_nik()),
        refusal(KK, grandfather["NIK"], date(1950, 1, 2)),  # the dead ask nothing
    ]
    assert all(answer == answers[0] for answer in answers)


def test_questions_are_counted_for_the_card_and_for_the_nik(household):
    nik = household[1]["NIK"]
    for _ in range(service.per_day):
        ask(KK, nik)
    with pytest.raises(Refused, match="too often"):
        ask(KK, nik)
    with pytest.raises(Refused, match="too often"):
        ask(KK, a_nik())
    with pytest.raises(Refused, match="too often"):
        ask("3578080405109999", nik)
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert ask(KK, nik)


def test_a_number_nobody_has_is_refused_as_soon_as_one_that_exists(household):
    nik, kk = a_nik(), "3578080405109999"
    said = [refusal(kk, nik)[0] for _ in range(service.per_day + 1)]
    assert said[-2] != said[-1]
    assert "too often" in said[-1]


def test_a_new_day_begins_at_midnight_in_jakarta(household):
    with clock.frozen(datetime(2026, 1, 14, 16, 59, tzinfo=UTC)):
        ask(KK, household[1]["NIK"])
    with clock.frozen(datetime(2026, 1, 14, 17, tzinfo=UTC)):
        ask(KK, household[1]["NIK"])
    assert {row.day for row in LookUpCount.select()} == {date(2026, 1, 14), date(2026, 1, 15)}


def test_each_question_is_audited_without_a_number(household):
    nik = household[1]["NIK"]
    ask(KK, nik)
    refusal(KK, a_nik())
    entries = list(Entry.select().where(Entry.act == Act.REGISTRY_ASKED))
    assert len(entries) == 2
    text = repr(db.execute_sql("SELECT * FROM entry").fetchall()) + repr(
        db.execute_sql("SELECT * FROM look_up_count").fetchall()
    )
    assert nik not in text
    assert KK not in text


def test_old_counts_are_forgotten(household):
    ask(KK, household[1]["NIK"])
    assert service.forget_counts() == 0
    with clock.frozen(clock.now() + timedelta(days=9)):
        assert service.forget_counts() == 2
