"""The way through the pages: which step may be opened, which comes next, and what each page shows around it."""

from functools import wraps

from flask import Blueprint, redirect, request, session, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from jkn import clock, numbers
from jkn.access import public
from jkn.drafts import service as drafts
from jkn.regions import service as regions
from jkn.registration import rules, service
from jkn.registration.household import Household
from jkn.registration.rules import Part
from jkn.web import page

bp = Blueprint("registration", __name__, cli_group=None)

VIEWS = {
    "start": "consent_give",
    "family": "family_find",
    "employer": "employer_ask",
    "members": "member_list",
    "class": "class_choose",
    "autodebit": "autodebit_choose",
    "clinic": "clinic_choose",
    "contact": "contact_give",
    "pin": "pin_make",
    "summary": "summary_send",
}
RELATIONS = {
    "head": _l("head of the family"),
    "spouse": _l("husband or wife"),
    "child": _l("child"),
    "parent": _l("father or mother"),
    "parent-in-law": _l("parent-in-law"),
    "other": _l("other relative"),
}
SEGMENTS = {
    "PBI_JK": _l("paid by the government (PBI)"),
    "PBPU_PEMDA": _l("paid by the local government"),
    "PPU_PN": _l("covered through work for the state"),
    "PPU_BU": _l("covered through an employer"),
    "PBPU": _l("pays in another family"),
    "BP": _l("pays in another family"),
    "BP_PN": _l("covered as a pensioner"),
}


def step(name: str):
    """A page of the registration: `view(draft, answers)`. Whoever has not answered what comes before goes there."""

    def declare(view):
        @public
        @wraps(view)
        def guarded(**kwargs):
            draft = drafts.find(service.PURPOSE, session.get("draft"))
            if draft and draft.done_at:
                return redirect(url_for(".done_show"), 303)
            answers = drafts.answers(draft) if draft else {}
            if missing := rules.first_missing(answers, before=name):
                return redirect(url_for(f".{VIEWS[missing]}"), 303)
            return view(draft, answers, **kwargs)

        return guarded

    return declare


def show(name: str, answers: dict, template: str | None = None, fragment: str | None = None, **context):
    """The page of a step, with its number and, from the second step on, the continue code."""
    number, count = rules.place_of(name, answers)
    code = numbers.group(answers["code"], 5) if name != "start" else None
    template = f"registration/{template or VIEWS[name]}.html"
    return page(template, fragment, step_number=number, step_count=count, code=code, **context)


def go_on(answers: dict):
    """To the first step without an answer, or to the summary."""
    return redirect(url_for(f".{VIEWS[rules.first_missing(answers) or 'summary']}"), 303)


def again(form_class, **answered):
    """The form, filled with what was answered before when its page is opened again."""
    answered = {name: value for name, value in answered.items() if value}
    if request.method == "GET" and answered:
        return form_class(formdata=MultiDict(answered))
    return form_class()


def rows(card: dict, house: Household, answers: dict) -> list[dict]:
    """Everybody on the card as the page may show them: masked name, relation, birth year, and what joining means."""
    parts = rules.parts(house.people, clock.today(), answers.get("employer") == "yes")
    return [
        {
            "place": place,
            "name": service.shown(card["people"][place]),
            "relation": RELATIONS[person.relation],
            "year": person.born.year,
            "part": str(part),
            "segment": SEGMENTS[person.segment] if part == Part.COVERED else "",
        }
        for place, (person, part) in enumerate(zip(house.people, parts, strict=True))
    ]


def village(card: dict) -> str:
    return regions.village_label(card["village"])
