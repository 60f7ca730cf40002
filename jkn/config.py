"""Every setting, read once from the environment. Production refuses to start without its secrets."""

import base64
import os
import tomllib
from collections.abc import Mapping
from datetime import datetime, time
from hashlib import sha256
from pathlib import Path

STAGES = ("development", "production")
SECRETS = ("SECRET_KEY", "JKN_SEAL_KEYS", "JKN_INDEX_KEYS", "JKN_PEPPER")


class BadConfig(RuntimeError):
    """A setting is missing or unsafe; the message names it."""


def read(overrides: Mapping | None = None, environ: Mapping = os.environ) -> dict:
    """The settings as Flask wants them. Raises BadConfig."""
    env = {**environ, **{name: value for name, value in (overrides or {}).items() if isinstance(value, str)}}
    stage = env.get("JKN_ENV") or "development"
    if stage not in STAGES:
        raise BadConfig(f"JKN_ENV must be one of: {', '.join(STAGES)}")
    production = stage == "production"
    if production:
        _refuse_unsafe(env)
    return {
        "PRODUCTION": production,
        "SECRET_KEY": env.get("SECRET_KEY", "for development only"),
        "SECRET_KEY_FALLBACKS": env.get("SECRET_KEY_FALLBACKS", "").split() or None,
        "DATABASE_URL": env.get("DATABASE_URL", "sqlite:///jkn.db"),
        "SEAL_KEYS": _keys(env, "JKN_SEAL_KEYS"),
        "INDEX_KEYS": _keys(env, "JKN_INDEX_KEYS"),
        "PEPPER": env.get("JKN_PEPPER", "for development only").encode(),
        "CLOCK_STARTS": _moment(env.get("JKN_NOW")),
        "DUKCAPIL_URL": env.get("DUKCAPIL_URL"),
        "DUKCAPIL_INSTANSI": env.get("DUKCAPIL_INSTANSI", "JKN"),
        "DUKCAPIL_USER": env.get("DUKCAPIL_USER", ""),
        "DUKCAPIL_PASSWORD": env.get("DUKCAPIL_PASSWORD", ""),
        "DUKCAPIL_IP": env.get("DUKCAPIL_IP", "127.0.0.1"),
        "DUKCAPIL_NIK_CALL": env.get("DUKCAPIL_NIK_CALL", "CALL_NIK"),
        "DUKCAPIL_KK_CALL": env.get("DUKCAPIL_KK_CALL", "CALL_KK"),
        "DUKCAPIL_SECONDS": float(env.get("DUKCAPIL_SECONDS", "5")),
        "REGISTRY_ASKS_A_DAY": int(env.get("REGISTRY_ASKS_A_DAY", "10")),
        "SNAP_BASE": env.get("SNAP_BASE", "/snap"),
        "SNAP_SKEW_SECONDS": int(env.get("SNAP_SKEW_SECONDS", "300")),
        "PUBLIC_URL": env.get("JKN_PUBLIC_URL", "").rstrip("/"),
        "PROVIDERS": _providers(env, production),
        "SENDERS": _senders(env, production),
        "NOTICE_QUIET": _hours(env.get("JKN_QUIET", "20:00-07:00")),
        "NOTICE_DAY_CAP": int(env.get("JKN_NOTICES_PER_NUMBER", "10")),
        "NOTICE_BUDGET": int(env.get("JKN_NOTICES_PER_DAY", "100000")),
        "REFUSALS_AN_HOUR": int(env.get("JKN_REFUSALS_AN_HOUR", "5000")),
        "FORMS_WAIT_DAYS": int(env.get("JKN_FORMS_WAIT_DAYS", "30")),
        "FORMS_WAIT_MOST": int(env.get("JKN_FORMS_WAIT_MOST", "5")),
        "USSD_SECRET": env.get("JKN_USSD_SECRET", ""),
        "USSD_ADDRESSES": env.get("JKN_USSD_ADDRESSES", "").split(),
        "SMS_TWILIO_TOKEN": env.get("JKN_SMS_TWILIO_TOKEN", ""),
        "SMS_SECRET": env.get("JKN_SMS_SECRET", ""),
        "SMS_FIELDS": _fields(env.get("JKN_SMS_FIELDS", "id=id from=from text=text")),
        "MAX_CONTENT_LENGTH": 128 * 1024,
        "MAX_FORM_MEMORY_SIZE": 128 * 1024,
        "MAX_FORM_PARTS": 200,
        "SESSION_COOKIE_NAME": "__Host-s" if production else "s",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 30,
        "SESSION_REFRESH_EACH_REQUEST": False,  # the cookie outlives every sign-in: sent once, not with each page
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_CHECK_DEFAULT": False,
        **(overrides or {}),
    }


