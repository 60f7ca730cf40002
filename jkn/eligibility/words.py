"""What segments are called."""

from flask_babel import lazy_gettext as _l

SEGMENTS = {
    "PBI_JK": _l("Paid by the central government (PBI)"),
    "PBPU_PEMDA": _l("Paid by the local government"),
    "PPU_PN": _l("State worker (PPU)"),
    "PPU_BU": _l("Company worker (PPU)"),
    "PBPU": _l("Self-paying (PBPU)"),
    "BP": _l("Self-paying, not working (BP)"),
    "BP_PN": _l("State pensioner or veteran"),
}
