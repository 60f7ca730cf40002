"""CSV that no spreadsheet can mistake for formulas."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """Text that a spreadsheet shows as it stands: an apostrophe before what would be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def line(values: Iterable) -> str:
    """One line of a file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue()
