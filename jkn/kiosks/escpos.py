"""Bytes for a receipt printer (Epson ESC/POS): text, bold, a QR code the printer draws itself, and the cut. Pure."""

import textwrap
from collections.abc import Iterable

from jkn.notices.rules import plain_sms

COLUMNS = {58: 32, 80: 48}
_INIT, _CENTRE, _LEFT = b"\x1b@", b"\x1ba\x01", b"\x1ba\x00"
_LARGE, _NORMAL = b"\x1d!\x11", b"\x1d!\x00"
_BOLD, _LIGHT = b"\x1bE\x01", b"\x1bE\x00"
_FEED_AND_CUT = b"\x1dVB\x00"


def slip(number: str, word: str, lines: Iterable[str], code: str, width: int) -> bytes:
    """A slip for paper of `width` mm: the number large, the verdict bold, the reason wrapped, a QR code of `code`."""
    body = b"".join(_line(part) for text in lines for part in textwrap.wrap(_ascii(text), COLUMNS[width]))
    head = _INIT + _CENTRE + _LARGE + _line(number) + _NORMAL + _BOLD + _line(word) + _LIGHT
    return head + _LEFT + body + _CENTRE + qr(code) + _line("") + _FEED_AND_CUT


def paper(title: str, lines: Iterable[str], width: int) -> bytes:
    """Paper of `width` mm without a number of the day: what staff let a member fetch."""
    body = b"".join(_line(part) for text in lines for part in textwrap.wrap(_ascii(text), COLUMNS[width]))
    return _INIT + _CENTRE + _BOLD + _line(title) + _LIGHT + _LEFT + body + _line("") + _FEED_AND_CUT


def qr(text: str, size: int = 6) -> bytes:
    """The printer's own QR code (GS ( k): model 2, dots of `size`, error correction M."""
    data = text.encode("ascii")
    store = (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
    commands = (b"\x04\x001A2\x00", b"\x03\x001C" + bytes([size]), b"\x03\x001E1", store, b"\x03\x001Q0")
    return b"".join(b"\x1d(k" + command for command in commands)


def _line(text: str) -> bytes:
    return _ascii(text).encode("ascii") + b"\n"


def _ascii(text: str) -> str:
    """Printable letters only: what a name or a payer's title holds must give the printer no command."""
    plain = plain_sms(text).encode("ascii", "replace").decode()
    return "".join(sign if sign.isprintable() else " " for sign in plain)
