"""The broken twin of a server: it answers first and books a little later."""

from jkn import create_app
from jkn.db import db
from jkn.payments import service
from tests.payments.serve import be_forgetful

receive = service.receive


def receive_and_let_go(*notice) -> dict:
    """In a thread that ends: its connection goes back to the pool."""
    try:
        return receive(*notice)
    finally:
        db.close()


service.receive = receive_and_let_go
be_forgetful()
app = create_app()
