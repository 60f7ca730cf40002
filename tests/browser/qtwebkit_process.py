"""A WebKit of 2016 (Debian's QtWebKit 602), told by lines of JSON what to do; run by the system's own Python.

Each line in is a list: a verb and its words. Each line out is the answer, when the page has come to rest.
"""

import json
import sys
import time

from PyQt5.QtCore import QUrl
from PyQt5.QtWebKitWidgets import QWebPage, QWebView
from PyQt5.QtWidgets import QApplication

PATIENCE, REST = 20, 0.15  # seconds: for a page at most; without anything loading until it counts as there
SCREEN = (240, 320)

# ES5, as the pages' own readers of that age; a field is found by the words of its label.
FINDERS = """
function plain(text) { return text.replace(/\\s+/g, ' ').trim().toLowerCase(); }
function first(selector, says) {
    var all = document.querySelectorAll(selector);
    for (var i = 0; i < all.length; i++) if (says(all[i])) return all[i];
    throw new Error('nothing says it on ' + location.pathname);
}
function saying(selector, words) {
    return first(selector, function (one) { return plain(one.textContent || one.value).indexOf(plain(words)) >= 0; });
}
function field(words) {
    var label = saying('label', words);
    return label.control || document.getElementById(label.htmlFor) || label.querySelector('input,select,textarea');
}
function happens(one, name) {
    var event = document.createEvent('Event');
    event.initEvent(name, true, true);
    one.dispatchEvent(event);
}
"""
VERBS = {
    "follow": "saying('a', words[0]).click();",
    "press": "saying('button,[type=submit]', words[0]).click();",
    "pick": "field(words[0]).click();",
    "write": "var one = field(words[0]); one.focus(); one.value = words[1]; happens(one, 'keyup');"
    "happens(one, 'input'); happens(one, 'change');",
    "text": "return document.body.innerText;",
    "width": "return document.documentElement.scrollWidth;",
}


class Page(QWebPage):
    """Keeps what its console says, and what goes on in it."""

    def __init__(self):
        super().__init__()
        self.said, self.quiet_since = [], time.monotonic()
        self.loading = False
        self.loadStarted.connect(self._started)
        self.loadFinished.connect(self._finished)
        self.networkAccessManager().finished.connect(self._moved)

    def javaScriptConsoleMessage(self, message, line, source):
        self.said.append(f"{source}:{line} {message}")

    def javaScriptAlert(self, frame, message):
        self.said.append(f"alert: {message}")

    def _started(self):
        self.loading = True

    def _finished(self, _well):
        self.loading = False
        self._moved()

    def _moved(self, *_what):
        self.quiet_since = time.monotonic()


def main() -> None:
    app = QApplication(["qtwebkit"])
    page, view = Page(), QWebView()
    view.setPage(page)
    view.resize(*SCREEN)
    view.show()

    def rest() -> None:
        page.quiet_since, end = time.monotonic(), time.monotonic() + PATIENCE
        while time.monotonic() < end:
            app.processEvents()
            if not page.loading and time.monotonic() - page.quiet_since > REST:
                return
            time.sleep(0.005)
        raise TimeoutError(f"{page.mainFrame().url().toString()} does not come to rest")

    def do(verb: str, words: list):
        if verb == "go":
            page.mainFrame().load(QUrl(words[0]))
            rest()
        elif verb == "url":
            return page.mainFrame().url().toString()
        elif verb == "said":
            return page.said
        elif verb == "wait":
            rest()
        else:
            body = f"{FINDERS} var words = {json.dumps(words)}; {VERBS[verb]}"
            script = f"(function () {{ try {{ {body} }} catch (wrong) {{ return 'WRONG ' + wrong.message; }} }}())"
            answer = page.mainFrame().evaluateJavaScript(script)
            if str(answer).startswith("WRONG "):
                raise LookupError(answer)
            if verb not in ("text", "width"):
                rest()
            return answer
        return None

    for line in sys.stdin:
        verb, *words = json.loads(line)
        try:
            answer = {"answer": do(verb, words)}
        except Exception as wrong:
            answer = {"wrong": f"{verb} {words}: {wrong!r}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
