"""How heavy and how fast every page and import is: `python -m tests.benchmarks`, or `make bench`.

Speeds are ratios between two things measured in the same run, so that they mean the same on any machine.
"""
