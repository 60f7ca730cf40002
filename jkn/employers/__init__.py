"""Employers; so far the minimum wages below which no wage counts. Table: wage_floor."""
