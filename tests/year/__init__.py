"""A year of one family, replayed over real processes: the server, the bank, the officer, the nightly commands.

`python -m tests.year` tells it as a table in which every amount was computed by hand, with its rule beside it.
"""
