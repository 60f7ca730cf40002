"""Where we ask for money and others answer: auto-debit from wallets and bank accounts, payment links, QRIS.

Law: Perpres 82/2018 ps 42; the run on the 5th or 20th is BPJS Kesehatan's arrangement with each bank.
Tables: mandate, charge, charge_reference, pay_link.

providers (configuration) and snap_client (protocol) carry asking (what is said about a charge), booking (what became of
it), charging (one charge, one step) and running (the debit days); mandates stand beside them; gate takes the notices.
"""
