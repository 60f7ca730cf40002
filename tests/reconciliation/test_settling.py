"""A bank's list beside our books: both ways, once for ever, whatever the file went through."""

from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.employers.models import Employer
from jkn.errors import Refused
from jkn.ledger.models import Account, Movement
from jkn.members.models import Payer, PayerKind, Segment
from jkn.payments import owing
from jkn.payments.models import BankNotice
from jkn.reconciliation import checking, service
from jkn.reconciliation.models import Difference, DifferenceStep, SettlementFile, SettlementLine, Stage
from jkn.reconciliation.rules import Outcome, Step
from tests.builders import a_family
from tests.canaries import hits
from tests.reconciliation.conftest import CHECKER, EVENING, MAKER, a_partner, notified, reconcile


def kinds():
    rows = Difference.select().where(Difference.stage != Stage.CLOSED).order_by(Difference.id)
    return [(row.kind.value, row.amount) for row in rows]


def va_of(family):
    return owing.va_of(family)


def test_what_both_have_agrees_and_makes_no_work(partner, bank_list):
    family = a_family()
    payment = notified(partner, family, "r1")
    found, report = reconcile(bank_list.add("r1", va_of(family)).write(), partner)
    assert found == {"matched": 1}
    assert (kinds(), report.good, report.bad_lines) == ([], 1, 0)
    assert SettlementLine.get().payment_id == payment.id


def test_each_kind_of_difference_is_found(partner, bank_list):
    families = [a_family() for _ in range(5)]
    for number, family in enumerate(families[:4]):
        notified(partner, family, f"r{number}")
    bank_list.add("r0", va_of(families[0]))
    bank_list.add("r1", va_of(families[1]), 100_000)
    bank_list.add("r2", va_of(families[4]))
    bank_list.add("new", va_of(families[4]), 35_000)
    bank_list.add("nobody", "8888899999999999", 50_000)
    found, _report = reconcile(bank_list.write(), partner)
    assert found == {
        "matched": 1,
        "different-amount": 1,
        "different-number": 1,
        "missing-here": 1,
        "unknown-number": 1,
        "missing-there": 1,
    }
    assert sorted(kinds()) == [
        ("different-amount", 100_000),
        ("different-number", 105_000),
        ("missing-here", 35_000),
        ("missing-there", 105_000),
        ("unknown-number", 50_000),
    ]


def test_the_prefix_of_another_bank_is_the_same_number(partner, bank_list):
    family = a_family()
    notified(partner, family, "r1")
    found, _report = reconcile(bank_list.add("r1", "89888" + va_of(family)[5:]).write(), partner)
    assert found == {"matched": 1}


def test_another_banks_payment_of_that_day_is_not_missed(partner, bank_list):
    other = a_partner("Bank Lain", "bank-2")
    notified(other, a_family(), "r1")
    found, _report = reconcile(bank_list.write(), partner, clock.today())
    assert found == {}


def test_a_day_without_payments_at_the_bank_still_misses_ours(partner, bank_list):
    notified(partner, a_family(), "r1")
    notified(partner, a_family(), "r2", at=EVENING - timedelta(days=1))
    found, _report = reconcile(bank_list.write(), partner, clock.today())
    assert found == {"missing-there": 1}
    assert Difference.get().payment.reference == "r1"


def test_the_same_file_again_changes_nothing(partner, bank_list):
    path = bank_list.add("r1", va_of(a_family())).write()
    reconcile(path, partner)
    found, _report = reconcile(path, partner)
    assert found is None
    assert (SettlementFile.select().count(), Difference.select().count()) == (1, 1)


def test_another_banks_file_is_refused(partner, bank_list):
    path = bank_list.add("r1", va_of(a_family())).write()
    reconcile(path, partner)
    with pytest.raises(Refused):
        reconcile(path, a_partner("Bank Lain", "bank-2"))


def test_the_same_reference_in_two_files_and_twice_in_one_counts_once(partner, bank_list):
    family = a_family()
    bank_list.add("r1", va_of(family)).add("r1", va_of(family))
    first, _report = reconcile(bank_list.write(), partner)
    bank_list.add("r1", va_of(family))
    again, report = reconcile(bank_list.write(), partner)
    assert first == {"missing-here": 1, "repeated": 1}
    assert again == {"repeated": 3}
    assert report.bad_lines == 0 and len(kinds()) == 1


def test_a_reference_that_comes_back_with_another_amount_is_named(partner, bank_list, capsys):
    family = a_family()
    bank_list.add("r1", va_of(family)).add("r1", va_of(family), 1_000)
    _found, report = reconcile(bank_list.write(), partner)
    assert report.bad_lines == 1
    assert "line 3: the reference was read before with another amount or number" in capsys.readouterr().out
    assert SettlementLine.get().amount == 105_000


