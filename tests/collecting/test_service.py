"""Auto-debit from the yes at the provider to the receipt; each refusal, and what the member is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.collecting import asking, charging, links, mandates, running
from jkn.collecting.models import ChargeKind, Ended, Mandate, Outcome, Stage
from jkn.db import db
from jkn.errors import Refused
from jkn.instalments import service as instalments
from jkn.payments import booking
from jkn.payments.models import Payment
from jkn.payments.snap.codes import Service
from tests.builders import a_family, people
from tests.collecting.households import (
    DEBIT_DAY,
    PRICE,
    as_head,
    assert_nothing_is_lost_or_doubled,
    booked,
    bound,
    charges,
    in_the_bank,
    payer_of,
    settled,
    told,
)

JANUARY = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def on_the_debit_day(app, now):
    with clock.frozen(datetime(2026, 1, 20, 3, tzinfo=UTC)):
        yield


def test_a_family_is_debited_and_its_month_settled(wallet):
    mandate = bound(wallet)
    assert mandate.stage_on(DEBIT_DAY) is Stage.ACTIVE and mandate.label == "0812****5401"
    tally = running.collect(DEBIT_DAY)
    assert tally[Outcome.PAID] == 1
    assert booked(mandate.payer) == [("Dompet Uji", PRICE)] and settled(mandate.payer) == [JANUARY]
    assert charges()[0].payment == Payment.get()
    assert told(a_family_of(mandate)) == ["autodebit_on", "payment_received"]
    assert_nothing_is_lost_or_doubled(wallet)


def test_a_run_done_twice_debits_once(wallet):
    bound(wallet)
    running.collect(DEBIT_DAY)
    assert running.collect(DEBIT_DAY) == {}
    assert len(wallet.books.taken()) == 1


def test_a_plan_is_debited_one_instalment_a_month(wallet):
    with clock.frozen(datetime(2026, 1, 3, 3, tzinfo=UTC)):
        family = a_family(1, liable_from=date(2025, 5, 1))
        instalments.join(payer_of(family), 4, SYSTEM, "k")
    amounts = []
    for month, day in ((1, 5), (1, 20), (2, 5), (2, 20)):
        with clock.frozen(datetime(2026, month, day, 3, tzinfo=UTC)):
            if not amounts:
                bound(wallet, family)
            running.collect(date(2026, month, day))
            amounts.append(in_the_bank(payer_of(family)))
    assert amounts == [3 * PRICE, 3 * PRICE, 6 * PRICE, 6 * PRICE]


def test_an_instalment_paid_otherwise_before_the_call_is_not_debited(wallet):
    with clock.frozen(datetime(2026, 1, 3, 3, tzinfo=UTC)):
        family = a_family(1, liable_from=date(2025, 5, 1))
        instalments.join(payer_of(family), 4, SYSTEM, "k")
    charge = charging.ask_by_mandate(bound(wallet, family), DEBIT_DAY, 2, SYSTEM)
    booking.take(payer_of(family), charge.amount, "Bank Uji", "va-1", clock.now(), SYSTEM)
    assert charging.work_on(charge).outcome is Outcome.LAPSED
    assert wallet.books.taken() == []


def test_nobody_is_debited_on_another_day(wallet):
    bound(wallet)
    assert running.collect(date(2026, 1, 19)) == {}
    assert wallet.books.taken() == []


def test_nobody_is_debited_who_owes_nothing(wallet):
    mandate = bound(wallet)
    running.collect(DEBIT_DAY)
    with clock.frozen(datetime(2026, 1, 21, tzinfo=UTC)):
        assert charging.ask_by_mandate(mandate, date(2026, 1, 20), 3, SYSTEM) is None


@pytest.mark.parametrize(
    "rest, stage", [(mandates.pause, Stage.PAUSED), (lambda *who: mandates.cancel(*who), Stage.ENDED)]
)
def test_a_mandate_paused_or_ended_is_not_debited(wallet, rest, stage):
    mandate = bound(wallet)
    rest(mandate, SYSTEM)
    assert Mandate.get_by_id(mandate.id).stage_on(DEBIT_DAY) is stage
    running.collect(DEBIT_DAY)
    assert wallet.books.taken() == []


def test_a_pause_ends_when_resumed(wallet):
    mandate = bound(wallet)
    mandates.pause(mandate, SYSTEM)
    mandates.pause(mandate, SYSTEM)
    mandates.resume(mandate, SYSTEM)
    running.collect(DEBIT_DAY)
    assert len(wallet.books.taken()) == 1


def test_a_mandate_paused_between_entry_and_call_is_not_debited(wallet):
    mandate = bound(wallet)
    charge = charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM)
    mandates.pause(mandate, SYSTEM)
    assert charging.work_on(charge).outcome is Outcome.LAPSED
    assert wallet.books.taken() == [] and told(a_family_of(mandate)) == ["autodebit_on"]


def test_too_little_money_on_the_first_day_is_tried_again_on_the_second(wallet):
    first = datetime(2026, 1, 5, 3, tzinfo=UTC)
    with clock.frozen(first):
        mandate = bound(wallet, account="2")  # 20.000 rupiah
        assert running.collect(first.date())[Outcome.REFUSED] == 1
        assert charges()[0].code == "4035414"
    wallet.books.change_account("2", balance=50_000)
    assert running.collect(DEBIT_DAY)[Outcome.PAID] == 1
    assert told(a_family_of(mandate)) == ["autodebit_on", "autodebit_failed", "payment_received"]
    assert in_the_bank(mandate.payer) == PRICE


def test_too_little_money_on_the_last_day_says_to_pay_by_number(wallet):
    mandate = bound(wallet, account="2")
    running.collect(DEBIT_DAY)
    notice = newest_notice(mandate)
    assert (notice["poor"], notice["again"], notice["until"]) == (True, "", "2026-01-31")


def test_too_little_money_names_the_next_day(wallet):
    first = datetime(2026, 1, 5, 3, tzinfo=UTC)
    with clock.frozen(first):
        mandate = bound(wallet, account="2")
        running.collect(first.date())
    assert newest_notice(mandate)["again"] == "2026-01-20"


@pytest.mark.parametrize("state, code", [("blocked", "4035405"), ("inactive", "4035418")])
def test_a_blocked_account_ends_the_mandate_and_the_member_is_told(wallet, state, code):
    mandate = bound(wallet)
    wallet.books.change_account("1", state=state)
    running.collect(DEBIT_DAY)
    ended = Mandate.get_by_id(mandate.id)
    assert (charges()[0].code, ended.ended) == (code, Ended.BLOCKED)
    assert told(a_family_of(mandate))[-1] == "autodebit_stopped"
    running.collect(DEBIT_DAY)
    assert Mandate.get_by_id(mandate.id).released_at  # and the provider was told by the next run


def test_a_token_near_its_end_is_renewed_before_the_debit(wallet):
    mandate = bound(wallet)
    Mandate.update(customer_until=clock.now() + timedelta(hours=1)).execute()
    running.collect(DEBIT_DAY)
    assert Mandate.get_by_id(mandate.id).customer_token != mandate.customer_token
    assert len(wallet.books.taken()) == 1


def test_a_token_the_provider_took_back_is_renewed_once(wallet):
    mandate = bound(wallet)
    wallet.books.renew(mandate.link)
    running.collect(DEBIT_DAY)
    assert len(wallet.books.taken()) == 1


@pytest.mark.parametrize("fault", ["74:lost", "74:error", "74:garbage"])
def test_a_renewal_without_an_answer_ends_no_mandate(wallet, fault):
    mandate = bound(wallet)
    wallet.books.renew(mandate.link)
    wallet.faults += [fault]
    charge = charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    assert charge.outcome is None and Mandate.get_by_id(mandate.id).ended is None
    assert charging.work_on(charge).outcome is Outcome.PAID
    assert_nothing_is_lost_or_doubled(wallet)


def test_a_binding_ended_at_the_provider_ends_the_mandate(wallet):
    mandate = bound(wallet)
    wallet.books.unbind(mandate.link)
    running.collect(DEBIT_DAY)
    assert Mandate.get_by_id(mandate.id).ended is Ended.EXPIRED
    assert told(a_family_of(mandate))[-1] == "autodebit_stopped"


def test_cancelling_holds_at_once_and_the_provider_is_told_when_it_answers(wallet):
    mandate = bound(wallet)
    wallet.faults += ["09:lost"]
    mandates.cancel(mandate, SYSTEM)
    ended = Mandate.get_by_id(mandate.id)
    assert ended.ended is Ended.CANCELLED and ended.released_at is None and wallet.books.bindings()
    running.check_open()
    assert Mandate.get_by_id(mandate.id).released_at and wallet.books.bindings() == []


def test_a_second_mandate_waits_for_the_end_of_the_first(wallet):
    mandate = bound(wallet)
    family = a_family_of(mandate)
    with pytest.raises(Refused, match="on already"):
        mandates.begin(payer_of(family), people(family)[0], wallet.provider, "another", as_head(family))


def test_of_two_begun_at_once_the_later_one_counts(wallet):
    family = a_family(1)
    payer, person, by = payer_of(family), people(family)[0], as_head(family)
    first, second = (mandates.begin(payer, person, wallet.provider, key, by) for key in "ab")
    mandates.finish(first, wallet.books.authorise("1"), by)
    mandates.finish(second, wallet.books.authorise("1"), by)
    assert Mandate.get_by_id(first.id).ended is Ended.REPLACED
    running.collect(DEBIT_DAY)
    assert len(wallet.books.taken()) == 1 and len(wallet.books.bindings()) == 1


def test_finishing_twice_binds_once(wallet):
    family = a_family(1)
    by = as_head(family)
    mandate = mandates.begin(payer_of(family), people(family)[0], wallet.provider, "k", by)
    code = wallet.books.authorise("1")
    first = mandates.finish(mandate, code, by)
    assert mandates.finish(first, code, by).bound_at == first.bound_at


@pytest.mark.parametrize("fault", ["74:lost", "74:garbage", "07:error", "07:drop", "07:slow"])
def test_a_provider_that_fails_while_binding_leaves_nothing_on(wallet, fault):
    family = a_family(1)
    by = as_head(family)
    mandate = mandates.begin(payer_of(family), people(family)[0], wallet.provider, "k", by)
    code = wallet.books.authorise("1")
    wallet.faults += [fault]
    with pytest.raises(Refused, match="did not confirm"):
        mandates.finish(mandate, code, by)
    assert Mandate.get_by_id(mandate.id).stage_on(DEBIT_DAY) is Stage.ASKED
    assert mandates.finish(mandate, code, by).bound_at  # the member presses again


def test_a_code_nobody_gave_binds_nothing(wallet):
    family = a_family(1)
    by = as_head(family)
    mandate = mandates.begin(payer_of(family), people(family)[0], wallet.provider, "k", by)
    with pytest.raises(Refused):
        mandates.finish(mandate, "guessed", by)


def test_somebody_else_or_somebody_late_is_not_awaited(wallet):
    mandate, other = bound(wallet), a_family(1)
    assert mandates.awaited(mandate.payer_id, mandate.state) == mandate
    assert mandates.awaited(payer_of(other).id, mandate.state) is None
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert mandates.awaited(mandate.payer_id, mandate.state) is None


def test_the_members_tokens_rest_sealed(wallet):
    mandate = bound(wallet)
    rows = str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in raw("mandate")])
    for secret in (mandate.link, mandate.charge_token, mandate.customer_token, mandate.refresh_token):
        assert secret and secret not in rows


def test_money_for_a_month_paid_meanwhile_stays_credit(wallet):
    """The wallet took the money while the family paid at a bank: nothing is lost, and nothing settles twice."""
    from jkn.contributions import service as contributions
    from jkn.ledger import service as ledger
    from tests.builders import pay_in

    mandate = bound(wallet)
    wallet.faults += ["54:drop"]
    charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    pay_in(mandate.payer, PRICE, DEBIT_DAY)
    contributions.settle(mandate.payer, [JANUARY], DEBIT_DAY, clock.now(), SYSTEM)
    running.check_open()
    assert settled(mandate.payer) == [JANUARY] and ledger.credit_of(mandate.payer_id) == PRICE
    assert_nothing_is_lost_or_doubled(wallet)


def test_what_never_came_is_not_sent_again_when_it_is_paid_meanwhile(wallet):
    from jkn.contributions import service as contributions
    from tests.builders import pay_in

    mandate = bound(wallet)
    wallet.faults += ["54:lost"]
    charge = charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    pay_in(mandate.payer, PRICE, DEBIT_DAY)
    contributions.settle(mandate.payer, [JANUARY], DEBIT_DAY, clock.now(), SYSTEM)
    assert charging.work_on(charge).outcome is Outcome.LAPSED and wallet.books.taken() == []


def test_what_never_came_in_time_lapses_and_the_member_is_told(wallet):
    mandate = bound(wallet)
    wallet.faults += ["54:lost"]
    charge = charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert charging.work_on(charge).outcome is Outcome.LAPSED
    assert wallet.books.taken() == [] and told(a_family_of(mandate))[-1] == "autodebit_failed"


def test_no_second_debit_goes_out_while_the_first_is_open(wallet):
    first = datetime(2026, 1, 5, 3, tzinfo=UTC)
    with clock.frozen(first):
        mandate = bound(wallet)
        wallet.faults += ["54:slow", "55:lost"]
        running.collect(first.date())
    wallet.faults += ["55:garbage"]
    running.collect(DEBIT_DAY)
    assert [row.slot for row in charges()] == ["debit:2026-01:1"]
    running.collect(DEBIT_DAY)
    assert booked(mandate.payer) == [("Dompet Uji", PRICE)]
    assert_nothing_is_lost_or_doubled(wallet)


def test_a_bank_that_signs_with_rsa_debits_as_well(bank):
    bound(bank)
    running.collect(DEBIT_DAY)
    assert len(bank.books.taken()) == 1


def test_a_link_is_paid_on_the_wallets_own_page(wallet):
    family = a_family(1)
    charge = charging.work_on(charging.ask_now(payer_of(family), wallet.provider, "k", SYSTEM), "http://here/back")
    assert charge.kind is ChargeKind.LINK and charge.address == f"{wallet.url}/pay/{charge.reference}"
    assert charging.work_on(charge).outcome is None
    wallet.books.take(charge.reference, "1")
    assert charging.work_on(charge).outcome is Outcome.PAID
    assert settled(payer_of(family)) == [JANUARY]
    assert_nothing_is_lost_or_doubled(wallet)


def test_the_same_form_sent_twice_is_one_charge(wallet):
    payer = payer_of(a_family(1))
    assert charging.ask_now(payer, wallet.provider, "k", SYSTEM) == charging.ask_now(
        payer, wallet.provider, "k", SYSTEM
    )


def test_a_link_nobody_pays_lapses(wallet):
    charge = charging.work_on(charging.ask_now(payer_of(a_family(1)), wallet.provider, "k", SYSTEM))
    with clock.frozen(clock.now() + charging.LINK_LIFE + timedelta(seconds=1)):
        assert charging.work_on(charge).outcome is Outcome.LAPSED


def test_a_link_paid_after_it_lapsed_is_booked_all_the_same(wallet):
    family = a_family(1)
    charge = charging.work_on(charging.ask_now(payer_of(family), wallet.provider, "k", SYSTEM))
    with clock.frozen(clock.now() + charging.LINK_LIFE + timedelta(seconds=1)):
        charging.work_on(charge)
        found = asking.finding_of(charge, "00", {})
        from jkn.collecting import booking

        assert booking.note(charge.id, found).outcome is Outcome.PAID
    assert in_the_bank(payer_of(family)) == PRICE


def test_a_code_is_made_scanned_and_paid(qris_house):
    family = a_family(1)
    charge = charging.work_on(charging.ask_now(payer_of(family), qris_house.provider, "k", SYSTEM))
    assert charge.qr.startswith("000201") and charge.outcome is None
    qris_house.books.take(charge.reference, "1")
    assert charging.work_on(charge).outcome is Outcome.PAID
    assert booked(payer_of(family)) == [("QRIS Uji", PRICE)]


def test_a_code_for_another_amount_is_never_shown(qris_house, monkeypatch):
    from jkn.collecting import qris

    honest = qris.build
    monkeypatch.setattr(qris, "build", lambda amount, *rest: honest(amount + 1, *rest))
    charge = charging.work_on(charging.ask_now(payer_of(a_family(1)), qris_house.provider, "k", SYSTEM))
    assert charge.qr == ""


@pytest.mark.parametrize("fault", ["lost", "error", "drop", "error-after", "garbage"])
def test_a_code_house_that_fails_shows_no_code_and_takes_nothing_unseen(qris_house, fault):
    payer = payer_of(a_family(1))
    qris_house.faults += [f"47:{fault}", f"51:{fault}"]
    charge = charging.work_on(charging.ask_now(payer, qris_house.provider, "k", SYSTEM))
    assert (charge.outcome, charge.qr) == (None, "")
    assert charging.work_on(charge).outcome is None  # nor does it say what became of it
    charge = charging.work_on(charge)
    assert charge.outcome is None and bool(charge.qr) == (fault in ("lost", "error"))  # what never came is sent again
    qris_house.books.take(charge.reference, "1")
    assert charging.work_on(charge).outcome is Outcome.PAID
    assert booked(payer) == [("QRIS Uji", PRICE)]


@pytest.mark.parametrize("fault", ["lost", "error", "drop", "error-after", "garbage"])
def test_a_bank_that_fails_debits_once(bank, fault):
    mandate = bound(bank)
    bank.faults += [f"54:{fault}", f"55:{fault}"]
    running.collect(DEBIT_DAY)
    running.check_open()
    assert booked(mandate.payer) == [("Bank Uji", PRICE)]
    assert_nothing_is_lost_or_doubled(bank)


def test_a_link_for_others_ends_after_a_week(app):
    family = a_family(1)
    link = links.make(payer_of(family), "k", as_head(family))
    assert links.make(payer_of(family), "k", as_head(family)) == link and links.find(link.token) == link
    with clock.frozen(clock.now() + links.LIFE):
        assert links.find(link.token) is None


def test_an_officer_sees_what_is_unknown_for_a_day(wallet):
    from jkn.collecting.models import Charge

    mandate = bound(wallet)
    wallet.faults += ["54:drop"]
    charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    assert Charge.select().where(charging.stale()).count() == 0
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert Charge.select().where(charging.stale()).count() == 1


def test_a_provider_no_longer_configured_is_left_alone(wallet, known):
    mandate = bound(wallet)
    charge = charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM)
    known([])
    assert charging.work_on(charge).outcome is None
    assert running.collect(DEBIT_DAY)["open"] == 1
    mandates.cancel(mandate, SYSTEM)
    assert Mandate.get_by_id(mandate.id).ended is Ended.CANCELLED


def test_status_asks_with_our_reference(wallet):
    mandate = bound(wallet)
    wallet.faults += ["54:pending"]
    charge = charging.work_on(charging.ask_by_mandate(mandate, DEBIT_DAY, 2, SYSTEM))
    assert charge.outcome is None and wallet.books.taken() == []
    assert charging.work_on(charge).outcome is Outcome.PAID
    which, _path, _headers, raw = wallet.asked[-1]
    assert which is Service.DEBIT_STATUS and charge.reference.encode() in raw


def a_family_of(mandate):
    from jkn.members.models import Family

    return Family.get_by_id(mandate.family_id)


def newest_notice(mandate) -> dict:
    from jkn.notices.models import Notice

    return Notice.select().where(Notice.person_id == mandate.person_id).order_by(Notice.id.desc()).get().values


def raw(table: str) -> list:
    return db.execute_sql(f'SELECT * FROM "{table}"').fetchall()
