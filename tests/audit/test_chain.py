"""The audit log shows what was changed in it: 1,000 tamperings, each found, with the right block."""

import dataclasses
import re
import threading
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.audit import rules, sealing, service, verifying
from jkn.audit.models import Act, Block, Entry
from jkn.db import db, write
from tests.audit.chains import a_chain, findings, later, missed, seal_all, small_blocks, write_entries

MINUTE = timedelta(minutes=1)


def test_a_hundred_tamperings_are_found_in_the_right_block(app):
    head = a_chain()
    with later():
        assert findings(head) == []
    assert missed(range(100), head) == []


@pytest.mark.slow
def test_a_thousand_tamperings_are_found_in_the_right_block(app):
    head = a_chain()
    assert missed(range(1000, 2000), head) == []


def test_a_chain_that_leaves_out_a_column_misses_some(app, monkeypatch):
    whole = rules.fingerprint
    monkeypatch.setattr(rules, "fingerprint", lambda row: whole({**row, "by_officer": None}))
    assert {str(kind) for _seed, kind, _concerned, _named in missed(range(100), a_chain())} == {"do_edit_an_entry"}


def test_a_chain_whose_blocks_do_not_know_the_one_before_misses_some(app, monkeypatch):
    sound = verifying._sealed

    def alone(row):
        block = sound(row)
        return block and dataclasses.replace(block, previous=rules.FIRST, hash=rules.FIRST)

    monkeypatch.setattr(verifying, "_sealed", alone)
    head = a_chain().partition(":")[0] + ":" + rules.FIRST
    assert "do_edit_and_seal_anew" in {str(kind) for _seed, kind, _concerned, _named in missed(range(100), head)}


def test_every_column_of_an_entry_counts(app):
    a_chain(2)
    [row] = sealing.plain_rows(Entry.select().limit(1))
    assert set(row) == set(Entry._meta.columns)
    for name in row:
        assert rules.fingerprint(row) != rules.fingerprint(row | {name: "other"})


def test_a_column_added_later_changes_no_old_entry():
    assert rules.fingerprint({"id": 1, "act": "x"}) == rules.fingerprint({"id": 1, "act": "x", "new": None})


def test_the_block_tells_which_entries(app):
    head = a_chain()
    Entry.update(by_officer=99).where(Entry.id == 1).execute()
    Entry.delete().where(Entry.id == 2).execute()
    write_entries([10])
    with later():
        assert [str(finding) for finding in findings(head)] == [
            "block 1: entries were changed: 1",
            "block 1: entries are missing: 2",
            "block 1: entries were inserted: 10",
        ]


def test_the_same_log_has_the_same_hashes_whichever_engine_keeps_it(app):
    assert a_chain() == "14:6120013714e1f064659f62cc76b3cb6f1a8be6285b0f8a785a3b9bbffafaf9ae"


def test_an_entry_is_sealed_once_it_is_settled(app):
    Entry.delete().execute()
    service.record(Act.PIN_SET, "person", SYSTEM)
    assert seal_all() == []
    with clock.frozen(clock.now() + 2 * MINUTE):
        service.record(Act.PIN_SET, "person", SYSTEM)
        [block] = seal_all()
        assert rules.ids_of(block.runs) and Entry.select().where(Entry.id > block.reach).count() == 1
        assert seal_all() == []


def test_an_entry_from_the_future_holds_nobody_up(app):
    Entry.delete().execute()
    write_entries([1], clock.now() + timedelta(days=9000))
    write_entries([2], clock.now() - 5 * MINUTE)
    [block] = seal_all()
    assert block.runs == [[1, 2]]


def test_who_comes_late_is_sealed_later_and_was_no_tampering(app):
    Entry.delete().execute()
    write_entries([1, 2, 4, 5], clock.now() - 5 * MINUTE)
    seal_all()
    write_entries([3], clock.now() - 5 * MINUTE)
    assert findings() == []
    [block] = seal_all()
    assert (block.runs, block.reach) == ([[3, 3]], 5)
    with later():
        assert findings() == []


def test_who_comes_after_an_hour_was_inserted(app):
    Entry.delete().execute()
    write_entries([1, 2, 4, 5], clock.now() - 5 * MINUTE)
    seal_all()
    with later():
        write_entries([3])
        assert seal_all() == []
        assert [str(finding) for finding in findings()] == ["block 1: entries were inserted: 3"]


def test_the_commands_print_the_head_and_find_what_was_cut(app, run):
    head = a_chain()
    assert run("seal-audit").output.strip() == head
    with later():
        told = run("verify-audit", "--head", head)
        assert told.exit_code == 0 and "120 entries in 14 blocks are as they were sealed, 0 wait" in told.output
        Block.delete().where(Block.number > 12).execute()
        assert run("verify-audit").exit_code == 0  # the tail alone is nobody's witness
        told = run("verify-audit", "--head", head)
        assert told.exit_code == 1
        assert "block 13 and all up to block 14 are missing" in told.output
        assert re.search(r"tampered", told.output)
    assert run("verify-audit", "--head", "7").exit_code == 2


def test_an_empty_log_is_whole(app, run):
    Entry.delete().execute()
    assert "Nothing to seal" in run("seal-audit").output
    assert run("verify-audit").exit_code == 0


def test_sealing_beside_writers_and_another_sealer_loses_nobody(own_database, engine):
    """Long transactions, and some that are undone, while two jobs seal: each entry is sealed once."""
    assert strange_after_writers() == []
    total = Entry.select().count()
    with db.connection_context():
        held = [id for block in Block.select() for id in rules.ids_of(block.runs)]
    assert len(held) == len(set(held)) == total
    assert engine == "sqlite" or any(block.runs[-1][1] < block.reach for block in Block.select())


def test_a_sealer_that_forgets_who_was_on_the_way_takes_them_for_tampering(own_database, engine, monkeypatch):
    if engine == "sqlite":
        pytest.skip("one writer at a time: ids come in order")
    monkeypatch.setattr(sealing, "_open_gaps", lambda now: [])
    assert strange_after_writers() != []


def strange_after_writers() -> list:
    """What verifying finds after 6 writers and 2 sealers have been at work."""
    at, done, inside = clock.now() - timedelta(hours=1), threading.Event(), threading.Barrier(7)

    def writer(number):
        for turn in range(15):
            try:
                with write():
                    Entry.create(act=Act.PIN_SET, at=at, subject=f"{number}-{turn}", channel="web")
                    if turn % 5 == number % 5:
                        done.wait(0.05)  # others commit meanwhile
                    if turn % 7 == number:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
        db.close()
        inside.wait()

    def sealer():
        while not done.is_set():
            seal_all()
        db.close()

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(6)]
    sealers = [threading.Thread(target=sealer) for _ in range(2)]
    with small_blocks():
        for thread in threads + sealers:
            thread.start()
        inside.wait()
        done.set()
        for thread in threads + sealers:
            thread.join()
        seal_all()
    with later():
        return findings()
