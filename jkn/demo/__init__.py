"""A small invented country to try everything on: three provinces, two hundred families. No table.

Region names and codes are real; no facility, family or office is. The members' last paid months are written as if
January 2026 were the running month, and shifted to the month in which the demo is loaded.
"""
