"""Kiosks, and later volunteers, at work for a person who agreed. Table: kiosk."""
