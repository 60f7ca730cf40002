"""Who looks at whose data: noted while a page is made, and stored with it before it is sent (feature audit)."""

from flask import g
from peewee import Model, ModelSelect


class NotedSelect(ModelSelect):
    """A query of which every row that is read counts as looked at."""

    def _get_cursor_wrapper(self, cursor):
        wrapper = super()._get_cursor_wrapper(cursor)
        make = wrapper.process_row

        def made(values):
            row = make(values)
            if isinstance(row, Model):
                note(row)
            return row

        wrapper.process_row = made
        return wrapper


def select(model) -> NotedSelect:
    return NotedSelect(model, model._meta.sorted_fields)


def note(*rows: Model) -> None:
    """These rows were looked at. Views that read what neither fetch() nor scope() gave say so themselves."""
    g.setdefault("looked", []).extend(rows)


def taken() -> list[Model]:
    """What was noted in this request so far; asked again, nothing."""
    return g.pop("looked", [])
