"""Providers out of the configuration: read once, and refused when something is missing."""

from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives import serialization

from jkn import config
from jkn.collecting import demo, providers
from jkn.collecting.providers import PATHS, Provider, ProviderKind, Signing
from jkn.config import BadConfig
from jkn.payments.snap.codes import Service
from tests.test_config import GOOD

FILE = """
[[provider]]
code = "dana"
name = "DANA"
kind = "wallet"
base_url = "https://api.dana.example/"
authorise_url = "https://m.dana.example/v1.0/get-auth-code?lang=id"
client_id = "2025"
merchant_id = "2160"
signing = "rsa"
days = [5]
private_key_env = "OUR_KEY"
public_key_file = "{folder}/theirs.pem"
[provider.paths]
debit = "/payment-gateway/v1.0/debit/payment-host-to-host.htm"
"""


@pytest.fixture
def pem(key_pairs):
    form, no = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key_pairs.ours.private_bytes(serialization.Encoding.PEM, form, no).decode()


@pytest.fixture
def settings(tmp_path, key_pairs, pem):
    """Write a file of providers, changed by words, and the settings that come of it."""
    public = key_pairs.theirs.public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "theirs.pem").write_bytes(public.public_bytes(serialization.Encoding.PEM, form))

    def read(*changes, **environ):
        text = FILE.format(folder=tmp_path)
        for before, after in changes:
            text = text.replace(before, after)
        (tmp_path / "providers.toml").write_text(text)
        files = {"JKN_PROVIDERS": str(tmp_path / "providers.toml"), "OUR_KEY": pem}
        return config.read(environ=files | environ)["PROVIDERS"]

    return read


def test_a_provider_is_read_with_its_own_paths_and_days(settings, key_pairs):
    (dana,) = providers.read(settings())
    assert (dana.kind, dana.signing, dana.days) == (ProviderKind.WALLET, Signing.RSA, (5,))
    assert dana.paths[Service.DEBIT].endswith(".htm") and dana.paths[Service.QR] == PATHS[Service.QR]
    assert dana.keys().private.public_key() == key_pairs.ours.public_key()
    link = dana.authorise_link("a b", "https://jkn.example/autodebit/kembali")
    assert link.startswith("https://m.dana.example/v1.0/get-auth-code?lang=id&state=a+b&")


@pytest.mark.parametrize(
    "before, after",
    [
        ('code = "dana"', ""),
        ('kind = "wallet"', 'kind = "shop"'),
        ("days = [5]", "days = [0]"),
        ("days = [5]", "day = [5]"),
        ("debit =", "debitt ="),
        ('signing = "rsa"', 'signing = "hmac"'),  # and no shared secret
        ('private_key_env = "OUR_KEY"', 'private_key_env = "NOT_SET"'),
        ("theirs.pem", "missing.pem"),
        ("[[provider]]", "[[provider"),
        ("[[provider]]", "[[providers]]"),
        ("public_key_file", "other_key_file"),
    ],
)
def test_what_is_missing_or_wrong_is_named_at_the_start(settings, before, after):
    with pytest.raises(BadConfig, match="JKN_PROVIDERS"):
        providers.read(settings((before, after)))


def test_a_code_stands_once(settings):
    with pytest.raises(BadConfig, match="twice"):
        providers.read(settings() * 2)


def test_without_a_file_development_has_the_simulators_and_production_nobody():
    assert config.read(environ={})["PROVIDERS"] is None
    assert config.read(environ=GOOD)["PROVIDERS"] == []
    assert [provider.kind for provider in demo.providers()] == list(ProviderKind)


def test_production_names_the_address_to_which_providers_send_people_back(settings):
    with pytest.raises(BadConfig, match="JKN_PUBLIC_URL"):
        settings(**GOOD)
    assert settings(**GOOD, JKN_PUBLIC_URL="https://jkn.example")


def test_secrets_are_not_shown(settings, pem):
    (dana,) = providers.read(settings())
    assert pem.splitlines()[1] not in repr(dana) + repr(dana.keys())


def test_the_keys_of_a_development_machine_are_made_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo._keys.cache_clear()
    wallet, bank, _qris = demo.providers()
    assert wallet.keys().public == demo.their_key("dompet").public_key()
    assert bank.keys().client_secret != wallet.keys().client_secret
    assert (tmp_path / ".providers-demo.json").stat().st_mode & 0o77 == 0
    demo._keys.cache_clear()
    assert [path.name for path in tmp_path.iterdir()] == [".providers-demo.json"]


def test_without_days_of_its_own_a_provider_is_asked_on_those_of_the_law():
    dana = Provider("dana", "DANA", ProviderKind.WALLET, "https://x", "c", "m", keys=dict)
    assert dana.days_on(date(2026, 1, 1)) == (5, 20)
    assert replace(dana, days=(12,)).days_on(date(2026, 1, 1)) == (12,)
