"""With Tab, Space, arrows and Enter alone, and always seeing where one is."""

from urllib.parse import parse_qs, urlsplit

from tests.browser.browsing import BUSY, Chromium, context_of
from tests.browser.journey import COMPLAINT, Journey, _
from tests.builders import PIN

FOCUS = """() => {
    const here = document.activeElement, look = getComputedStyle(here);
    return {
        words: [here.textContent, here.value].concat(Array.from(here.labels || []).map((label) => label.textContent))
            .join(' ').trim(),
        type: here.type || here.tagName.toLowerCase(), name: here.name || '',
        seen: look.outlineStyle !== 'none' && parseInt(look.outlineWidth) >= 3,
        inside: here.getBoundingClientRect().right <= innerWidth + 1
    };
}"""
MOST_STEPS = 60


class Keyboard(Chromium):
    """The journey's verbs, done without a pointer."""

    def __init__(self, context, base: str):
        super().__init__(context, base)
        self.steps = 0

    def reach(self, words: str, *types: str) -> None:
        """Press Tab until the focus is on what says this."""
        for _step in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            self.steps += 1
            focus = self.page.evaluate(FOCUS)
            assert focus["seen"] or focus["type"] == "body", f"{self.path}: nobody sees that {focus} has the focus"
            assert focus["inside"], focus
            if words in focus["words"] and focus["type"] in types:
                return
        raise AssertionError(f"{self.path}: Tab never reaches {words}")

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follow(self, words: str) -> None:
        self.reach(words, "a")
        self.enter()

    def write(self, label: str, text: str) -> None:
        self.reach(label, "text", "tel", "search", "password", "email", "textarea")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def pick(self, label: str) -> None:
        """Tab stops once at a group of round boxes; the arrows go on inside it."""
        for _step in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUS)["type"] in ("radio", "checkbox"):
                break
        self.page.keyboard.press("Space")
        for _step in range(MOST_STEPS):
            if label in self.page.evaluate(FOCUS)["words"]:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.path}: the arrows never reach {label}")

    def press(self, words: str) -> None:
        self.reach(words, "submit")
        self.enter()

    def search(self, label: str, text: str, button: str) -> None:
        self.reach(label, "text", "search")
        with self.page.expect_response(lambda answer: [text] in parse_qs(urlsplit(answer.url).query).values()):
            self.page.keyboard.type(text)
        self.page.locator(BUSY).first.wait_for(state="detached")


def test_the_main_job_is_done_by_keyboard_alone(chromium, serve, places):
    server = serve()
    with context_of(chromium) as context:
        browser = Keyboard(context, server.url)
        journey = Journey(browser, server, places.newcomer)
        journey.join()
        journey.copy_the_sheet()
        journey.is_not_served_yet()
        journey.look_for_another_clinic()
        journey.complain()
        journey.follow_the_complaint()
        journey.sign_out()
        assert COMPLAINT not in browser.text
    server.stop()


def test_signing_in_takes_three_tabs_and_enter(chromium, server, places):
    """The menu, the number, the PIN; the button is the fourth, for those whose Enter does not send."""
    with context_of(chromium) as context:
        browser = Keyboard(context, server.url)
        browser.go("/masuk")
        browser.write(_("NIK or card number"), places.nik)
        browser.write(_("PIN, 6 digits"), PIN)
        browser.enter()
        assert browser.path == "/" and browser.steps == 3
        browser.go("/masuk")
        browser.reach(_("Sign in"), "submit")
        assert browser.steps == 3 + 4
