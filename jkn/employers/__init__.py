"""Employers; so far the minimum wages below which no wage counts (Perpres 82/2018 ps 32(2)). Table: wage_floor."""
