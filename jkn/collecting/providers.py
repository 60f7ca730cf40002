"""Wallets, banks and QRIS houses as the configuration names them: addresses, paths, keys, how they sign."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import partial
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from jkn import law
from jkn.config import BadConfig
from jkn.payments.snap.codes import Service
from jkn.payments.snap.signatures import load_public_key

PATHS = {
    Service.TOKEN: "/v1.0/access-token/b2b",
    Service.CUSTOMER_TOKEN: "/v1.0/access-token/b2b2c",
    Service.AUTH_CODE: "/v1.0/get-auth-code",
    Service.BINDING: "/v1.0/registration-account-binding",
    Service.UNBINDING: "/v1.0/registration-account-unbinding",
    Service.DEBIT: "/v1.0/debit/payment-host-to-host",
    Service.DEBIT_STATUS: "/v1.0/debit/status",
    Service.QR: "/v1.0/qr/qr-mpm-generate",
    Service.QR_STATUS: "/v1.0/qr/qr-mpm-query",
}


class ProviderKind(StrEnum):
    WALLET = "wallet"
    BANK = "bank"
    QRIS = "qris"


class Signing(StrEnum):
    """How transactions are signed: HMAC-SHA512 bound to a token, or RSA-SHA256 without one."""

    HMAC = "hmac"
    RSA = "rsa"


@dataclass(frozen=True)
class Keys:
    """The shared secret, our private key, and the public key that signs the provider's notices."""

    client_secret: str = field(repr=False)
    private: RSAPrivateKey = field(repr=False)
    public: RSAPublicKey = field(repr=False)


@dataclass(frozen=True)
class Provider:
    """One outside party that takes money for us. `code` stands in our rows for ever; `name` is what members read."""

    code: str
    name: str
    kind: ProviderKind
    base_url: str
    client_id: str
    merchant_id: str
    keys: Callable[[], Keys] = field(repr=False)
    authorise_url: str = ""  # where a member says yes; left out: service 10 below base_url
    channel_id: str = "95221"
    signing: Signing = Signing.HMAC
    days: tuple[int, ...] = ()  # of the month, on which it is asked; none: those of the law
    seconds: int = 10  # for one whole call, however slowly it drips
    paths: Mapping[Service, str] = field(default_factory=lambda: PATHS)

    def days_on(self, day: date) -> tuple[int, ...]:
        """The days of the month on which auto-debit collects: the provider's own, else those in force on a day."""
        rule = law.at(day).autodebit_days
        return self.days or (rule.first, rule.second)

    def authorise_link(self, state: str, redirect_url: str) -> str:
        """The page on which the member lets us debit (service 10); it comes back with `authCode` and `state`."""
        where = self.authorise_url or self.base_url + self.paths[Service.AUTH_CODE]
        asked = {
            "state": state,
            "scopes": "PAYMENT",
            "redirectUrl": redirect_url,
            "partnerId": self.client_id,
            "merchantId": self.merchant_id,
            "channelId": self.channel_id,
        }
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"


_known: dict[str, Provider] = {}


def configure(found: Iterable[Provider]) -> None:
    """Who there is to ask."""
    _known.clear()
    _known.update({provider.code: provider for provider in found})


def find(code: str) -> Provider | None:
    return _known.get(code)


def name_of(code: str) -> str:
    """What members read; a provider no longer configured keeps its code."""
    return _known[code].name if code in _known else code


def offered(*kinds: ProviderKind) -> list[Provider]:
    return [provider for provider in _known.values() if provider.kind in kinds]


def everybody() -> list[Provider]:
    return list(_known.values())


def signed_as(partner_id: str) -> list[Provider]:
    """The providers at which we go by this client id: one of them sent a notice that says so."""
    return [provider for provider in _known.values() if provider.client_id == partner_id]


def read(tables: Iterable[Mapping]) -> list[Provider]:
    """The providers of JKN_PROVIDERS. Raises BadConfig, which names the provider and what is wrong."""
    found = [_read(dict(table)) for table in tables]
    if len({provider.code for provider in found}) < len(found):
        raise BadConfig("JKN_PROVIDERS: a code stands twice")
    return found


def _read(table: dict) -> Provider:
    code = str(table.get("code", "?"))
    try:
        secret, private = table.pop("client_secret", ""), load_pem_private_key(table.pop("private_key").encode(), None)
        keys = Keys(secret, private, load_public_key(table.pop("public_key")))
        paths = {Service(_SERVICES[name]): path for name, path in table.pop("paths", {}).items()}
        unknown = set(table) - {each.name for each in fields(Provider)}
        if unknown or not all(isinstance(day, int) and 1 <= day <= 31 for day in table.get("days", ())):
            raise ValueError(", ".join(sorted(unknown)) or "days")
        kind, signing = ProviderKind(table.pop("kind")), Signing(table.pop("signing", "hmac"))
        days = tuple(table.pop("days", Provider.days))
        base_url = table.pop("base_url").rstrip("/")
        return Provider(
            kind=kind,
            signing=signing,
            days=days,
            base_url=base_url,
            keys=partial(_same, keys),
            paths=PATHS | paths,
            **table,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise BadConfig(f"JKN_PROVIDERS: {code}: {error}") from None


_SERVICES = {service.name.lower(): service for service in PATHS}


def _same(keys: Keys) -> Keys:
    return keys
