"""What is owed: bills, settlements, arrears, suspension (Perpres 82/2018 jo 59/2024).

Tables: bill, bill_line, correction, settlement, hold.
"""
