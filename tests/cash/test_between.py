"""Cash that waits while the family's world changes: cards, numbers, families, refunds; and receipts of others."""

from dataclasses import replace

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.assisting import consents
from jkn.cash import service as cash
from jkn.cash.models import Cash, State
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import Person, Relation
from jkn.payments import deposits, owing
from jkn.reconciliation import refunding
from jkn.reconciliation.rules import Ground
from tests.assisting.helping import phone_of
from tests.builders import a_family, an_officer, people, sign_in
from tests.cash.cashing import PRICE, an_agent, consent_of, deposit_of, fill, paid_by, payer_of, take
from tests.cash.test_service import books_agree, refused


def asked_back(by, amount: int, ground: Ground = Ground.OVERPAID, **more):
    member = Actor(person_id=by.person_id, family_id=by.family_id, role=Role.MEMBER)
    return refunding.ask(payer_of(by), key="k", ground=ground, amount=amount, by=member, **more)


@pytest.mark.parametrize("ground", [Ground.OVERPAID, Ground.BANK_ERROR, Ground.WRONG_ACCOUNT])
def test_of_cash_that_waits_nothing_can_be_asked_back(kader, ground):
    an_agent(kader)
    by = consent_of(kader)
    take(by)
    with pytest.raises(Refused):
        asked_back(by, 1, ground)


def test_twin_whose_deposit_pays_what_it_does_not_hold_would_give_back_what_never_came(kader, monkeypatch):
    agent, by = an_agent(kader), consent_of(kader)
    monkeypatch.setattr(deposits, "left", lambda _agent: PRICE)
    take(by)
    assert asked_back(by, PRICE, Ground.BANK_ERROR, payment=paid_by(by)[0])
    assert deposit_of(agent) == -PRICE


def test_credit_from_cash_is_asked_back_once_and_the_next_cash_is_none_of_it(kader):
    agent, by = an_agent(kader, 2 * PRICE), consent_of(kader)
    take(by)
    take(by, key="second", is_taken=True)
    assert ledger.credit_of(by.payer_id) == PRICE
    asked_back(by, PRICE)
    with pytest.raises(Refused):
        refunding.ask(payer_of(by), key="k2", ground=Ground.OVERPAID, amount=PRICE + 1, by=SYSTEM)
    assert deposit_of(agent) == 0 and books_agree()


def moved_to_another_card(person: Person) -> int:
    """Out of the family, into a new one with a payer of its own."""
    new = members.enter_family("3578080101990009", village="3578081001", address="JL. BARU NO. 3")
    members.settle_in(person, new, Relation.HEAD, clock.today())
    return members.family_payer(new).id


def test_who_moves_to_another_card_while_cash_waits_has_paid_the_bill_it_was_given_for(kader):
    agent = an_agent(kader)
    head, other = people(a_family(2))
    by = consent_of(kader, head)
    owed = owing.due(payer_of(by), clock.today()).amount
    row = take(by, owed)
    new = moved_to_another_card(other)
    fill(agent, owed)
    assert cash.settle_everybody() == 1
    assert Cash.get_by_id(row.id).payment.payer_id == by.payer_id != new
    assert (deposit_of(agent), ledger.credit_of(new), paid_by(replace(by, payer_id=new))) == (0, 0, [])
    assert books_agree()


def test_a_family_that_everybody_left_keeps_what_was_given_for_it_and_nobody_is_told_of_a_head(kader):
    agent, by = an_agent(kader), consent_of(kader)
    row = take(by)
    moved_to_another_card(Person.get_by_id(by.person_id))
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    assert Cash.get_by_id(row.id).payment.payer_id == by.payer_id and books_agree()


def test_a_consent_from_before_the_move_pays_neither_the_old_family_nor_the_new(kader):
    agent, by = an_agent(kader, 10 * PRICE), consent_of(kader)
    new = moved_to_another_card(Person.get_by_id(by.person_id))
    refused(by)
    assert Cash.select().count() == 0
    assert (deposit_of(agent), paid_by(by), paid_by(replace(by, payer_id=new))) == (10 * PRICE, [], [])


def test_twin_that_looks_only_at_the_consent_would_pay_the_family_that_was_left(kader, monkeypatch):
    agent, by = an_agent(kader, 10 * PRICE), consent_of(kader)
    moved_to_another_card(Person.get_by_id(by.person_id))
    monkeypatch.setattr(cash, "_payer_of", lambda _officer, by: payer_of(by))
    take(by)
    assert deposit_of(agent) == 9 * PRICE


def test_a_family_that_became_the_agents_own_while_cash_waits_is_paid_and_no_more_is_taken(kader):
    agent, by = an_agent(kader), consent_of(kader)
    take(by)
    members.settle_in(Person.get_by_id(kader.person_id), members.family_of(by.person_id), Relation.CHILD, clock.today())
    refused(by, key="second")
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    assert (Cash.get().state, deposit_of(agent)) == (State.PAID, 0) and books_agree()


def test_another_card_number_while_cash_waits_pays_the_same_book(kader):
    agent, by = an_agent(kader), consent_of(kader)
    take(by)
    Person.update(card="0009999999990").where(Person.id == by.person_id).execute()
    fill(agent, PRICE)
    assert cash.settle_everybody() == 1
    assert [payment.payer_id for payment in paid_by(by)] == [by.payer_id] and books_agree()


def test_a_consent_taken_back_between_form_and_press_takes_no_cash(kader):
    agent, by = an_agent(kader, 50_000), consent_of(kader)
    member = Actor(person_id=by.person_id, family_id=by.family_id, role=Role.MEMBER)
    assert consents.cancel_all(Person.get_by_id(by.person_id), member) == 1
    refused(by)
    refused(by, is_taken=True)
    assert (deposit_of(agent), Cash.select().count()) == (50_000, 0)


def nobody_reads_it(app, row, others) -> None:
    for client in others:
        for id in (row.id, row.id - 1, row.id + 1, int(row.number)):
            answer = client.get(f"/tunai/{id}")
            assert answer.status_code in (303, 404)
            assert row.number[:4] not in answer.text.replace(" ", "")


def test_nobody_else_reads_a_receipt_by_its_number_in_the_row_or_on_paper(app, kader):
    an_agent(kader, 10 * PRICE)
    siti, joko = people(a_family(1))[0], people(a_family(1))[0]
    row = take(consent_of(kader, siti))
    others = [app.test_client(), sign_in(app, joko), phone_of(app, an_officer(Role.VOLUNTEER, "joko"))]
    nobody_reads_it(app, row, others)
    assert sign_in(app, siti).get(f"/tunai/{row.id}").status_code == 200


def test_twin_whose_receipts_open_by_number_would_show_it(app, kader):
    an_agent(kader, 10 * PRICE)
    siti = people(a_family(1))[0]
    row = take(consent_of(kader, siti))
    with pytest.raises(AssertionError):
        nobody_reads_it(app, row, [sign_in(app, siti)])


def test_receipts_have_numbers_that_tell_nothing_of_the_next(kader):
    an_agent(kader, 10 * PRICE)
    numbers = [take(consent_of(kader)).number for _ in range(5)]
    assert {len(number) for number in numbers} == {12}
    steps = {abs(int(one) - int(other)) for one in numbers for other in numbers if one != other}
    assert min(steps) > 1000
