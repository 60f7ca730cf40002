"""Provinces to villages by Kemendagri code (Kepmendagri 300.2.2-2138/2025), and the words they are found by.

Tables: region, search_word."""
