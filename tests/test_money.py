import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.money import format_rupiah, parse_rupiah, parse_truncated
from jkn.numbers import BadNumber


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "Rp0"), (999, "Rp999"), (150_000, "Rp150.000"), (-150_000, "-Rp150.000"), (1_234_567_890, "Rp1.234.567.890")],
)
def test_an_amount_is_written_as_indonesian_spelling_wants(amount, text):
    assert format_rupiah(amount) == text


@pytest.mark.parametrize(
    "typed",
    [
        "150000",
        "150.000",
        "150 000",
        "150,000",
        "Rp150.000",
        "Rp 150.000",
        "rp. 150.000,-",
        "IDR 150.000",
        " 150.000,00 ",
    ],
)
def test_an_amount_is_read_however_it_was_typed(typed):
    assert parse_rupiah(typed) == 150_000


@pytest.mark.parametrize(
    "typed",
    ["", "Rp", "abc", "150.00", "150.5", "1.5e5", "15.0000", "150,50", "1.000,000", "٣", "9" * 16, "0x10", "1_000"],
)
def test_what_is_no_amount_in_whole_rupiah_is_refused(typed):
    with pytest.raises(BadNumber) as bad:
        parse_rupiah(typed)
    assert bad.value.message == "Type an amount in whole rupiah, such as 150.000."


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("4200479.19", 4_200_479),
        ("4.200.479,19", 4_200_479),
        ("4,200,479.99", 4_200_479),
        (" Rp 4 200 479,1 ", 4_200_479),
        ("4200479.1900", 4_200_479),
        ("4200479.190", 4_200_479),
        ("150.99", 150),
        ("150.000", 150_000),
        ("150.000,-", 150_000),
        ("4200479", 4_200_479),
    ],
)
def test_p05_a_fraction_of_a_rupiah_is_dropped(typed, amount):
    assert parse_truncated(typed) == amount


@pytest.mark.parametrize("typed", ["", "x.5", "1.2.3", "1..5", "4200.479.190", "5,", ".5", "1_000.5"])
def test_a_fraction_of_no_amount_is_refused(typed):
    with pytest.raises(BadNumber):
        parse_truncated(typed)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_what_we_write_we_can_read(amount):
    assert parse_rupiah(format_rupiah(amount)) == amount
