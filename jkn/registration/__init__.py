"""Joining, step by step: a family on one card registers together (Perpres 82/2018; BPJS 6/2018). Table: enrolment."""
