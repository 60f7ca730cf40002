"""The law in the open: every table has a name, every value a word, and every day its row."""

import re
from datetime import date

import pytest

from jkn import law
from jkn.calculators.notes import NOTES
from jkn.calculators.titles import SECTIONS, TITLES
from jkn.calculators.words import WORDS


def test_every_table_of_the_law_has_a_plain_name_and_stands_once():
    assert set(TITLES) == set(law.tables())
    assert sum(len(tables) for _heading, tables in SECTIONS) == len(TITLES)


@pytest.mark.parametrize("table", [table for table in law.tables() if table != "decreed_leave"])
def test_every_value_of_the_law_has_a_name_and_every_word_of_it_another(table):
    for row in law.history(table):
        assert set(row.values) == set(TITLES[table].values)
        for key, value in row.values.items():
            words = value if isinstance(value, tuple) else [value]
            assert [word for word in words if isinstance(word, (str, bool)) and word not in WORDS] == []
            assert isinstance(value, date) == (TITLES[table].values[key].shown_as == "day")


def test_every_note_of_the_law_is_listed_for_translation():
    notes = {row.note for table in law.tables() for row in law.history(table) if row.note}
    assert set(NOTES) == notes and len(NOTES) == len(notes)


def test_every_name_is_translated(app, client):
    for table in law.tables():
        text = client.get(f"/aturan/{table}").text
        title = re.search("<title>(.*?) - JKN", text)[1]
        assert title and title != TITLES[table].name


def test_the_list_leads_to_every_table(client):
    text = client.get("/aturan").text
    assert set(re.findall(r'href="/aturan/(\w+)"', text)) == set(law.tables())
    assert "Iuran peserta mandiri" in text


def shown(client, table, **query):
    answer = client.get(f"/aturan/{table}", query_string=query)
    assert answer.status_code == 200
    return answer.text


def test_a_table_says_what_holds_on_the_day_and_by_which_decree(client):
    text = shown(client, "pbpu_tariff", tanggal="2020-05-31")
    now = text[: text.index("<h2>", text.index("31 Mei 2020") + 20)]
    assert "Rp80.000" in now and "Rp51.000" in now and "Perpres 64/2020 ps 34(8)" in now
    assert "1 April 2020" in now and "1 Juli 2020" in now  # since when, until when
    assert "22 November 2026" in now  # checked


def test_what_was_before_and_what_came_then_say_only_what_differs(client):
    text = shown(client, "pbpu_tariff", tanggal="2020-05-31")
    coming, before = text.partition("Yang akan datang")[2].split("Sebelumnya")
    assert "1 Juli 2020" in coming and "Rp150.000" in coming and "1 Januari 2021" in coming
    assert "1 Januari 2020" in before and "Rp160.000" in before and "1 Januari 2014" in before
    assert "Rp25.500" not in before  # the same as on the day


def test_today_unless_another_day_is_named(client):
    text = shown(client, "penalty")
    assert "15 Januari 2026" in text and "Rp20.000.000" in text and "5%" in text and "PBI, PBPU Pemda" in text
    assert "Yang akan datang" not in text


def test_what_is_uncertain_says_so_in_plain_words(client):
    text = shown(client, "class3_arrears_basis")
    assert "belum pasti" in text and "42.000" in text
    assert "belum pasti" not in shown(client, "suspension")


def test_a_row_to_come_is_shown_and_takes_effect_by_itself(client, coming_row):
    coming_row("due_day", "from = 2026-02-01, day = 15")
    assert "1 Februari 2026" in shown(client, "due_day").partition("Yang akan datang")[2]
    text = shown(client, "due_day", tanggal="2026-02-01")
    assert "<dd>15</dd>" in text and "Perpres 1/2027" in text and "Yang akan datang" not in text


def test_a_table_without_a_row_says_so(client):
    assert "Tidak ada aturan" in shown(client, "decreed_leave")


@pytest.mark.parametrize("day", ["2013-12-31", "x", "2026-13-01", "9999-12-31"])
def test_a_day_that_is_none_is_said_and_today_is_shown(client, day):
    text = shown(client, "pbpu_tariff", tanggal=day)
    assert 'id="tanggal-e"' in text and "15 Januari 2026" in text


@pytest.mark.parametrize("table", ["x", "pbpu", "../law", "PBPU_TARIFF"])
def test_a_table_that_is_none_does_not_exist(client, table):
    assert client.get(f"/aturan/{table}").status_code == 404


def test_the_help_and_the_payment_page_lead_here(client):
    for url in ("/bantuan", "/bayar"):
        text = client.get(url).text
        assert 'href="/hitung"' in text and 'href="/aturan"' in text