def test_the_order_of_the_lines_does_not_matter(partner, bank_list):
    families = [a_family() for _ in range(4)]
    for number, family in enumerate(families[:3]):
        notified(partner, family, f"r{number}")
    for number, family in enumerate(families):
        bank_list.add(f"r{number}", va_of(family))
    bank_list.rows.reverse()
    found, _report = reconcile(bank_list.write(), partner)
    assert found == {"matched": 3, "missing-here": 1}


def test_windows_line_ends_do_no_harm(partner, bank_list):
    family = a_family()
    notified(partner, family, "r1")
    found, report = reconcile(bank_list.add("r1", va_of(family)).write(ends="\r\n"), partner)
    assert found == {"matched": 1} and report.bad_lines == 0


def test_a_file_that_was_cut_off_blames_nobody_and_the_whole_one_mends_it(partner, bank_list, capsys):
    families = [a_family() for _ in range(3)]
    for number, family in enumerate(families):
        notified(partner, family, f"r{number}")
        bank_list.add(f"r{number}", va_of(family))
    found, _report = reconcile(bank_list.write(cut=20), partner)
    assert found == {"matched": 2}
    assert "cut off" in capsys.readouterr().out
    found, _report = reconcile(bank_list.write(), partner)
    assert found == {"repeated": 2, "matched": 1}
    assert kinds() == []


def test_a_file_cut_between_two_lines_is_mended_by_the_whole_one(partner, bank_list):
    families = [a_family() for _ in range(2)]
    for number, family in enumerate(families):
        notified(partner, family, f"r{number}")
    reconcile(bank_list.add("r0", va_of(families[0])).write(), partner)
    assert [kind for kind, _amount in kinds()] == ["missing-there"]
    reconcile(bank_list.add("r1", va_of(families[1])).write(), partner)
    assert kinds() == []
    assert [step.step for step in DifferenceStep.select()] == [Step.FOUND]


@pytest.mark.parametrize(
    "row, reason",
    [
        ("r1,8.88888E+15,105000,2026-01-15T10:00:00,", "a spreadsheet has rounded the number"),
        ("r1,8,88888E+15,105000,2026-01-15T10:00:00", "va must have 16 digits"),
        ('r1,"8,88888E+15",105000,2026-01-15T10:00:00,', "a spreadsheet has rounded the number"),
        ("1.23457E+12,8888801944358911,105000,2026-01-15T10:00:00,", "a spreadsheet has rounded the number"),
        ("r1,888880194435891,105000,2026-01-15T10:00:00,", "va must have 16 digits"),
        ("r1,8888801944358911,105.000,2026-01-15T10:00:00,", "jumlah must be whole rupiah"),
        ("r1,8888801944358911,0,2026-01-15T10:00:00,", "jumlah must be whole rupiah"),
        ("r1,8888801944358911,-5,2026-01-15T10:00:00,", "jumlah must be whole rupiah"),
        ("r1,8888801944358911,105000,15/01/2026,", "waktu must be such as"),
        ("r1,8888801944358911,105000,2027-01-15T10:00:00,", "waktu lies ahead of today"),
        ("r1,8888801944358911,105000,2026-01-15T10:00:00,PENDING", "status must be SUKSES or BATAL"),
        (",8888801944358911,105000,2026-01-15T10:00:00,", "referensi must have 1 to 128 signs"),
        ("r1,8888801944358911", "it has 2 values, the header 5"),
    ],
)
def test_a_bad_line_is_named_and_the_next_is_read(partner, bank_list, capsys, row, reason):
    bank_list.rows.append(row)
    found, report = reconcile(bank_list.add("r9", va_of(a_family())).write(), partner)
    said = capsys.readouterr().out
    assert f"line 2: {reason}" in said
    assert hits(said, {"va": "8888801944358911"}) == []
    assert found == {"missing-here": 1} and report.bad_lines == 1


def test_cents_that_are_none_and_an_offset_are_fine(partner, bank_list):
    bank_list.rows.append(f"r1,{va_of(a_family())},105000.00,2026-01-14T20:00:00+00:00,00")
    reconcile(bank_list.write(), partner)
    assert SettlementLine.get().paid_on == date(2026, 1, 15)


def test_money_the_bank_took_back_before_we_had_it_is_no_work(partner, bank_list):
    family = a_family()
    reconcile(bank_list.add("r1", va_of(family)).write(), partner)
    assert len(kinds()) == 1
    found, _report = reconcile(bank_list.add("r1", va_of(family), status="BATAL").write(), partner)
    assert found == {"repeated": 1, "reversed": 1}
    assert kinds() == [] and Movement.select().where(Movement.debit == Account.BANK).count() == 0


