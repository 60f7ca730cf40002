"""From what a phone sent to what it reads, in the language of whose number it is."""

from flask_babel import gettext

from jkn import sealed
from jkn.accounts.stopping import STOPPED
from jkn.errors import Refused
from jkn.i18n import DEFAULT, LANGUAGES, speaking
from jkn.members import service as members
from jkn.notices import service as notices
from jkn.numbers import BadNumber
from jkn.texting import menu, rules
from jkn.texting.deeds import Asker, Said
from jkn.texting.menu import MENU, Service

GO_ON, ENDS = "CON ", "END "


def answer_ussd(session: str, phone: str, text: str) -> str:
    """One screen: CON asks on, END is the last."""
    asker = _asker(phone, "ussd", session)
    with speaking(_language(asker)):
        if notices.is_frozen(phone):
            return _screen(ENDS, gettext(STOPPED))
        typed = rules.split_ussd(text)
        if not typed:
            return _screen(GO_ON, "\n".join(["JKN", *(f"{key} {gettext(each.label)}" for key, each in MENU.items())]))
        service = MENU.get(typed[0].strip())
        if service is None:
            return _screen(ENDS, gettext("This number is not in the list. Dial again."))
        return _screen(*_step(service, asker, typed[1:]))


def _step(service: Service, asker: Asker, typed: list[str]) -> tuple[str, str]:
    try:
        asks = menu.asks_of(service, asker)
        if asks and asks[-1] is menu.TEXT:  # people may type a star in their own words
            typed = [*typed[: len(asks) - 1], *(["*".join(typed[len(asks) - 1 :])] if len(typed) >= len(asks) else [])]
        if service.preview and len(typed) == len(asks) - 1:
            return GO_ON, _performed(service, asker, typed)
        if len(typed) < len(asks):
            for ask, text in zip(asks, typed, strict=False):
                ask.read(text)
            return GO_ON, gettext(asks[len(typed)].prompt)
        return ENDS, _performed(service, asker, typed[: len(asks)])
    except BadNumber as bad:
        return ENDS, gettext(bad.message)
    except Refused as refused:
        return ENDS, refused.say(gettext)


def answer_sms(reference: str, phone: str, text: str) -> str:
    """The answer to one message, for one message."""
    asker = _asker(phone, "sms", reference)
    word, rest = rules.split_sms(text)
    with speaking(_language(asker, menu.WORDS.get(word, ""))):
        if notices.is_frozen(phone):
            return rules.fit(gettext(STOPPED))
        service = menu.BY_WORD.get(word)
        if service is None:
            return rules.fit(gettext(menu.HELP))
        try:
            asks, words = menu.asks_of(service, asker), rest.split()
            typed = _dealt(asks, words)
            if typed is None and service.preview:
                typed = _dealt(asks[:-1], words)
            return rules.fit(gettext(service.usage) if typed is None else _performed(service, asker, typed))
        except BadNumber as bad:
            return rules.fit(gettext(bad.message))
        except Refused as refused:
            return rules.fit(refused.say(gettext))


def _dealt(asks: tuple[menu.Ask, ...], words: list[str]) -> list[str] | None:
    """The words as answers to what is asked; on a shared number the last two say who."""
    if asks and asks[0] is menu.WHO:
        if len(words) < 2:
            return [*words, ""] if len(asks) == 1 else None
        who, words, asks = " ".join(words[-2:]), words[:-2], asks[1:]
    else:
        who = None
    wide = next((place for place, ask in enumerate(asks) if ask.is_wide), 0)
    dealt = rules.deal_out(words, len(asks), wide)
    return dealt if who is None or dealt is None else [who, *dealt]


def _performed(service: Service, asker: Asker, typed: list[str]) -> str:
    said: Said = menu.perform(service, asker, typed)
    if len(asker.people) == 1:  # it may just have been changed
        with speaking(_language(asker)):
            return said.say(gettext)
    return said.say(gettext)


def _asker(phone: str, door: str, reference: str) -> Asker:
    key = sealed.index("text", f"{door}:{reference}")[:32]
    return Asker(phone, door, key, members.people_at(phone))


def _language(asker: Asker, else_: str = "") -> str:
    """That of whose number it is; of a number of nobody or of several, that of the word they used."""
    if asker.alone and asker.alone.language in LANGUAGES:
        return asker.alone.language
    return else_ if else_ in LANGUAGES else DEFAULT


def _screen(head: str, text: str) -> str:
    return head + rules.fit(text, rules.ONE_SCREEN - len(head))


def stale() -> str:
    """The dialogue is another phone's, or too old."""
    return _screen(ENDS, gettext("This dialogue has ended. Dial again."))