def _refuse_unsafe(env: Mapping) -> None:
    for name in SECRETS:
        if len(env.get(name, "")) < 32:
            raise BadConfig(f"{name} must be set to at least 32 characters in production")
    if env.get("JKN_NOW"):
        raise BadConfig("JKN_NOW is for demonstrations; it is refused in production")
    if env.get("FLASK_DEBUG", "0") not in ("", "0"):
        raise BadConfig("FLASK_DEBUG must be off in production")
    if not env.get("DATABASE_URL"):
        raise BadConfig("DATABASE_URL must be set in production")


def _keys(env: Mapping, name: str) -> dict[int, bytes]:
    """`1:base64 2:base64`, the last one is used for new values; all of them can still be read."""
    text = env.get(name)
    if not text:
        return {1: sha256(f"{name} for development only".encode()).digest()}
    try:
        keys = {int(number): base64.b64decode(key) for number, key in (item.split(":", 1) for item in text.split())}
    except ValueError:
        raise BadConfig(f"{name} must read 1:base64, or 1:base64 2:base64 during a rotation") from None
    if any(len(key) != 32 for key in keys.values()):
        raise BadConfig(f"{name}: each key must be 32 bytes in base64")
    return keys


def _providers(env: Mapping, production: bool) -> list[dict] | None:
    """The wallets, banks and QRIS houses of the file JKN_PROVIDERS, each with its secrets; None: the simulators."""
    path = env.get("JKN_PROVIDERS")
    if not path:
        return [] if production else None
    try:
        tables = tomllib.loads(Path(path).read_text())["provider"]
        found = [_with_secrets(dict(table), env) for table in tables]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadConfig(f"JKN_PROVIDERS: {error}") from None
    if production and found and not env.get("JKN_PUBLIC_URL", "").startswith("https://"):
        raise BadConfig("JKN_PUBLIC_URL must be the https address of this service, to which providers send people back")
    return found


def _with_secrets(table: dict, env: Mapping) -> dict:
    """`client_secret`, `private_key` (ours) and `public_key` (theirs): in place, in a file or in the environment."""
    for name in ("client_secret", "private_key", "public_key"):
        variable, file = table.pop(f"{name}_env", None), table.pop(f"{name}_file", None)
        if variable:
            table[name] = env.get(variable, "")
        elif file:
            table[name] = Path(file).read_text()
        if not table.get(name) and not (name == "client_secret" and table.get("signing") == "rsa"):
            raise BadConfig(f"JKN_PROVIDERS: {table.get('code', '?')} has no {name}")
    return table


def _senders(env: Mapping, production: bool) -> list[dict] | None:
    """The gateways of the file JKN_SENDERS, each with its secrets; None: everything is printed on the console."""
    path = env.get("JKN_SENDERS")
    if not path:
        return [] if production else None
    try:
        tables = tomllib.loads(Path(path).read_text())["sender"]
        found = [_with_named_secrets(dict(table), env) for table in tables]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadConfig(f"JKN_SENDERS: {error}") from None
    public = env.get("JKN_PUBLIC_URL", "")
    if production and any(table.get("kind") != "smtp" for table in found) and not public.startswith("https://"):
        raise BadConfig("JKN_PUBLIC_URL must be the https address of this service, to which gateways report")
    return found


def _with_named_secrets(table: dict, env: Mapping) -> dict:
    """`key` and `report_secret`: in place, in a file or in the environment."""
    for name in ("key", "report_secret"):
        variable, file = table.pop(f"{name}_env", None), table.pop(f"{name}_file", None)
        if variable:
            table[name] = env.get(variable, "")
        elif file:
            table[name] = Path(file).read_text().strip()
        if (variable or file) and not table[name]:
            raise ValueError(f"{table.get('name', '?')} has no {name}")
    return table


def _hours(text: str) -> tuple[time, time]:
    """`20:00-07:00`: from, until."""
    try:
        begins, ends = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise BadConfig("JKN_QUIET must read 20:00-07:00") from None
    return begins, ends


def _fields(text: str) -> dict[str, str]:
    """`id=id from=sender text=message`: what a gateway calls the message's number, its sender and its words."""
    try:
        names = dict(part.split("=", 1) for part in text.split())
    except ValueError:
        names = {}
    if set(names) != {"id", "from", "text"}:
        raise BadConfig("JKN_SMS_FIELDS must read id=… from=… text=…")
    return names


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise BadConfig("JKN_NOW needs an offset, such as 2026-01-15T10:00+07:00")
    return moment
