"""Looking at a page as it stands in Chromium: what axe finds, what is too wide or too small, what it fetched."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Response

from tests.browser.browsing import Chromium
from tests.browser.serving import ROOT

MODULES = ROOT / "tests/browser/node_modules"
AXE = MODULES / "axe-core/axe.min.js"
VNU = MODULES / "vnu-jar/build/dist/vnu.jar"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MARKUP = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:a11y"],
    "rules": {"meta-refresh": "off"},  # see below
}
# A kiosk leaves a page by itself so that the next visitor does not find it; /kios/masih asks first (WCAG 2.2.1), and a
# volunteer's page says half a minute earlier that it will.
RUN_AXE = """async ([rules, leaves]) => {
    const asked = {runOnly: rules, resultTypes: ['violations'], rules: {'meta-refresh': {enabled: !leaves}}};
    return (await axe.run(asked)).violations
        .map((found) => found.id + ': ' + found.nodes.map((node) => node.html).join(' '));
}"""
# Everything one can touch, with its height in CSS pixels; a box to tick is touched by its words too.
TARGETS = """() => Array.from(document.querySelectorAll('a[href],button,input,select,textarea,summary'))
    .filter((thing) => thing.offsetParent && thing.type !== 'hidden')
    .map((thing) => {
        const words = thing.type in {radio: 1, checkbox: 1} ? Array.from(thing.labels) : [];
        const boxes = [thing].concat(words);
        const heights = boxes.map((box) => box.getBoundingClientRect().height);
        const row = thing.matches('li > a:first-child, footer a, main > p > a:only-child');
        return {what: thing.outerHTML.slice(0, 120), row: row, height: Math.max.apply(null, heights)};
    })"""


@dataclass(frozen=True)
class Look:
    """One page as one reader saw it."""

    name: str
    who: str
    status: int
    html: str = field(repr=False)
    title: str = ""
    violations: tuple[str, ...] = ()
    width: int = 0
    targets: tuple[dict, ...] = ()
    asked: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} ({self.who})"


class Looking(Chromium):
    """A browser that looks closely at every page it arrives at."""

    def __init__(self, context, base: str, who: str):
        context.add_init_script(path=AXE)  # handed over once, not with each page
        super().__init__(context, base)
        self.who, self.looks = who, []
        self.documents: list[Response] = []
        self.page.on("response", self._keep)

    def _keep(self, answer: Response) -> None:
        if answer.request.resource_type == "document" and answer.status not in (302, 303):
            self.documents.append(answer)

    def go(self, path: str) -> Response:
        self.asked.clear()
        answer = super().go(path)
        self.look()
        return answer

    def follow(self, words: str) -> None:
        super().follow(words)
        self.look()

    def press(self, words: str) -> None:
        super().press(words)
        self.look()

    def look(self) -> None:
        document = self.documents[-1]
        page, html = self.page, document.text()
        if not html.startswith("<!doctype html>"):
            self.complaints.clear()
            return
        self.looks.append(
            Look(
                name=f"{self.path} after {document.request.method}",
                who=self.who,
                status=document.status,
                html=html,
                title=page.title(),
                violations=tuple(page.evaluate(RUN_AXE, [RULES, "kiosk" in self.who or "volunteer" in self.who])),
                width=page.evaluate("document.documentElement.scrollWidth"),
                targets=tuple(page.evaluate(TARGETS)),
                asked=tuple(url.removeprefix(self.base) for url in self.asked if not url.startswith("data:")),
                complaints=tuple(self.complaints),
            )
        )
        self.asked.clear()
        self.complaints.clear()


def invalid(pages: dict[str, str], folder: Path) -> list[str]:
    """What html-validate says against these pages: one run for all."""
    names = _written(pages, folder)
    node, program = ROOT / ".venv/bin/node", MODULES / "html-validate/bin/html-validate.mjs"
    (folder / ".htmlvalidate.json").write_text(json.dumps(MARKUP))
    command = [node, program, "--formatter", "json", *names]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.stdout.startswith("["), done.stderr
    return [
        f"{names[found['filePath']]}:{message['line']} {message['ruleId']}: {message['message']}"
        for found in json.loads(done.stdout)
        for message in found["messages"]
    ]


def doubted(pages: dict[str, str], folder: Path, java: str) -> list[str]:
    """What the Nu checker says against these pages, be it an error or a warning: one run for all."""
    names = _written(pages, folder)
    command = [java, "-jar", VNU, "--exit-zero-always", "--format", "json", *names]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [
        f"{names[said['url'].removeprefix('file:')]}:{said.get('lastLine')} {said['type']}: {said['message']}"
        for said in json.loads(done.stderr)["messages"]
    ]


def _written(pages: dict[str, str], folder: Path) -> dict[str, str]:
    """Each page in a file of its own: their names, by path."""
    names = {}
    for number, (name, html) in enumerate(pages.items()):
        path = folder / f"{number}.html"
        path.write_text(html)
        names[str(path)] = name
    return names
