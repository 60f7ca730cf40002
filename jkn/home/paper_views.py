"""Pages to print and fill in with a pen."""

from flask import abort

from jkn.access import public
from jkn.home.paper import PAPERS, fields_of, length_of
from jkn.home.views import bp
from jkn.web import page


@bp.get("/formulir")
@public
def paper_list():
    rows = [(f"/formulir/{name}", paper.title) for name, paper in PAPERS.items()]
    return page("home/paper_list.html", rows=rows)


@bp.get("/formulir/<paper>")
@public
def paper_show(paper):
    """One service's form, empty, whoever looks."""
    chosen = PAPERS.get(paper) or abort(404)
    fields = [(each, length_of(each)) for each in fields_of(chosen)]
    return page("home/paper_show.html", title=chosen.title, fields=fields)
