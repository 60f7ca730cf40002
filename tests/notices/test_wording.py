"""Every notice as an SMS: one message of 160 signs in every language, with the longest values, and nothing private."""

import re
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from jinja2 import meta

from jkn.i18n import LANGUAGES, speaking
from jkn.notices.models import Notice
from jkn.notices.rules import ONE_SMS, septets
from jkn.notices.wording import in_short

NAME = "MUHAMMADTHORIQULHAQ ZAINUDDIN"
AMOUNT, DAY = 999_999_999, date(2026, 9, 30).isoformat()
# The longest that each value gets; where a template asks, every value that it asks for.
LONGEST = {
    "active": [True, False],
    "number": ["0175 1175 9175"],
    "settled": [True, False],
    "account": ["0812****5401"],
    "act": ["sign-in", "recovery", "change", "consent"],
    "again": [DAY, None],
    "amount": [AMOUNT],
    "answer": ["found", "not-there", "answered", "officer"],
    "care_class": ["III"],
    "clinic": ["KLINIK PRATAMA RAWAT JALAN BHAYANGKARA POLRES TANJUNG PERAK SURABAYA UTARA"],
    "count": [36],
    "helper": ["M*** T***"],
    "whose": ["M*** T***"],
    "poor": [True, False],
    "provider": ["Bank Pembangunan Daerah Istimewa Yogyakarta"],
    "minutes": [60],
    **dict.fromkeys(("day", "first", "last", "since", "until"), [DAY]),
}
HEALTH = re.compile(
    r"rawat|inap|sakit|hospital|penyakit|diagnos|poli\b|obat|dokter|doctor|disease|illness|rujuk|referral|hamil",
    re.IGNORECASE,
)
NOT_YOU = re.compile(r"Bukan Anda\?|Was it not you\?|Not you\?|Sanes panjenengan\?|Sanes anjeun\?")
SHORT = {path.name for path in Path("templates/notices").glob("*.sms.txt")}
NAMES = sorted({path.name.split(".")[0] for path in Path("templates/notices").glob("*.txt")})


def read_by(app, file: str) -> set[str]:
    """The values that a template reads."""
    path = Path("templates/notices", file)
    found = meta.find_undeclared_variables(app.jinja_env.parse(path.read_text())) if path.exists() else set()
    return found - {"_", "ngettext", "code"}


def asked_by(app, name: str) -> set[str]:
    """The values that the SMS of a notice reads."""
    return read_by(app, f"{name}.sms.txt") if f"{name}.sms.txt" in SHORT else read_by(app, f"{name}.txt")


def versions(app, name: str):
    """Every wording of a notice with its longest values."""
    asked = sorted(asked_by(app, name))
    for values in product(*(LONGEST[each] for each in asked)):
        yield Notice(name=name, values=dict(zip(asked, values, strict=True)), secret="483920")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_notice_fits_one_sms_and_says_nothing_of_health(app, name, language):
    assert asked_by(app, name) <= set(LONGEST), "say in LONGEST how long its values get"
    with app.app_context(), speaking(language):
        for notice in versions(app, name):
            text = in_short(notice, NAME)
            assert septets(text) <= ONE_SMS, f"{septets(text)}: {text}"
            assert text.startswith("JKN Muhammadthor Z: ")
            assert not HEALTH.search(text.replace("KLINIK PRATAMA RAWAT", "")), text
            assert "http" not in text and "www" not in text
            assert not re.search(r"\d{10,}", text)
            assert "?" not in NOT_YOU.sub("", text), text


@pytest.mark.parametrize("file", sorted(SHORT - {"code.sms.txt"}))
def test_a_short_text_reads_only_what_the_page_is_given(app, file):
    assert read_by(app, file) <= read_by(app, file.replace(".sms", ""))


def test_the_checks_would_notice(app):
    assert HEALTH.search("biaya rawat inap") and not HEALTH.search("Tagihan Anda")
    assert septets("{" * 81) > ONE_SMS
