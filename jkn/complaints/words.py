"""What members read for each stage."""

from flask_babel import lazy_gettext as _l

from jkn.complaints.models import Stage

STAGES = {
    Stage.RECEIVED: _l("Received"),
    Stage.VERIFIED: _l("Checked"),
    Stage.FORWARDED: _l("Passed on"),
    Stage.IN_HAND: _l("Being worked on"),
    Stage.ANSWERED: _l("Answered"),
    Stage.SOLVED: _l("SUDAH: solved"),
    Stage.REOPENED: _l("BELUM: opened again"),
}
