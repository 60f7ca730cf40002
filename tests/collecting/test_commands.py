"""The commands as an operator types them."""

from datetime import UTC, datetime

import pytest

from jkn import clock
from jkn.collecting import mandates
from jkn.collecting.models import Mandate
from tests.builders import people, sign_in
from tests.collecting.households import PRICE, bound


@pytest.fixture(autouse=True)
def on_the_debit_day(app, now):
    with clock.frozen(datetime(2026, 1, 20, 3, tzinfo=UTC)):
        yield


def test_the_run_says_how_much_of_each_there_was(run, wallet):
    bound(wallet)
    bound(wallet, account="2")
    assert "1 paid, 1 refused, 0 lapsed, 0 open" in run("collect-autodebit").output
    assert "0 paid, 0 refused, 0 lapsed, 0 open" in run("collect-autodebit", "--day", "2026-01-20").output
    assert wallet.books.taken()[0][1] == PRICE


def test_a_day_on_which_nobody_debits_is_named(run, wallet):
    assert "Nobody debits on 2026-01-19." in run("collect-autodebit", "--day", "2026-01-19").output


def test_what_is_open_is_asked_about_and_an_end_is_passed_on(run, wallet):
    from jkn.access import SYSTEM

    mandate = bound(wallet)
    wallet.faults += ["09:lost"]
    mandates.cancel(mandate, SYSTEM)
    assert "0 open" in run("check-charges").output
    assert Mandate.get_by_id(mandate.id).released_at


def test_production_waits_for_the_day_and_plays_no_provider(app, run, wallet, monkeypatch):
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    assert "has not come yet" in run("collect-autodebit", "--day", "2026-02-05").output
    for name in ("simulate-wallet", "simulate-debit-bank", "simulate-qris"):
        ended = run(name)
        assert ended.exit_code == 1 and "refused in production" in ended.output


def test_a_fault_nobody_knows_is_refused(run, tmp_path):
    ended = run("simulate-wallet", "--fault", "54:explode", "--file", tmp_path / "x.db")
    assert ended.exit_code == 2 and "SERVICE:KIND" in ended.output


def test_each_notice_reads_well(app, run, wallet):
    mandate = bound(wallet, account="2")
    run("collect-autodebit")
    bound_family = mandate.person.stays.get().family
    wallet.books.change_account("2", state="blocked")
    with clock.frozen(datetime(2026, 2, 5, 3, tzinfo=UTC)):
        run("collect-autodebit")
        page = sign_in(app, people(bound_family)[0]).get("/kabar").text
    assert "Autodebit dari Dompet Uji 0812****5402 aktif." in page
    assert "Dompet Uji tidak dapat membayar Rp35.000: saldo tidak cukup. Bayar dengan nomor sampai 31 Januari" in page
    assert "Dompet Uji tidak lagi mengizinkan debit." in page and "28 Februari 2026" in page
