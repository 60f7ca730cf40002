"""Keeping one's data: phone, e-mail, where letters go; later, life events. No table: the rows are members'.

The registry's own address changes with the family card at Dukcapil, never here."""
