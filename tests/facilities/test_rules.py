from collections import namedtuple
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn import law
from jkn.facilities import rules
from jkn.facilities.rules import Point, Vicinity

Row = namedtuple("Row", "code regency_code words lat lon name")


def row(code, words="", lat=None, lon=None, regency="35.78"):
    return Row(code, regency, words, lat, lon, code)


def test_f01_three_months_at_one_clinic_then_the_first_of_next_month():
    rule = law.at(date(2026, 3, 15)).fktp_change
    free = rules.free_from(date(2026, 1, 1), rule.min_months)
    assert date(2026, 3, 15) < free == date(2026, 4, 1)
    assert rules.effective_from(date(2026, 3, 15), rule.effective_months) == date(2026, 4, 1)
    assert rules.effective_from(date(2026, 4, 2), rule.effective_months) == date(2026, 5, 1)


@given(st.dates(date(2014, 1, 1), date(2040, 1, 1)))
def test_a_change_holds_from_a_first_within_31_days(day):
    since = rules.effective_from(day, 1)
    assert since.day == 1
    assert 1 <= (since - day).days <= 31
    assert rules.may_undo(since, day)
    assert not rules.may_undo(since, since)


def test_the_middle_is_a_median_that_a_wrong_pin_does_not_move():
    points = [Point(-7.0, 112.0), Point(-7.1, 112.1), Point(-7.2, 112.2), Point(5.0, 95.0), Point(-7.1, 112.1)]
    assert rules.middle(points) == Point(-7.1, 112.1)
    assert rules.middle([]) is None


def test_distance_is_about_what_a_map_says():
    surabaya, sidoarjo = Point(-7.2575, 112.7521), Point(-7.4478, 112.7183)
    assert rules.distance(surabaya, sidoarjo) == pytest.approx(21.5, abs=0.5)


def test_a_place_is_named_by_whole_words_only():
    assert rules.names(row("a", "jl raya gubeng no 1"), "gubeng")
    assert rules.names(row("a", "desa x kec wewewa selatan"), "wewewa selatan")
    assert not rules.names(row("a", "jl gubengan"), "gubeng")
    assert not rules.names(row("a", "jl raya"), "")


def test_the_middle_is_that_of_the_district_else_of_the_regency():
    rows = [row("a", "gubeng", -7.1, 112.1), row("b", "mojo", -7.9, 112.9), row("c", "gubeng")]
    assert Vicinity.among("35.78", "gubeng", rows).centre == Point(-7.1, 112.1)
    assert Vicinity.among("35.78", "jagir", rows).centre == Point(-7.5, 112.5)
    assert Vicinity.among("35.78", "jagir", []).centre is None


def test_nearest_is_the_district_named_then_the_regency_then_the_distance():
    rows = [
        row("far in the regency", "x", -7.9, 112.1),
        row("close in the regency", "x", -7.2, 112.1),
        row("no pin", "x"),
        row("named, far", "gubeng", -7.8, 112.1),
        row("named, close", "kec gubeng", -7.1, 112.1),
        row("named, no pin", "gubeng"),
        row("next door, closest", "gubeng", -7.11, 112.1, regency="35.15"),
    ]
    vicinity = Vicinity("35.78", "gubeng", Point(-7.1, 112.1))
    assert [found.code for found in sorted(rows, key=vicinity.rank)] == [
        "named, close",
        "named, far",
        "named, no pin",
        "close in the regency",
        "far in the regency",
        "no pin",
        "next door, closest",
    ]
