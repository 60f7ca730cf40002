"""A drill that nothing can fail proves nothing: each has a broken twin, beside the short form in the ordinary tests."""

import ast
from pathlib import Path

import pytest

from tests.drills.list import DRILLS

HERE = Path(__file__).parent


def proofs_of(drill: str) -> list[str]:
    tree = ast.parse((HERE / f"test_{drill}.py").read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize("drill", DRILLS)
def test_every_drill_has_a_short_form_and_a_broken_twin(drill):
    twins = [name for name in proofs_of(drill) if name.startswith("test_twin_")]
    assert twins and len(twins) < len(proofs_of(drill))


def test_every_drill_has_its_target_in_the_makefile():
    assert f"DRILLS := {' '.join(DRILLS)}\n" in (HERE.parents[1] / "Makefile").read_text()


def test_every_drill_is_in_the_list():
    given = {path.stem for path in HERE.glob("*.py") if "\nFULL, SMALL" in path.read_text()}
    assert given == set(DRILLS)
