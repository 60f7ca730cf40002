"""Reading one field at a time, remembering what is missing (400/02, told first) and what is malformed (400/01).

A format is a function from the value received to the value meant; it raises ValueError.
"""

from collections.abc import Callable, Mapping

from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.values import CURRENCY, Amount, load_json, parse_amount

Format = Callable


class Check:
    """The fields of one request. Call `done()` before trusting any value it gave."""

    def __init__(self, service: Service):
        self.service = service
        self.missing: list[str] = []
        self.malformed: list[str] = []

    def need(self, source: Mapping, name: str, form: Format, within: str = ""):
        """A mandatory field; null and blank count as missing."""
        if is_absent(source.get(name)):
            self.missing.append(within + name)
            return None
        return self.may(source, name, form, within)

    def may(self, source: Mapping, name: str, form: Format, within: str = ""):
        """An optional field, None when absent."""
        value = source.get(name)
        if is_absent(value):
            return None
        try:
            return form(value)
        except ValueError:
            self.malformed.append(within + name)
            return None

    def amount(self, source: Mapping, name: str, mandatory: bool = False) -> Amount | None:
        """`{"value": "150000.00", "currency": "IDR"}`; errors name `paidAmount.value`."""
        pair = (self.need if mandatory else self.may)(source, name, mapping)
        if pair is None:
            return None
        result = self.need(pair, "value", _amount_value, f"{name}.")
        self.need(pair, "currency", one_of(CURRENCY), f"{name}.")
        return result

    def done(self) -> None:
        """Raises 400/02 or else 400/01 with the first field concerned."""
        for names, code in ((self.missing, Code.MISSING_FIELD), (self.malformed, Code.INVALID_FORMAT)):
            if names:
                raise SnapError(code, self.service, names[0])


def read_body(service: Service, raw: bytes, most_bytes: int) -> dict:
    """The JSON object; raises 400/00 for anything else, for a key that stands twice, and for too many bytes."""
    if len(raw) > most_bytes:
        raise SnapError(Code.BAD_REQUEST, service)
    try:
        body = load_json(raw)
    except ValueError as error:
        raise SnapError(Code.BAD_REQUEST, service) from error
    if not isinstance(body, dict):
        raise SnapError(Code.BAD_REQUEST, service)
    return body


def is_absent(value) -> bool:
    return value is None or isinstance(value, str) and not value.strip()


def text(most: int) -> Format:
    """Printable, at most so many characters; banks also send plain numbers."""

    def form(value) -> str:
        words = _words(value)
        if len(words) > most or not words.isprintable():
            raise ValueError
        return words

    return form


def digits(most: int, least: int = 1) -> Format:
    """A number padded on the left with spaces to at most `most` characters; answers the bare digits."""

    def form(value) -> str:
        padded = _words(value)
        bare = padded.strip(" ")
        if len(padded) > most or len(bare) < least or not (bare.isascii() and bare.isdigit()):
            raise ValueError
        return bare

    return form


def one_of(*choices: str) -> Format:
    def form(value) -> str:
        if value not in choices:
            raise ValueError
        return value

    return form


def mapping(value) -> dict:
    if not isinstance(value, dict):
        raise ValueError
    return value


def listing(most: int) -> Format:
    """An array of at most so many objects."""

    def form(value) -> list:
        if not isinstance(value, list) or len(value) > most or not all(isinstance(entry, dict) for entry in value):
            raise ValueError
        return value

    return form


def whole(least: int, most: int) -> Format:
    """A small whole number, as a number or in digits."""

    def form(value) -> int:
        words = _words(value)
        if not (words.isascii() and words.isdigit() and len(words) <= len(str(most)) and least <= int(words) <= most):
            raise ValueError
        return int(words)

    return form


def _words(value) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError
    return str(value)


def _amount_value(value) -> Amount:
    if not isinstance(value, str):
        raise ValueError
    return parse_amount(value)
