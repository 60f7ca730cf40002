"""The same services by SMS and USSD, for phones without data. Tables: ussd_session, text_turn.

A number is weak proof: senders can be forged. It shows status and bill; what changes a clinic takes a sheet code.
"""
