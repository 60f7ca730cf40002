"""The phone's end of the slow line: `python -m tests.benchmarks.slow_client WALK BASE FACTS RESULT`.

FACTS is a JSON file of what a person knows; RESULT gets the seconds of every page, in order.
"""

import json
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _
from tests.builders import PIN

PATIENCE = 120_000  # milliseconds for a page on a line that loses packets


class Timed(Chromium):
    """Notes how long each page took, from the touch to the last byte; a form that is sent is two requests."""

    def __init__(self, context, base: str):
        super().__init__(context, base)
        self.page.set_default_timeout(PATIENCE)
        self.seconds: list[tuple[str, str, float]] = []

    def timed(self, verb: str, words: str) -> None:
        start = time.monotonic()
        if verb == "go":
            self.go(words)
        else:
            thing = self.page.locator("a", has_text=words) if verb == "follow" else None
            with self.page.expect_navigation(wait_until="load"):
                (thing or self.page.get_by_role("button", name=words)).first.click()
        self.seconds.append((verb, self.path, time.monotonic() - start))


def pages(see: Timed, _facts: dict) -> None:
    """One that comes first, and those after it."""
    for path in ("/", *("/masuk", "/bantuan", "/cek", "/bayar") * 2):
        see.timed("go", path)


def journey(see: Timed, facts: dict) -> None:
    """Home, sign-in, status, card, bill, number to pay to."""
    see.timed("go", "/")
    see.timed("follow", _("Sign in"))
    see.write(_("NIK or card number"), facts["nik"])
    see.write(_("PIN, 6 digits"), PIN)
    see.timed("press", _("Sign in"))
    see.timed("follow", _("Will I be served today?"))
    see.timed("go", "/kartu/1")
    see.timed("go", "/tagihan")
    see.timed("go", "/bayar/saya")
    assert "8888" in see.text


def volunteer(see: Timed, facts: dict) -> None:
    """An hour in a village: the list, three consents with a change in each, the receipts."""
    for number, code in enumerate(facts["codes"]):
        see.timed("go", "/kader")
        see.timed("follow", _("With a code of their sheet"))
        see.write(_("NIK or card number of the member"), facts["nik"])
        see.pick(_("status and card"))
        see.pick(_("address and family data"))
        see.write(_("One code of their sheet, typed by the member"), code)
        see.timed("press", _("Begin"))
        see.timed("go", "/data-saya/alamat")
        see.write(_("Address for letters"), f"Jl. Jauh {number}")
        see.timed("press", _("Save"))
        assert f"Jl. Jauh {number}" in see.text
        see.timed("go", "/kader")
        see.timed("follow", _("Receipt"))
        see.timed("go", "/wakil/selesai")
        see.timed("press", _("Go back"))


WALKS = {"pages": pages, "journey": journey, "volunteer": volunteer}


def main() -> None:
    walk, base, facts, result = sys.argv[1:]
    known = json.loads(Path(facts).read_text())
    with sync_playwright() as playwright:
        # a second handshake would come with Playwright's own way of taking our certificate
        arguments = ["--no-sandbox", "--ignore-certificate-errors"]
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        cookies = known["cookies"] if walk == "volunteer" else None
        see = Timed(context_of(chromium, cookies=cookies, base=base), base)
        WALKS[walk](see, known)
        Path(result).write_text(json.dumps(see.seconds))
        chromium.close()


if __name__ == "__main__":
    main()
