"""The civil registry: asking about a NIK or a family card (Dukcapil). Tables: resident, look_up_count."""
