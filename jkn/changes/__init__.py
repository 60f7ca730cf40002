"""Keeping one's data: phone, e-mail, where letters go, the family's ward class. No table: the rows are members'.

The registry's own address changes with the family card at Dukcapil, never here."""
