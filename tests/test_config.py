"""Settings are read once; production does not start without its secrets, nor with what is for demonstrations."""

import os
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jkn.config import BadConfig, read

KEY = b64encode(b"k" * 32).decode()
GOOD = {
    "JKN_ENV": "production",
    "SECRET_KEY": "a secret key that only this test knows, long enough",
    "JKN_SEAL_KEYS": f"1:{KEY}",
    "JKN_INDEX_KEYS": f"1:{KEY}",
    "JKN_PEPPER": "a pepper that only this test knows, long enough",
    "DATABASE_URL": "sqlite:////tmp/never-made.db",
}
BAD = {
    "no secret key": {"SECRET_KEY": ""},
    "a short secret key": {"SECRET_KEY": "secret"},
    "the secret key of development": {"SECRET_KEY": "for development only"},
    "no keys for sealing": {"JKN_SEAL_KEYS": ""},
    "a short key for sealing": {"JKN_SEAL_KEYS": "1:" + b64encode(b"k" * 31).decode()},
    "a key that is no base64": {"JKN_SEAL_KEYS": "1:" + "!" * 44},
    "a key without a number": {"JKN_SEAL_KEYS": KEY},
    "no keys for the index": {"JKN_INDEX_KEYS": ""},
    "no pepper": {"JKN_PEPPER": ""},
    "a short pepper": {"JKN_PEPPER": "pepper"},
    "a clock set by hand": {"JKN_NOW": "2026-01-15T10:00+07:00"},
    "debugging": {"FLASK_DEBUG": "1"},
    "a misspelt production": {"JKN_ENV": "Production"},
    "no database": {"DATABASE_URL": ""},
}
# Whole processes take a second each; these stand for the others.
STARTED = ("no secret key", "a clock set by hand", "debugging", "no database")


def start(environ: dict) -> subprocess.CompletedProcess:
    """What happens to `python -c "import wsgi"` under these settings."""
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "VIRTUAL_ENV")}
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"], env=clean | environ, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_setting_is_refused_in_production(kind):
    with pytest.raises(BadConfig):
        read(environ=GOOD | BAD[kind])


@pytest.mark.parametrize("kind", STARTED)
def test_the_process_ends_with_an_error_that_names_the_setting(kind):
    ended = start(GOOD | BAD[kind])
    assert ended.returncode != 0
    assert next(iter(BAD[kind])) in ended.stderr
    assert GOOD["SECRET_KEY"] not in ended.stderr


def test_with_good_settings_it_starts():
    assert start(GOOD).returncode == 0


def test_good_settings_are_what_they_say():
    settings = read(environ=GOOD)
    assert settings["PRODUCTION"] is True
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"] and settings["SESSION_COOKIE_HTTPONLY"]
    assert settings["SEAL_KEYS"] == {1: b"k" * 32}
    assert settings["MAX_CONTENT_LENGTH"] == 128 * 1024


def test_development_starts_with_nothing_set():
    settings = read(environ={})
    assert settings["PRODUCTION"] is False
    assert settings["CLOCK_STARTS"] is None
    assert not settings["SESSION_COOKIE_SECURE"]


def test_two_keys_live_during_a_rotation_and_the_last_is_for_new_values():
    other = b64encode(b"n" * 32).decode()
    assert list(read(environ={"JKN_SEAL_KEYS": f"1:{KEY} 2:{other}"})["SEAL_KEYS"]) == [1, 2]


@pytest.mark.parametrize("text", ["2026-01-15T10:00", "yesterday"])
def test_a_clock_without_an_offset_or_a_date_is_refused(text):
    with pytest.raises((BadConfig, ValueError)):
        read(environ={"JKN_NOW": text})


def test_the_clock_starts_where_it_is_told():
    settings = read(environ={"JKN_NOW": "2026-01-15T10:00+07:00"})
    assert settings["CLOCK_STARTS"].astimezone(UTC) == datetime(2026, 1, 15, 3, tzinfo=UTC)


def test_what_a_caller_gives_replaces_the_environment():
    assert (
        read({"DATABASE_URL": "sqlite:///x.db"}, {"DATABASE_URL": "sqlite:///y.db"})["DATABASE_URL"] == "sqlite:///x.db"
    )


def test_no_other_file_reads_the_environment():
    """But the law, which an operator may replace by a newer file without an app around it."""
    readers = {str(path) for path in Path("jkn").rglob("*.py") if "os.environ" in path.read_text()}
    assert readers == {"jkn/config.py", "jkn/law.py"}
