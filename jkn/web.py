"""Pages, fragments, compression and the headers every answer carries."""

import gzip
import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import brotli
from flask import Flask, Request, current_app, g, make_response, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter

from jkn import db
from jkn.access import Can, actor, allowed, login_manager
from jkn.errors import N_
from jkn.money import format_rupiah

csrf = CSRFProtect()
HTMX_CONFIG = (
    '{"allowEval":false,"includeIndicatorStyles":false,"historyEnabled":false,"historyCacheSize":0,'
    '"selfRequestsOnly":true,"allowScriptTags":false,"timeout":30000}'
)
SAFE = ("GET", "HEAD", "OPTIONS")
TYPED = re.compile(r'<(?:textarea|select)\b|<input\b(?![^>]*\btype="(?:hidden|submit)")')
# Browsers whose maker opens each page on its own servers to make it smaller, and can read it there.
PROXIES = re.compile(r"Opera Mini|UCBrowser|UCWEB", re.IGNORECASE)
OUTBOX = "o"  # the cookie of a volunteer's browser, which keeps forms written without a signal
SERVICE_WORKER = "outbox-sw.js"
# Of this volunteer on this browser, given by offline: what opens the outbox, and the mark of whose it is.
outbox_key: Callable[[], str | None]
outbox_owner: Callable[[], str]


class Typed(ImmutableMultiDict):
    """What was typed, without NUL: no key makes one, and neither Postgres nor HTML takes one."""

    def __init__(self, pairs=()):
        super().__init__([(name, text.replace("\0", "")) for name, text in pairs or ()])


class TypedRequest(Request):
    parameter_storage_class = Typed


class RowNumber(IntegerConverter):
    """A number in an address: plain digits, as many as fit a column."""

    regex = "[0-9]{1,18}"


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    app.request_class = TypedRequest
    app.url_map.converters["int"] = RowNumber
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.undefined = StrictUndefined
    env.filters["rupiah"] = rupiah
    env.filters["plain_rupiah"] = format_rupiah  # for notices, which are no HTML
    style = Path(app.root_path, app.static_folder, "app.css").read_text().replace("\n", "")
    env.globals.update(
        style=Markup(style),
        htmx_config=HTMX_CONFIG,
        asset=asset,
        wants_script=wants_script,
        aria=aria,
        on_kiosk=on_kiosk,
        keeps_outbox=keeps_outbox,
        paper_width=paper_width,
        outbox_owner=lambda: outbox_owner(),  # noqa: F821  given by offline
        for_volunteer=for_volunteer,
        asks=asks,
        read_on_the_way=read_on_the_way,
        veils_health=veils_health,
    )
    style_hash = b64encode(sha256(style.encode()).digest()).decode()
    app.config["CSP"] = (
        f"default-src 'none';style-src 'sha256-{style_hash}' 'unsafe-inline';img-src data:;form-action 'self';"
        "base-uri 'none';frame-ancestors 'none'"
    )
    app.config["SHEET_CSP"] = app.config["CSP"].replace("style-src ", "style-src 'self' ")
    files = Path(app.root_path, app.static_folder).iterdir()
    app.config["ASSETS"] = {path.name: sha256(path.read_bytes()).hexdigest()[:8] for path in files}
    env.globals["ui"] = env.get_template("ui.html").module
    app.before_request(begin)
    app.after_request(finish)
    app.register_error_handler(CSRFError, show_expired_form)


def page(template: str, fragment: str | None = None, **context):
    """The whole page; or, when htmx asks for the fragment by its id, only that block."""
    asked = fragment is not None and fragment == _target()
    g.is_fragment = asked
    html = _render_block(template, fragment, context) if asked else render_template(template, **context)
    response = make_response(html)
    if fragment:
        response.vary.add("HX-Request")
    return response


def asked_number(name: str) -> int:
    """A number behind the question mark that fits a column; of anything else 0."""
    text = request.args.get(name, "")
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0


def rupiah(amount: int, id: str = "") -> Markup:
    """<data value="150000">Rp150.000</data>: people read one, machines the other, by the id where there is one."""
    name = Markup('id="{}" ').format(id) if id else ""
    return Markup(f'<data {name}value="{int(amount)}">{format_rupiah(amount)}</data>')  # digits only: no escaping


def in_words(sentence: str, **values) -> Markup:
    """A sentence around amounts: its words and every other value are escaped, what rupiah() wrote stays."""
    return Markup.escape(sentence) % values


def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it for ever."""
    return url_for("static", filename=name, v=current_app.config["ASSETS"][name])


def on_kiosk() -> bool:
    """Is the reader standing before an enrolled kiosk?"""
    return "kiosk" in g


def read_on_the_way() -> bool:
    """Can the browser's maker read what its user reads?"""
    return "X-OperaMini-Phone-UA" in request.headers or PROXIES.search(request.user_agent.string) is not None


def veils_health() -> bool:
    """Such a browser gets nothing about illness, unless its user insists."""
    return read_on_the_way() and request.args.get("tampil") != "1"


def keeps_outbox() -> bool:
    """Has a volunteer worked in this browser? Then signing out leaves its storage, of which nothing can be read."""
    return OUTBOX in request.cookies and not on_kiosk()


