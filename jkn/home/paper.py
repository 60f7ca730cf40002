"""Forms on paper, made of the very forms that the pages show: what is added to a form stands on its paper too."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from jkn.accounts.back_forms import KnownForm
from jkn.assisting.forms import ConsentAskForm
from jkn.changes.forms import AddressChangeForm
from jkn.complaints.forms import ComplaintFileForm, ComplaintFollowForm
from jkn.home.forms import LanguageChooseForm
from jkn.registration.forms import ClassForm, ClinicFindForm, ContactForm, EmployerForm, FamilyForm

WIDEST = 40  # signs of a line on paper, each with a space


@dataclass(frozen=True)
class Paper:
    """One sheet: its title, the forms on it in their order, and the key of the service by message that it is for."""

    title: str
    forms: tuple[type, ...]
    service: str | None = None


PAPERS = {
    "status": Paper(_l("Status"), (KnownForm,), "1"),
    "tagihan": Paper(_l("Bill"), (KnownForm,), "2"),
    "celengan": Paper(_l("Pot"), (KnownForm,), "3"),
    "ganti-faskes": Paper(_l("Change clinic"), (KnownForm, ClinicFindForm), "4"),
    "pengaduan": Paper(_l("Complain"), (KnownForm, ComplaintFileForm), "5"),
    "cek-pengaduan": Paper(_l("Follow a complaint"), (ComplaintFollowForm,), "6"),
    "blokir": Paper(_l("BLOKIR: stop"), (KnownForm,), "7"),
    "bahasa": Paper(_l("Language"), (KnownForm, LanguageChooseForm), "8"),
    "cabut-izin": Paper(_l("End rights"), (KnownForm,), "9"),
    "izin-kader": Paper(_l("Allow help"), (ConsentAskForm,), "0"),
    "daftar": Paper(_l("Join"), (FamilyForm, EmployerForm, ClassForm, ClinicFindForm, ContactForm)),
    "alamat": Paper(_l("Address"), (KnownForm, AddressChangeForm)),
}


def fields_of(paper: Paper) -> list:
    """Every field that people fill in. PINs and codes are never written on paper."""
    bound = [form(formdata=None, meta={"csrf": False}) for form in paper.forms]
    return [field for form in bound for field in form if not _is_unseen(field)]


def length_of(field) -> int:
    """How many signs there is room for: what the field takes, at most a line."""
    longest = [each.max for each in field.validators if isinstance(each, Length) and each.max > 0]
    said = (field.render_kw or {}).get("maxlength")
    return min([WIDEST, *longest, *([int(said)] if said else [])])


def _is_unseen(field) -> bool:
    """Hidden, secret, or a choice that is offered only after another answer."""
    is_offered_later = getattr(field, "choices", None) == []
    return isinstance(field, HiddenField | PasswordField) or isinstance(field.widget, HiddenInput) or is_offered_later
