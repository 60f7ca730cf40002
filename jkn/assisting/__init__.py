"""Volunteers at work for a member who agreed: by a code, by a signed form, or by a yes on a phone of the member's own.

Tables: volunteer_village, unregistered, visit, miss, paper_consent, slip_request, asking."""
