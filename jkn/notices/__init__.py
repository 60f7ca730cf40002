"""What we tell people: a template's name and its values, queued in the transaction that causes it. Table: notice."""
