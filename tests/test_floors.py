"""Imports only ever point down: floor by floor, feature by feature. And what only one file may know."""

import ast
import re
from pathlib import Path

import pytest

from jkn import FEATURES

FLOORS = ("rules", "models", "service", "forms", "views")
BARE = {"flask", "flask_babel", "flask_login", "flask_wtf", "wtforms"}
FORBIDDEN = {"rules": BARE | {"peewee", "playhouse"}, "models": BARE, "service": BARE}
FILES = sorted(path for path in Path("jkn").rglob("*.py") if "migrations" not in path.parts)
FACTORY = Path("jkn/__init__.py")


def feature_of(path: Path) -> str | None:
    return path.parts[1] if len(path.parts) > 2 else None


def imports(source: str):
    """Every name that is imported anywhere in the file, also inside functions."""
    for node in ast.walk(ast.parse(source)):
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


def problems(path: Path, source: str) -> list[tuple[str, str]]:
    return [(name, why) for name in imports(source) if (why := problem(path, name))]


@pytest.mark.parametrize("path", [path for path in FILES if path != FACTORY], ids=str)
def test_imports_point_down(path):
    assert problems(path, path.read_text()) == []


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
    assert problems(Path(path), source)


def test_every_folder_is_a_feature_in_the_list():
    folders = {path.parent.relative_to("jkn").parts[0] for path in FILES if feature_of(path)}
    assert folders == set(FEATURES)
    assert len(set(FEATURES)) == len(FEATURES)


def test_services_and_rules_never_translate():
    lower = [path for path in FILES if feature_of(path) and path.stem in ("rules", "models", "service")]
    assert [path for path in lower if re.search(r"\b(lazy_)?gettext\b", path.read_text())] == []


# Commands name roles as the operator types them; everybody else asks for a permission.
NAME_ROLES = {
    "jkn/access.py",
    "jkn/permissions.py",
    "jkn/accounts/desk.py",
    "jkn/accounts/officers.py",
    "jkn/accounts/models.py",
}


@pytest.mark.parametrize("path", [path for path in FILES if str(path) not in NAME_ROLES], ids=str)
def test_only_the_policy_names_a_role(path):
    named = re.findall(r"\bRole\.(\w+)", path.read_text())
    assert [name for name in named if name != "MEMBER"] == []


@pytest.mark.parametrize("path", sorted(Path("templates").rglob("*.*")), ids=str)
def test_no_template_names_a_role(path):
    assert not re.search(r"\bRole\b|\.role\b", path.read_text())


@pytest.mark.parametrize("path", FILES, ids=str)
def test_only_money_writes_rupiah(path):
    if path.name not in ("money.py",):
        source = path.read_text()
        texts = [node.value for node in ast.walk(ast.parse(source)) if is_text(node) and not is_docstring(node, source)]
        assert [text for text in texts if re.search(r"\bRp\s?[%{0-9]|:,\}", text)] == []


def is_text(node) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_docstring(node, source: str) -> bool:
    return source.splitlines()[node.lineno - 1].lstrip().startswith(('"""', "'''")) or "\n" in node.value


@pytest.mark.parametrize("path", sorted(Path("templates").rglob("*.html")), ids=str)
def test_a_template_leaves_amounts_to_the_filter(path):
    assert not re.search(r"\bRp\s?[{%]", path.read_text())


MONEY = set(
    "money ledger employers contributions penalties instalments payments statements collecting reconciliation"
    " calculators cash".split()
)
NO_MONEY = {"jkn/payments/snap/values.py"}  # tells numbers of JSON from what is none


@pytest.mark.parametrize(
    "path", [path for path in FILES if MONEY & set(path.with_suffix("").parts) and str(path) not in NO_MONEY], ids=str
)
def test_no_float_comes_near_money(path):
    tree = ast.parse(path.read_text())
    floats = [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    calls = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float"]
    divisions = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Div)]
    assert floats + calls + divisions == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_only_the_clock_knows_the_time(path):
    if path not in (Path("jkn/clock.py"), Path("jkn/payments/bank.py")):  # the demo bank is another machine
        assert not re.search(r"datetime\.(utc)?now\(|date\.today\(|time\.time\(", path.read_text())


@pytest.mark.parametrize("path", FILES, ids=str)
def test_only_the_door_opens_a_write(path):
    """Elsewhere a transaction begins with db.write()."""
    if path != Path("jkn/db.py"):
        assert not re.search(r"\bdb\.(obj\.)?atomic\(|\.transaction\(|BEGIN (IMMEDIATE|TRANSACTION)", path.read_text())


@pytest.mark.parametrize("path", FILES, ids=str)
def test_files_are_small(path):
    assert len(path.read_text().splitlines()) <= 320
