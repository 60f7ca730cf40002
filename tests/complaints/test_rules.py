from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.complaints.rules import RANDOM, SIGNS, due_on, read_ticket, show_ticket, ticket_of
from jkn.numbers import BadNumber

tickets = st.lists(st.integers(0, len(SIGNS) - 1), min_size=RANDOM, max_size=RANDOM).map(ticket_of)


def test_a_ticket_has_at_least_forty_random_bits():
    assert len(SIGNS) ** RANDOM >= 2**40 and len(set(SIGNS)) == len(SIGNS)


@given(tickets)
def test_a_ticket_reads_back_as_shown(ticket):
    shown = show_ticket(ticket)
    assert read_ticket(shown) == read_ticket(shown.lower()) == read_ticket(shown.replace("-", " ")) == ticket


@given(tickets)
def test_look_alikes_are_forgiven(ticket):
    for wrong in ("O", "o"):
        assert read_ticket(ticket.replace("0", wrong)) == ticket
    for wrong in "IiLl":
        assert read_ticket(ticket.replace("1", wrong)) == ticket


@given(tickets, st.integers(0, RANDOM), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_found(ticket, place, sign):
    wrong = ticket[:place] + sign + ticket[place + 1 :]
    if wrong != ticket:
        with pytest.raises(BadNumber):
            read_ticket(wrong)


@given(tickets)
def test_two_signs_that_changed_places_are_found(ticket):
    for one, other in combinations(range(RANDOM + 1), 2):
        signs = list(ticket)
        signs[one], signs[other] = signs[other], signs[one]
        if "".join(signs) != ticket:
            with pytest.raises(BadNumber):
                read_ticket("".join(signs))


@pytest.mark.parametrize("typed", ["", "K7RD", "K7RD-2M9X-411", "K7RD-2M9X-4!", "９９", "<script>", "0" * 9999])
def test_what_is_no_ticket_is_refused_with_a_sentence(typed):
    with pytest.raises(BadNumber) as bad:
        read_ticket(typed)
    assert "ten letters" in bad.value.message


@pytest.mark.parametrize(
    "received, due",
    [
        (date(2026, 1, 5), date(2026, 1, 12)),  # Monday: the Monday after
        (date(2026, 1, 15), date(2026, 1, 23)),  # the 16th is Isra Mi'raj
        (date(2026, 3, 17), date(2026, 3, 31)),  # Nyepi, Idul Fitri and their joint leave
    ],
)
def test_an_answer_is_due_in_five_working_days(received, due):
    assert due_on(received) == due
