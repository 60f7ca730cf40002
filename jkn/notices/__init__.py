"""What we tell people: a template's name and its values, queued in the transaction that causes it; and how far it came.

Tables: notice, which is the outbox, and number. `delivering` carries notices; here stands what everybody may queue.
"""
