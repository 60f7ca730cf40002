"""The story: every amount was computed by hand from the law of its day; `why` says how."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from tests.year import acts
from tests.year.life import Life


class Entry(NamedTuple):
    """What happens, what it must come to in whole rupiah (0 also where no money is meant), and why."""

    what: str
    act: Callable[[Life, int], None]
    amount: int
    why: str


START = "2025-03-03"
STORY: dict[str, tuple[Entry, ...]] = {
    START: (
        Entry(
            "joins on the web: 3 people, class III",
            acts.joins,
            105_000,
            "3 x 35.000: 42.000 less aid of 7.000 (Perpres 64/2020 ps 34)",
        ),
        Entry("the bank is given no bill yet", acts.is_too_early, 0, "first payment after 14 days, within 30"),
    ),
    "2025-03-17": (
        Entry("pays the first contribution", acts.pays, 105_000, "day 14: March, 3 x 35.000"),
        Entry("is served", acts.is_served, 0, "covered from the first payment on"),
    ),
    "2025-04-08": (Entry("pays April", acts.pays, 105_000, "3 x 35.000, due on the 10th"),),
    "2025-05-31": (
        Entry(
            "is late and still served", acts.is_late, 105_000, "May may be paid until its end (Perpres 82/2018 ps 42)"
        ),
    ),
    "2025-06-01": (
        Entry("is suspended", acts.is_suspended, 210_000, "May ended unpaid: 1 month of arrears and June, 2 x 105.000"),
    ),
    "2025-09-05": (
        Entry(
            "the public calculator says what makes active",
            acts.is_calculated,
            525_000,
            "May-August and September, 5 x 105.000 (Perpres 82/2018 ps 42(3))",
        ),
        Entry("the bank asks for the same", acts.is_asked, 525_000, "5 x 105.000"),
        Entry(
            "is offered two instalments, all in all", acts.sees_plans, 630_000, "4 + September + October, 6 x 105.000"
        ),
        Entry(
            "joins REHAB, each instalment", acts.joins_plan, 315_000, "half of 4 months: 630.000 / 2 (New REHAB 2.0)"
        ),
        Entry("the bank asks for the instalment", acts.is_asked, 315_000, "630.000 / 2"),
    ),
    "2025-09-10": (
        Entry("pays the first instalment", acts.pays, 315_000, "settles May, June, July, 3 x 105.000"),
        Entry(
            "is suspended still", acts.is_suspended, 210_000, "August and September at once would end it, 2 x 105.000"
        ),
    ),
    "2025-09-24": (
        Entry(
            "check-instalments finds nothing amiss",
            acts.runs("check-instalments", saying="1 plans looked at"),
            0,
            "the next instalment is due on 31 October",
        ),
    ),
    "2025-10-09": (
        Entry("pays the second instalment", acts.pays, 315_000, "settles August, September, October"),
        Entry("is served again", acts.is_served, 0, "REHAB: active with the last instalment"),
        Entry(
            "reads until when a stay may cost a penalty",
            acts.has_window("23 November 2025", 4),
            20_000_000,
            "9 October + 45 days; 5% x 4 months; cap (Perpres 59/2024)",
        ),
    ),
    "2025-11-01": (
        Entry(
            "is admitted, estimate 5.000.000: penalty",
            acts.is_admitted,
            1_000_000,
            "5% x 5.000.000 x 4 months in arrears of the plan (Perpres 59/2024)",
        ),
        Entry("the bank asks for November alone", acts.is_asked, 105_000, "the penalty is a bill of its own"),
    ),
    "2025-11-02": (
        Entry(
            "bill-penalties bills nothing twice",
            acts.runs("bill-penalties", saying="0 penalties billed"),
            0,
            "billed when it was recorded",
        ),
    ),
    "2025-11-03": (Entry("pays the penalty by its own number", acts.pays_penalty, 1_000_000, "as billed"),),
    "2025-11-05": (Entry("pays November", acts.pays, 105_000, "3 x 35.000"),),
    "2025-11-20": (
        Entry(
            "is admitted again: no penalty", acts.is_admitted_again, 0, "within the window, but once (Perpres 59/2024)"
        ),
    ),
    "2025-12-02": (
        Entry("puts money into the pot", acts.fills_pot, 250_000, "any amount, whole months: December and January"),
        Entry("keeps the rest", acts.has_in_pot, 40_000, "250.000 - 2 x 105.000"),
    ),
    "2026-01-05": (
        Entry(
            "use-credit uses nothing",
            acts.runs("use-credit", saying="0 families' credit used"),
            0,
            "40.000 buys no month of 105.000",
        ),
    ),
    "2026-02-03": (
        Entry("puts in what is missing for February", acts.fills_pot, 65_000, "105.000 - 40.000"),
        Entry("has nothing left in the pot", acts.has_in_pot, 0, "40.000 + 65.000 - 105.000"),
        Entry("is served", acts.is_served, 0, "paid up to and including February"),
        Entry(
            "has paid in all",
            acts.has_paid,
            2_260_000,
            "2 x 105.000 + 2 x 315.000 + 1.000.000 + 105.000 + 250.000 + 65.000",
        ),
        Entry("of it for months", acts.has_settled, 1_260_000, "March to February, 12 x 105.000"),
        Entry("the books: at the bank", acts.books("bank"), 2_260_000, "all that was paid"),
        Entry("the books: penalties earned", acts.books("penalty"), -1_000_000, "the one of November"),
        Entry("the books: credit", acts.books("credit"), 0, "2.260.000 - 1.260.000 - 1.000.000"),
        Entry("the books: penalties owed", acts.books("penalty-due"), 0, "1.000.000 - 1.000.000"),
        Entry(
            "the books: owed by governments",
            acts.books("due"),
            252_000,
            "aid of 3 x 7.000 for 12 months paid: 6 billed while active, 6 on a bill after they were paid",
        ),
        Entry("the books: contributions earned", acts.books("income"), -1_512_000, "1.260.000 + 252.000"),
    ),
}


def live(life: Life, story: dict[str, Iterable[Entry]] = STORY) -> Iterator[tuple[str, str, int, str]]:
    """Each entry that came to what it must, as a row of the table. Fails at the first that does not."""
    for day, entries in story.items():
        life.go_to(date.fromisoformat(day))
        for entry in entries:
            try:
                entry.act(life, entry.amount)
            except AssertionError as wrong:
                raise AssertionError(f"{day} {entry.what}, {entry.amount:,} because {entry.why}: {wrong}") from wrong
            yield day, entry.what, entry.amount, entry.why
