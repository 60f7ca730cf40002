from flask import Blueprint, g, redirect, request, session, url_for
from peewee import InterfaceError, OperationalError

from jkn import clock, commands, errors, i18n, law
from jkn.access import Can, actor, allowed, public
from jkn.home import menu
from jkn.home.forms import LanguageChooseForm
from jkn.members import service as members
from jkn.notices import service as notices
from jkn.numbers import mask_name
from jkn.web import page

bp = Blueprint("home", __name__, cli_group=None)


@bp.get("/")
@public
def front():
    who = actor()
    if who.officer_id and not who.is_member:
        front = "assisting.volunteer_front" if allowed(who, Can.HELP_MEMBERS) else "accounts.desk"
        return redirect(url_for(front), 303)
    if who.person_id is None and "kiosk" in g:
        return redirect(url_for("kiosks.kiosk_front"), 303)
    if who.person_id:
        unread, name = notices.unread(who.person_id), mask_name(who.name)  # whose menu this is, on a shared phone
        rows = [(url, label) for url, label, can in menu.MEMBER if can is None or allowed(who, can)]
        return page("home/front.html", rows=rows, unread=unread, name=name)
    return page("home/front.html", rows=menu.VISITOR, unread=0, name=None)


@bp.route("/bahasa", methods=["GET", "POST"])
@public
def language_choose():
    form = LanguageChooseForm(language=i18n.language())
    if form.validate_on_submit():
        session["lang"] = form.language.data
        if actor().doer_id:
            members.choose_language(actor().doer_id, form.language.data, actor())
        return redirect(url_for(".front"), 303)
    return page("home/language_choose.html", form=form)


@bp.get("/bantuan")
@public
def help_show():
    return page("home/help_show.html", law=law.at(clock.today()))


@bp.get("/healthz")
@public
def health():
    """For load balancers and for clocks that must agree with ours: 200 when all is well, else 503."""
    return _health("current" if not commands.pending() else "behind")


@bp.errorhandler(OperationalError)
@bp.errorhandler(InterfaceError)
def health_without_database(error):
    """The one answer that machines read must stay one when the database is away."""
    return _health("unknown") if request.endpoint == "home.health" else errors.show_fault(error)


def _health(schema: str):
    is_well = schema == "current"
    answer = {"status": "ok" if is_well else "down", "schema": schema}
    return answer | {
        "now": clock.now().astimezone(clock.JAKARTA).isoformat(timespec="seconds")
    }, 200 if is_well else 503


from jkn.home import paper_views  # noqa: E402, F401  its pages join the blueprint
