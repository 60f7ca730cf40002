"""Virtual accounts, the banks' way in (SNAP BI), payments and receipts.

Tables: partner, partner_secret, access_token, used_external_id, quote, bank_notice, payment."""
