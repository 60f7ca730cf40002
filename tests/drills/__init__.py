"""What must survive: servers and databases shot, power cut, disks lost, everything sent twice.

`python -m tests.drills NAME [--engine sqlite|postgres] [--small]`, or `make drill-NAME`. A drill prints what it did and
ends with 1 when its goal is missed; the ordinary tests run each in a short form, and its broken twin, which must miss.
"""
