from datetime import date, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.numbers import (
    PROVINCES,
    BadNumber,
    age_on,
    card_tail_of_va,
    digits,
    group,
    is_facility,
    is_nik,
    is_referral,
    mask_card,
    mask_name,
    mask_nik,
    mask_phone,
    read_card,
    read_card_or_nik,
    read_facility,
    read_kk,
    read_nik,
    read_phone,
    va_of,
)

TODAY = date(2026, 11, 22)
SEPARATED = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u200b", "–", "  "])


@st.composite
def births(draw):
    return draw(st.dates(TODAY - timedelta(days=110 * 365), TODAY))


def a_nik(born, female, serial=1, place="357808"):
    return f"{place}{born.day + 40 * female:02d}{born:%m}{born.year % 100:02d}{serial:04d}"


def spread(data, number):
    """The number as somebody may type it."""
    return "".join(digit + data.draw(SEPARATED) for digit in number)


def test_n01_a_nik_tells_sex_birth_date_and_place():
    nik = read_nik("3578080102030001", TODAY)
    assert (nik.sex, nik.born, nik.province, nik.regency, nik.district) == (
        "L",
        date(2003, 2, 1),
        "35",
        "3578",
        "357808",
    )
    assert nik.serial == "0001"
    assert nik.warnings == ()


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("3502027102019913", id="N02: the 31st of February of a woman"),
        pytest.param("357808010203000", id="N04: 15 digits"),
        pytest.param("35780801020300011", id="17 digits"),
        pytest.param("3578080102030000", id="serial 0000"),
        pytest.param("3578080002030001", id="day 0"),
        pytest.param("3578084002030001", id="day 0 of a woman"),
        pytest.param("3578087202030001", id="day 32 of a woman"),
        pytest.param("3578080113030001", id="month 13"),
        pytest.param("3578082902030001", id="29 February 2003"),
        pytest.param("0078080102030001", id="no such province"),
        pytest.param("35780801020300O1", id="a letter"),
        pytest.param("357808010203٠٠٠١", id="Arabic digits"),
        pytest.param("", id="nothing"),
    ],
)
def test_n02_n04_what_cannot_be_a_nik_is_refused(typed):
    assert not is_nik(typed)
    with pytest.raises(BadNumber) as refusal:
        read_nik(typed, TODAY)
    assert refusal.value.message


@pytest.mark.parametrize("place", ["650101", "920101", "930101", "940101", "950101", "960101"])
def test_north_kalimantan_and_all_of_papua_exist(place):
    assert is_nik(f"{place}0101900001")


def test_leap_days():
    assert read_nik("3578082902000001", TODAY).born == date(2000, 2, 29)
    assert read_nik("3578086902960001", TODAY).born == date(1996, 2, 29)


def test_a_regency_nobody_knows_is_only_a_warning():
    assert read_nik("3578080102030001", TODAY, regencies={"3578"}).warnings == ()
    assert len(read_nik("3599080102030001", TODAY, regencies={"3578"}).warnings) == 1


def test_the_declared_birth_date_decides_between_two_centuries():
    young, old = date(2020, 5, 1), date(1920, 5, 1)
    assert read_nik(a_nik(young, True), TODAY, declared_birth=young).born == young
    assert read_nik(a_nik(old, True), TODAY, declared_birth=old).born == old
    undecided = read_nik(a_nik(old, True), TODAY)
    assert undecided.born == young
    assert len(undecided.warnings) == 1


def test_a_declared_birth_date_that_contradicts_is_a_warning():
    nik = read_nik("3578080102030001", TODAY, declared_birth=date(2003, 2, 2))
    assert nik.born == date(2003, 2, 1)
    assert len(nik.warnings) == 1


def test_a_birth_tomorrow_was_a_hundred_years_ago():
    assert read_nik(a_nik(TODAY, False), TODAY).born == TODAY
    assert read_nik(a_nik(TODAY + timedelta(days=1), False), TODAY).born == date(1926, 11, 23)


def test_the_digits_of_a_nik_do_not_appear_in_logs():
    assert "3578080102030001" not in repr(read_nik("3578080102030001", TODAY))


@given(births(), st.booleans(), st.integers(1, 9999), st.sampled_from(sorted(PROVINCES)), st.data())
def test_every_real_person_is_accepted_with_their_birth_date_and_sex(born, female, serial, province, data):
    number = a_nik(born, female, serial, f"{province}0101")
    typed = spread(data, number)
    nik = read_nik(typed, TODAY, declared_birth=born)
    assert (nik.digits, nik.born, nik.sex, nik.warnings) == (number, born, "P" if female else "L", ())
    assert is_nik(typed)
    assert 0 <= age_on(TODAY, read_nik(typed, TODAY).born) <= 110


@given(st.from_regex(r"[1-9][0-9][0-9]{4}[0-7][0-9][01][0-9]{3}[0-9]{4}", fullmatch=True) | st.text(max_size=20))
def test_the_quick_check_agrees_with_the_careful_one(typed):
    try:
        read_nik(typed, TODAY)
        careful = True
    except BadNumber:
        careful = False
    assert is_nik(typed) is careful


def test_a_hundred_thousand_niks_take_less_than_a_second():
    numbers = [a_nik(date(1990, 1, 1) + timedelta(days=n % 9000), n % 2, n % 9999 + 1) for n in range(100_000)]
    start = perf_counter()
    assert all(map(is_nik, numbers))
    assert perf_counter() - start < 1


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 2, 28), 21), (date(2026, 3, 1), 22), (date(2028, 2, 28), 23), (date(2028, 2, 29), 24)]
)
def test_age_counts_full_years(day, age):
    assert age_on(day, date(2004, 2, 29)) == age


