import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import search
from jkn.db import db, on_sqlite
from jkn.search import SearchWord

WORDS = st.text("abcxyz0189", min_size=1, max_size=6)


def test_words_are_small_letters_and_digits_without_accents():
    assert search.words("Jl. Ry Jleper–Mijén No.5/A") == ["jl", "ry", "jleper", "mijen", "no", "5", "a"]
    assert search.words("\0<script>\x7f'; --") == ["script"]
    assert search.words("") == []


def test_what_stands_before_every_address_is_left_out():
    assert search.telling("Desa Gubeng Kec. Gubeng Kota Surabaya") == ["gubeng", "surabaya"]
    assert search.typed("jl") == []


def test_a_last_short_word_waits_while_there_are_others():
    assert search.typed("gubeng su") == ["gubeng"]
    assert search.typed("su") == ["su"]
    assert len(search.typed(" ".join(f"word{n}" for n in range(99)))) == search.MOST_WORDS


@given(WORDS, WORDS)
def test_the_range_of_a_beginning_holds_exactly_the_words_that_begin_so(beginning, word):
    end = search.after(beginning)
    assert (beginning <= word and (end is None or word < end)) == word.startswith(beginning)


@pytest.mark.parametrize("beginning, end", [("gub", "guc"), ("rz", "s"), ("zz", None), ("a9", "aa"), ("9", "a")])
def test_the_end_of_a_range_is_a_word_itself_so_that_any_collation_agrees(beginning, end):
    assert search.after(beginning) == end


@pytest.fixture
def entered(app):
    search.enter("k", {"1": ["gubeng", "surabaya"], "2": ["gubernur", "surabaya"], "3": ["mojo", "surakarta"]})
    search.enter("l", {"9": ["gubeng"]})


def found(*words, kind="k"):
    rarest = search.rare_first({kind: words})[kind]
    return {ref for (ref,) in search.refs(kind, [word for _count, word in rarest]).tuples()}


def test_each_word_asked_for_must_begin_some_word_of_the_row(entered):
    assert found("gub") == {"1", "2"}
    assert found("gub", "sura") == {"1", "2"}
    assert found("gubeng", "surab") == {"1"}
    assert found("mojo", "gubeng") == set()
    assert found("gub", kind="l") == {"9"}


def test_the_rarest_word_comes_first(entered):
    assert search.rare_first({"k": ["sura", "gubeng"], "l": ["gub"]}) == {
        "k": [(1, "gubeng"), (3, "sura")],
        "l": [(1, "gub")],
    }
    assert search.rare_first({"k": []}) == {"k": []}


def test_entering_again_replaces_the_words_of_a_row(entered):
    search.enter("k", {"1": ["menteng", "menteng"], "2": []})
    assert found("gub") == set()
    assert found("menteng") == {"1"}
    assert SearchWord.select().where(SearchWord.kind == "k").count() == 3
    assert found("gub", kind="l") == {"9"}


def test_whole_words_in_a_short_name_fit_best():
    names = ["Sumber Jaya Makmur", "Jayapura", "Jaya", "Sumber Jaya"]
    assert sorted(names, key=lambda name: search.fit(["jaya"], name)) == [
        "Jaya",
        "Sumber Jaya",
        "Sumber Jaya Makmur",
        "Jayapura",
    ]


def test_each_search_is_answered_by_an_index(entered):
    query, params = search.refs("k", ["gub", "sura"]).sql()
    if on_sqlite():
        plan = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {query}", params)]
        assert sum("USING COVERING INDEX" in step for step in plan) == 2
    else:
        db.execute_sql("SET LOCAL enable_seqscan = off")  # a table of ten rows would rather be read whole
        plan = [row[0] for row in db.execute_sql(f"EXPLAIN {query}", params)]
        assert sum("searchword_" in step for step in plan) == 2
    assert not any("SCAN search_word" in step or "Seq Scan" in step for step in plan)
