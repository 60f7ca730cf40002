"""A transfer matched wrongly: two officers undo it, its money waits in suspense, and it is matched again."""

import pytest

from jkn.access import Actor, Role
from jkn.audit.models import Act, Entry
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.reconciliation import checking, refunding
from jkn.reconciliation.rules import Ground
from jkn.statements import service, undoing
from jkn.statements.models import Transfer
from tests.builders import officer_client, post
from tests.employers.places import a_government
from tests.statements.test_statements import TODAY, government, transfer, typed

__all__ = ["government"]

MAKER, CHECKER = (Actor(officer_id=number, role=Role.OFFICER) for number in (1, 2))
DESK = "/petugas/transfer"


@pytest.fixture
def other(app):
    return a_government("35.15", "Pemerintah Kabupaten Sidoarjo")


def undone(government, **more) -> Transfer:
    done = transfer(government, **more)
    undoing.dispute(done, "Bukan Surabaya", MAKER)
    undoing.undo(done, CHECKER)
    return Transfer.get_by_id(done.id)


def assert_books_hold():
    assert not (checking.astray() or checking.overspent() or checking.settled_twice())
    assert sum(checking.balances().values()) == 0


def test_undoing_opens_the_months_again_and_keeps_the_money_in_suspense(government):
    undone(government, amount=100_000)
    assert service.owing_of([government.id])[government.id] == service.Owing(2, 168_000)
    assert ledger.credit_of(government.id) == 0
    balances = checking.balances()
    assert (balances[Account.BANK], balances[Account.SUSPENSE]) == (100_000, -100_000)
    assert [row.matched_again for row in Transfer.select().where(Transfer.unmatched())] == [None]
    assert_books_hold()


def test_money_matched_again_leaves_suspense_for_the_right_payer(government, other):
    wrong = undone(government, amount=100_000)
    right = undoing.match_again(wrong, other, 100_000, TODAY, "SP2D-1", CHECKER)
    assert (right.payer, right.reference, right.turn) == (other, "SP2D-1", 1)
    assert ledger.credit_of(other.id) == 100_000 and ledger.credit_of(government.id) == 0
    balances = checking.balances()
    assert (balances[Account.BANK], balances[Account.SUSPENSE]) == (100_000, 0)
    assert_books_hold()
    for reference in ("SP2D-1", "SP2D-9"):
        with pytest.raises(Refused, match="decided before"):
            undoing.match_again(wrong, other, 100_000, TODAY, reference, CHECKER)
    assert transfer(other, 100_000).id == right.id


def test_a_mistyped_amount_and_a_mistyped_reference_are_mended(government):
    right = undoing.match_again(undone(government, amount=8_400), government, 84_000, TODAY, "SP2D-2", MAKER)
    assert right.payment.months == ["2025-12"] and checking.balances()[Account.BANK] == 84_000
    assert checking.balances()[Account.SUSPENSE] == 0
    assert_books_hold()


def test_what_was_matched_again_can_be_undone_again(government, other):
    second = undoing.match_again(undone(government), other, 84_000, TODAY, "SP2D-1", MAKER)
    undoing.dispute(second, "Surabaya juga", CHECKER)
    undoing.undo(second, MAKER)
    third = undoing.match_again(Transfer.get_by_id(second.id), government, 84_000, TODAY, "SP2D-1", MAKER)
    assert third.turn == 2 and third.payment.months == ["2025-12"]
    assert checking.balances()[Account.SUSPENSE] == 0
    assert_books_hold()


def test_one_officer_alone_undoes_nothing(government):
    done = transfer(government)
    with pytest.raises(Refused):
        undoing.undo(done, CHECKER)
    undoing.dispute(done, "Bukan Surabaya", MAKER)
    for same in (MAKER, Actor()):
        with pytest.raises(Refused, match="Another officer"):
            undoing.undo(done, same)
    assert Transfer.get().payment.reversed_on is None
    undoing.keep(done, CHECKER)
    with pytest.raises(Refused, match="decided before"):
        undoing.undo(done, CHECKER)
    assert Transfer.get().undo_asked_by is None


def test_a_second_undo_changes_nothing(government):
    done = undone(government)
    for again in (undoing.undo, undoing.keep):
        with pytest.raises(Refused, match="decided before"):
            again(done, CHECKER)
    with pytest.raises(Refused, match="decided before"):
        undoing.dispute(done, "Lagi", MAKER)
    assert checking.balances()[Account.BANK] == 84_000


def test_an_undone_transfer_is_not_recorded_as_if_it_were_new(government):
    undone(government)
    with pytest.raises(Refused, match="was undone"):
        transfer(government)


def test_money_is_not_matched_under_a_reference_that_another_transfer_has(government, other):
    transfer(other, 84_000, "SP2D-2")
    wrong = undone(government)
    for payer, amount in ((other, 84_000), (other, 1)):
        with pytest.raises(Refused, match="recorded before"):
            undoing.match_again(wrong, payer, amount, TODAY, "SP2D-2", MAKER)
    assert checking.balances()[Account.SUSPENSE] == -84_000


def test_money_that_is_asked_back_is_not_undone(government):
    done = transfer(government, 100_000)
    ask = {"key": "k", "ground": Ground.WRONG_ACCOUNT, "amount": 100_000, "payment": done.payment}
    refunding.ask(government, **ask, by=MAKER, bank="Bank", account="1", holder="KAS")
    undoing.dispute(done, "Bukan Surabaya", MAKER)
    with pytest.raises(Refused, match="asked back"):
        undoing.undo(done, CHECKER)
    assert Transfer.get().undone_on is None


def test_each_step_is_audited(government, other):
    undoing.match_again(undone(government), other, 84_000, TODAY, "SP2D-1", CHECKER)
    acts = (Act.TRANSFER_RECORDED, Act.TRANSFER_DISPUTED, Act.TRANSFER_UNDONE)
    found = [(row.act, row.by_officer) for row in Entry.select().where(Entry.act.in_(acts)).order_by(Entry.id)]
    assert found == [(acts[0], None), (acts[1], 1), (acts[2], 2), (acts[0], 2)]


def test_two_officers_undo_and_match_again_on_the_pages(app, government, other):
    first, second = officer_client(app), officer_client(app, username="rina")
    post(first, DESK, **typed(government))
    url = f"{DESK}/{Transfer.get().id}"
    assert url in first.get(DESK).text
    assert post(first, url, reason="").status_code == 200
    assert post(first, url, reason="Bukan Surabaya").status_code == 303
    assert "Petugas lain" in first.get(url).text
    assert "verdict" not in first.get(url).text
    assert post(second, url, verdict="undo").status_code == 303
    assert "cocokkan lagi" in first.get(DESK).text
    answer = post(first, url, **typed(other, code="99.99"))
    assert answer.status_code == 200 and 'value="99.99"' in answer.text
    assert post(first, url, **typed(other)).status_code == 303
    assert f"{DESK}/{Transfer.get(Transfer.turn == 1).id}" in first.get(url).text
    statement = first.get(f"/petugas/pembayar/{government.id}").text
    assert "SP2D-1" in statement and "dibatalkan" in statement
    assert "SP2D-1" in first.get(f"/petugas/pembayar/{other.id}").text


def test_an_officer_keeps_what_was_right(app, government):
    first, second = officer_client(app), officer_client(app, username="rina")
    done = transfer(government)
    url = f"{DESK}/{done.id}"
    post(first, url, reason="Ragu")
    assert post(second, url, verdict="keep").status_code == 303
    assert Transfer.get().undo_asked_by is None
