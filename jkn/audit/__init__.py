"""Who did what, and who looked at whose data (UU 27/2022). Tables: entry; block, the chain that shows tampering."""
