"""Employers, who works for them at which wage since when, and the minimum wages below which no wage counts.

Perpres 82/2018 ps 27-32 jo 75/2019. Tables: employer, worker, wage_floor.
"""
