import pytest

from jkn.kiosks.models import Kiosk, Printer
from tests.crawl import as_kiosk


@pytest.fixture
def kiosk(app):
    """A device that prints by its browser on paper of 80 mm."""
    client = as_kiosk(app)
    Kiosk.update(printer=Printer.PAGE_80).execute()
    return client
