"""Every sentence that a page can show exists in every language, and none that no page shows."""

import configparser
import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from jkn.i18n import DEFAULT, LANGUAGES, speaking

KEYWORDS = dict.fromkeys(("_", "N_", "_l", "gettext", "lazy_gettext"))
KEYWORDS |= dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


COMPLETE = [code for code, language in LANGUAGES.items() if language.falls_to is None]
PARTIAL = [code for code in LANGUAGES if code not in COMPLETE]
# What every language says itself.
SHARE = tomllib.loads(Path("translations/languages.toml").read_text())["share"]


def said_in(template: Path) -> set[str]:
    return {message for _line, message, _comments, _context in extract_from_file("jinja2", template, keywords=KEYWORDS)}


def mapping() -> list[tuple[str, str]]:
    """Which extractor reads which files: translations/babel.cfg."""
    parser = configparser.ConfigParser()
    parser.read("translations/babel.cfg")
    split = (section.split(":") for section in parser.sections())
    return [(pattern.strip(), method.strip()) for method, pattern in split]


@pytest.fixture(scope="module")
def used() -> dict:
    """The sentences in code and templates now, and the file that says each."""
    found = extract_from_dir(".", mapping(), keywords=KEYWORDS, directory_filter=is_ours)
    return {message: file for file, _line, message, _comments, _context in found if message}


def is_ours(folder: str) -> bool:
    """Extraction walks from the top; only two folders hold texts."""
    parts = Path(folder).absolute().relative_to(Path.cwd()).parts
    return not parts or parts[0] in ("jkn", "templates")


def catalog(language: str):
    with Path(f"translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


def entries(language: str) -> dict:
    return {message.id: message for message in catalog(language) if message.id}


def texts(message) -> list[str]:
    """A translation's forms."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", COMPLETE)
def test_no_sentence_is_missing(used, language):
    have = entries(language)
    assert {message: file for message, file in used.items() if message not in have} == {}
    assert [id for id, message in have.items() if not all(texts(message))] == []


@pytest.mark.parametrize("language", PARTIAL)
def test_a_language_that_falls_to_another_says_its_share(language):
    have = entries(language)
    files = [path for pattern in SHARE for path in sorted(Path("templates").glob(pattern))]
    asked = {text for path in files for text in said_in(path)}
    assert asked
    assert sorted(id for id in asked if not all(texts(have[id]))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_left_over(used, language):
    assert [id for id in entries(language) if id not in used] == []
    assert list(catalog(language).obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language):
    assert not catalog(language).fuzzy, "a catalogue whose header is marked fuzzy is never compiled"
    assert [id for id, message in entries(language).items() if message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_values(language):
    for id, message in entries(language).items():
        single = id if isinstance(id, str) else id[-1]
        for text in filter(None, texts(message)):
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(single)), id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_no_stray_percent_sign_or_markup(language):
    for id, message in entries(language).items():
        for text in texts(message):
            if PLACEHOLDER.search(text):
                assert "%" not in PLACEHOLDER.sub("", text).replace("%%", ""), id
            assert "<" not in text and "&amp;" not in text, id


def test_english_says_what_the_code_says():
    assert [id for id, message in entries("en").items() if isinstance(id, str) and message.string != id] == []


def test_the_compiled_files_are_current(app):
    """What the app shows is what the .po files say: `make` compiles them."""
    from flask_babel import gettext

    for language in LANGUAGES:
        with app.test_request_context(), speaking(language):
            stale = [
                id
                for id, message in entries(language).items()
                if isinstance(id, str) and message.string and gettext(id) != message.string
            ]
        assert stale == []


def test_the_first_language_is_indonesian(client):
    assert DEFAULT == "id"
    assert '<html lang="id">' in client.get("/masuk").text
    assert "Masuk" in client.get("/masuk").text


def test_a_page_speaks_the_chosen_language(app):
    from tests.builders import post

    client = app.test_client()
    assert post(client, "/bahasa", language="en").status_code == 303
    page = client.get("/masuk").text
    assert '<html lang="en">' in page
    assert "Sign in" in page


# One name in every language, and what is said aloud at an Indonesian till.
SAME = {"JKN Ringan", "JKN", "Menu", "NIK", "KK", "PIN", "RT", "RW", "KTP", "Mandiri", "Bahasa / Language"}
SAID = {'"BPJS Kesehatan, nomor', 'keluarga"'}
NO_WORDS = re.compile(r"{#.*?#}|{{.*?}}|{%.*?%}|<style>.*?</style>|<[^>]+>|\b(?:UU|PP|Perpres|ps)\b", re.DOTALL)


@pytest.mark.parametrize("path", sorted(Path("templates").rglob("*.html")), ids=str)
def test_no_text_stands_in_a_template_untranslated(path):
    """Words between tags that no _() holds; citations of the law stay as they are."""
    lines = NO_WORDS.sub("\n", path.read_text()).splitlines()
    words = {line.strip(" .,:;0123456789–-()/") for line in lines if re.search(r"[A-Za-z]{2}", line)}
    assert words - SAME - SAID == set()
