"""`flask db-migrate`, `flask db-check`: the schema. Each feature keeps its own commands beside its service."""

from pathlib import Path

import click
from flask import Flask
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


def init_app(app: Flask) -> None:
    @app.cli.command("db-migrate")
    def db_migrate():
        """Apply the migrations that are still to run. Safe to run twice."""
        for name in migrate():
            click.echo(name)

    @app.cli.command("db-check")
    def db_check():
        """Compare the database with the models; exit 1 where they differ."""
        drift = diff_models(db.obj, all_models())
        if drift or pending():
            raise click.ClickException(str(drift) if drift else f"to run: {', '.join(pending())}")
        click.echo("The schema is current.")
