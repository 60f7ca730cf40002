"""One Chromium and one server for all; a browser that is missing is said so, and under CI it is a failure."""

import os
import shutil
from pathlib import Path

import pytest

from tests.browser import qtwebkit
from tests.browser.engines import opened
from tests.browser.looking import MODULES
from tests.browser.serving import Databases, Server
from tests.browser.world import Places, build

HERE = Path(__file__).parent


PACKAGES = {"QtWebKit": "python3-pyqt5.qtwebkit", "java": "default-jre-headless"}
ON_BOTH_ENGINES = "test_a_family_joins_pays_is_served_and_complains[with script]"


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.name != ON_BOTH_ENGINES:
                item.add_marker(pytest.mark.any_engine)


def needed(program: str) -> str:
    """The path of a program of the system."""
    path = qtwebkit.path() if program == "QtWebKit" else shutil.which(program)
    if path is None:
        _cannot(f"{program} is not installed: apt-get install {PACKAGES.get(program, program)}")
    return path


def judges_are_here(judge: Path = MODULES) -> None:
    """axe-core, html-validate and the Nu checker, which `make test` installs."""
    if not judge.exists():
        _cannot("the judges of our pages are not installed: make test does it")


def _cannot(why: str) -> None:
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.fixture(scope="package")
def databases(engine, database_url, tmp_path_factory):
    databases = Databases(engine, tmp_path_factory.mktemp("browser"), database_url)
    yield databases
    databases.drop()


@pytest.fixture(scope="package")
def places(databases) -> Places:
    """Who and what is in the world."""
    return build(databases)


@pytest.fixture(scope="package")
def serve(databases, places, tmp_path_factory):
    """Start a server on its own copy of the world."""
    servers = []

    def serve() -> Server:
        server = Server(databases.copy(places.url), tmp_path_factory.mktemp("server"))
        servers.append(server)
        return server

    yield serve
    for server in servers:
        server.stop()


@pytest.fixture(scope="package")
def server(serve) -> Server:
    """The one for tests that look, or whose traces nobody else sees."""
    return serve()


@pytest.fixture(scope="package")
def chromium():
    """The system's Chromium, which may keep pages for the Back button as people's browsers do."""
    path = needed("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_engine(request):
    """Open a browser by its name on an address; Chromium only starts when it is asked for."""
    return lambda name, base: opened(name, base, lambda: request.getfixturevalue("chromium"), needed)
