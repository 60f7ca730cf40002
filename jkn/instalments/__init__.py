"""Paying arrears off in instalments (REHAB; BPJS Kesehatan, New REHAB 2.0 of 2025): offers, plans, how they go.

Table: plan. The months that a plan keeps from lapsing are contributions' hold.
"""
