"""Where the branches are, and the command that loads them."""

from pathlib import Path

import click
from flask import Blueprint, request
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from jkn.access import public
from jkn.forms import Form
from jkn.imports import Report
from jkn.offices import service
from jkn.offices.imports import import_file
from jkn.regions import service as regions
from jkn.regions.models import Level
from jkn.web import page

bp = Blueprint("offices", __name__, cli_group=None)


class OfficeSearchForm(Form):
    class Meta:
        csrf = False

    q = StringField(_l("Regency or city"), render_kw={"maxlength": 60})


@bp.get("/kantor")
@public
def office_list():
    """The branches that serve a regency: named in words, or by its code in a link."""
    form = OfficeSearchForm(request.args)
    code = request.args.get("daerah", "")[:13]
    found = regions.find((form.q.data or "")[:60], level=Level.REGENCY) if not code else [regions.get(code[:5])]
    places = [region for region in found if region]
    offices = service.serving(region.code for region in places)
    return page("offices/office_list.html", form=form, places=places, offices=offices)


@bp.cli.command("import-offices")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_offices(file):
    """Load the branches. May be run again: it updates. Load the regions first.

    \b
    FILE is a CSV with the columns
      code        the branch's code, such as 1301
      name        Kantor Cabang Surabaya
      address     where it is
      phone       may be empty
      hours       in words: Senin-Jumat 08.00-15.00
      regencies   the regencies it serves, spaces between: 35.78 35.15
    """
    report = Report()
    import_file(file, report)
    report.finish()
