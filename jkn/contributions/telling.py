"""Saying to a reader what the rules found: labels translated, values written the way pages write them."""

from collections.abc import Iterable

from flask import current_app
from flask_babel import gettext

from jkn.contributions.rules import Fact


def told(trace: Iterable[Fact]) -> list[tuple[str, object]]:
    """(label, value) pairs for the "Why?" macro."""
    write = current_app.jinja_env.filters
    return [(gettext(fact.label), write[fact.shown_as](fact.value) if fact.shown_as else fact.value) for fact in trace]
