"""The README's pictures: `python -m tests.browser.screenshots` writes .readme/phone.png and .readme/kiosk.png anew."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.browsing import KEYPAD, context_of
from tests.browser.serving import ROOT, Databases, Server
from tests.browser.world import build

FOLDER = ROOT / ".readme"
# name: who looks, at what, on how large a screen
PICTURES = {
    "phone": ("member", "/status", KEYPAD),
    "kiosk": ("kiosk", "/kios", {"width": 640, "height": 480}),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        databases = Databases("sqlite", Path(folder))
        places = build(databases)
        server = Server(databases.copy(places.url), Path(folder))
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            for name, (who, url, size) in PICTURES.items():
                context = context_of(chromium, size=size, cookies=places.cookies[who], base=server.url)
                page = context.new_page()
                page.goto(server.url + url)
                page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
        finally:
            chromium.close()
            server.stop()


if __name__ == "__main__":
    main()
