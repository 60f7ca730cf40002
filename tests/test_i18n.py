"""Languages by their table: each says its own, and what it lacks the one it falls to says."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from flask_babel import gettext

from jkn import i18n
from jkn.i18n import speaking
from jkn.members.models import Person
from tests.builders import post, sign_in
from tests.crawl import a_world, as_member


def add_language(folder: Path, code: str, **texts: str) -> None:
    """A catalogue folder: all that a language in the table takes."""
    catalog = Catalog(locale=code)
    for id, text in texts.items():
        catalog.add(id, text)
    path = folder / code / "LC_MESSAGES"
    path.mkdir(parents=True)
    with (path / "messages.po").open("wb") as po, (path / "messages.mo").open("wb") as mo:
        write_po(po, catalog)
        write_mo(mo, catalog)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the translations to add to."""
    copy = shutil.copytree(i18n.FOLDER, tmp_path / "translations")
    monkeypatch.setattr(i18n, "FOLDER", copy)
    monkeypatch.setattr(i18n, "_catalogues", {})
    return copy


def offer(monkeypatch, folder):
    monkeypatch.setattr(i18n, "LANGUAGES", i18n.offered(folder))


def test_a_language_of_the_table_is_offered_once_its_file_is_there(app, folder, monkeypatch):
    assert "mad" not in i18n.offered(folder)
    add_language(folder, "mad", Pay="Majâr")
    offer(monkeypatch, folder)
    client = app.test_client()
    assert "Bhâsa Madhurâ" in client.get("/bahasa").text
    post(client, "/bahasa", language="mad")
    page = client.get("/").text
    assert '<html lang="mad">' in page and "Majâr" in page
    assert "Pengaduan" in page and "Complaint" not in page


def test_a_made_up_language_takes_a_folder_and_a_line(app, folder, monkeypatch):
    with (folder / "languages.toml").open("a") as table:
        table.write('[zxx]\nname = "Basa Anyar"\nfalls_to = "jv"\n')
    add_language(folder, "zxx", Pay="Zabay")
    offer(monkeypatch, folder)
    with app.app_context(), speaking("zxx"):
        assert gettext("Pay") == "Zabay"
        assert gettext("Sign out") == "Medal", "Javanese says what it lacks"
        assert i18n.weekday(date(2026, 11, 22)) == "Ahad, 22 November 2026"


@pytest.mark.parametrize("code", ["jv", "su"])
def test_what_a_language_lacks_is_said_in_indonesian_never_in_english(app, code):
    lacking = [id for id in i18n.catalogue("id")._catalog if id and id not in i18n.catalogue(code)._catalog]
    assert lacking
    with app.app_context(), speaking(code):
        assert [id for id in lacking if gettext(id) != i18n.catalogue("id").gettext(id)] == []


def test_days_are_written_as_each_language_writes_them(app):
    said = {}
    for code in ("id", "en", "jv", "su"):
        with app.app_context(), speaking(code):
            said[code] = i18n.weekday(date(2026, 2, 22))
    assert said == {
        "id": "Minggu, 22 Februari 2026",
        "en": "Sunday, 22 February 2026",
        "jv": "Ahad, 22 Februari 2026",
        "su": "Minggu, 22 Pébruari 2026",
    }


def test_speaking_to_another_leaves_the_reader_their_language(app):
    with app.test_request_context("/"), speaking("su"):
        with speaking("jv"):
            assert gettext("Sign out") == "Medal"
        assert gettext("Sign out") == "Kaluar"
        with speaking("xx"):
            assert gettext("Sign out") == "Keluar"


def test_a_members_javanese_goes_along_to_the_next_phone(app, siti):
    post(sign_in(app, siti), "/bahasa", language="jv")
    assert Person.get_by_id(siti.id).language == "jv"
    page = sign_in(app, siti).get("/").text
    assert '<html lang="jv">' in page and "Wadulan" in page


SCREENS = """/ /bahasa /bantuan
/masuk /status /cek /kartu /tagihan /bayar /bayar/saya /celengan /faskes/ganti /pengaduan
/pengaduan/lacak /pengaduan/nomor /daftar /daftar/keluarga /kabar /data-saya /keluar /sampai-jumpa /tidak-ada""".split()


@pytest.mark.parametrize("code", ["jv", "su"])
def test_all_that_the_most_used_screens_ask_for_is_translated(app, code, monkeypatch):
    catalogue, asked = i18n.catalogue(code), set()
    say = catalogue.gettext

    def note(text):
        asked.add(text)
        return say(text)

    monkeypatch.setattr(catalogue, "gettext", note)
    monkeypatch.setattr(catalogue, "ugettext", note)
    for client in (app.test_client(), as_member(app, a_world().person)):
        post(client, "/bahasa", language=code)
        for url in SCREENS:
            client.get(url, follow_redirects=True)
    assert len(asked) > 100
    assert sorted(text for text in asked if text not in catalogue._catalog) == []
