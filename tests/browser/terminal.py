"""lynx and links2 at a terminal: tmux is the terminal, tall enough that a whole page stands on its screen.

The cursor stands on what one would follow, tick or fill: keys move it, and the screen says what is there.
"""

import re
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

COLUMNS, ROWS = 160, 230
PATIENCE = 15  # seconds until the program must have done what the keys say
REST = 0.12  # seconds without a change until a screen counts as drawn
MOST_STEPS = 150
FOOTER = "165"  # what every page ends with: the telephone


class Terminal:
    """The journey's verbs, by keys alone. What differs between the two programs stands in the classes below."""

    script = False
    foot = 1  # rows at the bottom in which the program itself speaks
    options: tuple[str, ...] = ()

    def __init__(self, program: str, tmux: str, base: str, folder: Path):
        self.base, self.tmux = base, [tmux, "-S", str(folder / "tmux"), "-f", "/dev/null"]
        self.prepare(folder)
        home = ["env", "-u", "LINES", "-u", "COLUMNS", f"HOME={folder}", "TERM=screen", "LANG=C.UTF-8"]
        command = [*home, program, *self.options, base + "/bantuan"]
        self._tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), *command)
        self._wait(lambda: FOOTER in self.text)
        self._rest()

    def prepare(self, folder: Path) -> None:
        """Write what the program wants to find at home."""

    def close(self) -> None:
        self._tmux("kill-server")

    def follow(self, words: str) -> None:
        self._on(words)
        self._enter()

    def pick(self, label: str) -> None:
        """The round or square box stands before its words."""
        self._on(label)
        self._keys("Enter")
        self._rest()

    def press(self, words: str) -> None:
        self._on(words, whole=True)
        self._enter()

    def search(self, label: str, text: str, button: str) -> None:
        self.write(label, text)
        self.press(button)

    @property
    def text(self) -> str:
        return "\n".join(self._lines())

    def _on(self, words: str, whole: bool = False) -> None:
        """Move the cursor to the first thing one can use that says this; its box or bracket may stand before."""
        for row, column in self._places(words, whole):
            if self._reach((row, column - 8)) and self._cursor()[0] == row:
                self._nearer((row, column))
                return
        raise AssertionError(f"nothing to use says {words}:\n{self._shown()}")

    def _field(self, label: str) -> None:
        """Move the cursor to the field of this label: on its line or under it; the title above may say the same."""
        for row, column in reversed(self._places(label)):
            if self._reach((row, column)) and self._cursor()[0] - row <= 2:
                return
        raise AssertionError(f"no field is called {label}:\n{self._shown()}")

    def _places(self, words: str, whole: bool = False) -> list[tuple[int, int]]:
        """(row, column) wherever the screen says this; `whole`: as all that a button says, else as a key in a row."""
        sought = re.escape(words)
        if not whole:
            return self._found(sought)
        return self._found(rf"^\s*\[?\s*{sought}\s*\]?$") or self._found(rf"(?<!\S)(?:\(\w+\) )?{sought}(?=$| [(\w])")

    def _found(self, pattern: str) -> list[tuple[int, int]]:
        sought = re.compile(pattern, re.IGNORECASE)
        found = [(row, sought.search(line)) for row, line in enumerate(self._lines())]
        return [(row, match.start() + len(match[0]) - len(match[0].lstrip())) for row, match in found if match]

    def _reach(self, place: tuple[int, int]) -> bool:
        """Stand on the first thing to use at or behind a place; False when there is none."""
        self._step("Up", lambda cursor: cursor < place)
        return self._step("Down", lambda cursor: cursor >= place)

    def _nearer(self, place: tuple[int, int]) -> None:
        """In a row of keys the one before may have been reached: go on while the next is as near."""
        while True:
            here = self._cursor()
            self._keys("Down")
            if not self._wait(lambda was=here: self._cursor() != was, 0.4):
                return
            there = self._cursor()
            if there[0] != place[0] or abs(there[1] - place[1]) > abs(here[1] - place[1]):
                self._keys("Up")
                self._wait(lambda was=here: self._cursor() == was, 0.4)
                return

    def _step(self, key: str, until) -> bool:
        before = None
        for _step in range(MOST_STEPS):
            cursor = self._cursor()
            if until(cursor):
                return True
            if cursor == before:
                return False
            before = cursor
            self._keys(key)
            self._wait(lambda was=cursor: self._cursor() != was, 0.4)
        return False

    def _cursor(self) -> tuple[int, int]:
        row, column = self._tmux("display-message", "-p", "#{cursor_y} #{cursor_x}").split()
        return int(row), int(column)

    def _enter(self) -> None:
        before = self.text
        self._keys("Enter")
        self._arrive(before)

    def _arrive(self, before: str) -> None:
        """Wait until another page is there; the same page again is one too, after some patience."""
        self._wait(lambda: self.text != before, PATIENCE)
        self._rest()

    def _rest(self) -> None:
        last, since, end = None, time.monotonic(), time.monotonic() + PATIENCE
        while time.monotonic() < end:
            shown = self._shown(), self._cursor()
            if shown != last or FOOTER not in shown[0]:
                last, since = shown, time.monotonic()
            elif time.monotonic() - since > REST:
                return
            time.sleep(0.02)

    def _wait(self, until, seconds: float = PATIENCE) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if until():
                return True
            time.sleep(0.01)
        return False

    def _lines(self) -> list[str]:
        return self._shown().split("\n")[: ROWS - self.foot]

    def _shown(self) -> str:
        return self._tmux("capture-pane", "-p")

    def _type(self, text: str) -> None:
        self._tmux("send-keys", "-l", "--", text)

    def _keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run([*self.tmux, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"tmux {words}: {done.stderr}"
        return done.stdout


class Lynx(Terminal):
    foot = 3
    options = ("-accept_all_cookies", "-tna", "-nopause", "-noreferer")

    def go(self, path: str) -> None:
        before = self.text
        self._keys("g")
        assert self._wait(lambda: "URL" in self._shown()), self._shown()
        self._keys("C-u")
        self._type(self.base + path)
        self._keys("Enter")
        if not self._wait(lambda: self.text != before, 2):
            self._keys("C-r")  # it does not ask again for the page it shows
        self._arrive(before)

    def write(self, label: str, text: str) -> None:
        """Enter opens a field, Tab leaves it."""
        self._field(label)
        self._keys("Enter", "C-u")
        self._type(text)
        self._keys("Tab")
        self._rest()

    @property
    def path(self) -> str:
        before = self.text
        self._keys("=")
        self._wait(lambda: "URL: " in self.text)
        url = re.search(r"URL: (\S+)", self.text)[1]
        self._keys("Left")
        self._wait(lambda: self.text == before)
        return urlsplit(url).path


class Links2(Terminal):
    # As it comes, it keeps pages even when it is told not to.
    options = ("-aggressive-cache", "0")

    def prepare(self, folder: Path) -> None:
        (folder / ".links2").mkdir()  # else it greets first

    def go(self, path: str) -> None:
        before = self.text
        for key, shown in (("Escape", "Downloads"), ("Enter", "Go to URL"), ("Enter", "[ OK ]")):
            self._keys(key)
            assert self._wait(lambda words=shown: words in self.text), f"no {shown}:\n{self._shown()}"
        self._keys("C-u")
        self._type(self.base + path)
        self._keys("Enter")
        self._arrive(before)

    def write(self, label: str, text: str) -> None:
        self._field(label)
        self._keys("C-u")
        self._type(text)
        self._rest()

    @property
    def path(self) -> str:
        """Its page about the page comes by a key which a field would take as a letter: off the field first."""
        self._step("Down", lambda cursor: False)
        self._keys("=")
        self._wait(lambda: "URL: " in self.text)
        url = re.search(r"URL: (\S+)", self.text)[1]
        self._keys("Enter")
        self._wait(lambda: "URL: " not in self.text)
        return urlsplit(url).path
