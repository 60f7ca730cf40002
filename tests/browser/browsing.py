"""What a person does with a browser, whichever one it is; and Chromium doing it."""

from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from tests.browser.serving import ROOT

GECKO48 = ROOT / "tests/browser/gecko48.js"
KEYPAD = {"width": 240, "height": 320}
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling"


class Browsing(Protocol):
    """The verbs of the journey. Words are what stands on the page; a field is found by its label."""

    def go(self, path: str) -> None: ...
    def follow(self, words: str) -> None: ...
    def write(self, label: str, text: str) -> None: ...
    def pick(self, label: str) -> None: ...
    def press(self, words: str) -> None: ...
    def search(self, label: str, text: str, button: str) -> None: ...

    @property
    def text(self) -> str: ...

    @property
    def path(self) -> str: ...


class Chromium:
    """At 240 pixels; counts what it asked for and keeps every complaint of its console."""

    def __init__(self, context: BrowserContext, base: str, script: bool = True):
        self.context, self.base, self.script = context, base, script
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {said.text}")

    def go(self, path: str) -> Response:
        return self.page.goto(self.base + path)

    def follow(self, words: str) -> None:
        self.page.locator("a", has_text=words).first.click()
        self.page.wait_for_load_state()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(text)

    def pick(self, label: str) -> None:
        self.page.get_by_label(label).first.check()

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).first.click()
        self.page.wait_for_load_state()

    def search(self, label: str, text: str, button: str) -> None:
        """With script the list comes while one types; without, by the button."""
        field = self.page.get_by_label(label, exact=False).first
        if not self.script:
            field.fill(text)
            self.press(button)
            return
        with self.page.expect_response(lambda answer: [text] in parse_qs(urlsplit(answer.url).query).values()):
            field.press_sequentially(text)
        self.page.locator(BUSY).first.wait_for(state="detached")

    @property
    def text(self) -> str:
        return self.page.inner_text("body")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)


def context_of(browser, *, script=True, gecko48=False, size=None, cookies=None, base=None, **more) -> BrowserContext:
    """A fresh browser profile."""
    context = browser.new_context(
        viewport=size or KEYPAD, java_script_enabled=script, locale="id-ID", accept_downloads=False, **more
    )
    if gecko48:
        context.add_init_script(path=GECKO48)
    if cookies:
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    return context
