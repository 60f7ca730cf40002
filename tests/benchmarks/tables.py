"""Plain tables, and the goals with what was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Goals:
    """What was promised and what came out; the run fails when something is over, or under what it should reach."""

    rows: list[tuple] = field(default_factory=list)

    def hold(self, what: str, measured: float, limit: float, unit: str = "") -> None:
        self._note(what, measured, "at most", limit, unit, "ok" if measured <= limit else "OVER")

    def reach(self, what: str, measured: float, least: float, unit: str = "") -> None:
        self._note(what, measured, "at least", least, unit, "ok" if measured >= least else "UNDER")

    def _note(self, what: str, measured: float, bound: str, goal: float, unit: str, verdict: str) -> None:
        self.rows.append((what, f"{measured:,.4g}{unit}", f"{bound} {goal:,.4g}{unit}", verdict))

    @property
    def missed(self) -> list[str]:
        return [row[0] for row in self.rows if row[-1] != "ok"]

    @property
    def met(self) -> bool:
        return not self.missed

    def show(self) -> None:
        title("Goals")
        table(("what", "measured", "goal", ""), self.rows)


def title(text: str) -> None:
    print(f"\n## {text}\n", flush=True)


def table(heads: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Columns of text, numbers to the right; floats with two digits after the point."""
    lines = [[_shown(value) for value in row] for row in rows]
    columns = list(zip(heads, *lines, strict=True))
    shapes = [f"{'>' if all(map(_is_number, cells[1:])) else '<'}{max(map(len, cells))}" for cells in columns]
    for line in [heads, *lines]:
        print("  ".join(f"{cell:{shape}}" for cell, shape in zip(line, shapes, strict=True)).rstrip(), flush=True)


def _shown(value) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _is_number(text: str) -> bool:
    return not text or text.replace(",", "").replace(".", "").replace("-", "").replace("x", "").isdecimal()
