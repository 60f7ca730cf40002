"""What banks say arrived against what we booked; "I paid but it does not show"; money given back on seven grounds.

Law: Peraturan BPJS Kesehatan 5/2018 (refunds). Tables: settlement_file, settlement_line, difference, difference_step,
claim, refund."""
