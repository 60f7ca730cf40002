"""The providers of a development machine: the simulators, with keys made when they are first needed."""

import json
import os
import secrets
import tempfile
from functools import cache, partial
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from jkn.collecting.providers import Keys, Provider, ProviderKind, Signing

FILE = Path(".providers-demo.json")
WALLET_PORT, BANK_PORT, QRIS_PORT = 8910, 8911, 8912


def providers() -> list[Provider]:
    """A wallet that signs with HMAC, a bank that signs with RSA, and a QRIS house."""
    return [
        _provider("dompet", "Dompet Contoh", ProviderKind.WALLET, WALLET_PORT),
        _provider("bank", "Bank Contoh", ProviderKind.BANK, BANK_PORT, signing=Signing.RSA),
        _provider("qris", "QRIS Contoh", ProviderKind.QRIS, QRIS_PORT),
    ]


def their_key(code: str) -> rsa.RSAPrivateKey:
    """With which the simulator signs its notices."""
    return load_pem_private_key(_made(code)["theirs"].encode(), None)


def _provider(code: str, name: str, kind: ProviderKind, port: int, **more) -> Provider:
    return Provider(
        code=code,
        name=name,
        kind=kind,
        base_url=f"http://127.0.0.1:{port}",
        client_id=f"jkn-{code}",
        merchant_id="JKN001",
        keys=partial(_keys, code),
        **more,
    )


@cache
def _keys(code: str) -> Keys:
    made = _made(code)
    ours = load_pem_private_key(made["ours"].encode(), None)
    return Keys(made["secret"], ours, their_key(code).public_key())


def _made(code: str) -> dict[str, str]:
    """From the file; whoever comes first makes it, and all others read the same one."""
    if not FILE.exists():
        made = {
            name: {"secret": secrets.token_urlsafe(32), "ours": _new_key(), "theirs": _new_key()}
            for name in ("dompet", "bank", "qris")
        }
        handle, draft = tempfile.mkstemp(dir=FILE.absolute().parent, prefix=FILE.name)
        with open(handle, "w") as file:
            json.dump(made, file, indent=1)
        try:
            os.link(draft, FILE)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return json.loads(FILE.read_text())[code]


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
