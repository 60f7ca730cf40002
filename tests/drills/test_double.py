from uuid import uuid4

import pytest

from jkn.complaints import service as complaints
from jkn.drafts import service as drafts
from jkn.facilities import service as facilities
from jkn.payments import service as payments
from tests.drills import double


@pytest.mark.parametrize("kind", double.KINDS)
def test_64_sends_at_once_have_one_effect_and_one_answer(own_database, goals, kind):
    double.run(own_database, goals, kinds=(kind,), **double.SMALL)
    assert goals.met, goals.rows


change, file = facilities.change, complaints.file
# Each takes every send for a new one.
TWINS = {
    "payment": (payments, "_enter_notice", lambda *_notice: True),
    "registration": (drafts, "finish", lambda draft, _result: draft.done_at is None),
    "clinic change": (facilities, "change", lambda person, code, by, _key: change(person, code, by, uuid4().hex)),
    "complaint": (complaints, "file", lambda key, **said: file(key=uuid4().hex, **said)),
}


@pytest.mark.parametrize("kind", double.KINDS)
def test_twin_a_service_that_does_not_know_what_was_sent_before_fails(own_database, goals, monkeypatch, kind):
    monkeypatch.setattr(*TWINS[kind])
    double.run(own_database, goals, rounds=1, kinds=(kind,))
    assert not goals.met
