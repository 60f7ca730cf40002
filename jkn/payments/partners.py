"""Banks as partners: their keys, secrets and tokens."""

import json
import os
import secrets
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.numbers import VA_PREFIXES
from jkn.payments.models import AccessToken, Partner, PartnerSecret, UsedExternalId
from jkn.payments.rules import OLD_SECRET_LIFE, TOKEN_LIFE
from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.signatures import load_public_key

CONSOLE = Actor(channel="console")
DEMO_NAME = "Bank Demo"


@writing
def create(name: str, service_id: str, public_key: str, by: Actor = CONSOLE) -> tuple[Partner, str]:
    """A partner, and its secret in clear for the only time. Refused for another service id or a weak key."""
    if service_id not in VA_PREFIXES:
        raise Refused(N_("The service id is 88888 or 89888."))
    try:
        load_public_key(public_key)
    except ValueError as error:
        raise Refused(N_("The public key is no RSA key of 2048 bits or more.")) from error
    partner = Partner.create(client_id=str(uuid4()), name=name[:60], service_id=service_id, public_key=public_key)
    audit.record(Act.PARTNER_CREATED, partner, by)
    return partner, _new_secret(partner)


@writing
def rotate_secret(client_id: str, by: Actor = CONSOLE) -> str:
    """A new secret; the one before signs for seven days more, older ones no longer."""
    partner, now = find(client_id), clock.now()
    for place, row in enumerate(PartnerSecret.live(partner.id)):
        until = now if place else now + OLD_SECRET_LIFE
        PartnerSecret.update(until=until).where(PartnerSecret.id == row.id).execute()
    audit.record(Act.PARTNER_SECRET_ROTATED, partner, by)
    return _new_secret(partner)


@writing
def suspend(client_id: str, by: Actor = CONSOLE) -> None:
    """From now on every request of this partner is refused, its tokens included. Twice changes nothing."""
    partner = find(client_id)
    changed = Partner.update(suspended_at=clock.now()).where(Partner.id == partner.id, Partner.suspended_at.is_null())
    AccessToken.delete().where(AccessToken.partner == partner).execute()
    if changed.execute():
        audit.record(Act.PARTNER_SUSPENDED, partner, by)


@writing
def resume(client_id: str, by: Actor = CONSOLE) -> None:
    """End a suspension."""
    partner = find(client_id)
    if Partner.update(suspended_at=None).where(Partner.id == partner.id, ~Partner.suspended_at.is_null()).execute():
        audit.record(Act.PARTNER_RESUMED, partner, by)


@writing
def of_provider(code: str, name: str) -> Partner:
    """The row of a wallet, bank or QRIS house that sends us lists; made with the first one."""
    row = {"client_id": f"provider:{code}", "name": name[:60], "service_id": "", "public_key": "", "provider": code}
    Partner.insert(**row, created_at=clock.now()).on_conflict_ignore().execute()
    return Partner.get(Partner.provider == code)


def find(client_id: str) -> Partner:
    partner = Partner.get_or_none(Partner.client_id == client_id, Partner.provider.is_null())
    if partner is None:
        raise Refused(N_("No partner has this client id."))
    return partner


def find_live(client_id: str) -> Partner | None:
    """The bank, unless suspended."""
    is_bank = Partner.provider.is_null()
    return Partner.get_or_none(Partner.client_id == client_id, is_bank, Partner.suspended_at.is_null())


@writing
def issue_token(partner: Partner) -> str:
    """A bearer token for fifteen minutes; what has expired is swept out on the way."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    AccessToken.delete().where(AccessToken.expires_at <= now).execute()
    UsedExternalId.delete().where(UsedExternalId.day < clock.today()).execute()
    AccessToken.create(token_hash=_hash(token), partner=partner, expires_at=now + TOKEN_LIFE)
    return token


def find_by_token(token: str) -> Partner | None:
    """Whose live token this is, unless suspended."""
    return (
        Partner.select()
        .join(AccessToken)
        .where(
            AccessToken.token_hash == _hash(token),
            AccessToken.expires_at > clock.now(),
            Partner.suspended_at.is_null(),
        )
        .first()
    )


def secrets_of(partner: Partner) -> list[str]:
    """Every secret that may sign now."""
    return [row.secret for row in PartnerSecret.live(partner.id)]


def claim_external_id(partner: Partner, external_id: str, service: Service) -> None:
    """In the caller's transaction: 409/00 when this partner used the id for another request today."""
    row = UsedExternalId.insert(partner=partner, day=clock.today(), external_id=external_id)
    if not row.on_conflict_ignore().as_rowcount().execute():
        raise SnapError(Code.CONFLICT, service)


def demo_bank(path: str | Path) -> dict[str, dict[str, str]]:
    """A demonstration bank for each service id, its credentials in a file of its owner's; made when missing."""
    path = Path(path)
    known = json.loads(path.read_text()) if path.exists() else {}
    if all(Partner.get_or_none(Partner.client_id == bank["client_id"]) for bank in known.values()) and known:
        return known
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    banks = {}
    for service_id in VA_PREFIXES:
        partner, secret = create(f"{DEMO_NAME} {service_id}", service_id, public.decode())
        banks[service_id] = {
            "client_id": partner.client_id,
            "client_secret": secret,
            "service_id": service_id,
            "private_key": private.decode(),
        }
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(banks, file, indent=1)
    return banks


def _new_secret(partner: Partner) -> str:
    secret = secrets.token_urlsafe(32)
    PartnerSecret.create(partner=partner, secret=secret)
    return secret


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
