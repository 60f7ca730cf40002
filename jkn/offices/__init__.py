"""Branches, the regencies they serve, their hours. Tables: office, office_regency."""
