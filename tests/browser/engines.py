"""Every engine that people may come with, opened by its name."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.browsing import Browsing, Chromium, context_of
from tests.browser.qtwebkit import QtWebKit
from tests.browser.terminal import Links2, Lynx
from tests.browser.textbrowser import W3m

CHROMIUM = {"with script": {}, "without script": {"script": False}, "of 2016": {"gecko48": True}}
TEXT = ("w3m", "lynx", "links2")
ENGINES = (*CHROMIUM, "QtWebKit", *TEXT)
# A screen without script, two engines of 2016, a text browser: what breaks in the others breaks in one of these.
SOME = ("without script", "of 2016", "QtWebKit", "w3m")


@contextmanager
def opened(name: str, base: str, chromium, needed) -> Iterator[Browsing]:
    """A fresh profile of this engine; its console must have nothing to complain of.

    `chromium`: calls for the browser that is running; `needed`: gives the path of a program, or skips the test.
    """
    # Sockets of the terminals have short names; the folders of pytest have long ones.
    with TemporaryDirectory(prefix="jkn-", ignore_cleanup_errors=True) as folder:
        if name in CHROMIUM:
            with context_of(chromium(), **CHROMIUM[name]) as context:
                browser = Chromium(context, base, script=CHROMIUM[name].get("script", True))
                yield browser
                assert browser.complaints == []
            return
        with closing(_start(name, base, Path(folder), needed)) as browser:
            yield browser
            assert getattr(browser, "complaints", []) == []


def _start(name: str, base: str, folder: Path, needed) -> Browsing:
    if name == "QtWebKit":
        needed("QtWebKit")
        return QtWebKit(base, folder)
    program = needed(name)
    if name == "w3m":
        return W3m(program, base, folder)
    return {"lynx": Lynx, "links2": Links2}[name](program, needed("tmux"), base, folder)