def for_volunteer() -> bool:
    """Is the reader a volunteer on a phone of their own? Their pages warn before the sign-in ends."""
    return current_user.is_authenticated and not on_kiosk() and allowed(actor(), Can.HELP_MEMBERS)


def asks(html: str) -> bool:
    """Does the page ask for something that would be lost with it?"""
    return TYPED.search(html) is not None


def aria(field) -> dict:
    """What a field's input says to a screen reader: which text describes it, and that it is wrong."""
    if field.errors:
        return {"aria-describedby": f"{field.id}-e", "aria-invalid": "true"}
    return {"aria-describedby": f"{field.id}-h"} if field.description else {}


def wants_script() -> bool:
    """Called by pages with an htmx element: notes that the page may run our script, unless the reader saves data."""
    g.script = request.headers.get("Save-Data", "").lower() != "on"
    return g.script


def paper_width() -> int:
    """Called by receipts: notes that the page brings a sheet of ours for printing; on paper so wide, in mm."""
    g.has_sheet = True
    return 80 if asked_number("kertas") == 80 else 58


def begin() -> None:
    """Every request: an id for the audit log, the read-only door for GET, the form's token for the rest."""
    g.request_id = secrets.token_hex(8)
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE:
        if request.endpoint != "static":
            db.start_reading()
    elif getattr(view, "comes_from_outbox", False):
        return refuse_foreign()
    elif view and not getattr(view, "speaks_for_itself", False):
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise CSRFError()
        csrf.protect()
    return None


def for_outbox(view):
    """Exempt from the form token, which a form written days ago does not have: refuse_foreign() stands in its place."""
    view.comes_from_outbox = True
    return csrf.exempt(view)


def refuse_foreign():
    """Only a script of our own pages sends this header (another site's would have to ask first) from our own origin.

    Whoever is not signed in is told so by status: a script cannot follow to the sign-in."""
    origin, site = urlsplit(request.headers.get("Origin", "")), request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.headers.get("X-Outbox") != "1" or origin.netloc != request.host or site != "same-origin":
        raise CSRFError()
    return None if current_user.is_authenticated else ("", 401)


def for_machines(view):
    """Exempt from the form token: the caller proves itself with a signature."""
    view.speaks_for_itself = True
    return csrf.exempt(view)


def show_expired_form(_error):
    """A form whose token is gone: to the sign-in when nobody is signed in, else a page that says so."""
    cross_site = request.headers.get("Sec-Fetch-Site") == "cross-site"
    view = current_app.view_functions.get(request.endpoint or "")
    if not cross_site and getattr(view, "access", "public") != "public" and not current_user.is_authenticated:
        return login_manager.unauthorized()
    what = N_("This form has expired.")
    next_step = N_("Nothing was sent. Open the page again and repeat.")
    return render_template("errors/error.html", what=what, next_step=next_step), 400


def finish(response):
    db.stop_reading()
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint == "static":
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
        headers.pop("ETag", None)
        headers.pop("Content-Disposition", None)
        if request.view_args == {"filename": SERVICE_WORKER}:
            headers["Service-Worker-Allowed"] = "/kader"
    else:
        # no-cache for lynx and links2, which do not know no-store and show the menu of before signing in; last, because
        # lynx overlooks it before a comma
        headers.setdefault("Cache-Control", "no-store, no-cache")
        is_redirect = 300 <= response.status_code < 400
        if response.mimetype == "text/html" and not is_redirect and not g.get("is_fragment"):
            script = ";script-src 'self'" if g.get("script") or on_kiosk() else ""
            script += ";connect-src 'self'" if g.get("script") else ""
            has_sheet = on_kiosk() or for_volunteer() or g.get("has_sheet")
            headers["Content-Security-Policy"] = current_app.config["SHEET_CSP" if has_sheet else "CSP"] + script
            headers["X-Frame-Options"] = "DENY"
            headers["Referrer-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            if current_app.config["PRODUCTION"]:
                headers["Strict-Transport-Security"] = "max-age=31536000"
            if current_user.is_authenticated:
                # the length of a compressed page must not tell what stands on it (BREACH)
                response.data = response.data + f"<!--{secrets.token_hex(16)[: secrets.randbelow(32)]}-->".encode()
    return compress(response)


def compress(response):
    """Brotli 5 where the browser takes it, else gzip 6; small answers and files already short stay as they are."""
    if response.status_code in (204, 304) or "Content-Encoding" in response.headers:
        return response
    if response.mimetype not in ("text/html", "text/javascript", "text/css", "text/plain"):
        return response
    response.vary.add("Accept-Encoding")
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < 120:
        return response
    accepted = request.accept_encodings
    if accepted["br"] > 0:
        response.data, response.content_encoding = brotli.compress(body, quality=5), "br"
    elif accepted["gzip"] > 0:
        response.data, response.content_encoding = gzip.compress(body, 6, mtime=0), "gzip"
    return response


def _target() -> str | None:
    if "HX-Request" not in request.headers or "HX-History-Restore-Request" in request.headers:
        return None
    return request.headers.get("HX-Target", "")


def _render_block(template, block, context) -> str:
    template = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    return "".join(template.blocks[block](template.new_context(context)))
