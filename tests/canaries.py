"""Finding a family's words and numbers in whatever left the house, however they are grouped."""

import re
from urllib.parse import unquote

from tests.crawl import World

# What stands in a number between its digits.
BETWEEN = re.compile(r"(?<=[0-9])(?:[\s.\-•]|&nbsp;|&#160;)+(?=[0-9])")


def hits(text: str, canaries: dict[str, str]) -> list[str]:
    """The names of the canaries in a text."""
    text = unquote(text)
    close = BETWEEN.sub("", text)
    return [name for name, word in canaries.items() if word.lower() in text.lower() or word in close]


def found_in(response, canaries: dict[str, str]) -> list[str]:
    """The canaries in an answer: its body, headers and cookies, the cookie's contents included."""
    parts = [response.get_data(as_text=True), str(response.headers), *cookies(response)]
    return hits("\n".join(parts), canaries)


def cookies(response) -> list[str]:
    """What the signed cookies hold: anybody who has one can read it."""
    import base64
    import zlib

    opened = []
    for header in response.headers.getlist("Set-Cookie"):
        payload = header.split("=", 1)[1].split(";")[0]
        body = payload.lstrip(".").split(".")[0]
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            opened.append((zlib.decompress(raw) if payload.startswith(".") else raw).decode(errors="replace"))
        except (ValueError, zlib.error):
            continue
    return opened


def only(world: World, *names: str) -> dict[str, str]:
    return {name: world.canaries[name] for name in names}


def but(world: World, *names: str) -> dict[str, str]:
    return {name: word for name, word in world.canaries.items() if name not in names}
