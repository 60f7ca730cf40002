"""The services by message, in one table: what each asks for, in which order, and who has to be known for it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from jkn import numbers
from jkn.accounts import attempts, stopping
from jkn.complaints.rules import read_ticket
from jkn.errors import N_, Refused
from jkn.i18n import LANGUAGES
from jkn.members import service as members
from jkn.members.models import Person
from jkn.texting import deeds, rules
from jkn.texting.deeds import Asker, Said

LOOKS = 30  # at one number, in a quarter of an hour, as on /bayar


class Whose(StrEnum):
    """About whom a service is."""

    NUMBER = "number"  # whoever the phone number belongs to
    ANYBODY = "anybody"  # likewise; of an unknown phone, whoever has this NIK or card, and birth date
    NOBODY = "nobody"  # nobody has to be known


@dataclass(frozen=True)
class Ask:
    """One screen's question; `is_wide`: in an SMS its answer may be several words."""

    prompt: str
    read: Callable[[str], object]
    is_wide: bool = False


@dataclass(frozen=True)
class Service:
    """What one can ask for by message. `words` are its commands by SMS with the language each is of.

    `usage` says how to write it."""

    label: str
    words: dict[str, str]
    deed: Callable[..., Said]
    usage: str
    whose: Whose = Whose.NUMBER
    asks: tuple[Ask, ...] = ()
    preview: Callable[..., Said] | None = None  # says what the last question is about, and asks it


WHO = Ask(N_("Who? First name and last 4 digits of the card, such as SITI 8911"), rules.read_who)
NUMBER = Ask(N_("NIK or JKN card number:"), numbers.read_card_or_nik, is_wide=True)
BORN = Ask(N_("Birth date, such as 17081980:"), rules.read_born)
CLINIC = Ask(N_("Code of the clinic, such as 0301R001:"), numbers.read_facility)
SHEET = Ask(N_("One unused code of your sheet. Never type your PIN here:"), rules.read_code, is_wide=True)
TEXT = Ask(N_("What went wrong? Write it shortly:"), rules.read_text, is_wide=True)
WORD = Ask(N_("The volunteer's number, 4 digits:"), rules.read_word)
YES = Ask("", rules.read_yes)  # the preview asks it
TICKET = Ask(N_("Complaint number:"), read_ticket, is_wide=True)
LANGUAGE = Ask(
    "\n".join(f"{place} {each.name}" for place, each in enumerate(LANGUAGES.values(), 1)), rules.read_language
)

MENU = {
    "1": Service(N_("Status"), {"STATUS": ""}, deeds.tell_status, N_("Send: STATUS")),
    "2": Service(
        N_("Bill"),
        {"TAGIHAN": "id", "IURAN": "id", "BILL": "en"},
        deeds.tell_bill,
        N_("Send: BILL, card number, birth date. Such as: BILL 0001234567890 17081980"),
        Whose.ANYBODY,
    ),
    "3": Service(N_("Pot"), {"CELENGAN": "id", "POT": "en"}, deeds.tell_pot, N_("Send: POT")),
    "4": Service(
        N_("Change clinic"),
        {"FASKES": "id", "CLINIC": "en"},
        deeds.change_clinic,
        N_("Send: CLINIC, its code, a sheet code. Such as: CLINIC 0301R001 12345678"),
        asks=(CLINIC, SHEET),
    ),
    "5": Service(
        N_("Complain"),
        {"ADU": "id", "KELUHAN": "id", "COMPLAIN": "en"},
        deeds.file_complaint,
        N_("Send: COMPLAIN, and what went wrong."),
        Whose.NOBODY,
        (TEXT,),
    ),
    "6": Service(
        N_("Follow a complaint"),
        {"ADU?": "id", "COMPLAIN?": "en"},
        deeds.follow_complaint,
        N_("Send: COMPLAIN? and its number."),
        Whose.NOBODY,
        (TICKET,),
    ),
    "7": Service(
        N_("BLOKIR: stop"),
        {"BLOKIR": "id", "BLOCK": "en"},
        deeds.stop,
        N_("Send: BLOCK, card number, birth date. Such as: BLOCK 0001234567890 17081980"),
        Whose.NOBODY,
        (NUMBER, BORN),
    ),
    "8": Service(
        N_("Language"),
        {"BAHASA": "id", "LANGUAGE": "en"},
        deeds.choose_language,
        N_("Send: LANGUAGE ID or LANGUAGE EN"),
        asks=(LANGUAGE,),
    ),
    "9": Service(N_("End rights"), {"BATAL": "id", "REVOKE": "en"}, deeds.end_rights, N_("Send: REVOKE")),
    "0": Service(
        N_("Allow help"),
        {"IZIN": "id", "ALLOW": "en"},
        deeds.answer_asking,
        N_("Send: ALLOW and the number that the volunteer reads to you. Such as: ALLOW 4831"),
        asks=(WORD, YES),
        preview=deeds.show_asking,
    ),
}
BY_WORD = {word: service for service in MENU.values() for word in service.words}
WORDS = {word: language for service in MENU.values() for word, language in service.words.items()}
HELP = N_("Send one word: STATUS BILL POT CLINIC COMPLAIN COMPLAIN? BLOCK LANGUAGE REVOKE ALLOW. Or call 165.")
UNKNOWN = N_("This phone number is not confirmed. Open the web pages, or come to a branch.")


def asks_of(service: Service, asker: Asker) -> tuple[Ask, ...]:
    """What this phone is asked for. Raises Refused where its number has to be known and is not."""
    if service.whose == Whose.NOBODY or asker.alone:
        return service.asks
    if asker.people:
        return (WHO, *service.asks)
    if service.whose == Whose.ANYBODY:
        return (NUMBER, BORN, *service.asks)
    raise Refused(UNKNOWN)


def perform(service: Service, asker: Asker, typed: list[str]) -> Said:
    """The deed, with all it asks for typed; with all but the last, its preview.

    Raises BadNumber for what cannot be right, Refused where a rule says no."""
    asks, deed = asks_of(service, asker), service.deed
    if service.preview and len(typed) == len(asks) - 1:
        asks, deed = asks[:-1], service.preview
    values = [ask.read(text) for ask, text in zip(asks, typed, strict=True)]
    person = asker.alone
    if service.whose != Whose.NOBODY:
        if person is None and asker.people:
            person = _choose(asker, values.pop(0))
        elif person is None:
            person = _find(asker, values.pop(0), values.pop(0))
        stopping.check_open(person)
    return deed(asker, person, *values)


def _choose(asker: Asker, who: rules.Who) -> Person:
    """The one of several on this number whose name and card these are."""
    guesses = attempts.key_of("text-who", None, asker.phone)
    if not attempts.reserve(guesses, in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."))
    fitting = [person for person in asker.people if who.is_it(person.name, person.card)]
    if len(fitting) != 1:
        raise Refused(N_("Nobody on this phone number has this name and card."))
    attempts.clear(guesses)
    return fitting[0]


def _find(asker: Asker, number: str, born) -> Person:
    """Whoever has this number and birth date: good for what anybody may see. Unknown and wrong look alike."""
    by_phone, by_number = attempts.key_of("text-find", None, asker.phone), attempts.key_of("look", None, number)
    if not attempts.reserve(by_phone, in_a_row=None) or not attempts.take(by_number, LOOKS, attempts.PAUSE):
        raise Refused(N_("Too many tries. Wait 15 minutes."))
    person = members.find_by_number(number)
    if person is None or person.born != born or person.died_on:
        raise Refused(N_("No bill is known under this number."))
    return person
