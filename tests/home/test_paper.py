"""Forms on paper: from the very forms of the pages, empty, with nothing secret, narrow enough for A4."""

import html
import re

import pytest
from wtforms import PasswordField, StringField
from wtforms.validators import Length

from jkn.complaints.forms import ComplaintFileForm
from jkn.home import paper
from jkn.home.paper import PAPERS
from jkn.texting import menu
from tests.builders import sign_in


def sheet(client, name) -> str:
    return html.unescape(client.get(f"/formulir/{name}").text)


def test_each_service_by_message_has_a_paper_and_the_list_shows_all(client):
    assert {each.service for each in PAPERS.values()} - {None} == set(menu.MENU)
    listed = client.get("/formulir").text
    assert [name for name in PAPERS if f'href="/formulir/{name}"' not in listed] == []


@pytest.mark.parametrize("name", PAPERS)
def test_every_field_and_choice_of_the_forms_stands_on_the_paper(app, client, name):
    page = sheet(client, name)
    with app.test_request_context():
        fields = paper.fields_of(PAPERS[name])
        texts = [str(field.label.text) for field in fields] + [str(each.description) for each in fields]
        choices = [str(each.label.text) for field in fields if getattr(field, "choices", None) for each in field]
    assert [text for text in texts if text not in page] == []
    assert [text for text in choices if f"[ ] {text}" not in page] == []
    assert not re.search(r"<input|<textarea|<script|PIN lama", page)


def test_a_field_added_to_a_form_appears_on_its_paper(client, monkeypatch):
    """On a paper whose fields were listed by hand it would not."""
    by_hand = paper.fields_of
    assert "Nama saksi" not in sheet(client, "pengaduan")
    monkeypatch.setattr(
        ComplaintFileForm, "witness", StringField("Nama saksi", validators=[Length(max=7)]), raising=False
    )
    assert re.search(r"Nama saksi<br>\s*<span>(_ ){7}<", sheet(client, "pengaduan"))
    listed = ("category", "text", "place", "contact", "nameless")  # the broken twin
    monkeypatch.setattr(
        "jkn.home.paper_views.fields_of", lambda of: [each for each in by_hand(of) if each.short_name in listed]
    )
    assert "Nama saksi" not in sheet(client, "pengaduan")


def test_pins_and_codes_are_never_on_paper(app):
    with app.test_request_context():
        fields = [field for each in PAPERS.values() for field in paper.fields_of(each)]
    assert [field.name for field in fields if isinstance(field, PasswordField)] == []


def test_paper_is_the_same_for_whoever_looks(app, client, siti):
    shown = re.search("<h1>.*</main>", sheet(client, "daftar"), re.DOTALL)[0]
    assert re.search("<h1>.*</main>", sheet(sign_in(app, siti), "daftar"), re.DOTALL)[0] == shown
    assert "Set-Cookie" not in app.test_client().get("/formulir/pengaduan").headers


def test_no_line_is_wider_than_a_sheet(client):
    """A line to write on is drawn with spaces, so that it breaks on a phone."""
    lines = [line for name in PAPERS for line in re.findall(r"<span>([_ ]+)</span>", sheet(client, name))]
    assert lines and max(line.count("_") for line in lines) <= paper.WIDEST


def test_a_paper_that_is_none_is_not_found(client):
    assert client.get("/formulir/tidak-ada").status_code == 404
