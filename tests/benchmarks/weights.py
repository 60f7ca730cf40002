"""How heavy each page is, against what tests/test_weights.py holds."""

from pathlib import Path
from statistics import median

from jkn import clock, create_app
from jkn.commands import migrate
from jkn.db import db
from tests import test_weights as limits
from tests.benchmarks.tables import Goals, table, title
from tests.conftest import NOW
from tests.weighing import Weighed, weigh


def run(folder: Path, goals: Goals) -> None:
    """Weigh every page of the application in a database of its own."""
    app = create_app(TESTING=True, DATABASE_URL=f"sqlite:///{folder}/weights.db")
    migrate()
    with clock.frozen(NOW):
        answers = weigh(app)
    db.close_all()
    title("Weights, in bytes (raw, gzip 6, brotli 5, response headers)")
    table(
        ("page", "who", "status", "raw", "gzip", "brotli", "headers", "cookie", "script"),
        [_row(answer) for answer in answers if not answer.fragment],
    )
    title("Fragments that htmx fetches")
    table(
        ("page", "id", "who", "raw", "gzip", "brotli", "headers"),
        [
            (one.url, one.fragment, one.who, one.raw, one.gzip, one.brotli, one.headers)
            for one in answers
            if one.fragment
        ],
    )
    _judge(answers, goals)


def _row(answer: Weighed) -> tuple:
    return (
        answer.url,
        answer.who,
        answer.status,
        answer.raw,
        answer.gzip,
        answer.brotli,
        answer.headers,
        "sets" if answer.sets_cookie else "",
        "htmx" if answer.scripts else "",
    )


def _judge(answers: list[Weighed], goals: Goals) -> None:
    pages = [
        answer.gzip for answer in answers if answer.is_for_members and answer.status == 200 and not answer.fragment
    ]
    fragments = [answer.brotli for answer in answers if answer.fragment]
    with_cookie = [answer.headers for answer in answers if answer.sets_cookie]
    without = [answer.headers for answer in answers if not answer.sets_cookie]
    goals.hold("members' pages, median, gzip 6", median(pages), limits.MEDIAN, " B")
    goals.hold("members' pages, largest, gzip 6", max(pages), limits.LARGEST, " B")
    goals.hold("style inside the page, raw", len(answers[0].style.encode()), limits.STYLE, " B")
    goals.hold("fragments, median, brotli 5", median(fragments), limits.FRAGMENT_MEDIAN, " B")
    goals.hold("fragments, largest, brotli 5", max(fragments), limits.LARGEST_FRAGMENT, " B")
    goals.hold("response headers, longest", max(without), limits.HEADERS, " B")
    goals.hold("response headers with a cookie, longest", max(with_cookie), limits.HEADERS_WITH_COOKIE, " B")
