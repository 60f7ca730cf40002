"""Random lives of families: joined, billed, paid in every wrong way or in instalments, repriced, dead, undone.

After every step the books are level, no month is settled twice, what was paid is credit or settled, and the standing is
what a slow reference says. `JKN_RUNS` asks for more runs than the suite has time for.
"""

import os
import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jkn import clock, law
from jkn.access import SYSTEM
from jkn.calendar import add_months, first_of_month, next_month
from jkn.contributions import corrections, holds, service
from jkn.contributions.models import Bill, How, Reason, Settlement
from jkn.contributions.standing import State
from jkn.db import db
from jkn.errors import Refused
from jkn.instalments import service as instalments
from jkn.ledger.models import Account, Movement
from jkn.ledger.service import credit_of
from jkn.members import service as members
from jkn.members.models import CareClass, Payer, Spell
from jkn.payments import booking, owing
from jkn.payments.models import Payment, Purpose
from tests.builders import a_family, people
from tests.contributions.reference import Household, Kept, Member, price_of, stand

ASKED = os.environ.get("JKN_RUNS")
RUNS = int(ASKED or "6")
BEGIN = date(2024, 1, 10)
CLASSES = (CareClass.I, CareClass.II, CareClass.III)


class Lives(RuleBasedStateMachine):
    """One family; the clock only runs forward."""

    def __init__(self):
        super().__init__()
        self.savepoint = db.atomic()
        self.undone = self.savepoint.__enter__()
        self.folder = tempfile.TemporaryDirectory()
        self.law = Path(self.folder.name, "law.toml")
        self.law.write_text(law.PACKAGED.read_text())
        self.references = iter(range(10**6))
        self.begin(BEGIN)

    def begin(self, day: date) -> None:
        self.day = day
        self.frozen = clock.frozen(clock.start_of(day) + timedelta(hours=9))
        self.frozen.__enter__()

    def teardown(self):
        self.frozen.__exit__(None, None, None)
        law.load()
        self.folder.cleanup()
        self.undone.rollback()
        self.savepoint.__exit__(None, None, None)

    @initialize(size=st.integers(1, 4), care_class=st.sampled_from(CLASSES), behind=st.integers(0, 30))
    def join(self, size, care_class, behind):
        first = add_months(first_of_month(BEGIN), -behind)
        self.family = a_family(size, care_class, liable_from=first, since=first)
        self.payer = members.payer_of(self.family.id)
        self.alive = people(self.family)
        lives = {person.id: Member(first, {first: int(care_class)}) for person in self.alive}
        self.household = Household(first, lives)

    # --- What happens

    @rule(days=st.integers(1, 45))
    def time_passes(self, days):
        self.frozen.__exit__(None, None, None)
        self.begin(self.day + timedelta(days=days))

    @rule(ahead=st.integers(-2, 1))
    def bills_are_issued(self, ahead):
        service.issue_bills(add_months(first_of_month(self.day), ahead))

    @rule(months=st.integers(1, 12))
    def pays_what_is_owed(self, months):
        try:
            due = owing.due(self.fresh(), self.day, months)
        except Refused:
            return
        payment = self.take(due.amount, due.months)
        assert due.instalment or payment.covers == due.months

    @rule(amount=st.integers(1, 900_000))
    def pays_some_amount(self, amount):
        self.take(amount)

    @rule(amount=st.integers(1, 900_000))
    def fills_the_pot(self, amount):
        """Whom it could make active again it must, or buy nothing; for who needs no cover it buys the oldest months."""
        suspended = self.alive and self.standing().state == State.SUSPENDED
        suspended = suspended and not instalments.running(self.fresh(), self.day)
        payment = self.take(amount, purpose=Purpose.POT)
        assert not (suspended and payment.months) or self.standing().is_covered

    @rule()
    def pays_the_same_bill_again(self):
        last = Payment.select().where(Payment.payer == self.payer).order_by(Payment.id.desc()).first()
        if last:
            self.take(last.amount, last.covers)

    @rule()
    def a_notice_comes_twice(self):
        last = Payment.select().where(Payment.payer == self.payer).order_by(Payment.id.desc()).first()
        if last:
            again = booking.take(
                self.fresh(), last.amount, last.via, last.reference, clock.now(), SYSTEM, source=last.source
            )
            assert again.id == last.id

    @rule(which=st.integers(0, 20))
    def joins_a_plan(self, which):
        plans = instalments.offer(self.fresh(), self.day).plans
        if plans:
            count = plans[which % len(plans)].instalments
            with suppress(Refused):
                instalments.join(self.fresh(), count, SYSTEM, key=f"k{next(self.references)}")

    @rule()
    def leaves_the_plan(self):
        plan = instalments.running(self.fresh(), self.day)
        if plan:
            instalments.cancel(plan.plan, SYSTEM)

    @rule(which=st.integers(0, 5))
    def a_bank_takes_money_back(self, which):
        live = list(Payment.select().where(Payment.payer == self.payer, Payment.reversed_on.is_null()))
        if live:
            booking.reverse(live[which % len(live)], "bank error", SYSTEM)

    @rule(ahead=st.integers(-1, 3), prices=st.tuples(*[st.integers(10_000, 200_000)] * 3))
    def a_decree_changes_the_tariff(self, ahead, prices):
        since = add_months(first_of_month(self.day), ahead)
        if since <= law.history("pbpu_tariff")[-1].since:
            return
        row = (
            f"  {{ from = {since}, class_1 = {prices[0]}, class_2 = {prices[1]}, class_3 = {prices[2]}, "
            f'class_3_gross = {prices[2]}, aid = 0, basis = "Perpres uji", checked = 2026-11-25 }},\n]'
        )
        text = self.law.read_text()
        start = text.index("\n]", text.index("pbpu_tariff = ["))
        self.law.write_text(text[: start + 1] + row + text[start + 2 :])
        law.load(self.law)
        corrections.correct_prices(range(self.payer.id, self.payer.id + 1))

    @precondition(lambda self: self.alive)
    @rule(care_class=st.sampled_from(CLASSES))
    def the_family_changes_class(self, care_class):
        month = next_month(self.day)
        for person in self.alive:
            now = members.spells_of([person.id], self.day)[person.id]
            if now.care_class == care_class or now.since >= month or now.until:
                return
            Spell.update(until=month).where(Spell.id == now.id).execute()
            members.cover(person, self.payer, now.segment, care_class, month)
            self.household.people[person.id].classes[month] = int(care_class)
        corrections.correct(self.fresh(), month, Reason.CHANGE)

    @precondition(lambda self: self.alive)
    @rule(ago=st.integers(0, 90))
    def somebody_dies(self, ago):
        person = self.alive.pop()
        died_on = max(self.day - timedelta(days=ago), self.household.first)
        corrections.report_death(person, died_on, SYSTEM)
        self.household.people[person.id].died_on = died_on.replace(day=1)

    # --- What must hold

    @invariant()
    def the_books_are_level(self):
        if not hasattr(self, "payer"):
            return
        sums = {account: Movement.sum_of(self.payer.id, account) for account in Account}
        assert sum(sums.values()) == 0
        assert sums[Account.CREDIT] <= 0 and sums[Account.DUE] >= 0

    @invariant()
    def no_month_is_settled_twice(self):
        months = [row.month for row in self.held()]
        assert len(months) == len(set(months))

    @invariant()
    def the_oldest_month_was_settled_first(self):
        if not hasattr(self, "payer"):
            return
        paid = [row.month for row in self.held() if row.how != How.WAIVED]
        found = service.open_months(self.fresh(), self.day)
        still = [month for month in found.unpaid if month not in found.covered]
        assert not (paid and still) or min(still) > max(paid)

    @invariant()
    def credit_and_settled_is_what_was_paid(self):
        if not hasattr(self, "payer"):
            return
        paid = sum(
            row.amount for row in Payment.select().where(Payment.payer == self.payer, Payment.reversed_on.is_null())
        )
        settled = [row.month for row in self.held() if row.how != How.WAIVED]
        assert credit_of(self.payer.id) + sum(service.amounts_of(self.payer, settled).values()) == paid

    @invariant()
    def what_is_due_is_billed_and_open(self):
        if not hasattr(self, "payer"):
            return
        billed = {bill.month for bill in Bill.select().where(Bill.payer == self.payer)}
        still = billed - {row.month for row in self.held()}
        assert Movement.sum_of(self.payer.id, Account.DUE) == sum(service.amounts_of(self.payer, list(still)).values())

    @invariant()
    def the_standing_is_what_the_reference_says(self):
        if not hasattr(self, "payer"):
            return
        settled = {row.month: row.settled_on for row in self.held()}
        kept = [Kept(set(hold.months), hold.since, hold.until) for hold in holds.held_by(self.payer, self.day)[0]]
        covered, open_months, lapsed = stand(self.law, self.household, settled, self.day, kept)
        standing = self.standing()
        assert standing.is_covered == covered
        assert list(standing.unpaid) == open_months
        assert list(standing.lapsed) == lapsed

    @invariant()
    def every_open_month_costs_what_the_law_says(self):
        """Also months long billed, by whatever corrections it took; lapsed and waived ones are left as they were.

        A plan keeps the price of its months, whatever is decreed later.
        """
        if not hasattr(self, "payer"):
            return
        planned = {month for hold in holds.held_by(self.payer, self.day)[0] for month in hold.months}
        for item in service.owed(self.fresh(), self.day).months:
            assert item.month in planned or item.amount == price_of(self.law, self.household, item.month)

    @invariant()
    def what_once_lapsed_never_comes_back(self):
        if not hasattr(self, "payer"):
            return
        lapsed = set(self.standing().lapsed)
        waived = {row.month for row in self.held() if row.how == How.WAIVED}
        gone = getattr(self, "gone", set())
        self.gone = gone | lapsed | waived
        assert not self.gone & set(self.standing().unpaid)

    # --- Helpers

    def fresh(self) -> Payer:
        return Payer.get_by_id(self.payer.id)

    def standing(self):
        return service.standing(self.fresh(), self.day)

    def held(self) -> list[Settlement]:
        if not hasattr(self, "payer"):
            return []
        return list(Settlement.select().where(Settlement.payer == self.payer, Settlement.reversed_on.is_null()))

    def take(self, amount, months=None, purpose=Purpose.BILL) -> Payment:
        reference = f"r{next(self.references)}"
        return booking.take(self.fresh(), amount, "Bank Uji", reference, clock.now(), SYSTEM, months, purpose=purpose)


