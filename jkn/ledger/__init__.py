"""Movements and balances of payers: one row per movement with a debit and a credit account. Table: movement."""
