"""Clinics and hospitals: search, and the one a member chose (Perpres 82/2018; once in three months).

Tables: facility, clinic_choice."""
