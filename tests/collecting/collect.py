"""`flask collect-autodebit`, to be killed: `python -m tests.collecting.collect DAY [--hasty]`."""

import sys

from jkn import create_app
from jkn.collecting import charging
from jkn.collecting.models import Charge, ChargeReference


def be_hasty():
    """The broken twin: what is open is sent again at once, under a new reference, and nobody is asked first."""

    def claim(charge, _provider):
        reference = f"{charge.reference[:20]}{next(numbers)}"
        Charge.update(reference=reference).where(Charge.id == charge.id).execute()
        ChargeReference.create(reference=reference, charge=charge)
        charge.reference = reference
        return charging.Hold.FIRST

    import os
    from itertools import count

    numbers = count(os.getpid() * 1000)
    charging._claim = claim


if __name__ == "__main__":
    app = create_app()
    if "--hasty" in sys.argv:
        be_hasty()
    app.test_cli_runner(catch_exceptions=False).invoke(args=["collect-autodebit", "--day", sys.argv[1]])
