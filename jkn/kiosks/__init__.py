"""Kiosks: shared devices in facilities, at which a visitor asks, signs in, or fetches codes on paper with staff.

Tables: kiosk, kiosk_token, keying, slip_counter, kiosk_slip, staff_code, paper_numbers, number_call."""
