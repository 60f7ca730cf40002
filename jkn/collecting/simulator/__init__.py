"""A stand-in for wallets, banks and QRIS houses: SNAP BI over real HTTP, with signatures, notices and faults.

What it took is kept in a SQLite file of its own, so that after any crash one can count what was really debited.
"""
