"""Signing in without OTP: PINs, one-time code sheets, first-PIN slips, officers' passwords; sign-ins and devices.

Tables: account, attempt, sheet, sheet_code, slip, sign_in, known_device, officer."""
