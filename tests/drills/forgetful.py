"""The broken twin of a server: it answers first and books a little later."""

from jkn import create_app
from tests.payments.serve import be_forgetful

be_forgetful()
app = create_app()
