"""The kiosk's own page for a dead line: a service worker that holds it in its script and keeps nothing else."""

from flask import make_response, render_template
from flask_babel import gettext as _

from jkn.access import public
from jkn.i18n import speaking
from jkn.kiosks.lanes import at_kiosk
from jkn.kiosks.views import bp

LANGUAGES = ("id", "en")  # whoever stands there when the line breaks


@bp.get("/kios/penjaga.js")
@public
@at_kiosk
def kiosk_guard():
    """The worker: every page from the server as ever; where that fails, the page that it carries. It has no cache."""
    html = render_template("kiosks/kiosk_no_line.xhtml", said=[_said(language) for language in LANGUAGES])
    response = make_response(render_template("kiosks/kiosk_guard.js", html=html))
    response.mimetype = "text/javascript"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def _said(language: str) -> dict:
    with speaking(language):
        lines = [
            _("This kiosk cannot reach JKN now. Wait a moment."),
            _("Go to the counter: staff have numbers on paper."),
            _("The kiosk goes on by itself when the line is back."),
        ]
        return {"language": language, "title": _("No line"), "lines": lines, "again": _("Try again")}
