"""Answers not yet sent: sealed, with a resume code; never PINs or codes. Table: draft."""
