"""Officers: creating them, and signing them in with password and TOTP (RFC 6238)."""

import pyotp

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import attempts, hashing
from jkn.accounts.models import Officer
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused

PASSWORD_LENGTH = 15
WRONG = N_("The name, the password or the code is not right.")


@writing
def create_officer(
    username: str,
    name: str,
    role: Role,
    office: str | None = None,
    facility: str | None = None,
    *,
    password: str,
    totp: str | None = None,
) -> tuple[Officer, str]:
    """A new officer and the otpauth address for their authenticator. Refused for a short password or a taken name."""
    if role == Role.MEMBER:
        raise Refused(N_("Members are not officers."))
    if len(password) < PASSWORD_LENGTH:
        raise Refused(N_("A password needs at least 15 characters."))
    secret = totp or pyotp.random_base32()
    username = username.strip().lower()
    if Officer.select().where(Officer.username == username).exists():
        raise Refused(N_("That name is taken."))
    officer = Officer.create(
        username=username,
        name=name,
        role=role,
        office=office,
        facility=facility,
        password_hash=hashing.hash_secret("password", password),
        totp=secret,
    )
    audit.record(Act.OFFICER_CREATED, officer, SYSTEM, role=role)
    return officer, pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="JKN Ringan")


def number_of(named: str) -> int | None:
    """An officer's number, by username or as the audit log shows it; also of one who is suspended."""
    if named.isdecimal():
        return int(named)
    officer = Officer.get_or_none(Officer.username == named.strip().lower())
    return officer and officer.id


def check(username: str, password: str, code: str) -> Officer:
    """The officer, if name, password and TOTP are right; a TOTP step counts once. Raises Refused, always alike."""
    username = username.strip().lower()
    officer = Officer.get_or_none(Officer.username == username, Officer.suspended_at.is_null())
    key = attempts.key_of("officer", None, username)
    if not attempts.reserve(key, in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."))
    right = hashing.matches("password", password, officer.password_hash if officer else None)
    step = _step_of(officer.totp if officer else pyotp.random_base32(), code)
    if not right or step is None or not _use_step(officer, step):
        raise Refused(WRONG)
    attempts.clear(key)
    return officer


def _step_of(secret: str, code: str) -> int | None:
    totp, moment = pyotp.TOTP(secret), int(clock.now().timestamp())
    steps = [moment // totp.interval + drift for drift in (-1, 0, 1)]
    return next((step for step in steps if pyotp.utils.strings_equal(code, totp.generate_otp(step))), None)


@writing
def _use_step(officer: Officer, step: int) -> bool:
    return bool(Officer.update(totp_step=step).where(Officer.id == officer.id, Officer.totp_step < step).execute())
