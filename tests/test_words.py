"""Sentences that a tired person understands at once: short, in both languages, and never empty of a next step."""

import re

import pytest
from babel.messages.pofile import read_po

from jkn.errors import PAGES
from jkn.i18n import LANGUAGES

MOST_WORDS = 15
END = re.compile(r"(?<=[.!?:;])\s+|\n")


def sentences(text: str) -> list[str]:
    """Split where a reader breathes; a value counts as one word."""
    return [part for part in END.split(re.sub(r"%\(\w+\)[sd]", "x", text)) if part]


def word_count(sentence: str) -> int:
    return len(re.findall(r"\w[\w.,/@'’-]*", sentence))


def messages(language: str):
    with open(f"translations/{language}/LC_MESSAGES/messages.po", "rb") as file:
        for message in read_po(file, locale=language):
            for text in [message.string] if isinstance(message.string, str) else message.string:
                if message.id:
                    yield text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_more_than_fifteen_words(language):
    long = [part for text in messages(language) for part in sentences(text) if word_count(part) > MOST_WORDS]
    assert long == []


def test_the_count_would_notice():
    assert word_count("one two three") == 3
    assert max(map(word_count, sentences("Bayar sekarang. " + "kata " * 16))) == 16
    assert sentences("Total: %(amount)s untuk 3 orang. Bayar!") == ["Total:", "x untuk 3 orang.", "Bayar!"]


def test_indonesian_says_anda_and_no_slang():
    wrong = re.compile(r"\b(kamu|lu|loe|gue|elo|anda)\b")
    assert [text for text in messages("id") if wrong.search(text)] == []


def test_nobody_is_asked_to_click():
    """People press, choose, type or open: on a keypad there is nothing to click."""
    assert [text for text in messages("id") if re.search(r"\bklik\b", text, re.IGNORECASE)] == []


@pytest.mark.parametrize("status", PAGES)
def test_every_refusal_says_what_to_do_next(status):
    what, next_step = PAGES[status]
    assert what.endswith(".") and next_step.endswith(".")
    assert what != next_step
