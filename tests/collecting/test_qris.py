"""QRIS codes: the checksum, real ones, ours, and none that is broken or for another amount."""

import pytest

from jkn.collecting.qris import BadQris, build, check, crc, parse

SHOPEE = (
    "00020101021226610016ID.CO.SHOPEE.WWW01189360091800216005230208216005230303UME51440014ID.CO.QRIS.WWW"
    "0215ID10243228429300303UME5204792953033605409100003.005802ID5907Pakasir6012KAB. KEBUMEN6105543926223"
    "0519SP25RZRATEQI2HQ65Q46304A079"
)
PARKING = (
    "00020101021226690023ID.CO.BANKALTIMTARA.WWW011893600124024091802802092409180280303URE51440014ID.CO.QRIS.WWW"
    "0215ID20243452761720303URE5204752353033605405100005802ID5944(TEST) RETRIBUSI PARKIR PELABUHAN BULUMINUNG"
    "6015PENAJAM PASER U610576141622501121122334455340705479056304F16E"
)
OURS = (
    "00020101021226690017ID.CO.EXAMPLE.WWW011893600918000000000002150000000000000010303UME51440014ID.CO.QRIS.WWW"
    "0215ID10200211817450303UME52049399530336054061500005802ID5914BPJS KESEHATAN6013JAKARTA PUSAT6105105106230"
    "0115INV2026010000010707KIOSK0163040300"
)


def test_the_checksum():
    assert crc("123456789") == "29B1"


@pytest.mark.parametrize("content, amount", [(SHOPEE, 100_003), (PARKING, 10_000)])
def test_real_codes_verify(content, amount):
    check(content, amount)


def test_the_published_example_verifies_up_to_its_amount():
    fields = parse(OURS)
    assert (fields["54"], fields["59"]) == ("150000", "BPJS KESEHATAN")


def test_what_we_build_verifies():
    content = build(150_000, "BPJS KESEHATAN", "JAKARTA PUSAT", "INV202601000001")
    check(content, 150_000)
    assert parse(content)["53"] == "360"


@pytest.mark.parametrize(
    "content, amount",
    [
        (SHOPEE, 100_004),
        (SHOPEE[:-1] + "8", 100_003),
        (SHOPEE.replace("100003", "100002"), 100_002),
        ("", 1),
        ("6304", 1),
        ("x" * 600, 1),
        ("00020163040000", 1),
    ],
)
def test_a_code_that_is_broken_or_for_another_amount_is_not_shown(content, amount):
    with pytest.raises(BadQris):
        check(content, amount)


def test_a_code_in_another_currency_is_not_shown():
    body = SHOPEE[:-4].replace("5303360", "5303840")
    with pytest.raises(BadQris):
        check(body + crc(body), 100_003)
