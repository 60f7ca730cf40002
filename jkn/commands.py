"""`flask db-migrate`, `flask db-check`: the schema. Each feature keeps its own commands beside its service."""

import sqlite3
from functools import wraps
from pathlib import Path

import click
import psycopg
from flask import Flask
from peewee import InterfaceError, OperationalError, PeeweeException
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from jkn.db import BaseModel, db

MIGRATIONS = str(Path(__file__).parent / "migrations")


def migrate() -> list[str]:
    """Apply the migrations that are still to run, and name them."""
    return Runner(db.obj, MIGRATIONS).up()


def pending() -> list[str]:
    """Migrations that are still to run."""
    runner = Runner(db.obj, MIGRATIONS)
    applied = runner.applied()
    return [migration.name for migration in runner.migrations() if migration.name not in applied]


def all_models(base=BaseModel) -> list:
    """Every table of ours."""
    return [model for child in base.__subclasses__() for model in (child, *all_models(child))]


def say_plainly(app: Flask) -> None:
    """Let our commands end with one sentence when the database is away or was not migrated."""

    def plain(run):
        @wraps(run)
        def command(*args, **kwargs):
            try:
                return run(*args, **kwargs)
            except (PeeweeException, sqlite3.Error, psycopg.Error) as error:
                try:
                    behind = pending()
                except (OperationalError, InterfaceError) as away:
                    raise click.ClickException(f"The database does not answer: {away}") from None
                if not behind:
                    raise
                raise click.ClickException(f"Run flask db-migrate first ({error}).") from None

        command.is_plain = True
        return command

    for command in app.cli.commands.values():
        if not hasattr(command.callback, "is_plain"):  # the features' commands are the same in every app
            command.callback = plain(command.callback)


def init_app(app: Flask) -> None:
    @app.cli.command("db-migrate")
    def db_migrate():
        """Apply the migrations that are still to run. Safe to run twice."""
        for name in migrate():
            click.echo(f"Migrated: {name}")

    @app.cli.command("db-check")
    def db_check():
        """Compare the database with the models.

        Exits with 1 where they differ, or where migrations are still to run.
        """
        drift = diff_models(db.obj, all_models())
        if drift or pending():
            raise click.ClickException(str(drift) if drift else f"to run: {', '.join(pending())}")
        click.echo("The schema is current.")
