"""QtWebKit, an engine of the age of KaiOS 2.5: it lives in the system's Python, so a process of its own runs it."""

import json
import os
import subprocess
from pathlib import Path

PYTHON = "/usr/bin/python3"  # where Debian's python3-pyqt5.qtwebkit is
PROCESS = Path(__file__).with_name("qtwebkit_process.py")


def path() -> str | None:
    """The Python that has it; None without it."""
    command = [PYTHON, "-c", "import PyQt5.QtWebKitWidgets"]
    there = Path(PYTHON).exists() and not subprocess.run(command, capture_output=True, check=False).returncode
    return PYTHON if there else None


class QtWebKit:
    """With its script on: it understands ES2015 and htmx, and nothing of what came after 2016."""

    def __init__(self, base: str, folder: Path):
        self.base = base
        own = {
            "QT_QPA_PLATFORM": "offscreen",
            "LANG": "id_ID.UTF-8",
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
        }
        with open(folder / "qtwebkit.log", "ab") as log:
            self.process = subprocess.Popen(
                [PYTHON, PROCESS],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={"PATH": os.environ["PATH"], "QT_LOGGING_RULES": "*=false", **own},
                text=True,
            )

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)

    def go(self, path: str) -> None:
        self._do("go", self.base + path)

    def follow(self, words: str) -> None:
        self._do("follow", words)

    def write(self, label: str, text: str) -> None:
        self._do("write", label, text)

    def pick(self, label: str) -> None:
        self._do("pick", label)

    def press(self, words: str) -> None:
        self._do("press", words)

    def search(self, label: str, text: str, button: str) -> None:
        """What htmx brings while one types may come first: the button gives the same list."""
        self.write(label, text)
        self.press(button)

    @property
    def text(self) -> str:
        return self._do("text")

    @property
    def path(self) -> str:
        return self._do("url").removeprefix(self.base)

    @property
    def width(self) -> int:
        """Of the page, in CSS pixels."""
        return self._do("width")

    @property
    def complaints(self) -> list[str]:
        """What its console said, but that it does not know a part of the policy that came after it."""
        return [said for said in self._do("said") if "Unrecognized Content-Security-Policy" not in said]

    def _do(self, *words: str):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "QtWebKit broke"
        done = json.loads(line)
        assert "wrong" not in done, done["wrong"]
        return done["answer"]
