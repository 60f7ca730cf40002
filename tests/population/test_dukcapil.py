"""The real registry's protocol, over a real socket: what it sends, and every way it can fail."""

import logging
import socket
import threading
from contextlib import contextmanager
from datetime import date

import pytest

from jkn.errors import Refused
from jkn.imports import Report
from jkn.population import service, simulator
from jkn.population.dukcapil import DukcapilRegistry
from jkn.population.imports import import_population
from jkn.population.models import Resident
from jkn.population.registry import EmbeddedRegistry, RegistryDown
from tests.population.registries import KK, a_household, as_file

BORN = date(1980, 8, 17)
SETTINGS = {
    "DUKCAPIL_INSTANSI": "JKN",
    "DUKCAPIL_USER": "jkn",
    "DUKCAPIL_PASSWORD": "rahasia",
    "DUKCAPIL_IP": "10.1.2.3",
    "DUKCAPIL_NIK_CALL": "CALL_NIK",
    "DUKCAPIL_KK_CALL": "CALL_KK",
    "DUKCAPIL_SECONDS": 0.5,
}


@pytest.fixture
def household(app, tmp_path):
    rows = a_household()
    import_population(as_file(tmp_path / "population.csv", rows), Report())
    return rows


@pytest.fixture
def gateway(household):
    """A gateway that knows the household; read now, because the server's thread does not see this test's rows."""
    people = [simulator.as_dukcapil(row) for row in Resident.select()]
    column = {"nik": "NIK", "kk": "NO_KK"}
    return simulator.Gateway(
        lambda kind, number: [one for one in people if one[column[kind]] == number], "jkn", "rahasia", seconds=1
    )


@contextmanager
def serving(gateway):
    with simulator.server(gateway) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/dukcapil/get_json/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def registry(gateway):
    with serving(gateway) as url:
        registry = DukcapilRegistry(SETTINGS | {"DUKCAPIL_URL": url})
        yield registry
        registry.client.close()


def test_it_answers_what_the_embedded_one_answers(registry, household):
    nik = household[1]["NIK"]
    assert registry.family(KK, nik, BORN) == EmbeddedRegistry().family(KK, nik, BORN)


def test_it_sends_what_the_contract_says_and_the_household_only_after_a_match(registry, gateway, household):
    nik = household[1]["NIK"]
    sign = {"user_id": "jkn", "password": "rahasia", "ip_user": "10.1.2.3"}
    registry.family(KK, nik, date(1980, 8, 18))
    assert gateway.asked == [("CALL_NIK", sign | {"nik": nik})]
    registry.family(KK, nik, BORN)
    assert gateway.asked[2:] == [("CALL_KK", sign | {"no_kk": KK})]


@pytest.mark.parametrize("kk, born", [("3578080405109999", BORN), (KK, date(1980, 8, 18))])
def test_a_wrong_card_or_birth_date_is_no_match(registry, household, kk, born):
    assert registry.family(kk, household[1]["NIK"], born) is None


def test_a_nik_nobody_has_is_no_match(registry):
    assert registry.family(KK, "3578085708809998", BORN) is None


@pytest.mark.parametrize("fault", ["error", "garbage", "empty", "slow"])
def test_one_failure_is_tried_again(registry, gateway, household, fault):
    gateway.faults = [fault]
    assert registry.family(KK, household[1]["NIK"], BORN)
    assert len(gateway.asked) == 3


@pytest.mark.parametrize("fault", simulator.FAULTS)
def test_two_failures_are_a_registry_that_is_down(registry, gateway, household, fault):
    gateway.faults = [fault] * 2
    with pytest.raises(RegistryDown):
        registry.family(KK, household[1]["NIK"], BORN)
    assert len(gateway.asked) == 2


def test_a_refused_password_is_not_tried_again_and_is_no_match_neither(registry, gateway, household):
    registry.sign["password"] = "wrong"
    with pytest.raises(RegistryDown, match="05"):
        registry.family(KK, household[1]["NIK"], BORN)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize(
    "content",
    [
        [1],
        [{"NIK": "3578085708800001", "NAMA_LGKP": "A", "TGL_LHR": "soon", "JENIS_KLMIN": "P"}],
        [{"NIK": "not a NIK", "NAMA_LGKP": "A", "TGL_LHR": "1980-08-17", "JENIS_KLMIN": "P"}],
        [{"NIK": None}],
    ],
)
def test_an_answer_that_makes_no_sense_is_a_registry_that_is_down(registry, gateway, household, content):
    gateway.find = lambda _kind, _number: content
    with pytest.raises(RegistryDown) as down:
        registry.family(KK, household[1]["NIK"], BORN)
    assert household[1]["NIK"] not in str(down.value)


def test_nobody_listening_is_one_clear_refusal_and_the_log_names_no_person(app, household, monkeypatch, caplog):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    registry = DukcapilRegistry(SETTINGS | {"DUKCAPIL_URL": f"http://127.0.0.1:{port}"})
    monkeypatch.setattr(service, "registry", registry)
    with caplog.at_level(logging.INFO), pytest.raises(Refused, match="does not answer right now"):
        service.ask_family(KK, household[1]["NIK"], BORN)
    assert "civil registry" in caplog.text
    assert household[1]["NIK"] not in caplog.text
    assert KK not in caplog.text
