"""What employers and governments owe and paid: monthly statements, treasury transfers, account numbers.

Perpres 82/2018 ps 39, 42. Table: transfer.
"""
