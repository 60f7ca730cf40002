"""What is quoted, and what is booked: once, on the right day, for the right months."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit.models import Act, Entry
from jkn.contributions import service as contributions
from jkn.contributions.models import Bill, Settlement
from jkn.instalments import service as instalments
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members import service as members
from jkn.members.models import Family, Payer, Person
from jkn.notices.models import Notice
from jkn.payments import booking, owing, partners, service
from jkn.payments.bank import new_id
from jkn.payments.models import AccessToken, BankNotice, Payment, Quote, UsedExternalId
from jkn.payments.owing import NotPayable, Why
from jkn.payments.snap.codes import SnapError
from jkn.payments.snap.messages import InquiryRequest, PaymentRequest, StatusRequest, VirtualAccount
from jkn.payments.snap.values import Amount, format_amount
from tests.asking import asked
from tests.builders import a_family, an_officer, people

PRICE = 105_000  # three people in class III
JANUARY = date(2026, 1, 1)


@pytest.fixture
def partner(app, public_key):
    return partners.create("Bank Uji", "88888", public_key)[0]


@pytest.fixture
def family(app):
    return a_family()


def account(va):
    return VirtualAccount(va[:5], va[5:], va, {"virtualAccountNo": va})


def inquiry(va, request_id="inq-1", months=1):
    return InquiryRequest(account(va), request_id, months)


def payment(va, rupiah=PRICE, request_id="pay-1", paid_at=None, months=1, **more):
    echo = {"paidAmount": format_amount(rupiah)}
    return PaymentRequest(account(va), request_id, Amount(rupiah), months, echo, paid_at, **more)


def ask(partner, va, request_id="inq-1", months=1):
    return service.quote(partner, inquiry(va, request_id, months), new_id())


def pay(partner, va, *args, **kwargs):
    return service.receive(partner, payment(va, *args, **kwargs), new_id())


def refusal(act, *args, **kwargs):
    with pytest.raises(NotPayable) as caught:
        act(*args, **kwargs)
    return caught.value.why


def settled(family):
    payer = members.payer_of(family.id)
    rows = Settlement.select().where(Settlement.payer == payer).order_by(Settlement.month)
    return [f"{row.month:%Y-%m}" for row in rows]


def test_the_familys_account_is_made_of_the_heads_card(family):
    head = people(family)[0]
    assert owing.va_of(family) == "88888" + head.card[-11:]
    assert owing.va_of(members.payer_of(family.id), "89888") == "89888" + head.card[-11:]


def test_every_living_members_account_finds_the_familys_bill(partner, family):
    head, *others = people(family)
    for person in others:
        quote = ask(partner, "88888" + person.card[-11:], request_id=person.card)
        assert (quote.amount, quote.people, quote.lines) == (PRICE, 3, [["2026-01", PRICE]])
    Person.update(died_on=date(2026, 1, 2)).where(Person.id == others[0].id).execute()
    assert refusal(ask, partner, "88888" + others[0].card[-11:]) == Why.UNKNOWN


def test_unknown_numbers_and_another_banks_prefix_find_nothing(partner, family):
    va = owing.va_of(family)
    for number in ("8888800000000000", "89888" + va[5:], "8888812", "88888" + "1" * 20):
        assert refusal(ask, partner, number) == Why.UNKNOWN


def test_a_first_payment_is_possible_from_day_14_to_day_30(partner):
    family = a_family(liable_from=None, registered_on=date(2026, 1, 1), since=date(2026, 1, 1))
    va = owing.va_of(family)
    for day, why in ((date(2026, 1, 14), Why.EARLY), (date(2026, 2, 1), Why.LAPSED)):
        with clock.frozen(clock.start_of(day)), pytest.raises(NotPayable) as caught:
            ask(partner, va)
        limit = date(2026, 1, 15) if why == Why.EARLY else date(2026, 1, 31)
        assert (caught.value.why, caught.value.values) == (why, {"day": limit})
    for day in (date(2026, 1, 15), date(2026, 1, 31)):
        with clock.frozen(clock.start_of(day)):
            assert ask(partner, va, request_id=day.isoformat()).amount == PRICE


def test_the_first_payment_makes_the_family_liable_and_known(partner):
    family = a_family(liable_from=None, registered_on=date(2026, 1, 1), since=date(2026, 1, 1), proven=False)
    pay(partner, owing.va_of(family))
    assert members.payer_of(family.id).liable_from == JANUARY
    assert Family.get_by_id(family.id).proven_at


def test_paying_books_settles_records_and_tells(partner, family):
    answer = pay(partner, owing.va_of(family))
    payer, row = members.payer_of(family.id), Payment.get()
    assert answer["responseCode"] == "2002500"
    assert answer["virtualAccountData"]["virtualAccountName"] == "SITI AMINAH"
    assert (row.payer_id, row.family_id, row.amount, row.months) == (payer.id, family.id, PRICE, ["2026-01"])
    booked = Movement.get(Movement.source == f"payment:{row.id}")
    assert (booked.debit, booked.credit, booked.amount) == (Account.BANK, Account.CREDIT, PRICE)
    assert (settled(family), ledger.credit_of(payer.id), ledger.due_of(payer.id)) == (["2026-01"], 0, 0)
    entry = Entry.get(Entry.act == Act.PAYMENT_RECEIVED)
    assert (entry.family_id, entry.channel, entry.details["amount"]) == (family.id, "bank", PRICE)
    assert Notice.get(Notice.name == "payment_received").person_id == people(family)[0].id
    assert len(row.number) == 12 and BankNotice.get().payment_id == row.id


def test_one_means_all_arrears_and_more_means_months_ahead(partner):
    family = a_family(liable_from=date(2025, 11, 1))
    va = owing.va_of(family)
    assert [month for month, _amount in ask(partner, va).lines] == ["2025-11", "2025-12", "2026-01"]
    assert ask(partner, va, "inq-2", months=3).amount == 5 * PRICE
    pay(partner, va, 5 * PRICE, months=3)
    assert settled(family) == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]


def test_twelve_months_at_once_are_the_most(partner, family):
    choices = owing.due_by_months(members.payer_of(family.id), clock.today())
    assert [due.amount for due in choices] == [PRICE * count for count in range(1, 13)]
    for count, due in enumerate(choices, 1):
        assert owing.due(members.payer_of(family.id), clock.today(), count) == due


def test_credit_pays_the_first_months_first(partner, family):
    payer = members.payer_of(family.id)
    ledger.book(payer.id, Account.BANK, Account.CREDIT, 125_000, "before", JANUARY)
    quote = ask(partner, owing.va_of(family), months=2)
    assert (quote.amount, quote.lines) == (85_000, [["2026-01", 0], ["2026-02", 85_000]])
    pay(partner, owing.va_of(family), 85_000, request_id="inq-1", months=2)
    assert (settled(family), ledger.credit_of(payer.id)) == (["2026-01", "2026-02"], 0)


def test_the_same_inquiry_gets_the_same_quote_until_a_quarter_past_midnight(partner, family):
    va = owing.va_of(family)
    first = ask(partner, va)
    assert first.valid_until == datetime(2026, 1, 15, 17, 15, tzinfo=UTC)
    with clock.frozen(first.valid_until):
        assert ask(partner, va) == first and ask(partner, va).quoted_at == first.quoted_at
    with clock.frozen(datetime(2026, 2, 1, 3, tzinfo=UTC)):
        assert ask(partner, va).amount == 2 * PRICE
    assert Quote.select().count() == 1


def test_another_question_under_the_same_inquiry_id_is_a_conflict(partner, family):
    ask(partner, owing.va_of(family))
    for va, months in ((owing.va_of(family), 2), (owing.va_of(a_family()), 1)):
        with pytest.raises(SnapError, match="4092400"):
            ask(partner, va, months=months)


def test_a_quote_of_january_is_honoured_for_what_was_paid_before_its_end(partner, family):
    va = owing.va_of(family)
    with clock.frozen(datetime(2026, 1, 31, 16, 50, tzinfo=UTC)):  # ten to midnight in Jakarta
        ask(partner, va)
    with clock.frozen(datetime(2026, 1, 31, 17, 10, tzinfo=UTC)):
        pay(partner, va, request_id="inq-1", paid_at=clock.now())
    assert (settled(family), Payment.get().paid_on) == (["2026-01"], date(2026, 2, 1))


def test_a_quote_that_has_ended_is_not_honoured(partner, family):
    va = owing.va_of(family)
    with clock.frozen(datetime(2026, 1, 31, 16, 50, tzinfo=UTC)):
        ask(partner, va)
    with clock.frozen(datetime(2026, 1, 31, 17, 16, tzinfo=UTC)):
        assert refusal(pay, partner, va, request_id="inq-1", paid_at=clock.now()) == Why.AMOUNT
        assert pay(partner, va, 2 * PRICE, request_id="inq-1")


def test_money_counts_from_the_banks_moment_else_from_its_arrival(partner):
    day = timedelta(days=1)
    for number, (trx_at, paid_at, is_late) in enumerate(
        [
            (None, clock.now(), False),
            (clock.now() - day, clock.now() - day, False),
            (clock.now() + timedelta(minutes=4), clock.now(), False),
            (clock.now() - day - timedelta(seconds=1), clock.now(), True),
            (clock.now() + timedelta(minutes=6), clock.now(), True),
        ]
    ):
        pay(partner, owing.va_of(a_family()), request_id=f"pay-{number}", paid_at=trx_at)
        notice = BankNotice.get(BankNotice.reference == f"pay-{number}")
        assert (notice.payment.paid_at, notice.is_late, notice.trx_at) == (paid_at, is_late, trx_at)
    assert BankNotice.select().where(BankNotice.to_look_at()).count() == 2


def test_late_money_is_booked_as_it_was_quoted(partner, family):
    va = owing.va_of(family)
    taken = datetime(2026, 1, 31, 16, tzinfo=UTC)
    with clock.frozen(taken):
        ask(partner, va)
    with clock.frozen(datetime(2026, 2, 3, 3, tzinfo=UTC)):
        pay(partner, va, request_id="inq-1", paid_at=taken)
    assert (settled(family), Payment.get().paid_on) == (["2026-01"], date(2026, 2, 3))


def test_late_money_without_an_inquiry_is_booked_as_the_bill_was_when_it_was_taken(partner, family):
    taken = datetime(2026, 1, 31, 16, tzinfo=UTC)
    with clock.frozen(datetime(2026, 2, 3, 3, tzinfo=UTC)):
        pay(partner, owing.va_of(family), paid_at=taken)
    assert (settled(family), Payment.get().paid_on) == (["2026-01"], date(2026, 2, 3))
    assert BankNotice.get().is_late


def test_late_money_of_the_first_window_is_booked_after_it(partner):
    family = a_family(liable_from=None, registered_on=date(2026, 1, 1), since=date(2026, 1, 1))
    with clock.frozen(datetime(2026, 2, 3, 3, tzinfo=UTC)):
        pay(partner, owing.va_of(family), paid_at=datetime(2026, 1, 31, 3, tzinfo=UTC))
    assert (settled(family), Payment.get().paid_on) == (["2026-01"], date(2026, 2, 3))


@pytest.mark.parametrize("year", [1, 1970, 2013, 9999])
def test_money_from_a_bank_whose_clock_is_far_off_is_booked_for_what_is_owed_today(partner, family, year):
    pay(partner, owing.va_of(family), paid_at=datetime(year, 6, 5, tzinfo=UTC))
    assert settled(family) == ["2026-01"] and BankNotice.get().is_late


def test_an_instalment_told_of_after_its_plan_has_ended_is_booked(partner):
    with clock.frozen(datetime(2026, 1, 31, 10, tzinfo=UTC)):
        family = a_family(1, liable_from=date(2025, 4, 1))
        instalments.join(members.payer_of(family.id), 4, SYSTEM, "k")
        quote = ask(partner, owing.va_of(family))
    assert quote.lines[-1] == ["2025-07", 8_750]
    with clock.frozen(datetime(2026, 2, 2, 11, tzinfo=UTC)):
        assert not instalments.running(members.payer_of(family.id), clock.today())
        pay(partner, owing.va_of(family), quote.amount, "inq-1", datetime(2026, 1, 31, 10, tzinfo=UTC))
    assert Payment.get().amount == quote.amount and BankNotice.get().is_late


def test_a_payment_at_midnight_of_the_last_day_counts_though_it_arrives_after(partner):
    family = a_family(liable_from=None, registered_on=date(2026, 1, 1), since=date(2026, 1, 1))
    last_minute = clock.start_of(date(2026, 2, 1)) - timedelta(minutes=1)
    with clock.frozen(last_minute + timedelta(minutes=3)):
        pay(partner, owing.va_of(family), paid_at=last_minute)
    assert Payment.get().paid_on == date(2026, 1, 31)


def test_the_same_payment_for_ever_gives_the_same_answer_and_one_booking(partner, family):
    va = owing.va_of(family)
    first = pay(partner, va)
    for days in (0, 1, 400):
        with clock.frozen(clock.now() + timedelta(days=days)):
            assert pay(partner, va, is_retry=True) == first
    assert (Payment.select().count(), Movement.select().where(Movement.debit == Account.BANK).count()) == (1, 1)


def test_the_same_reference_of_another_bank_is_another_payment(partner, public_key):
    other = partners.create("Bank Lain", "88888", public_key)[0]
    pay(partner, owing.va_of(a_family()))
    pay(other, owing.va_of(a_family()))
    assert Payment.select().count() == 2


def test_the_same_reference_for_another_number_or_amount_is_refused(partner, family):
    pay(partner, owing.va_of(family))
    assert refusal(pay, partner, owing.va_of(family), PRICE + 1) == Why.AMOUNT
    with pytest.raises(SnapError, match="4092500"):
        pay(partner, owing.va_of(a_family()))


def test_an_external_id_is_good_for_one_request_a_day(partner, family):
    va = owing.va_of(family)
    service.quote(partner, inquiry(va), "ext-1")
    with pytest.raises(SnapError, match="4092400"):
        service.quote(partner, inquiry(va, "inq-2"), "ext-1")
    with pytest.raises(SnapError, match="4092500"):
        service.receive(partner, payment(va), "ext-1")
    first = service.receive(partner, payment(va), "ext-2")
    assert service.receive(partner, payment(va), "ext-1") == first  # a known payment, whatever the external id
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert refusal(service.quote, partner, inquiry(va, "inq-3"), "ext-1") == Why.PAID


def test_what_is_refused_leaves_no_trace(partner, family):
    va = owing.va_of(family)
    for rupiah in (PRICE - 1, PRICE + 1, 2 * PRICE):
        assert refusal(pay, partner, va, rupiah) == Why.AMOUNT
    for model in (BankNotice, Payment, UsedExternalId, Settlement, Notice):
        assert not model.select().exists()
    assert pay(partner, va)  # the right amount, under the same reference


def test_a_bill_that_is_paid_is_not_paid_again(partner, family):
    va = owing.va_of(family)
    ask(partner, va, "inq-1")
    ask(partner, va, "inq-2")
    pay(partner, va, request_id="inq-1")
    assert refusal(pay, partner, va, request_id="inq-2") == Why.PAID
    assert refusal(pay, partner, va, request_id="no-inquiry", paid_at=clock.now() - timedelta(hours=23)) == Why.PAID
    assert refusal(ask, partner, va, "inq-2") == Why.PAID
    assert Payment.select().count() == 1


def test_a_quote_overtaken_by_a_payment_is_made_anew(partner, family):
    va = owing.va_of(family)
    assert ask(partner, va, "inq-1", months=3).amount == 3 * PRICE
    pay(partner, va)
    assert refusal(pay, partner, va, 3 * PRICE, request_id="inq-1", months=3) == Why.AMOUNT
    assert ask(partner, va, "inq-1", months=3).lines == [["2026-02", PRICE], ["2026-03", PRICE]]


def test_the_status_of_a_payment_is_what_was_booked(partner, family):
    va = owing.va_of(family)
    pay(partner, va)
    asked = StatusRequest(account(va), "", "pay-1")
    data = service.status(partner, asked)["virtualAccountData"]
    assert (data["paidAmount"], data["paymentFlagStatus"]) == (format_amount(PRICE), "00")
    assert data["transactionDate"] == "2026-01-15T10:00:00+07:00"
    for other in (replace(asked, payment_request_id="pay-2"), replace(asked, account=account(va[:-1] + "0"))):
        if other.account.number != va or other.payment_request_id != "pay-1":
            with pytest.raises(SnapError, match="4042601"):
                service.status(partner, other)


def test_the_status_tells_of_a_reversal_and_the_payment_sent_again_gets_its_first_answer(partner, family):
    va = owing.va_of(family)
    first = pay(partner, va)
    booking.reverse(Payment.get(), "test", SYSTEM)
    assert pay(partner, va) == first and Payment.select().count() == 1
    data = service.status(partner, StatusRequest(account(va), "", "pay-1"))["virtualAccountData"]
    assert (data["paymentFlagStatus"], data["paymentFlagReason"]["english"]) == ("01", "Reversed")


def test_an_officer_sees_a_late_notice_once(partner, family):
    pay(partner, owing.va_of(family), paid_at=clock.now() - timedelta(days=3))
    officer = replace(partners.CONSOLE, officer_id=an_officer().id)
    for _ in range(2):
        service.mark_seen(BankNotice.get(), officer)
    assert not BankNotice.select().where(BankNotice.to_look_at()).exists()
    assert Entry.select().where(Entry.act == Act.PAYMENT_REVIEWED).count() == 1


def test_tokens_are_hashed_last_fifteen_minutes_and_are_swept(partner):
    token = partners.issue_token(partner)
    assert partners.find_by_token(token) == partner and AccessToken.get().token_hash != token
    with clock.frozen(clock.now() + timedelta(seconds=900)):
        assert partners.find_by_token(token) is None
        partners.issue_token(partner)
    assert AccessToken.select().count() == 1


def test_two_secrets_live_while_one_replaces_the_other(app, public_key):
    partner, first = partners.create("Bank Uji", "88888", public_key)
    second = partners.rotate_secret(partner.client_id)
    assert partners.secrets_of(partner) == [second, first]
    with clock.frozen(clock.now() + timedelta(days=7)):
        assert partners.secrets_of(partner) == [second]
    third = partners.rotate_secret(partner.client_id)
    assert partners.secrets_of(partner) == [third, second]


def test_a_suspended_partners_tokens_die_with_it(partner):
    token = partners.issue_token(partner)
    partners.suspend(partner.client_id)
    partners.suspend(partner.client_id)
    assert partners.find_by_token(token) is None and partners.find_live(partner.client_id) is None
    partners.resume(partner.client_id)
    assert partners.find_live(partner.client_id) == partner
    assert Entry.select().where(Entry.act == Act.PARTNER_SUSPENDED).count() == 1


def test_a_demo_bank_is_made_once(app, tmp_path):
    path = tmp_path / "bank.json"
    banks = service.demo_bank(path)
    assert service.demo_bank(path) == banks and set(banks) == {"88888", "89888"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_payer_without_anybody_alive_owes_nothing_that_can_be_paid(partner, family):
    va = owing.va_of(family)
    Person.update(died_on=JANUARY).execute()
    assert refusal(ask, partner, va) == Why.UNKNOWN
    assert Payer.select().count() == 1


def test_an_inquiry_and_a_payment_of_a_bill_ask_little(partner, family):
    va = owing.va_of(family)
    contributions.issue_bills(JANUARY)
    with asked() as of_inquiry:
        ask(partner, va, "one")
    with asked() as of_payment:
        pay(partner, va, request_id="one")
    assert Bill.select().count() == 1
    assert len(of_inquiry) <= 12 and len(of_payment) <= 26
