"""The service penalty: hospital care soon after arrears were paid (Perpres 82/2018 ps 42 jo 64/2020, 59/2024).

Officers record admissions, until hospitals' systems tell us. A penalty is a bill of its own, payable apart.
Tables: admission, penalty.
"""