def live(runs: int) -> None:
    """So many lives of forty steps. Whoever asks for more gets new ones each time, and a failure made small."""
    chosen = settings(
        max_examples=runs,
        stateful_step_count=40,
        deadline=None,
        derandomize=not ASKED,
        phases=(Phase.generate, Phase.shrink) if ASKED else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lives, settings=chosen)


def test_no_history_makes_the_books_wrong(app):
    live(RUNS)


def test_twin_a_cap_that_only_counts_brings_old_months_back(app, monkeypatch):
    """The broken twin: the newest months within the cap, whatever fell outside before."""

    def naive(months, settled, on, held=()):
        open_still = [month for month in months if month not in settled and month < first_of_month(on)]
        return open_still[: -service.rules.cap_on(on)] if len(open_still) > service.rules.cap_on(on) else []

    monkeypatch.setattr(service.rules, "lapsed_months", naive)
    life = Lives()
    try:
        life.join(size=1, care_class=CareClass.I, behind=30)
        life.what_once_lapsed_never_comes_back()
        life.pays_what_is_owed(months=1)
        with pytest.raises(AssertionError):
            life.what_once_lapsed_never_comes_back()
    finally:
        life.teardown()


def test_twin_a_reversal_that_forgets_the_month_loses_the_balance(app, monkeypatch):
    monkeypatch.setattr(corrections, "unsettle", lambda *_args: [])
    with pytest.raises((AssertionError, Refused, Flaky)):  # Flaky: wrong, and not alike when it was repeated
        live(200)
