"""The pot: any amount at any time buys the oldest months only, and never strands money."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn import clock
from jkn.access import SYSTEM
from jkn.calendar import add_months, months_between
from jkn.contributions import service as contributions
from jkn.contributions.models import Settlement
from jkn.contributions.standing import State
from jkn.db import db
from jkn.instalments import service as instalments
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import Payer, Person, Spell
from jkn.notices.models import Notice
from jkn.payments import booking, owing, pot
from jkn.payments.bank import BankRefused
from jkn.payments.models import Payment, Purpose
from jkn.payments.owing import NotPayable
from tests.builders import a_family

JANUARY = date(2026, 1, 1)
PRICE = 35_000


def family_payer(**more) -> Payer:
    return members.payer_of(a_family(1, **{"since": date(2020, 1, 1)} | more).id)


def put_in(payer: Payer, amount: int, when: datetime | None = None) -> Payment:
    when, number = when or clock.now(), Payment.select().count()
    return booking.take(payer, amount, "Bank Uji", f"ref-{number}", when, SYSTEM, purpose=Purpose.POT)


def settled(payer: Payer) -> list[date]:
    held = Settlement.payer == payer, Settlement.reversed_on.is_null()
    return sorted(row.month for row in Settlement.select().where(*held))


def spent(payer: Payer) -> int:
    return sum(row.movement.amount for row in Settlement.select().where(Settlement.payer == payer))


def test_it_buys_whole_months_the_oldest_first_and_keeps_the_rest(app):
    payer = family_payer()
    assert put_in(payer, 20_000).covers == []
    assert pot.look(payer, clock.today()) == pot.Pot(20_000, 15_000, JANUARY)
    assert put_in(payer, 60_000).covers == [JANUARY, date(2026, 2, 1)]
    assert pot.look(payer, clock.today()) == pot.Pot(10_000, 25_000, date(2026, 3, 1))


def test_for_a_suspended_family_it_waits_until_it_reactivates(app):
    payer = family_payer(liable_from=date(2025, 11, 1))
    assert put_in(payer, 2 * PRICE).covers == []
    found = pot.look(payer, clock.today())
    assert (found.credit, found.missing, found.reactivates) == (70_000, PRICE, True)
    assert len(put_in(payer, PRICE).covers) == 3
    assert contributions.standing(payer, clock.today()).state == State.ACTIVE


def test_who_has_moved_waits_for_no_cover_and_pays_the_oldest_months(app):
    payer = family_payer(liable_from=date(2025, 11, 1))
    Spell.update(until=JANUARY).where(Spell.payer == payer).execute()
    assert pot.look(payer, clock.today()) == pot.Pot(0, PRICE, date(2025, 11, 1))
    assert put_in(payer, 40_000).covers == [date(2025, 11, 1)]


def test_inside_a_plan_it_pays_the_instalments(app):
    payer = family_payer(liable_from=date(2025, 5, 1))
    instalments.join(payer, 4, SYSTEM, "k")
    assert put_in(payer, 10_000).covers == []
    assert pot.look(payer, clock.today()).missing == 95_000
    assert put_in(payer, 95_000).covers == [date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)]
    assert len(put_in(payer, 7 * PRICE).covers) == 7  # all the rest, and February


def test_a_new_familys_money_waits_for_its_window_and_is_used_when_it_opens(app, run):
    payer = family_payer(liable_from=None, registered_on=date(2026, 1, 10), since=date(2026, 1, 10))
    put_in(payer, 50_000)
    assert pot.look(payer, clock.today()).opens_on == date(2026, 1, 24) and settled(payer) == []
    with clock.frozen(datetime(2026, 1, 24, 3, tzinfo=UTC)):
        assert "1 families' credit used" in run("use-credit").output
        assert "0 families' credit used" in run("use-credit").output
        assert settled(payer) == [JANUARY] and Notice.select().where(Notice.name == "credit_used").count() == 1
        assert contributions.standing(Payer.get_by_id(payer.id), clock.today()).state == State.ACTIVE


def test_waiting_money_is_used_when_it_has_become_enough(app, run):
    payer = family_payer(liable_from=date(2025, 12, 1))
    booking.take(payer, 50_000, "Bank Uji", "r", clock.now(), SYSTEM)
    run("use-credit")
    assert settled(payer) == []
    ledger.book(payer.id, ledger.Account.BANK, ledger.Account.CREDIT, 20_000, "payment:x", clock.today())
    run("use-credit")
    assert settled(payer) == [date(2025, 12, 1), JANUARY] and ledger.credit_of(payer.id) == 0


def test_months_ahead_are_bought_only_for_who_has_a_pot(app, run):
    with_pot, without = family_payer(), family_payer()
    pot.number_of(with_pot)
    for payer in (with_pot, without):
        ledger.book(payer.id, ledger.Account.BANK, ledger.Account.CREDIT, 2 * PRICE, "payment:x", clock.today())
    run("use-credit")
    assert (len(settled(with_pot)), len(settled(without))) == (2, 1)


AMOUNTS = st.lists(st.integers(1, 150_000), max_size=12)


@given(behind=st.integers(0, 8), amounts=AMOUNTS, instalments_=st.sampled_from([0, 2, 3, 4]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_amounts_buy_the_oldest_months_only_and_strand_nothing(app, behind, amounts, instalments_):
    with db.atomic() as transaction:
        first = date(2025, 13 - behind, 1) if behind else JANUARY
        payer = family_payer(liable_from=first)
        plan = instalments_ and instalments_ <= behind // 2 and behind >= 4
        if plan:
            instalments.join(payer, instalments_, SYSTEM, "k")
        paid = 0
        for amount in amounts:
            put_in(payer, amount)
            paid += amount
            months, credit = settled(payer), ledger.credit_of(payer.id)
            assert credit + spent(payer) == paid and credit >= 0
            assert months == list(months_between(first, add_months(first, len(months))))
            suspended = contributions.standing(payer, clock.today()).state == State.SUSPENDED
            if suspended and not plan:
                assert months == [] and credit < (behind + 1) * PRICE
            else:
                assert credit < PRICE or len(months) >= behind + 12
        transaction.rollback()


# --- At the bank


@pytest.fixture
def va(app):
    payer = family_payer(liable_from=date(2025, 11, 1))
    return payer, "88888" + pot.number_of(payer)


def test_its_number_is_made_once(va):
    payer, number = va
    assert number == "88888" + pot.number_of(payer) and number[5] == "7"


def test_an_inquiry_shows_an_open_account_and_what_is_missing(bank, va):
    bill = bank.inquire(va[1])
    assert (bill["virtualAccountTrxType"], bill["totalAmount"]["value"], bill["billDetails"]) == ("O", "0.00", [])
    assert bill["freeTexts"][1] == {"english": "Active again at Rp105.000", "indonesia": "Aktif lagi kurang Rp105.000"}
    assert all(len(words) <= 32 for text in bill["freeTexts"] for words in text.values())


@pytest.mark.parametrize("amount", [1, 35_000, 104_999, 105_000, 999_999])
def test_any_amount_can_be_paid_in(bank, va, amount):
    payer, number = va
    answer = bank.pay(number, "req-1", amount)
    assert answer["paymentFlagStatus"] == "00" and answer["paidAmount"]["value"] == f"{amount}.00"
    assert bank.pay(number, "req-1", amount) == answer  # sent again
    assert ledger.credit_of(payer.id) + spent(payer) == amount and bool(settled(payer)) == (amount >= 105_000)


def test_nothing_at_all_cannot_be_paid_in(bank, va):
    with pytest.raises(BankRefused, match="13"):
        bank.pay(va[1], "req-1", 0)


def test_an_instalment_or_all_of_it_is_accepted_and_nothing_else(bank, app):
    payer = family_payer(liable_from=date(2025, 5, 1))
    instalments.join(payer, 4, SYSTEM, "k")
    va = owing.va_of(payer)
    bill = bank.inquire(va)
    assert bill["totalAmount"]["value"] == "105000.00" and len(bill["billDetails"]) == 3
    assert bank.inquire(va, 2)["totalAmount"]["value"] == "315000.00"
    with pytest.raises(BankRefused, match="13"):
        bank.pay(va, bill["inquiryRequestId"], 100_000)
    bank.pay(va, bill["inquiryRequestId"], 105_000)
    assert len(settled(payer)) == 3
    bank.pay(va, "without-inquiry", 6 * PRICE)
    assert len(settled(payer)) == 9 and instalments.running(payer, clock.today()) is None


def test_nobody_saves_for_who_has_died(app):
    payer = members.payer_of(a_family(1).id)
    number = "88888" + pot.number_of(payer)
    Person.update(died_on=clock.today()).execute()
    with pytest.raises(NotPayable):
        owing.due_under(owing.target_of_va(number), clock.today())