def test_a_payment_whose_taking_back_came_first_is_no_work_either(partner, bank_list):
    family = a_family()
    bank_list.add("r1", va_of(family), status="BATAL").add("r1", va_of(family))
    found, _report = reconcile(bank_list.write(), partner)
    assert found == {"reversed": 2}
    assert kinds() == []


def test_money_the_bank_took_back_after_we_booked_it_is_an_officers_work(partner, bank_list):
    family = a_family()
    notified(partner, family, "r1")
    bank_list.add("r1", va_of(family)).add("r1", va_of(family), status="BATAL")
    found, _report = reconcile(bank_list.write(), partner)
    assert found == {"matched": 1, "taken-back": 1}
    assert [kind for kind, _amount in kinds()] == [Outcome.TAKEN_BACK]


def test_a_notice_that_comes_after_the_list_closes_the_difference(partner, bank_list):
    family = a_family()
    reconcile(bank_list.add("r1", va_of(family)).write(), partner)
    payment = notified(partner, family, "r1")
    reconcile(bank_list.add("r2", va_of(a_family()), 35_000).write(), partner)
    assert kinds() == [("missing-here", 35_000)]
    assert SettlementLine.get(SettlementLine.reference == "r1").payment_id == payment.id


def test_the_command_says_what_it_found(partner, bank_list, run):
    family = a_family()
    notified(partner, family, "r1")
    path = bank_list.add("r1", va_of(family)).add("r2", va_of(family), 1_000).write()
    result = run("reconcile", path, "--partner", partner.client_id)
    assert result.exit_code == 0, result.output
    assert "matched            1" in result.output and "missing-here       1" in result.output
    assert "nothing changes" in run("reconcile", path, "--partner", partner.client_id).output


def test_the_command_names_an_unknown_bank_and_a_header_that_will_not_do(partner, bank_list, run):
    path = bank_list.add("r1", va_of(a_family())).write(header="ref,va")
    assert "No partner has this client id" in run("reconcile", path, "--partner", "x").output
    result = run("reconcile", path, "--partner", partner.client_id)
    assert result.exit_code == 1
    assert "the header lacks: referensi, jumlah, waktu" in result.output


def test_an_employers_number_is_known(partner, bank_list):
    employer = Payer.create(kind=PayerKind.EMPLOYER, code="E1", name="PT MAJU")
    Employer.create(payer=employer, segment=Segment.PPU_BU, bu_code="12345678")
    bank_list.add("r1", "8888890012345678").add("r2", "8888890087654321")
    assert reconcile(bank_list.write(), partner)[0] == {"missing-here": 1, "unknown-number": 1}


def test_money_that_waits_in_suspense_leaves_it_when_its_notice_comes(partner, bank_list):
    reconcile(bank_list.add("r1", "8888800000000009").write(), partner)
    difference = Difference.get()
    service.take_step(difference, Step.SUSPEND, seen=difference.steps, by=MAKER)
    payment = notified(partner, a_family(), "r1")
    reconcile(bank_list.add("r2", "8888800000000008").write(), partner)
    assert Difference.get_by_id(difference.id).stage == Stage.CLOSED
    assert SettlementLine.get(SettlementLine.reference == "r1").payment_id == payment.id
    assert checking.balances()[Account.BANK] == payment.amount and checking.balances()[Account.SUSPENSE] == 0
    assert [(day.theirs, day.ours) for day in checking.days()] == [(2 * payment.amount, payment.amount)]


def test_a_day_before_there_were_contributions_is_a_mistake_of_the_list(partner, bank_list):
    path = bank_list.add("r1", va_of(a_family()), at=EVENING.replace(year=1970)).write()
    found, report = reconcile(path, partner)
    assert (found, report.bad_lines) == ({}, 1)


def test_a_notice_of_money_the_bank_has_taken_back_already_is_an_officers_work(partner, bank_list):
    family = a_family()
    reconcile(bank_list.add("r1", va_of(family)).add("r1", va_of(family), status="BATAL").write(), partner)
    payment = notified(partner, family, "r1")
    BankNotice.update(received_at=clock.now()).execute()
    for reference in ("r2", "r3"):
        reconcile(bank_list.add(reference, "8888800000000009").write(), partner)
    assert kinds() == [("unknown-number", 105_000), ("taken-back", 105_000), ("unknown-number", 105_000)]
    difference = Difference.get(Difference.kind == Outcome.TAKEN_BACK)
    service.take_step(difference, Step.TAKE_BACK, seen=0, by=MAKER, note="The list says so.")
    service.decide(Difference.get_by_id(difference.id), True, seen=1, by=CHECKER)
    assert Movement.sum_of(payment.payer_id, Account.BANK) == 0
