"""A server to be killed: `python -m tests.payments.serve PORT [--forgetful]`. The database comes by DATABASE_URL."""

import sys
import time
from contextlib import suppress
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server

from jkn import create_app
from jkn.payments import service
from jkn.payments.snap import answers


class Quiet(WSGIRequestHandler):
    def log(self, *_args):
        pass


def be_forgetful():
    """The broken twin: it answers first and books a little later."""
    receive = service.receive

    def promise(partner, request, external_id):
        def book():
            time.sleep(0.5)
            with suppress(Exception):
                receive(partner, request, external_id)

        Thread(target=book, daemon=True).start()
        return answers.payment_answer(request, "SITI", request.rupiah())

    service.receive = promise


if __name__ == "__main__":
    if "--forgetful" in sys.argv:
        be_forgetful()
    make_server("127.0.0.1", int(sys.argv[1]), create_app(), threaded=True, request_handler=Quiet).serve_forever()
