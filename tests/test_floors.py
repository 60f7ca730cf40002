"""Imports only ever point down: floor by floor, feature by feature. And what only one file may know."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from jkn import FEATURES

FLOORS = ("rules", "models", "service", "forms", "views")
BARE = {"flask", "flask_babel", "flask_login", "flask_wtf", "wtforms"}
FORBIDDEN = {"rules": BARE | {"peewee", "playhouse"}, "models": BARE, "service": BARE}
FILES = sorted(path for path in Path("jkn").rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(Path("templates").rglob("*.*"))
FACTORY = Path("jkn/__init__.py")


@cache
def source_of(path: Path) -> str:
    return path.read_text()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(source_of(path))))


def holding(pattern: str, paths: list[Path]) -> list[str]:
    """The files in which the pattern stands."""
    return [str(path) for path in paths if re.search(pattern, source_of(path))]


def feature_of(path: Path) -> str | None:
    return path.parts[1] if len(path.parts) > 2 else None


def imports(nodes: list[ast.AST]):
    """Every name that is imported anywhere in the file, also inside functions."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{name.name}" for name in node.names)


def problem(path: Path, name: str) -> str | None:
    feature = feature_of(path)
    top, *rest = name.split(".")
    if feature and top in FORBIDDEN.get(path.stem, ()):
        return "needs a lower floor"
    if name.startswith("."):
        return "imports are written in full"
    if top != "jkn" or not rest or rest[0] not in FEATURES:
        return None
    if feature is None:
        return "the kernel knows no feature"
    if FEATURES.index(rest[0]) > FEATURES.index(feature):
        return "a feature may only use the features above it in FEATURES"
    on, under = path.stem, rest[1] if len(rest) > 1 else ""
    if rest[0] == feature and on in FLOORS and under in FLOORS and FLOORS.index(under) > FLOORS.index(on):
        return "a file may only use the floors below it"
    return None


def problems(path: Path, nodes: list[ast.AST]) -> list[tuple[str, str, str]]:
    return [(str(path), name, why) for name in imports(nodes) if (why := problem(path, name))]


def test_imports_point_down():
    assert [found for path in FILES if path != FACTORY for found in problems(path, nodes_of(path))] == []


@pytest.mark.parametrize(
    "path, source",
    [
        ("jkn/members/rules.py", "import peewee"),
        ("jkn/members/models.py", "from flask import g"),
        ("jkn/accounts/service.py", "def f():\n    from flask_babel import gettext"),
        ("jkn/members/service.py", "from jkn.accounts import rules"),
        ("jkn/payments/snap/fields.py", "from jkn.home import views"),
        ("jkn/members/models.py", "from jkn.members import service"),
        ("jkn/money.py", "from jkn.members.models import Person"),
        ("jkn/members/service.py", "from . import models"),
    ],
)
def test_the_check_would_notice(path, source):
    assert problems(Path(path), list(ast.walk(ast.parse(source))))


def test_every_folder_is_a_feature_in_the_list():
    folders = {path.parent.relative_to("jkn").parts[0] for path in FILES if feature_of(path)}
    assert folders == set(FEATURES)
    assert len(set(FEATURES)) == len(FEATURES)


def test_services_and_rules_never_translate():
    lower = [path for path in FILES if feature_of(path) and path.stem in ("rules", "models", "service")]
    assert holding(r"\b(lazy_)?gettext\b", lower) == []


# Commands name roles as the operator types them; everybody else asks for a permission.
NAME_ROLES = {
    "jkn/access.py",
    "jkn/permissions.py",
    "jkn/accounts/desk.py",
    "jkn/accounts/officers.py",
    "jkn/accounts/models.py",
}


def test_only_the_policy_names_a_role():
    assert holding(r"\bRole\.(?!MEMBER\b)\w", [path for path in FILES if str(path) not in NAME_ROLES]) == []


def test_no_template_names_a_role():
    assert holding(r"\bRole\b|\.role\b", TEMPLATES) == []


def test_only_money_writes_rupiah():
    texts = [(str(path), text) for path in FILES if path.name != "money.py" for text in texts_of(path)]
    assert [found for found in texts if re.search(r"\bRp\s?[%{0-9]|:,\}", found[1])] == []


def texts_of(path: Path) -> list[str]:
    lines = source_of(path).splitlines()
    return [node.value for node in nodes_of(path) if is_text(node) and not is_docstring(node, lines)]


def is_text(node) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_docstring(node, lines: list[str]) -> bool:
    return lines[node.lineno - 1].lstrip().startswith(('"""', "'''")) or "\n" in node.value


def test_a_template_leaves_amounts_to_the_filter():
    assert holding(r"\bRp\s?[{%]", [path for path in TEMPLATES if path.suffix == ".html"]) == []


MONEY = set(
    "money ledger employers contributions penalties instalments payments statements collecting reconciliation"
    " calculators cash".split()
)
NO_MONEY = {"jkn/payments/snap/values.py"}  # tells numbers of JSON from what is none


def test_no_float_comes_near_money():
    near = [path for path in FILES if MONEY & set(path.with_suffix("").parts) and str(path) not in NO_MONEY]
    assert near
    assert [f"{path}:{line}" for path in near for line in floats(nodes_of(path))] == []


def floats(nodes: list[ast.AST]) -> list[int]:
    """The lines with a float, with float(), with a division that gives one."""
    numbers = [node.lineno for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    calls = [node.lineno for node in nodes if isinstance(node, ast.Name) and node.id == "float"]
    divisions = [
        node.lineno for node in nodes if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div)
    ]
    return numbers + calls + divisions


@pytest.mark.parametrize("source", ["a = 0.5", "a = float(b)", "a = b / 2", "a /= 2"])
def test_the_check_for_floats_would_notice(source):
    assert floats(list(ast.walk(ast.parse(source)))) == [1]


def test_only_the_clock_knows_the_time():
    others = set(FILES) - {Path("jkn/clock.py"), Path("jkn/payments/bank.py")}  # the demo bank is another machine
    assert holding(r"datetime\.(utc)?now\(|date\.today\(|time\.time\(", sorted(others)) == []


def test_only_the_door_opens_a_write():
    """Elsewhere a transaction begins with db.write()."""
    others = [path for path in FILES if path != Path("jkn/db.py")]
    assert holding(r"\bdb\.(obj\.)?atomic\(|\.transaction\(|BEGIN (IMMEDIATE|TRANSACTION)", others) == []


def test_files_are_small():
    assert [str(path) for path in FILES if len(source_of(path).splitlines()) > 320] == []
