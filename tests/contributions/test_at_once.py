"""A month's bills by several workers are those of one."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from threading import Barrier, BrokenBarrierError

import pytest

from jkn.contributions import issuing, issuing_others, service
from jkn.contributions.at_once import at_once
from jkn.db import db
from tests.contributions.test_issuing_restart import a_small_country, undisturbed
from tests.contributions.test_others import everything
from tests.employers.places import JANUARY

PIECES = [range(first, first + 5) for first in range(0, 50, 5)]


@pytest.mark.parametrize("workers", [1, 3])
def test_pieces_are_told_in_their_order(own_database, workers):
    assert list(at_once(sum, PIECES, workers)) == [(piece, sum(piece)) for piece in PIECES]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_fault_in_a_piece_ends_the_run(own_database, workers):
    def act(piece: range) -> int:
        if piece == PIECES[4]:
            raise ValueError("no money")
        return 1

    told = []
    with pytest.raises(ValueError, match="no money"):
        told.extend(piece for piece, _one in at_once(act, PIECES, workers))
    assert told == PIECES[:4][: len(told)]


def test_several_workers_issue_what_one_does(own_database):
    a_small_country()
    expected = undisturbed()
    db.close()
    for _ in at_once(partial(service.issue_chunk, JANUARY), issuing.chunks(2), 3):
        pass
    for _ in issuing_others.run(JANUARY, chunk=2, workers=3):
        pass
    assert everything() == expected


def test_lines_are_written_at_once(engine, own_database, monkeypatch):
    if engine == "sqlite":
        pytest.skip("SQLite writes one at a time")
    a_small_country()
    monkeypatch.setattr(issuing_others, "CHUNK", 1)
    together, met = Barrier(2, timeout=20), []
    step, *others = issuing_others.STEPS

    def waiting(*args):
        with suppress(BrokenBarrierError):  # the last has nobody to wait for
            met.append(together.wait())
        return step.write(*args)

    monkeypatch.setattr(issuing_others, "STEPS", (replace(step, write=waiting), *others))
    parts = [range(1, 2), range(2, 3)]
    for _ in at_once(partial(issuing_others.write_lines, JANUARY, 0), parts, 2):
        pass
    assert sorted(met) == [0, 1]
