"""Finding rows by the beginnings of words, alike on both engines: plain ranges, no LIKE, no collation.

A row is entered under a kind and its code with all its words; a search is for rows that have, for each word typed, a
word that begins so. Table: search_word.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from peewee import SQL, CharField, Expression, Select, Value, fn

from jkn.db import BaseModel, db

LONGEST_WORD = 24
MOST_WORDS = 5  # of what somebody typed
COMMON = 200  # a word that more rows share than this does not narrow a search; so many are read and sorted
COUNTED = 1000  # how far rows are counted to see which of the words is the rarest

# Written before nearly every name or address; they tell nothing.
NOISE = frozenset(
    (
        *("jl", "jln", "jalan", "no", "rt", "rw", "km", "desa", "ds", "kel", "kelurahan"),
        *("kec", "kecamatan", "kab", "kabupaten", "kota", "provinsi", "dan", "di"),
    )
)


class SearchWord(BaseModel):
    """One word by which one row is found."""

    kind = CharField(max_length=10)
    word = CharField(max_length=LONGEST_WORD)
    ref = CharField(max_length=13)

    class Meta:
        indexes = ((("kind", "word", "ref"), True), (("kind", "ref", "word"), False))


def words(text: str) -> list[str]:
    """The words of a text, in order: small letters a-z and digits, accents dropped."""
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return [word[:LONGEST_WORD] for word in re.findall("[a-z0-9]+", text.lower())]


def telling(text: str) -> list[str]:
    """The different words of a text that narrow a search."""
    return [word for word in dict.fromkeys(words(text)) if word not in NOISE]


def typed(text: str) -> list[str]:
    """What to look for. A last word of one or two letters is still being typed, and waits while there are others."""
    found = telling(text)[:MOST_WORDS]
    return found[:-1] if len(found) > 1 and len(found[-1]) < 3 else found


def after(beginning: str) -> str | None:
    """The first word that sorts after all words with this beginning: gub, guc. None after zzz.

    Digits come before letters in every collation, so 9 is followed by a.
    """
    stem = beginning.rstrip("z")
    if not stem:
        return None
    return stem[:-1] + ("a" if stem[-1] == "9" else chr(ord(stem[-1]) + 1))


def begins(column, beginning: str) -> Expression:
    """The column's word begins so: a range that the index answers."""
    end = after(beginning)
    return (column >= beginning) & (column < end) if end else column >= beginning


def rare_first(kinds: Mapping[str, Iterable[str]]) -> dict[str, list[tuple[int, str]]]:
    """For each kind its words with how many rows have them (counted up to COUNTED), rarest first; one query."""
    asked = [(kind, word) for kind, listed in kinds.items() for word in listed]
    query = None
    for place, (kind, word) in enumerate(asked):
        some = SearchWord.select(SQL("1")).where(SearchWord.kind == kind, begins(SearchWord.word, word))
        one = Select([some.limit(COUNTED).alias("some")], [Value(place), fn.COUNT(SQL("*"))])
        query = one if query is None else query.union_all(one)
    counted = {kind: [] for kind in kinds}
    for place, count in query.bind(db).tuples() if query is not None else ():
        kind, word = asked[place]
        counted[kind].append((count, word))
    return {kind: sorted(found, key=lambda pair: (pair[0], -len(pair[1]))) for kind, found in counted.items()}


def refs(kind: str, rarest: list[str], limit: int = COMMON) -> Select:
    """A query for the codes of rows that have all the words; it walks the first and probes for the others.

    Of a first word that more than COUNTED rows have, so many are walked: those with the whole word come first.
    """
    first, *others = rarest
    query = SearchWord.select(SearchWord.ref).where(SearchWord.kind == kind, begins(SearchWord.word, first))
    query = query.order_by(SearchWord.word, SearchWord.ref)
    if not others:
        return query.limit(limit)
    walked = query.limit(COUNTED).alias("walked")
    found = Select([walked], [walked.c.ref]).where(*(has(kind, walked.c.ref, word) for word in others))
    return found.limit(limit).bind(db)


def has(kind, ref, word: str) -> Expression:
    """The row with this code has a word that begins so."""
    other = SearchWord.alias()
    return fn.EXISTS(other.select(SQL("1")).where(other.kind == kind, other.ref == ref, begins(other.word, word)))


def fit(asked: Iterable[str], name: str) -> tuple[int, int, int]:
    """How well a name answers the words asked for; the best sorts first: whole words, then beginnings, then brevity."""
    asked, own = list(asked), words(name)
    whole = sum(word in own for word in asked)
    begun = sum(any(mine.startswith(word) for mine in own) for word in asked)
    return -whole, -begun, len(own)


def enter(kind: str, rows: Mapping[str, Iterable[str]]) -> None:
    """Put rows under their words, in place of those they had; inside the caller's write."""
    forget(kind, list(rows))
    mark = db.param
    statement = f"INSERT INTO search_word (kind, word, ref) VALUES ({mark}, {mark}, {mark})"
    entries = [(kind, word, code) for code, listed in rows.items() for word in dict.fromkeys(listed)]
    if entries:
        db.cursor().executemany(statement, entries)


def forget(kind: str, codes: list[str]) -> None:
    """Take rows out; inside the caller's write."""
    for start in range(0, len(codes), 500):
        part = codes[start : start + 500]
        SearchWord.delete().where(SearchWord.kind == kind, SearchWord.ref.in_(part)).execute()
