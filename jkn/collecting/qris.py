"""The text behind a QRIS code (EMVCo merchant-presented mode): read, checked, and built for the simulator. Pure."""

from jkn.money import Rupiah

LONGEST = 512
RUPIAH_CODE = "360"
CRC_TAG = "6304"


class BadQris(ValueError):
    """Not a code that can be paid for this amount; the message says what is wrong."""


def check(content: str, amount: Rupiah) -> None:
    """Raises BadQris unless it is an Indonesian rupiah code for exactly this amount."""
    if len(content) > LONGEST:
        raise BadQris("too long")
    fields = parse(content)
    if (fields.get("53"), fields.get("58")) != (RUPIAH_CODE, "ID"):
        raise BadQris("not in rupiah, or not Indonesian")
    if rupiah_of(fields.get("54", "")) != amount:
        raise BadQris("another amount")


def rupiah_of(text: str) -> int | None:
    """`150000` and `150000.00` are whole rupiah; everything else is None."""
    whole, point, cents = text.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (point and cents.strip("0")):
        return None
    return int(whole)


def parse(content: str) -> dict[str, str]:
    """Tag to value, the checksum verified. Raises BadQris."""
    if len(content) < 8 or content[-8:-4] != CRC_TAG or crc(content[:-4]) != content[-4:].upper():
        raise BadQris("wrong checksum")
    fields, rest = {}, content
    while rest:
        tag, length, rest = rest[:2], rest[2:4], rest[4:]
        if not (tag + length).isdigit() or len(rest) < int(length):
            raise BadQris("broken")
        fields[tag], rest = rest[: int(length)], rest[int(length) :]
    return fields


def build(amount: Rupiah, name: str, city: str, reference: str, acquirer: str = "ID.CO.EXAMPLE.WWW") -> str:
    """A dynamic code as a payment house makes it; only the simulator's codes are ours."""
    merchant = _field("00", acquirer) + _field("01", "936009180000000000") + _field("03", "UME")
    national = _field("00", "ID.CO.QRIS.WWW") + _field("02", "ID1020021181745") + _field("03", "UME")
    body = (
        _field("00", "01")
        + _field("01", "12")
        + _field("26", merchant)
        + _field("51", national)
        + _field("52", "9399")
        + _field("53", RUPIAH_CODE)
        + _field("54", str(amount))
        + _field("58", "ID")
        + _field("59", name[:25])
        + _field("60", city[:15])
        + _field("62", _field("01", reference[:25]) + _field("07", "KIOSK"))
        + CRC_TAG
    )
    return body + crc(body)


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE in four upper-case hexadecimal digits."""
    register = 0xFFFF
    for byte in text.encode():
        register ^= byte << 8
        for _bit in range(8):
            register = (register << 1) ^ 0x1021 if register & 0x8000 else register << 1
        register &= 0xFFFF
    return f"{register:04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"
