import base64
import gzip
import re
from datetime import date

import pytest

from jkn.members import service as members
from jkn.members.models import Segment, Spell, Stay
from tests.builders import a_family, counted, people, post, sign_in

EMERGENCY = "UU 17/2023 ps 174"


def client_of(app, family):
    return sign_in(app, people(family)[0])


def status(app, family) -> str:
    return client_of(app, family).get("/status").text


def test_whoever_is_served_reads_no_emergency_line(app):
    text = status(app, a_family(3))
    assert EMERGENCY not in text and "v x" not in text
    assert "Rp105.000" in text and "31 Januari 2026" in text


def test_every_no_begins_with_what_to_do_in_an_emergency(app):
    for family in (
        a_family(1, liable_from=date(2025, 10, 1)),
        a_family(1, liable_from=None, registered_on=date(2026, 1, 10)),
        a_family(1, liable_from=None, registered_on=date(2025, 1, 10)),
    ):
        text = status(app, family)
        assert EMERGENCY in text and text.index(EMERGENCY) < text.index("<h1>")


def test_the_suspended_read_what_it_costs_and_the_warning(app):
    text = status(app, a_family(2, liable_from=date(2025, 11, 1)))
    assert "Rp210.000" in text and "1 Desember 2025" in text and "45" in text and "/bayar/saya" in text


def test_the_waiting_read_both_days_written_out(app):
    text = status(app, a_family(1, liable_from=None, registered_on=date(2026, 1, 10)))
    assert "24 Januari 2026" in text and "9 Februari 2026" in text


def test_who_is_covered_by_the_government_is_served(app):
    assert EMERGENCY not in status(app, a_family(2, segment=Segment.PBI_JK))


def test_who_has_no_cover_reads_when_it_ended(app):
    family = a_family(1, segment=Segment.PBI_JK)
    Spell.update(until=date(2026, 1, 1)).execute()
    text = status(app, family)
    assert EMERGENCY in text and "1 Januari 2026" in text


def test_each_answer_says_why_with_its_law(app):
    assert re.search(r"<details>.*Perpres 82/2018", status(app, a_family(1)), re.S)


@pytest.mark.parametrize("size", [1, 10])
def test_the_page_asks_at_most_eight_times_and_stays_small(app, size):
    client = client_of(app, a_family(size, liable_from=date(2025, 6, 1)))
    with counted() as queries:
        text = client.get("/status").text
    assert len(queries) <= 8, queries
    assert len(gzip.compress(text.encode(), 6)) <= 1_900


def test_a_family_sees_only_itself(app):
    a_family(1, names=("ORANG LAIN",))
    assert "ORANG LAIN" not in status(app, a_family(1))


@pytest.mark.parametrize("path", ["/status", "/kartu", "/kartu/1"])
def test_status_and_cards_need_a_sign_in(client, path):
    assert client.get(path).status_code == 303


# --- Cards


def test_a_card_hides_its_number_until_asked(app):
    family = a_family(1)
    (person,) = people(family)
    client = client_of(app, family)
    link = re.search(r'href="(/kartu/\d+)"', client.get("/kartu").text)[1]
    hidden, shown = client.get(link).text, client.get(f"{link}?tampil=1").text
    assert person.card not in hidden.replace(" ", "") and "data:image/png" not in hidden
    assert person.card in shown.replace(" ", "")
    assert "SITI AMINAH" in hidden and "<dd>III</dd>" in hidden


def test_the_qr_code_is_a_small_one_bit_png(app):
    family = a_family(1)
    text = client_of(app, family).get(f"/kartu/{Stay.get(Stay.family == family).id}?tampil=1").text
    png = base64.b64decode(re.search(r"data:image/png;base64,([^\"]+)", text)[1])
    assert png[24] == 1 and len(png) <= 500  # bit depth
    assert int.from_bytes(png[16:20]) >= 180


def test_the_names_of_an_unproven_family_are_masked_everywhere(app):
    family = a_family(3, proven=False)
    client = client_of(app, family)
    stay = Stay.get(Stay.family == family)
    for path in ("/status", "/kartu", f"/kartu/{stay.id}?tampil=1"):
        text = client.get(path).text
        assert "SITI" not in text and "S***" in text


def test_the_card_of_another_family_does_not_exist(app):
    stay = Stay.get(Stay.family == a_family(1))
    assert client_of(app, a_family(1)).get(f"/kartu/{stay.id}").status_code == 404


def test_who_has_left_the_family_has_no_card_there(app):
    family = a_family(2)
    _head, gone = people(family)
    stay = Stay.get(Stay.person == gone)
    members.settle_in(gone, a_family(1), members.Relation.OTHER, date(2026, 1, 2))
    client = client_of(app, family)
    assert client.get(f"/kartu/{stay.id}").status_code == 404
    assert client.get("/kartu").text.count("<li>") == 1


# --- Checking


def ask(client, nik, born):
    answer = post(client, "/cek", nik=nik, **{"born-d": born.day, "born-m": born.month, "born-y": born.year})
    assert answer.status_code == 303 and answer.headers["Location"] == "/cek"
    return client.get("/cek").text


def test_anybody_learns_whether_a_card_is_active_and_nothing_else(app, client):
    (person,) = people(a_family(1))
    text = ask(client, person.nik, person.born)
    assert 'class="v"' in text and EMERGENCY not in text
    assert "SITI" not in text and person.card not in text and person.nik not in text
    assert 'class="v"' not in client.get("/cek").text


def test_not_active_wrong_birth_date_and_unknown_look_the_same(app):
    (active,) = people(a_family(1))
    (suspended,) = people(a_family(1, liable_from=date(2025, 1, 1)))
    answers = {
        re.sub(r'value="[^"]*"', "", ask(app.test_client(), nik, born))
        for nik, born in (
            (suspended.nik, suspended.born),
            (active.nik, date(1980, 8, 18)),
            ("3578081708809997", date(1980, 8, 17)),
        )
    }
    assert len(answers) == 1 and EMERGENCY in answers.pop()


def test_too_many_checks_of_one_number_are_refused_with_a_reason(app, client):
    for _ in range(10):
        ask(client, "3578081708809996", date(1980, 8, 17))
    answer = post(client, "/cek", nik="3578081708809996", **{"born-d": 17, "born-m": 8, "born-y": 1980})
    assert answer.status_code == 200 and "165" in answer.text and 'role="alert"' in answer.text


@pytest.mark.parametrize("nik", ["", "123", "3502027102019913", "<script>", "9" * 400])
def test_what_is_no_nik_is_said_beside_its_field(app, client, nik):
    answer = post(client, "/cek", nik=nik, **{"born-d": 1, "born-m": 1, "born-y": 1990})
    assert answer.status_code == 200 and 'role="alert"' in answer.text and "<script>" not in answer.text
