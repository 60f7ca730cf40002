"""Telling us what went wrong, until the member says it is solved (UU 24/2011 ps 48).

Tables: complaint, complaint_step."""
