"""People, families, where they belong and what covers them (Perpres 82/2018). Payers are who owes and pays.

Tables: person, nik_index, card, family, kk_index, stay, payer, spell."""
