"""Notices on their way: by SMS, WhatsApp, e-mail or letter as each person chose, through gateways that may fail.

Its files, lowest first: senders (one protocol over all gateways), service (claim one, note what became of it), writing
(the words), running (a run of the outbox), letters, reports (what gateways say later). Tables: way, day_count,
letter_batch; the outbox itself is the table notice.
"""