def test_separators_of_every_kind_are_taken_out_and_nothing_else():
    assert digits(" 3578-0801.0203 0001\u200b\n") == "3578080102030001"
    assert digits("１２３") == "123"
    for typed in ("12a", "+62", "1,2", "١٢٣", "1/2"):
        with pytest.raises(BadNumber):
            digits(typed)


def test_a_family_card_has_sixteen_digits_and_a_province():
    assert read_kk("3578 0812 0520 0003") == "3578081205200003"
    for typed in ("357808120520000", "0078081205200003", "x" * 16):
        with pytest.raises(BadNumber):
            read_kk(typed)


def test_a_card_has_thirteen_digits_and_begins_with_zero():
    assert read_card("0001 9443 5891 1") == "0001944358911"
    for typed in ("1001944358911", "000194435891", "00019443589110", ""):
        with pytest.raises(BadNumber):
            read_card(typed)


def test_card_or_nik_by_length():
    assert read_card_or_nik("0001-944358911") == "0001944358911"
    assert read_card_or_nik("3578.0801.0203.0001") == "3578080102030001"
    for typed in ("1001944358911", "3502027102019913", "081234567890"):
        with pytest.raises(BadNumber):
            read_card_or_nik(typed)


def test_v01_a_virtual_account_is_the_banks_prefix_and_eleven_digits_of_the_card():
    assert va_of("0001944358911") == "8888801944358911"
    assert va_of("0001944358911", "89888") == "8988801944358911"
    assert group(va_of("0001944358911")) == "8888 8019 4435 8911"


def test_v01_either_banks_virtual_account_leads_back_to_the_card():
    assert card_tail_of_va("8888801944358911") == card_tail_of_va("8988801944358911") == "01944358911"
    assert card_tail_of_va("   8888801944358911") == "01944358911"
    assert card_tail_of_va("7777701944358911", prefixes={"77777"}) == "01944358911"
    for typed in ("7777701944358911", "888880194435891", "0001944358911", "VA"):
        with pytest.raises(BadNumber):
            card_tail_of_va(typed)


@given(st.from_regex(r"000[0-9]{10}", fullmatch=True), st.sampled_from(["88888", "89888"]), st.data())
def test_a_virtual_account_and_its_card_find_each_other(card, prefix, data):
    assert card_tail_of_va(spread(data, va_of(card, prefix))) == read_card(card)[-11:]


@pytest.mark.parametrize(
    "typed",
    [
        "081234567890",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "6281234567890",
        "62 0812 3456 7890",
        "+62 (0)812-3456-7890",
    ]
    + ["006281234567890", "81234567890", "０８１２３４５６７８９０"],
)
def test_a_phone_number_is_one_however_it_was_typed(typed):
    assert read_phone(typed) == "+6281234567890"


def test_the_country_code_without_a_plus_is_no_part_of_the_number():
    assert read_phone("62812345678") == read_phone("0812345678") == "+62812345678"


@pytest.mark.parametrize(
    "typed",
    ["", "081", "0215551234", "165", "+6221500400", "+6591234567", "0812345678901234", "08123abc7890", "8" * 4000],
)
def test_what_is_no_indonesian_mobile_is_refused(typed):
    with pytest.raises(BadNumber):
        read_phone(typed)


@pytest.mark.parametrize(
    "number",
    [
        "0327S0010826K000213",
        "0137B0020825P000003",
        "030107010217Y001465",
        "0050B1070223P000004",
        "0301R0010323V000039",
    ],
)
def test_r01_referral_numbers(number):
    assert is_referral(number)
    assert is_referral(f" {number.lower()} ")
    assert is_facility(number[:8])


@pytest.mark.parametrize("number", ["RJK0123456789", "1234567", "", "0327S0011326K000213", "0327S0010826K00021３x"])
def test_r01_what_is_no_referral_number(number):
    assert not is_referral(number)


def test_facility_codes():
    for code in ("03010701", "0301R001", "0327S001", "0137B002", "0114A026", "1308R001"):
        assert read_facility(code.lower()) == code
    for code in ("0301R01", "0301-R0011", "A301R001", ""):
        with pytest.raises(BadNumber):
            read_facility(code)


def test_masks():
    assert mask_nik("3578080102030001") == mask_nik("3578 0801 0203 0001") == "3578********0001"
    assert mask_card("0001944358911") == "0001 ••••• 8911"
    assert mask_name("SITI AMINAH") == "S*** A*****"
    assert mask_phone("+6281234567890") == mask_phone("0812-3456-7890") == "0812*****890"


@given(st.text(max_size=30))
def test_no_mask_shows_more_than_both_ends_whatever_was_typed(text):
    for mask, ends in ((mask_nik, 8), (mask_card, 8), (mask_phone, 7)):
        shown = mask(text).replace("*", "").replace("•", "").replace(" ", "")
        assert len(shown) <= ends
    for word, masked in zip(text.split(), mask_name(text).split(), strict=True):
        assert masked == word[0] + "*" * (len(word) - 1)


@given(st.from_regex(r"[0-9]{1,40}", fullmatch=True))
def test_masks_hide_the_middle_and_all_of_an_unexpected_length(number):
    assert mask_nik(number)[4:12].strip("*") == ""
    if len(number) != 16:
        assert set(mask_nik(number)) == {"*"}
    if len(number) != 13:
        assert set(mask_card(number)) == {"•"}
    else:
        assert number[4:9] not in mask_card(number)


@given(st.from_regex(r"[0-9]{1,40}", fullmatch=True), st.integers(1, 6))
def test_groups_can_be_typed_back(number, size):
    assert digits(group(number, size)) == number
