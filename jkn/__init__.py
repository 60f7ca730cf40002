"""JKN Ringan: register, see what is owed, pay, choose a clinic, complain, on pages that any browser opens."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from jkn import access, clock, commands, config, db, errors, i18n, sealed, web

# Lowest first: a feature may use the features above it in this list, never those below.
FEATURES = (
    "audit",
    "notices",
    "regions",
    "offices",
    "population",
    "drafts",
    "members",
    "delivering",
    "facilities",
    "accounts",
    "ledger",
    "employers",
    "contributions",
    "penalties",
    "instalments",
    "payments",
    "statements",
    "collecting",
    "reconciliation",
    "calculators",
    "eligibility",
    "registration",
    "changes",
    "complaints",
    "kiosks",
    "assisting",
    "cash",
    "offline",
    "texting",
    "home",
    "demo",
)


def create_app(**overrides) -> Flask:
    """The application; `overrides` replace what config.py read from the environment."""
    app = Flask(__name__, template_folder="../templates", static_folder="../static", static_url_path="/s")
    app.config.update(config.read(overrides))
    for part in (clock, sealed, db, i18n, access, web, errors, commands):
        part.init_app(app)
    for feature in FEATURES:
        if find_spec(f"jkn.{feature}.models"):
            import_module(f"jkn.{feature}.models")
        if find_spec(f"jkn.{feature}.views"):
            app.register_blueprint(import_module(f"jkn.{feature}.views").bp)
    commands.say_plainly(app)
    return app
