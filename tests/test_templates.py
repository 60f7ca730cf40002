"""Pages are made of the parts in ui.html, named after their views, and bring no script and no style of their own."""

import re
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_engine


@cache
def text_of(path: Path) -> str:
    return path.read_text()


def holding(pattern: str, paths: list[Path], flags=re.NOFLAG) -> list[tuple[str, list]]:
    """The files in which the pattern stands, and what stands there."""
    return [(str(path), found) for path in paths if (found := re.findall(pattern, text_of(path), flags))]


CODE = sorted(Path("jkn").rglob("*.py"))
TEMPLATES = sorted(Path("templates").rglob("*.*"))
USED = re.compile(r"{%-?\s*(?:include|import|from|extends)\s*\"([^\"]+)\"")
# Parts and frames are those that another template uses; every other file in a feature's folder is a page.
PARTS = {name for path in TEMPLATES for name in USED.findall(text_of(path))}
PAGES = [
    path
    for path in TEMPLATES
    if path.suffix == ".html"
    and len(path.parts) == 3
    and path.parts[1] != "errors"
    and "/".join(path.parts[1:]) not in PARTS
]
# A view that answers a look-up in more than one way: the page's name, and the view's.
ANSWERS = {"payments.bill_found": "payments.bill_find", "payments.bill_closed": "payments.bill_find"}
NOTICES = [path for path in TEMPLATES if path.parts[1] == "notices" and path.suffix == ".txt"]
UI = Path("templates/ui.html")
RAW = r"<(input|textarea|select)\b"
FORM = r"<form\b[^>]*method=\"?post.*?</form>"
HTMX = r"(?<!data-)\bhx-[a-z]+[=\"']"


def frames(path: Path) -> str:
    """The template with all that it extends, but the bare frame of every page."""
    text = text_of(path)
    above = re.search(r"{%-?\s*extends\s*\"([^\"]+)\"", text)
    return text + (frames(Path("templates", above[1])) if above and above[1] != "base.html" else "")


def test_a_page_is_named_after_its_view(app):
    names = {f"{path.parts[1]}.{path.stem}" for path in PAGES}
    assert {name for name in names if ANSWERS.get(name, name) not in app.view_functions} == set()


def test_a_page_has_a_title_and_one_heading():
    texts = {str(path): frames(path) for path in PAGES}
    assert [path for path, text in texts.items() if "{% block title %}" not in text] == []
    assert [path for path, text in texts.items() if len(re.findall(r"<h1\b", text)) != 1] == []


def test_every_part_exists_and_is_used_in_its_own_folder():
    for path in TEMPLATES:
        for name in USED.findall(text_of(path)):
            assert Path("templates", name).exists()
            assert name.split("/")[0] in (path.parts[1], "base.html", "ui.html"), f"{path} uses {name}"


def test_only_the_parts_draw_fields():
    assert holding(RAW, [path for path in TEMPLATES if path != UI], re.IGNORECASE) == []


def test_every_form_that_posts_carries_the_token():
    forms = holding(FORM, TEMPLATES, re.IGNORECASE | re.DOTALL)
    assert forms
    assert [(path, form) for path, found in forms for form in found if "hidden_tag()" not in form] == []


def test_no_style_or_script_of_its_own():
    assert holding(r"\sstyle=|\son[a-z]+=|javascript:", TEMPLATES, re.IGNORECASE) == []
    own = ("base.html", "kiosk_no_line.xhtml")  # the latter stands alone, without a line
    assert holding("<style", [path for path in TEMPLATES if path.name not in own]) == []
    assert holding("<script", [path for path in TEMPLATES if path != UI]) == []


def test_htmx_is_written_as_data_and_only_gets():
    assert holding(HTMX, TEMPLATES + CODE) == []
    assert holding(r"hx-(post|put|patch|delete|on|vals|headers|boost|ext)\b", TEMPLATES + CODE) == []


def test_nothing_is_marked_safe():
    """Autoescape stands between people's words and the page."""
    assert holding(r"\|\s*safe\b|autoescape\s+false|Markup", PAGES) == []


def test_code_marks_nothing_safe():
    """Markup() is the filter's and the style's; a template's text is never built by hand."""
    others = [path for path in CODE if path.name != "web.py"]
    assert holding(r"\bMarkup\(|render_template_string|\|safe", others) == []


def test_fields_have_labels():
    assert holding("placeholder=", PAGES) == []


def test_every_notice_has_its_text(app):
    told = set()
    for path in CODE:
        told |= set(re.findall(r"\btell\(\s*[^,()]+(?:\([^()]*\))?,\s*\"(\w+)\"", text_of(path)))
    assert told
    assert told - {path.stem for path in NOTICES} == set()


def test_the_checks_would_notice(tmp_path):
    path = tmp_path / "careless.html"
    path.write_text('<p><INPUT name="x"></p><form method="post"></form><a hx-get="/x"></a>')
    assert holding(RAW, [path], re.IGNORECASE) == [(str(path), ["INPUT"])]
    assert holding(FORM, [path], re.IGNORECASE | re.DOTALL) == [(str(path), ['<form method="post"></form>'])]
    assert holding(HTMX, [path]) == [(str(path), ["hx-get="])]
    assert not re.search(HTMX, '<a data-hx-get="/x">')
