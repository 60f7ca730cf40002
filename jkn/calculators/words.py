"""What people read for segments, and for the values of the law."""

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

SEGMENTS = {
    "PBPU": _l("The family itself (PBPU, BP)"),
    "PPU_BU": _l("A company and its worker (PPU)"),
    "PPU_PN": _l("The state and its worker (PPU)"),
    "PBI_JK": _l("The central government (PBI)"),
    "PBPU_PEMDA": _l("The local government (Pemda)"),
    "BP_PN": _l("A state pensioner"),
    "VETERAN": _l("The state, for a veteran"),
}
PENALTY_SEGMENTS = {code: SEGMENTS[code] for code in ("PBPU", "PPU_BU", "PPU_PN", "PBI_JK", "PBPU_PEMDA", "BP_PN")}


class Value(NamedTuple):
    """A value's name, and the template filter that writes it; none writes it as it is."""

    name: str
    shown_as: str = ""


class Title(NamedTuple):
    name: str
    values: dict[str, Value]


def in_rupiah(name: str) -> Value:
    return Value(name, "rupiah")


def in_percent(name: str) -> Value:
    return Value(name, "percent")


IN_FORCE = Value(_l("In force"))
WHOLE_FAMILY = Value(_l("For the whole family"))
# The texts and yes or no that stand in law.toml.
WORDS = {
    True: _l("yes"),
    False: _l("no"),
    (): _l("none"),
    "NET": _l("what members pay"),
    "GROSS": _l("the whole contribution"),
    "PBI_JK": "PBI",
    "PBPU_PEMDA": "PBPU Pemda",
    "PPU_BU": _l("workers of companies"),
    "PPU_PN": _l("workers of the state"),
    "UMK": "UMK",
    "UMP": "UMP",
    "agreement": _l("as the local government agreed"),
    "cancel": _l("the plan ends; what is left stays owed"),
    "ceiling": _l("rounded up"),
    "compulsory": _l("compulsory"),
    "down": _l("dropped"),
    "employer": _l("the employer"),
    "employer_liable": _l("cover stops; the employer pays the care"),
    "family": _l("the whole family"),
    "first": _l("the first instalment"),
    "floor": _l("rounded down"),
    "half_up": _l("rounded to the nearest rupiah"),
    "hospital_inpatient": _l("inpatient care in a hospital"),
    "last": _l("the last instalment"),
    "member": _l("the member"),
    "never": _l("cover goes on"),
    "newest": _l("the newest"),
    "none": _l("none"),
    "offered": _l("offered"),
    "oldest": _l("the oldest"),
    "person": _l("each person"),
    "province": _l("the province"),
    "regency": _l("the regency or city"),
    "suspended": _l("cover stops"),
    "up": _l("rounded up"),
}
