"""w3m at a terminal: keys in, the page as it is shown out."""

import fcntl
import itertools
import os
import pty
import re
import signal
import struct
import termios
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

SOON = 2
PATIENCE = 20  # seconds until w3m must have done what the keys say
TOP, TAB, BACK_TAB, ENTER, CLEAR, SAVE = "g", "\t", "\033\t", "\r", "\x15", "\x10"
KEYPAD = "1 2 3 "
ABOUT, BACK, ADDRESS = "=", "B", "U"

KEYMAP = """
keymap C-p SAVE_SCREEN
"""
CONFIG = """
use_cookie 1
accept_cookie 1
tabstop 8
confirm_qq 0
accept_language id
default_url 0
"""


class W3mDied(Exception):
    """The program itself broke, as version 0.5.3 now and then does on its way back from an editor."""


class W3m:
    """Finds a word as people do, with /, and goes on from there with the Tab key."""

    script = False

    def __init__(self, program: str, base: str, folder: Path):
        self.base, self.folder = base, folder
        self.typed = folder / "typed"
        self.count = itertools.count()
        own = folder / ".w3m"
        own.mkdir()
        (own / "keymap").write_text(KEYMAP)
        (own / "config").write_text(CONFIG)
        editor = folder / "editor"
        editor.write_text(f'#!/bin/sh\ncat "{self.typed}" > "$1"\nrm "{self.typed}"\n')
        editor.chmod(0o755)
        where = {"HOME": str(folder), "W3M_DIR": str(own), "TERM": "xterm", "LANG": "C.UTF-8", "EDITOR": str(editor)}
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)  # what it may save stays here
            os.execve(program, [program, base + "/"], {"PATH": os.environ["PATH"], **where})
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 160, 0, 0))
        self.screen = b""
        threading.Thread(target=self._drain, daemon=True).start()
        _ = self.text

    def _drain(self) -> None:
        """A terminal that nobody reads stops the program that writes to it."""
        try:
            while more := os.read(self.terminal, 65536):
                self.screen = (self.screen + more)[-20_000:]
        except OSError:
            pass  # w3m has gone

    def close(self) -> None:
        if self.process:
            os.kill(self.process, signal.SIGTERM)
            os.waitpid(self.process, 0)
        os.close(self.terminal)

    def go(self, path: str) -> None:
        self._keys(ADDRESS, CLEAR, self.base + path)
        self._arrive()

    def follow(self, words: str) -> None:
        self._find(words)
        self._arrive()

    def write(self, label: str, text: str) -> None:
        """A field with one line asks at the foot of the screen; one with several lines opens an editor."""
        self._find(label)
        self.typed.write_text(text)
        self._keys(TAB)
        if "textarea" in self._about(r"current form\s+(.*)"):
            self._keys(ENTER)
            self._wait_for_the_editor()
        else:
            self._keys(ENTER, CLEAR, text, ENTER)

    def pick(self, label: str) -> None:
        """The round or square box stands before its words."""
        self._find(label)
        self._keys(BACK_TAB, ENTER)

    def press(self, words: str) -> None:
        """The buttons of a keypad stand in a row, without brackets."""
        if f"[{words}]" in (text := self.text):
            self._find(f"[{words}]")
        else:
            row = next(line.split() for line in text.splitlines() if line.startswith(KEYPAD))
            self._find(KEYPAD)
            self._keys(TAB * row.index(words))
        self._arrive()

    def search(self, label: str, text: str, button: str) -> None:
        self.write(label, text)
        self.press(button)

    @property
    def text(self) -> str:
        """The page as it stands there. Keys that come while w3m is busy may be lost, so it is asked again."""
        asked, end = [], time.monotonic() + PATIENCE
        while time.monotonic() < end:
            asked.append(self.folder / f"shown-{next(self.count)}")
            self._keys(SAVE, CLEAR, str(asked[-1]), ENTER)
            if text := self._written(asked):
                return text
        raise AssertionError(f"w3m does not answer; the last of its screen:\n{self.screen[-300:]!r}")

    @property
    def path(self) -> str:
        return urlsplit(self._about(r"Current URL\s+(\S+)")).path

    def _find(self, words: str) -> None:
        """The first place where the page says this; w3m reads a pattern."""
        self._keys(TOP, "/", re.sub(r"([][])|[^\w ]", lambda sign: f"\\{sign[1]}" if sign[1] else ".", words), ENTER)

    def _about(self, pattern: str) -> str:
        """A line of the page on which w3m describes the page, and the field under the cursor."""
        self._keys(ABOUT)
        found = re.search(pattern, self.text)
        self._keys(BACK)
        return found[1] if found else ""

    def _written(self, paths: list[Path]) -> str | None:
        """The text of the first of these files that is there and no longer grows."""
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            before = [path.read_text(errors="replace") for path in paths if path.exists()]
            time.sleep(0.03)
            after = [path.read_text(errors="replace") for path in paths if path.exists()]
            if before and before[0] and before[0] == after[0]:
                return before[0]
        return None

    def _wait_for_the_editor(self) -> None:
        """w3m forgets keys that come while the editor is open."""
        end = time.monotonic() + PATIENCE
        while self.typed.exists() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.3)

    def _arrive(self) -> None:
        """Wait until the next page is there."""
        self._keys(ENTER)
        _ = self.text

    def _keys(self, *keys: str) -> None:
        if os.waitpid(self.process, os.WNOHANG) != (0, 0):
            self.process = 0
            raise W3mDied
        os.write(self.terminal, "".join(keys).encode())
