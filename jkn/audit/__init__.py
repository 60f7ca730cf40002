"""Who did what, and who looked at whose data (UU 27/2022). Table: entry."""
