"""What is sent as script is understood by a browser of 2016: no word of it is newer than ES2015."""

import subprocess

import pytest

from tests.browser.conftest import judges_are_here
from tests.browser.serving import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "static").glob("*.js"))
# Node.js carries acorn, the parser, with it.
PARSE = """
const {parse} = require('internal/deps/acorn/acorn/dist/acorn');
parse(require('fs').readFileSync(0, 'utf8'), {ecmaVersion: 6, sourceType: 'module'});
"""


def complaint(script: str) -> str:
    command = [ROOT / ".venv/bin/node", "--expose-internals", "-e", PARSE]
    done = subprocess.run(command, input=script, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_es2015(name):
    judges_are_here()
    assert complaint((ROOT / "static" / name).read_text()) == ""


@pytest.mark.parametrize(
    "script", ["a?.b", "a ?? b", "async function f() {}", "x = {...y}", "class A { #b }", "2 ** 3"]
)
def test_what_came_later_would_be_noticed(script):
    judges_are_here()
    assert "SyntaxError" in complaint(script)
