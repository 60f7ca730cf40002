"""Pages are made of the parts in ui.html, named after their views, and bring no script and no style of their own."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_engine

TEMPLATES = sorted(Path("templates").rglob("*.*"))
USED = re.compile(r"{%-?\s*(?:include|import|from|extends)\s*\"([^\"]+)\"")
# Parts and frames are those that another template uses; every other file in a feature's folder is a page.
PARTS = {name for path in TEMPLATES for name in USED.findall(path.read_text())}
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
RAW = re.compile(r"<(input|textarea|select)\b", re.IGNORECASE)


def frames(path: Path) -> str:
    """The template with all that it extends, but the bare frame of every page."""
    text = path.read_text()
    above = re.search(r"{%-?\s*extends\s*\"([^\"]+)\"", text)
    return text + (frames(Path("templates", above[1])) if above and above[1] != "base.html" else "")


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_is_named_after_its_view(app, path):
    name = f"{path.parts[1]}.{path.stem}"
    assert ANSWERS.get(name, name) in app.view_functions


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_has_a_title_and_one_heading(path):
    text = frames(path)
    assert "{% block title %}" in text
    assert len(re.findall(r"<h1\b", text)) == 1


def test_every_part_exists_and_is_used_in_its_own_folder():
    for path in TEMPLATES:
        for name in USED.findall(path.read_text()):
            assert Path("templates", name).exists()
            assert name.split("/")[0] in (path.parts[1], "base.html", "ui.html"), f"{path} uses {name}"


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path != UI], ids=str)
def test_only_the_parts_draw_fields(path):
    assert RAW.findall(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_every_form_that_posts_carries_the_token(path):
    forms = re.findall(r"<form\b[^>]*method=\"?post.*?</form>", path.read_text(), re.IGNORECASE | re.DOTALL)
    assert [form for form in forms if "hidden_tag()" not in form] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_style_or_script_of_its_own(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", text, re.IGNORECASE)
    if path.name not in ("base.html", "kiosk_no_line.xhtml"):  # the latter stands alone, without a line
        assert "<style" not in text
    if path != UI:
        assert "<script" not in text


@pytest.mark.parametrize("path", [*TEMPLATES, *sorted(Path("jkn").rglob("*.py"))], ids=str)
def test_htmx_is_written_as_data_and_only_gets(path):
    text = path.read_text()
    assert not re.search(r"(?<!data-)\bhx-[a-z]+[=\"']", text)
    assert not re.search(r"hx-(post|put|patch|delete|on|vals|headers|boost|ext)\b", text)


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_nothing_is_marked_safe(path):
    """Autoescape stands between people's words and the page."""
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", path.read_text())


@pytest.mark.parametrize("path", sorted(path for path in Path("jkn").rglob("*.py") if path.name != "web.py"), ids=str)
def test_code_marks_nothing_safe(path):
    """Markup() is the filter's and the style's; a template's text is never built by hand."""
    assert not re.search(r"\bMarkup\(|render_template_string|\|safe", path.read_text())


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_fields_have_labels(path):
    assert "placeholder=" not in path.read_text()


def test_every_notice_has_its_text(app):
    told = set()
    for path in Path("jkn").rglob("*.py"):
        told |= set(re.findall(r"\btell\(\s*[^,()]+(?:\([^()]*\))?,\s*\"(\w+)\"", path.read_text()))
    assert told
    assert told - {path.stem for path in NOTICES} == set()


def test_the_check_for_fields_would_notice():
    assert RAW.findall('<p><INPUT name="x"></p>') == ["INPUT"]
    assert re.search(r"(?<!data-)\bhx-[a-z]+[=\"']", '<a hx-get="/x">')
    assert not re.search(r"(?<!data-)\bhx-[a-z]+[=\"']", '<a data-hx-get="/x">')
