""" "Will I be served today?", the card, and what anybody may know. No table: everything is derived."""
