"""What members read for each segment."""

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
